"""From MySQL's statements to SQLite's: whole translations, table layouts, what the binary log gets, result metadata."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rehearsal.data.contents import contents, replay
from tests.rehearsal.data.sqlcases import TABLES
from vitessctl.rehearsal.mysqld.functions import register
from vitessctl.rehearsal.mysqld.run import read_plan, structure_of, write_plan
from vitessctl.rehearsal.mysqld.session import Session
from vitessctl.rehearsal.mysqld.state import ServerState
from vitessctl.rehearsal.mysqld.words import first_word
from vitessctl.rehearsal.storage.definition import create_table_text, table_from_json
from vitessctl.rehearsal.storage.engine import Engine
from vitessctl.rehearsal.storage.events import Change, RowChange

GOLDEN = Path(__file__).parent / "golden"


def golden(name: str) -> Any:
    return yaml.safe_load((GOLDEN / f"{name}.yaml").read_text())


@pytest.fixture
def shop(session: Session) -> Session:
    """A session that has the tables of the SQL cases."""
    for statement in TABLES:
        session.execute(statement)
    return session


def test_statements(shop: Session) -> None:
    for group in golden("expressions"):
        for title, cases in group.items():
            for case in cases:
                sql = case["mysql"]
                reads = first_word(sql.lstrip("(")) in {"select", "with"}
                made = read_plan(shop, sql).sql if reads else write_plan(shop, sql).sql
                assert {"mysql": sql, "sqlite": made} == case, title


def test_every_translation_is_sqlite(shop: Session, server: ServerState) -> None:
    """SQLite compiles each of them: no function, table or column is missing."""
    for group in golden("expressions"):
        for cases in group.values():
            for case in cases:
                server.engine.writer.sqlite.execute(f"EXPLAIN {case['sqlite']}")


@pytest.mark.parametrize("case", [pytest.param(case, id=case["case"]) for case in golden("tables")])
def test_new_tables(session: Session, case: dict[str, Any]) -> None:
    change = structure_of(session, case["create"])
    assert change is not None
    table = table_from_json(change.defined[0])
    made = {
        "case": case["case"],
        "create": case["create"],
        "sqlite": list(change.statements),
        "shown": create_table_text(table),
    }
    assert made == case
    session.execute(case["create"].replace("references parents (id)", "references t (id)"))
    shown = session.execute(f"show create table `{table.name}`")["rows"][0][1]
    assert shown == case["shown"].replace("REFERENCES `parents`", "REFERENCES `t`")
    again = structure_of(session, str(shown).replace(f"TABLE `{table.name}`", "TABLE `again`"))
    assert again is not None
    copy = table_from_json(again.defined[0])
    assert create_table_text(copy.moved("vt_ks", table.name)) == shown, "what is shown makes the same table"


def test_changes_of_structure(shop: Session) -> None:
    made = []
    for case in golden("alters"):
        change = structure_of(shop, case["change"])
        assert change is not None
        told: dict[str, Any] = {"change": case["change"]}
        if change.statements:
            told["sqlite"] = list(change.statements)
        for name in ("dropped", "schemas_created", "schemas_dropped"):
            if getattr(change, name):
                told[name] = list(getattr(change, name))
        if change.defined:
            told["defined"] = [table_from_json(text).physical for text in change.defined]
        if case.get("kept"):
            shop.execute(case["change"])
            told["kept"] = True
        made.append(told)
    assert made == golden("alters")


def test_a_new_column_that_is_filled_by_the_clock_is_the_same_on_a_replica(
    shop: Session, server: ServerState, folder: Path
) -> None:
    shop.execute("alter table goods add column at datetime(6) not null default current_timestamp(6)")
    shop.execute("alter table goods add column token char(36) default (uuid()), add column r double default (rand())")
    replica = Engine(folder / "replica.sqlite", "replica", register)
    replay(server.engine, replica)
    assert contents(replica) == contents(server.engine)
    replica.close()


def written(change: Change) -> list[Any]:
    if isinstance(change, RowChange):
        return [change.kind, change.table, change.before, change.after, list(change.values)]
    defined = [table_from_json(text).physical for text in change.defined]
    parts = [change.statements, defined, change.dropped, change.schemas_created, change.schemas_dropped]
    return ["structure", [list(part) for part in parts]]


def test_what_the_binary_log_gets(shop: Session, server: ServerState) -> None:
    made = []
    for case in golden("binlog"):
        before = server.engine.announced
        shop.execute(case["sql"])
        logged = server.engine.transactions_after(before)
        assert len(logged) <= 1
        made.append({"sql": case["sql"], "changes": [written(change) for entry in logged for change in entry.changes]})
    assert made == golden("binlog")
    assert base64.b64encode(made[-1]["changes"][0][4][1]) == b"AP8="


@pytest.mark.parametrize("case", [pytest.param(case, id=case["column"]) for case in golden("fields")])
def test_result_metadata(session: Session, case: dict[str, Any]) -> None:
    session.execute(f"create table f (c {case['column']})")
    field = session.execute("select c as alias from f as g")["fields"][0]
    assert field == {
        "name": "alias",
        "type": case["type"],
        "table": "g",
        "org_table": "f",
        "database": "vt_ks",
        "org_name": "c",
        "column_length": case["column_length"],
        "charset": case["charset"],
        "decimals": case["decimals"],
        "flags": case["flags"],
    }


def test_what_expressions_give(shop: Session) -> None:
    made = []
    for case in golden("outputs"):
        field = shop.execute(f"select {case['expression']} from goods g where id = 1")["fields"][0]
        told = {"heading": field["name"], **{key: field[key] for key in ("type", "decimals", "charset")}}  # type: ignore[literal-required]
        made.append({"expression": case["expression"], **told})
    assert made == golden("outputs")
