"""`vitessctl sql`: where statements come from, where they go, how they end; on a machine that is a world in memory."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.unit.cli.conftest import MINIMAL, Cli, Machine, Result
from vitessctl.cli import sql
from vitessctl.errors import ExitCode

EMPTY = ["0 rows"]


@pytest.fixture
def up(cli: Cli, machine: Machine) -> Machine:
    assert cli("up", "-i", str(MINIMAL), "--local").code == 0
    return machine


def ask(cli: Cli, *words: str) -> Result:
    return cli("sql", "-i", str(MINIMAL), "--local", *words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--tablet", "zone1-0000000101"], []),
        (["--tablet", "zone1-101"], []),
        (["--primary", "messages/0"], ["on zone1-0000000100 (primary)"]),
        (["--replica", "messages/0"], ["on zone1-0000000101 (replica)"]),
    ],
)
def test_on_a_tablet(cli: Cli, up: Machine, words: list[str], said: list[str]) -> None:
    result = ask(cli, "show tables", *words)

    assert (result.code, result.lines, result.err.splitlines()) == (0, EMPTY, said)


def test_statements_from_standard_input(cli: Cli, up: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("show tables;\nshow tables;"))

    result = ask(cli, "--tablet", "zone1-100", "--output", "json")

    assert [json.loads(line)["statement"] for line in result.lines] == [1, 2]
    assert json.loads(result.lines[0])["place"] == "zone1-0000000100 (primary)"


def test_statements_from_a_file(cli: Cli, up: Machine, tmp_path: Path) -> None:
    file = tmp_path / "a.sql"
    file.write_text("show tables")

    assert ask(cli, "--tablet", "zone1-100", "--file", str(file)).lines == EMPTY


def test_a_write_is_refused_before_anything_is_run(cli: Cli, up: Machine) -> None:
    result = ask(cli, "show tables; delete from t", "--tablet", "zone1-100")

    assert (result.code, result.out) == (ExitCode.SPEC, "")
    assert "statement 2 of 2 is not known to be one that only reads, so nothing was run" in result.err
    assert "fix: if it is meant, add --write" in result.err


def test_a_replica_is_not_written_to(cli: Cli, up: Machine) -> None:
    result = ask(cli, "delete from t", "--replica", "messages/0", "--write")

    assert result.code == ExitCode.SPEC
    assert "DELETE would change its rows" in result.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ["select 1", "--tablet", "a-1", "--primary", "b/0"],
            ExitCode.SPEC,
            "--tablet and --primary exclude each other",
        ),
        (["select 1", "--file", "a.sql"], ExitCode.SPEC, "a statement and --file exclude each other"),
        (["--file", "a.sql"], ExitCode.SPEC, "a.sql: the file cannot be read"),
        (["; -- nothing"], ExitCode.SPEC, "there is no statement"),
        (["select 'a", "--tablet", "zone1-100"], ExitCode.SPEC, "the quotes ' are not closed"),
        (["select 1", "--primary", "messages"], ExitCode.SPEC, "--primary messages is no shard"),
        (["select 1", "--tablet", "zone1-900"], ExitCode.ERROR, "there is no tablet zone1-0000000900"),
        (["select 1", "--cell", "zone9"], ExitCode.SPEC, "there is no cell zone9"),
    ],
)
def test_what_is_wrong(cli: Cli, up: Machine, words: list[str], code: ExitCode, said: str) -> None:
    result = ask(cli, *words)

    assert (result.code, result.out) == (code, "")
    assert said in result.err


def test_a_person_at_a_terminal_is_not_waited_for(cli: Cli, up: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal())

    assert "there is no statement" in ask(cli).err


def test_bytes_that_an_old_vtctld_lost_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    from vitessctl.sql.result import Result as Rows
    from vitessctl.sql.tokens import Statement

    sql._show(Statement("select a from t", 1), Rows(("a",), (("\ufffd",),)), "a", sql.Format.table)

    assert "select hex(COLUMN)" in capsys.readouterr().err


def test_without_a_known_password_vtgate_is_not_tried(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    from vitessctl.targets.kubernetes.target import KubernetesTarget

    api = FakeApi(namespaces=["prod"])
    monkeypatch.setattr(sql, "open_target", lambda cluster, name, where: KubernetesTarget(cluster, api))

    result = cli("sql", "select 1", "-i", str(MINIMAL), "-e", "namespace=prod", "-e", "users_secret=mine")

    assert result.code == ExitCode.SPEC
    assert "nobody's password for vtgate is known" in result.err
    assert "vitessctl connect" in result.err


def test_a_tablet_type_that_vtgate_of_2_1_would_take_for_a_keyspace(cli: Cli, up: Machine) -> None:
    old = ["-e", "release=2.1", "-e", "image=vitess/lite:v2.1"]

    refused = ask(cli, "select 1", "--target", "messages@replica", *old)

    assert refused.code == ExitCode.SPEC
    assert "vtgate of Vitess 2.1 knows no tablet types" in refused.err
    assert "--replica KEYSPACE/SHARD" in refused.err
