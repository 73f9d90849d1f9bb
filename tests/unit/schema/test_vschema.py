"""VSchemas beside each other: what is set just so, and what would move rows out of sight."""

from __future__ import annotations

from typing import Any

import pytest

from vitessctl.schema.vschema import vschema_drift

HASH = {"hash": {"type": "hash"}}
BY_PAGE = {"column_vindexes": [{"column": "page", "name": "hash"}]}
BY_USER = {"column_vindexes": [{"column": "user", "name": "hash"}]}
THERE = {"sharded": True, "vindexes": HASH, "tables": {"messages": BY_PAGE}}


def canonical(vschema: Any) -> Any:
    return vschema_drift(vschema, {}).wanted


@pytest.mark.parametrize(
    "wanted",
    [
        THERE,
        {**THERE, "tables": {"messages": BY_PAGE, "more": BY_USER}},
        {**THERE, "vindexes": {**HASH, "xxhash": {"type": "xxhash"}}},
        {**THERE, "tables": {"messages": {**BY_PAGE, "auto_increment": {"column": "id", "sequence": "s"}}}},
    ],
)
def test_what_adds_is_set_as_it_is(wanted: Any) -> None:
    drift = vschema_drift(wanted, THERE)
    assert drift.held == ()
    assert drift.safe == drift.wanted == canonical(wanted)
    assert drift.changes_safely is (wanted != THERE)


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        ({**THERE, "tables": {}}, "table messages would leave the VSchema"),
        ({**THERE, "tables": {"messages": BY_USER}}, "table messages would be routed by other vindexes"),
        ({**THERE, "vindexes": {"hash": {"type": "xxhash"}}}, "vindex hash would compute otherwise"),
        ({**THERE, "vindexes": {}}, "vindex hash would go"),
        ({**THERE, "sharded": False}, "sharded would change"),
    ],
)
def test_what_moves_rows_out_of_sight_is_held_and_nothing_else_changes(wanted: Any, held: str) -> None:
    drift = vschema_drift(wanted, THERE)
    assert [text.startswith(held) for text in drift.held] == [True]
    assert drift.safe == drift.found
    assert not drift.changes_safely
    assert not drift.is_empty


def test_of_a_mixed_change_the_part_that_adds_is_done() -> None:
    drift = vschema_drift({**THERE, "tables": {"more": BY_USER}}, THERE)
    assert len(drift.held) == 1
    assert drift.safe == canonical({**THERE, "tables": {"messages": BY_PAGE, "more": BY_USER}})


def test_a_first_vschema_is_never_held() -> None:
    assert vschema_drift(THERE, {}).held == ()


def test_the_difference_is_shown_as_lines() -> None:
    drift = vschema_drift({"tables": {"a": {}, "b": {}}}, {"tables": {"a": {}}})
    assert drift.lines() == (
        "--- topology",
        "+++ spec",
        "@@ -1,5 +1,6 @@",
        " {",
        '   "tables": {',
        '-    "a": {}',
        '+    "a": {},',
        '+    "b": {}',
        "   }",
        " }",
    )
