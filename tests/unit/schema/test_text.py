"""SQL scripts taken apart, and VSchemas compared."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.schema.parse import table_of
from vitessctl.schema.tokens import statements_of
from vitessctl.schema.vschema import without_empty


def vschema_matches(wanted: object, found: object) -> bool:
    """Whether two VSchemas say the same."""
    return without_empty(wanted) == without_empty(found)


@pytest.mark.parametrize(
    ("sql", "statements"),
    [
        ("", []),
        (" ;\n; ", []),
        ("create table a (x int)", ["create table a (x int)"]),
        ("create table a (x int);\ncreate table b (x int);\n", ["create table a (x int)", "create table b (x int)"]),
        ("create table a (x char(9) default ';')", ["create table a (x char(9) default ';')"]),
        ('create table a (x char(9) default "a;""b")', ['create table a (x char(9) default "a;""b")']),
        ("create table a (x char(9) default 'it''s; \\';')", ["create table a (x char(9) default 'it''s; \\';')"]),
        ("create table `a;b` (x int); select 1", ["create table `a;b` (x int)", "select 1"]),
        ("-- one; two\ncreate table a (x int)", ["create table a (x int)"]),
        ("create table a (x int) -- the end;", ["create table a (x int)"]),
        ("--\ncreate table a (x int)", ["create table a (x int)"]),
        ("# a remark; here\ncreate table a (x int)", ["create table a (x int)"]),
        ("/* a; \n b; */ create table a (x int)", ["create table a (x int)"]),
        ("create/* no space */table a (x int)", ["create table a (x int)"]),
        ("select 5--3; select 1", ["select 5--3", "select 1"]),
        (
            "create table a (x char(9) default 'never closed; )",
            ["create table a (x char(9) default 'never closed", ")"],
        ),
    ],
)
def test_statements_end_at_semicolons_that_are_not_quoted(sql: str, statements: list[str]) -> None:
    assert list(statements_of(sql)) == statements


@given(st.text(alphabet="ab ;'\"`-#/*\\\n", max_size=60))
def test_any_script_is_taken_apart(sql: str) -> None:
    for statement in statements_of(sql):
        assert statement
        assert statement == statement.strip()


@given(st.lists(st.sampled_from(["create table a (x int)", "select 'a;b'", 'select "--"', "select `#`"]), max_size=5))
def test_joined_statements_come_apart_again(statements: list[str]) -> None:
    assert list(statements_of(";\n-- next\n".join(statements))) == statements


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("create table notes (id int)", "notes"),
        ("CREATE TABLE IF NOT EXISTS Notes (id int)", "Notes"),
        ("create\n  table\tnotes(id int)", "notes"),
        ("create table `order` (id int)", "order"),
        ("create table `two words` (id int)", "two words"),
        ("create table shop.notes (id int)", "notes"),
        ("create table `shop` . `notes` (id int)", "notes"),
        ("create table my$notes2 (id int)", "my$notes2"),
        ("create view notes as select 1", ""),
        ("create temporary table notes (id int)", ""),
        ("alter table notes add column x int", ""),
        ("insert into notes values (1)", ""),
        ("recreate table notes (id int)", ""),
        ("", ""),
    ],
)
def test_the_table_that_a_statement_makes(statement: str, table: str) -> None:
    assert table_of(statement) == table


SAME = [
    ({}, {}),
    ({"sharded": False}, {}),
    ({"tables": {}}, {}),
    ({"require_explicit_routing": True}, {"requireExplicitRouting": True}),
    ({"tables": {"t": {"column_vindexes": []}}}, {"tables": {"t": {}}}),
    ({"tables": {"t": {"auto_increment": {"column": "id"}}}}, {"tables": {"t": {"autoIncrement": {"column": "id"}}}}),
    ({"vindexes": {"h": {"type": "xxhash", "params": {}, "owner": ""}}}, {"vindexes": {"h": {"type": "xxhash"}}}),
]
DIFFERENT = [
    ({"sharded": True}, {}),
    ({"tables": {"t": {}}}, {}),
    ({"tables": {"t": {}}}, {"tables": {"u": {}}}),
    ({"tables": {"a_b": {}}}, {"tables": {"aB": {}}}),
    ({"vindexes": {"h": {"type": "hash"}}}, {"vindexes": {"h": {"type": "xxhash"}}}),
    ({"vindexes": {"l": {"params": {"write_only": ""}}}}, {"vindexes": {"l": {"params": {}}}}),
    ({"tables": {"t": {"columns": [{"name": "a"}]}}}, {"tables": {"t": {"columns": [{"name": "a"}, {"name": "b"}]}}}),
]


@pytest.mark.parametrize(("wanted", "found"), SAME, ids=json.dumps)
def test_a_vschema_that_says_the_same(wanted: object, found: object) -> None:
    assert vschema_matches(wanted, found)
    assert vschema_matches(found, wanted)


@pytest.mark.parametrize(("wanted", "found"), DIFFERENT, ids=json.dumps)
def test_a_vschema_that_differs(wanted: object, found: object) -> None:
    assert not vschema_matches(wanted, found)
    assert not vschema_matches(found, wanted)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text(alphabet="_aB", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["tables", "params", "a_b", "", "_x", "sharded"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(json_values, json_values)
def test_matching_is_an_equivalence(one: object, other: object) -> None:
    assert vschema_matches(one, one)
    assert vschema_matches(one, other) == vschema_matches(other, one)
