"""Declared tables and VSchemas: what `up` does, what it leaves, and what it takes to do the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.live import LiveCluster

SPEC = """\
cluster: declared
image: vitess/lite:v24.0.4
cells: [zone1]
keyspaces:
  messages: {shards: 2, tablets: {replica: 2}, schema: messages.sql, vschema: messages.json}
  lookup: {tablets: {replica: 2}, schema: lookup.sql}
"""
MESSAGES = "create table messages (page bigint unsigned not null, at bigint unsigned, text varchar(100), old int, "
LOOKUP = """\
create table names (
  id int(11) not null auto_increment primary key, name varchar(20) not null default '', e enum('a','b') default 'a',
  changed timestamp(3) not null default now(3) on update now(3), price numeric(6,2) default 1.5, key (name)
) charset utf8mb4;
"""
BY_PAGE = {"column_vindexes": [{"column": "page", "name": "hash"}]}


@pytest.fixture
def declared(flag: str, state: Path, tmp_path: Path) -> Iterator[LiveCluster]:
    """A cluster with a sharded keyspace and another, up, as declared."""
    (tmp_path / "cluster.yaml").write_text(SPEC)
    declare(tmp_path, f"{MESSAGES} primary key (page, at))", LOOKUP, ["messages"])
    live = LiveCluster(state, tmp_path, flag)
    try:
        live.up()
        yield live
    finally:
        live.remove()


def declare(folder: Path, messages: str, lookup: str, tables: list[str]) -> None:
    (folder / "messages.sql").write_text(messages)
    (folder / "lookup.sql").write_text(lookup)
    vschema = {"sharded": True, "vindexes": {"hash": {"type": "hash"}}, "tables": dict.fromkeys(tables, BY_PAGE)}
    (folder / "messages.json").write_text(json.dumps(vschema))


def differences(live: LiveCluster) -> dict[str, list[tuple[str, bool, list[str]]]]:
    """By keyspace: what differs, whether something would be lost, in which shards."""
    done = live.run("schema diff", "--output", "json", "--detailed-exitcode")
    found: list[dict[str, Any]] = json.loads(done.stdout)["keyspaces"]
    assert done.returncode == (2 if any(each["differs"] for each in found) else 0), done.stderr
    return {
        keyspace["keyspace"]: [(e["what"], bool(e["destructive"]), e["shards"]) for e in keyspace["differences"]]
        for keyspace in found
    }


BOTH = ["-80", "80-"]


def test_up_adds_and_apply_does_the_rest_when_it_is_allowed(declared: LiveCluster) -> None:
    assert differences(declared) == {"messages": [], "lookup": []}
    declare(
        declared.inventory,
        "create table messages (page bigint unsigned not null, at bigint unsigned, author varchar(64),"
        " text varchar(200), primary key (page, at), key author (author));"
        "create table tags (page bigint unsigned not null primary key, tag varchar(30))",
        LOOKUP.replace("varchar(20)", "varchar(10)"),
        ["messages", "tags"],
    )
    add, lose = (
        [
            ("add column author", False, BOTH),
            ("change column text", False, BOTH),
            ("add index author", False, BOTH),
            ("create table tags", False, BOTH),
        ],
        [("drop column old", True, BOTH)],
    )
    narrower = [("change column name", True, ["0"])]
    assert differences(declared) == {"messages": [*lose, *add], "lookup": narrower}
    notes = declared.run("plan").stdout
    assert "drop column old is left undone" in " ".join(notes.split())

    with declared.connect("messages") as cursor:
        cursor.execute("insert into messages (page, at, text, old) values (1, 1, 'one', 7)")
    assert "but for what would lose something" in declared.up()
    assert differences(declared) == {"messages": lose, "lookup": narrower}
    assert declared.rows("select author, text, old from messages", "messages") == [(None, "one", 7)]
    assert "Nothing changed." in declared.up()

    refused = declared.run("schema apply")
    assert refused.returncode == 1
    assert "messages.messages: drop column old: the values in it would be gone" in refused.stderr
    assert differences(declared) == {"messages": lose, "lookup": narrower}

    done = declared.run("schema apply", "--allow-destructive")
    assert done.returncode == 0, done.stderr
    assert differences(declared) == {"messages": [], "lookup": []}
    assert declared.rows("select * from messages", "messages") == [(1, 1, None, "one")]
    assert "schema apply" in declared.run("history").stdout


def test_a_shard_that_is_behind_is_brought_up_by_itself(declared: LiveCluster) -> None:
    with declared.connect("messages:80-@primary") as cursor:
        cursor.execute("alter table messages add column author varchar(64)")
        cursor.execute("create table scratch (id int primary key)")
    declare(declared.inventory, f"{MESSAGES} author varchar(64), primary key (page, at))", LOOKUP, ["messages"])
    assert differences(declared)["messages"] == [("add column author", False, ["-80"])]

    declared.up()
    assert differences(declared)["messages"] == []
    with declared.connect("messages") as cursor:
        cursor.execute("insert into messages (page, at, author) values (1, 1, 'x'), (2, 2, 'y'), (3, 3, 'z')")
    assert "scratch is not in the spec; it stays" in declared.run("schema diff").stdout

    refused = declared.run("schema apply", "--prune")
    assert "drop table scratch: every row in it would be gone" in refused.stderr
    assert declared.run("schema apply", "--prune", "--allow-destructive").returncode == 0
    assert "scratch" not in declared.run("schema diff").stdout
    assert declared.rows("select count(*) from messages", "messages") == [(3,)]


def test_a_vschema_never_loses_a_route_just_so(declared: LiveCluster) -> None:
    declare(declared.inventory, f"{MESSAGES} primary key (page, at))", LOOKUP, ["tags"])

    assert "but for what would lose something: vitessctl vschema diff shows it" in declared.up()
    shown = declared.run("vschema diff", "--detailed-exitcode")
    assert shown.returncode == 2
    assert "! destructive: table messages would leave the VSchema" in shown.stdout
    assert declared.rows("select count(*) from messages", "messages") == [(0,)]

    assert "table messages would leave" in declared.run("vschema apply").stderr
    assert declared.run("vschema apply", "--allow-destructive").returncode == 0
    assert declared.run("vschema diff", "--detailed-exitcode").returncode == 0
    assert "Nothing changed." in declared.up()
