"""schema and vschema, on a machine that is a world in memory: what they print, refuse and leave."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.expected import check
from tests.support.world import Session
from tests.support.world.vtctld import WorldVtctld
from tests.unit.cli.conftest import Cli, Machine, Result
from vitessctl.report.screen import REHEARSAL_BANNER

SCREENS = Path(__file__).parent / "screens"
SPEC = """\
cluster: messages
image: vitess/lite:v24.0.4
cells: [zone1]
keyspaces:
  messages: {tablets: {replica: 3}, schema: messages.sql, vschema: messages.json}
"""
NOTES = "create table notes (id bigint primary key, words varchar(80), old int, key words (words))"
NARROWER = "create table notes (id bigint primary key, words varchar(40), author int); create table tags (id int)"
STRANGE = "insert into notes values (1)"
MORE = '{"tables": {"notes": {}, "tags": {}, "more": {}}}'
BOTH = '{"tables": {"notes": {}, "tags": {}}}'


@pytest.fixture
def here(cli: Cli, machine: Machine) -> Callable[..., Result]:
    """A command of two words, in a folder with a cluster that is up with one table and a VSchema that names two."""
    declare(NOTES, BOTH)
    assert cli("up", "--rehearse").code == 0
    return lambda *words: cli(*words[:2], "--rehearse", *words[2:])


def declare(sql: str, vschema: str) -> None:
    Path("cluster.yaml").write_text(SPEC)
    Path("messages.sql").write_text(sql)
    Path("messages.json").write_text(vschema)


@pytest.mark.parametrize("what", ["schema", "vschema"])
def test_nothing_differs(here: Callable[..., Result], what: str) -> None:
    assert here(what, "diff", "--detailed-exitcode") == Result(0, f"{REHEARSAL_BANNER}\nmessages: as declared\n", "")
    applied = here(what, "apply")
    assert (applied.code, applied.out) == (0, "messages: as declared\n")


def test_all_differences_and_what_each_costs(here: Callable[..., Result]) -> None:
    declare(NARROWER, BOTH)
    shown = here("schema", "diff", "--detailed-exitcode")
    assert shown.code == 2
    check(shown.out, SCREENS / "schema_diff.txt")


def test_the_statements(here: Callable[..., Result]) -> None:
    declare(NARROWER, BOTH)
    check(here("schema", "diff", "--sql").out, SCREENS / "schema_diff_sql.txt")


def test_as_json(here: Callable[..., Result]) -> None:
    declare("create table notes (id bigint primary key, words varchar(80), key words (words))", BOTH)
    data = json.loads(here("schema", "diff", "--output", "json").out)
    assert data == {
        "cluster": "messages",
        "keyspaces": [
            {
                "keyspace": "messages",
                "differs": True,
                "differences": [
                    {
                        "table": "notes",
                        "what": "drop column old",
                        "there": "`old` int",
                        "declared": "",
                        "destructive": "the values in it would be gone",
                        "shards": ["0"],
                    }
                ],
                "statements": ["ALTER TABLE `notes` DROP COLUMN `old`"],
                "undeclared": [],
                "not_compared": [],
            }
        ],
    }


def test_what_loses_something_has_to_be_allowed(here: Callable[..., Result], machine: Machine) -> None:
    declare(NARROWER, BOTH)
    before = list(machine.session.writes)
    refused = here("schema", "apply", "--yes")
    assert refused.code == 1
    assert refused.err.splitlines() == [
        "messages: something would be lost; nothing was changed",
        "  why: 3 of the differences are destructive",
        "  | messages.notes: drop index words: queries may need it",
        "  | messages.notes: drop column old: the values in it would be gone",
        "  | messages.notes: change column words: varchar(80) has values that varchar(40) cannot hold",
        "  fix: change the spec, or add --allow-destructive",
    ]
    assert machine.session.writes == before


def test_a_table_that_is_missing_is_made(here: Callable[..., Result], machine: Machine) -> None:
    declare(f"{NOTES}; create table tags (id int)", BOTH)
    applied = here("schema", "apply", "--yes")
    assert applied.code == 0, applied.err
    assert "* create in messages: tags" in applied.out
    assert machine.session.writes[-1] == "ApplySchema messages"
    assert here("schema", "diff", "--detailed-exitcode").code == 0


def test_partitions_are_for_a_person_to_change(here: Callable[..., Result]) -> None:
    declare(f"{NOTES} partition by hash (id)", BOTH)
    refused = here("schema", "apply", "--allow-destructive", "--yes")
    assert (refused.code, "not every difference can be made to go" in refused.err) == (1, True)


@pytest.mark.parametrize("command", ["diff", "apply"])
def test_a_statement_that_makes_no_table_is_refused(here: Callable[..., Result], command: str) -> None:
    declare(f"{NOTES}; {STRANGE}", BOTH)
    refused = here("schema", command)
    assert refused.code == 5
    assert refused.err.splitlines()[0] == (
        f"messages: the schema of messages has a statement that creates no table: {STRANGE}"
    )


@pytest.mark.parametrize(
    ("what", "keyspace", "why"),
    [("schema", "mesages", "the spec has no such keyspace"), ("vschema", "mesages", "the spec has no such keyspace")],
)
def test_a_keyspace_that_declares_none(here: Callable[..., Result], what: str, keyspace: str, why: str) -> None:
    refused = here(what, "diff", keyspace)
    assert refused.code == 5
    assert f"why: {why}" in refused.err
    assert f"fix: keyspaces that declare a {what}: messages" in refused.err


def test_a_route_that_would_go_has_to_be_allowed(here: Callable[..., Result]) -> None:
    declare(NOTES, '{"tables": {"notes": {}, "more": {}}}')
    check(here("vschema", "diff").out, SCREENS / "vschema_diff.txt")
    refused = here("vschema", "apply", "--yes")
    assert (refused.code, "rows might not be found any more; nothing was changed" in refused.err) == (1, True)

    applied = here("vschema", "apply", "--yes", "--allow-destructive")
    assert (applied.code, "* set the VSchema of messages" in applied.out) == (0, True)
    assert here("vschema", "diff", "--detailed-exitcode").code == 0


def test_a_vschema_as_json(here: Callable[..., Result]) -> None:
    declare(NOTES, '{"tables": {"notes": {}}}')
    data = json.loads(here("vschema", "diff", "--output", "json").out)
    assert data["keyspaces"] == [
        {
            "keyspace": "messages",
            "differs": True,
            "there": {"tables": {"notes": {}, "tags": {}}},
            "declared": {"tables": {"notes": {}}},
            "destructive": ["table tags would leave the VSchema: vtgate would not route to it any more"],
        }
    ]


def test_a_plan_names_what_up_would_leave(here: Callable[..., Result], cli: Cli) -> None:
    declare(f"{NARROWER}", '{"tables": {"notes": {}}}')
    planned = json.loads(cli("plan", "--rehearse", "--output", "json").out)
    assert [action for stage in planned["stages"] for action in stage["actions"]] == [
        "create in messages: tags",
        "alter in messages: notes (add column author)",
    ]
    assert [note.partition(",")[0] for note in planned["notes"]] == [
        "the VSchema of messages is not wholly as declared: table tags would leave the VSchema: vtgate would not route "
        "to it any more; vitessctl vschema apply messages does it",
        "messages.notes differs: drop index words is left undone",
        "messages.notes differs: drop column old is left undone",
        "messages.notes differs: change column words is left undone",
    ]


@pytest.mark.parametrize(
    ("what", "changed", "moved"),
    [("schema", (f"{NOTES}; create table tags (id int)", BOTH), "tables"), ("vschema", (NOTES, MORE), "VSchemas")],
)
def test_what_somebody_changed_meanwhile_is_left_alone(
    here: Callable[..., Result],
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    changed: tuple[str, str],
    moved: str,
) -> None:
    """Between what was shown and the lock."""
    declare(*changed)
    session = Session()

    def meanwhile(question: str, yes: bool) -> bool:
        other = WorldVtctld(machine.world, session)
        other.apply_schema("messages", ["create table tags (id int)"])
        other.apply_vschema("messages", MORE)
        return True

    monkeypatch.setattr("vitessctl.cli.confirm.confirmed", meanwhile)
    before = list(machine.session.writes)
    refused = here(what, "apply", "--yes")
    assert (refused.code, f"the {moved} moved; nothing was changed" in refused.err) == (7, True)
    assert machine.session.writes == before
