"""One spelling of each type, and what grows without loss."""

from __future__ import annotations

import pytest

from vitessctl.schema.parse import parse_table
from vitessctl.schema.types import keeps_every_value


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("INT(11)", "int"),
        ("Integer Unsigned", "int unsigned"),
        ("bigint(20) unsigned zerofill", "bigint unsigned zerofill"),
        ("int zerofill", "int unsigned zerofill"),
        ("boolean", "tinyint"),
        ("numeric(8)", "decimal(8,0)"),
        ("fixed", "decimal(10,0)"),
        ("real", "double"),
        ("float(7,2)", "float(7,2)"),
        ("float(24)", "float"),
        ("character varying(10)", "varchar(10)"),
        ("char", "char(1)"),
        ("enum( 'a' , 'it''s', \"q\" )", "enum('a','it''s','q')"),
        ("year(4)", "year"),
        ("time(0)", "time"),
        ("time(3)", "time(3)"),
        ("long varchar", "long varchar"),
        ("point", "point"),
    ],
)
def test_a_type_has_one_spelling(written: str, spelled: str) -> None:
    assert parse_table(f"create table t (a {written})").columns[0].type == spelled


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("tinyint", "int", True),
        ("int", "tinyint", False),
        ("int", "int unsigned", False),
        ("int unsigned", "bigint", False),
        ("int unsigned", "bigint unsigned", True),
        ("varchar(9)", "varchar(9)", True),
        ("varchar(9)", "varchar(8)", False),
        ("char(9)", "varchar(9)", True),
        ("text", "varchar(9)", False),
        ("blob", "longblob", True),
        ("text", "blob", False),
        ("float", "double", True),
        ("float(7,2)", "double", False),
        ("decimal(5,2)", "decimal(6,3)", True),
        ("decimal(5,2)", "decimal(5,3)", False),
        ("datetime", "datetime(3)", True),
        ("datetime(3)", "datetime", False),
        ("set('a')", "set('a','b')", True),
        ("enum('a','b')", "enum('a')", False),
        ("enum('a')", "enum('ab')", False),
        ("json", "text", False),
    ],
)
def test_only_what_keeps_every_value_is_no_loss(before: str, after: str, kept: bool) -> None:
    assert keeps_every_value(before, after) is kept
