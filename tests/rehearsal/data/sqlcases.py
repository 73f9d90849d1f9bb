"""SQL cases: statements and what MySQL answers, as YAML files under cases/.

A case is a list of steps on a fresh server that holds the tables below. A step names a statement and the whole
answer: `rows` (with `columns` and `types` where they are the point), or `affected` and `insert_id`, or `error`.
`as` names one of two sessions; its statements then have 0.2 s.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.mysqld.session import Session

CASES = Path(__file__).parent / "cases"
TABLES = (
    "create table goods (id bigint primary key auto_increment, name varchar(20), kind varchar(10), price decimal(8,2),"
    " stock int not null default 0)",
    "insert into goods (name, kind, price, stock) values ('Apple', 'fruit', 0.50, 100), ('pear', 'fruit', 0.75, 20),"
    " ('knife', 'tool', 12.00, 3), ('café', 'other', null, 0), ('a_b', 'other', 1.25, 11)",
    "create table orders (id bigint primary key auto_increment, good_id bigint, amount int)",
    "insert into orders (good_id, amount) values (1, 2), (2, 1), (1, 5)",
    "create table notes (id bigint primary key auto_increment, words varchar(40))",
    "create table counts (name varchar(10) primary key, n int not null)",
    "create table strict (id int primary key, word varchar(10) not null)",
    "create table defaults (id int primary key, word varchar(10) default 'fallback', number int default -1,"
    " flag tinyint(1) not null default 1, stamp timestamp null default current_timestamp,"
    " token char(36) default (uuid()))",
    "create table stamped (id int primary key, words varchar(10), changed timestamp null default current_timestamp"
    " on update current_timestamp)",
)


@dataclass(frozen=True)
class Case:
    """One story of a file."""

    name: str
    steps: tuple[dict[str, Any], ...]


def load(file: str) -> list[Case]:
    return [Case(case["case"], tuple(case["steps"])) for case in yaml.safe_load((CASES / f"{file}.yaml").read_text())]


def run(session: Session, sql: str, seconds: float | None = None) -> dict[str, Any]:
    """A step with everything that the server answered."""
    try:
        answer = session.execute(sql, seconds)
    except MySqlError as error:
        return {"sql": sql, "error": [error.number, error.text]}
    if answer["fields"]:
        return {
            "sql": sql,
            "columns": [field["name"] for field in answer["fields"]],
            "types": [field["type"] for field in answer["fields"]],
            "rows": answer["rows"],
        }
    return {"sql": sql, "affected": answer["rows_affected"], "insert_id": answer["insert_id"]}


def told(step: dict[str, Any], answered: dict[str, Any]) -> dict[str, Any]:
    """The part of the answer that the step tells about; a number of affected rows is always told, 0 by silence."""
    who = {"as": step["as"]} if "as" in step else {}
    if "error" in answered:
        return answered | who
    wanted = {key: value for key, value in answered.items() if key in step or key in {"sql", "rows"}}
    for silent in ("affected", "insert_id"):
        if answered.get(silent):
            wanted[silent] = answered[silent]
    return wanted | who
