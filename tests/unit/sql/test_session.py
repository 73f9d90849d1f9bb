"""Statements in order: what is refused before anything runs, where it stops, which words are tried."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from vitessctl.errors import ExitCode, UsageError, VitessctlError
from vitessctl.sql.result import Result, value_text
from vitessctl.sql.session import FIXES, NotAReadError, SqlErrors, check_reads, check_writes, run_all
from vitessctl.sql.tokens import Statement, statements
from vitessctl.vtctld.errors import SqlError
from vitessctl.vtctld.refusal import refusal

ONE = Result(("a",), (("1",),))


def sql_error(number: int, text: str = "no") -> SqlError:
    error = refusal("Query", "UNKNOWN", f"{text} (errno {number}) (sqlstate 42000)")
    assert isinstance(error, SqlError)
    return error


@dataclass
class Server:
    """A server that knows some statements, and refuses all others with an error of that number."""

    answers: dict[str, Result]
    number: int = 1064
    name: str = "a server"
    refuses: VitessctlError | None = None
    asked: list[str] = field(default_factory=list)

    def run(self, statement: str, max_rows: int) -> Result:
        self.asked.append(statement)
        if statement not in self.answers:
            raise sql_error(self.number)
        return self.answers[statement]

    def refuse(self, statement: str) -> VitessctlError | None:
        return self.refuses

    def close(self) -> None:
        raise AssertionError("whoever opened it closes it")


def ran(server: Server, text: str) -> list[tuple[Statement, Result]]:
    shown: list[tuple[Statement, Result]] = []
    run_all(statements(text), server, 10, lambda statement, result: shown.append((statement, result)))
    return shown


def test_each_is_run_and_shown_in_order() -> None:
    server = Server({"select 1": ONE, "select 2": ONE})

    shown = ran(server, "select 1; select 2;")

    assert server.asked == ["select 1", "select 2"]
    assert [(statement.number, result) for statement, result in shown] == [(1, ONE), (2, ONE)]


def test_the_first_that_fails_is_named_and_none_after_it_runs() -> None:
    server = Server({"select 1": ONE, "select 3": ONE}, number=1146)

    with pytest.raises(SqlError) as failed:
        ran(server, "select 1; select 2; select 3")

    assert failed.value.what == "statement 2 of 3: MySQL refused a statement"
    assert failed.value.fix == FIXES[1146]
    assert server.asked == ["select 1", "select 2"]


def test_a_single_one_has_no_number() -> None:
    with pytest.raises(SqlError) as failed:
        ran(Server({}), "select 1")

    assert failed.value.what == "MySQL refused a statement"


@pytest.mark.parametrize("known", ["show master status", "show binary log status"])
@pytest.mark.parametrize("said", ["show master status", "show binary log status"])
def test_a_show_of_replication_becomes_what_the_server_knows(known: str, said: str) -> None:
    server = Server({known: ONE})

    assert [result for _, result in ran(server, said)] == [ONE]
    assert server.asked == ([said] if known == said else [said, known])


def test_where_the_server_knows_neither_the_error_is_about_what_was_said() -> None:
    server = Server({})

    with pytest.raises(SqlError, match="MySQL refused"):
        ran(server, "show slave status")
    assert server.asked == ["show slave status", "show replica status"]


def test_another_error_is_not_tried_again() -> None:
    server = Server({}, number=1227)

    with pytest.raises(SqlError):
        ran(server, "show slave status")
    assert server.asked == ["show slave status"]


def test_what_may_write_is_refused_and_its_place_named() -> None:
    with pytest.raises(NotAReadError) as refused:
        check_reads(statements("select 1; delete from t; select 2"))

    assert refused.value.what == "statement 2 of 3 is not known to be one that only reads, so nothing was run"
    assert refused.value.why.startswith("it begins with DELETE")
    assert (refused.value.fix, refused.value.exit_code) == ("if it is meant, add --write", ExitCode.SPEC)


def test_no_password_of_a_refused_statement_is_repeated() -> None:
    with pytest.raises(NotAReadError) as refused:
        check_reads(statements("create user a identified by 'hunter2secret'"))

    assert "hunter2secret" not in str(refused.value)


def test_all_that_may_write_are_named_at_once() -> None:
    with pytest.raises(SqlErrors) as refused:
        check_reads(statements("delete from t; select 1; drop table t"))

    assert [error.what.split(" is ")[0] for error in refused.value.errors] == ["statement 1 of 3", "statement 3 of 3"]


def test_what_may_write_may_be_asked_for() -> None:
    check_writes(statements("delete from t; select 1"), Server({}))


def test_a_place_may_refuse_it_all_the_same() -> None:
    no = UsageError("it is a replica")

    with pytest.raises(UsageError, match="it is a replica"):
        check_writes(statements("select 1; delete from t"), Server({}, refuses=no))
    check_writes(statements("select 1"), Server({}, refuses=no))


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, None), (b"", ""), ("zwölf".encode(), "zwölf"), (b"\xff\x00", "0xFF00"), (b"a\x00", "a\x00")],
)
def test_bytes_as_text(value: bytes | None, text: str | None) -> None:
    assert value_text(value) == text
