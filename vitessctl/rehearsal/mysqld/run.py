"""Runs statements that the SQL parser has to read. Importing this loads the parser (a quarter of a second)."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlglot import exp
from sqlglot.errors import SqlglotError

from vitessctl.rehearsal.mysqld import variables
from vitessctl.rehearsal.mysqld.change import delete_plan, known_table, update_plan
from vitessctl.rehearsal.mysqld.ddl import Structures, rename_change, structure_change
from vitessctl.rehearsal.mysqld.dialect import parse, select_texts, to_sqlite
from vitessctl.rehearsal.mysqld.errors import MySqlError, unsupported
from vitessctl.rehearsal.mysqld.functions import text
from vitessctl.rehearsal.mysqld.insert import insert_plan
from vitessctl.rehearsal.mysqld.outputs import outputs_of
from vitessctl.rehearsal.mysqld.plan import Plan, ReadPlan
from vitessctl.rehearsal.mysqld.resultset import Output, affected, result
from vitessctl.rehearsal.mysqld.rewrite import Rewriter
from vitessctl.rehearsal.mysqld.sqlite_errors import from_sqlite, in_its_clause
from vitessctl.rehearsal.mysqld.virtual import is_virtual, virtual_link
from vitessctl.rehearsal.mysqld.words import first_word
from vitessctl.rehearsal.storage.apply import ApplyError
from vitessctl.rehearsal.storage.definition import Table, table_from_json
from vitessctl.rehearsal.storage.events import RowChange, StructureChange
from vitessctl.rehearsal.storage.physical import quoted
from vitessctl.rehearsal.tablet_rpc import QueryResult

if TYPE_CHECKING:
    from vitessctl.rehearsal.mysqld.session import Session
    from vitessctl.rehearsal.storage.connection import Link

STEPS_BETWEEN_LOOKS = 20_000
"""SQLite instructions between two looks at the clock."""


_ODD_TREES = (AssertionError, AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError, SqlglotError)
"""What comes of a tree that no MySQL statement has: sqlglot reads more than MySQL does, and nests without end."""


@contextmanager
def translating(sql: str) -> Iterator[None]:
    """Around everything between a statement's text and SQLite's: what cannot be understood is refused with its text."""
    try:
        yield
    except _ODD_TREES as error:
        raise unsupported(f"{sql[:200]} ({type(error).__name__})") from None


def rewriter_of(session: Session) -> Rewriter:
    """A rewriter that knows the session's database and variables."""

    def variable(scope: str, name: str) -> str | None:
        own = {} if scope == "global" else session.state.variables
        return variables.selected(name, variables.value_of(session.server, name, own))

    return Rewriter(session.state.database, variable, session.server.engine.catalogue)


def run_query(session: Session, sql: str) -> QueryResult:
    """A SELECT. MySqlError."""
    with translating(sql):
        plan = read_plan(session, sql)
    if plan.locks and session.in_transaction:
        with session.writing() as transaction:
            return _read(session, transaction.link, plan)
    if session.transaction is not None and not plan.virtual:
        return _read(session, session.transaction.link, plan)
    if plan.virtual:
        return _read(session, virtual_link(session.server, plan.tables), plan)
    with session.server.engine.read() as link:
        return _read(session, link, plan)


def read_plan(session: Session, sql: str) -> ReadPlan:
    """How to run a query. MySqlError for one that is wrong or cannot be translated."""
    statement = parse(sql)
    if not isinstance(statement, exp.Query):
        raise unsupported(sql[:200])
    rewriter = rewriter_of(session)
    locks = any(select.args.get("locks") for select in statement.find_all(exp.Select))
    for select in statement.find_all(exp.Select):
        for ignored in ("locks", "operation_modifiers", "hint"):
            select.set(ignored, None)
        if select.args.get("into"):
            raise unsupported("SELECT … INTO")
    texts = select_texts(sql)
    if texts == [""]:
        raise MySqlError(1064, re.sub(r"(?i)^select\s*", "", sql))
    names = _tables_read(statement, rewriter)
    rewritten = rewriter.rewrite(statement)
    virtual = bool(names) and all(map(is_virtual, names))
    catalogue = {} if virtual else session.server.engine.catalogue
    for name in names:
        if not virtual and name not in catalogue:
            raise MySqlError(1146, name)
    outputs = outputs_of(rewritten, texts, catalogue)
    return ReadPlan(sql, to_sqlite(rewritten), outputs, tuple(names), locks, virtual)


def _tables_read(statement: exp.Expression, rewriter: Rewriter) -> list[str]:
    local = {cte.alias_or_name for cte in statement.find_all(exp.CTE)}
    tables = [table for table in statement.find_all(exp.Table) if table.name.lower() != "dual" or table.text("db")]
    return [rewriter.physical_name(table) for table in tables if table.text("db") or table.name not in local]


def _read(session: Session, link: Link, plan: ReadPlan) -> QueryResult:
    try:
        cursor = guarded(session, link, partial(link.sqlite.execute, plan.sql), None, ())
    except MySqlError as error:
        raise in_its_clause(error, plan.source) from None
    rows = guarded(session, link, cursor.fetchall, None, ())
    headings = [column[0] for column in cursor.description or ()]
    outputs = plan.outputs
    if outputs is None or len(outputs) != len(headings):
        outputs = [Output(heading) for heading in headings]
    return result(outputs, rows)


def run_write(session: Session, sql: str) -> QueryResult:
    """INSERT, REPLACE, UPDATE or DELETE. MySqlError."""
    engine = session.server.engine
    version, plan = engine.catalogue_version, write_plan(session, sql)
    with session.writing() as transaction:
        if engine.catalogue_version != version:
            plan = write_plan(session, sql)
        before = len(transaction.changes)
        run = partial(transaction.execute, plan.sql)
        transaction.clear_attempt()
        try:
            cursor = guarded(session, transaction.link, run, plan.table, lambda: transaction.attempted)
        except MySqlError as error:
            raise in_its_clause(error, sql) from None
        changes = [change for change in transaction.changes[before:] if isinstance(change, RowChange)]
        count = _counted(changes) if plan.counts_changes else cursor.rowcount
        insert_id = _insert_id(plan, changes)
    if insert_id:
        session.state.last_insert_id = insert_id
    return affected(count, insert_id)


def write_plan(session: Session, sql: str) -> Plan:
    """How to run a statement that changes rows. MySqlError for one that is wrong or cannot be translated."""
    with translating(sql):
        return _write_plan(session, sql)


def _write_plan(session: Session, sql: str) -> Plan:
    rewriter = rewriter_of(session)
    catalogue = session.server.engine.catalogue
    replace = first_word(sql) == "replace"
    statement = parse(re.sub(r"^\w+", "INSERT", sql) if replace else sql)
    if isinstance(statement, exp.Insert):
        target = statement.find(exp.Table)
        assert target is not None
        return insert_plan(statement, known_table(target, rewriter, catalogue), rewriter, replace=replace)
    if isinstance(statement, exp.Update):
        return update_plan(statement, rewriter, catalogue)
    if isinstance(statement, exp.Delete):
        return delete_plan(statement, rewriter, catalogue)
    raise unsupported(sql[:200])


def _counted(changes: Sequence[RowChange]) -> int:
    """Rows as MySQL counts them where a row may be replaced: one for new, two for changed."""
    return sum({"insert": 1, "update": 2, "delete": 1}[change.kind] for change in changes)


def _insert_id(plan: Plan, changes: Sequence[RowChange]) -> int:
    """The first number that the table's counter gave, 0 for none."""
    counter = plan.table.auto_increment
    if not plan.generates_id or counter is None:
        return 0
    place = [column.name for column in plan.table.columns].index(counter)
    inserted = [change for change in changes if change.kind == "insert" and change.table == plan.table.physical]
    number = inserted[0].values[place] if inserted else 0
    return number if isinstance(number, int) else 0


def structure_of(session: Session, sql: str) -> StructureChange | None:
    """What a CREATE, ALTER, DROP, TRUNCATE or RENAME changes; None for nothing. MySqlError."""
    engine = session.server.engine

    def evaluate(expression: str) -> str:
        with engine.read() as link:
            query = f"SELECT quote({expression})"
            row = guarded(session, link, lambda: link.sqlite.execute(query).fetchone(), None, ())
        return str(row[0])

    rewriter = rewriter_of(session)
    present = Structures(engine.catalogue, frozenset(engine.schemas), rewriter, session.state.database, evaluate)
    with translating(sql):
        if first_word(sql) == "rename":
            return rename_change(sql, present)
        return structure_change(parse(sql), present)


def structure_error(session: Session, change: StructureChange, error: ApplyError) -> MySqlError:
    """Why a change of structure failed: mostly rows that a new unique key does not allow."""
    for new in map(table_from_json, change.defined):
        old = session.server.engine.catalogue.get(new.physical)
        for key in new.keys:
            if old is None or key.kind == "index" or not all(map(old.column, key.columns)):
                continue
            columns = ", ".join(map(quoted, key.columns))
            twice = f"SELECT {columns} FROM {quoted(old.physical)} GROUP BY {columns} HAVING count(*) > 1 LIMIT 1"
            with session.server.engine.read() as link:
                row = link.sqlite.execute(twice).fetchone()
            if row is not None:
                return MySqlError(1062, "-".join(map(text, row)), f"{new.name}.{key.name}")
    if "NOT NULL constraint failed" in error.text:
        return MySqlError(1138, text="Invalid use of NULL value")
    return unsupported(error.text)


def guarded(
    session: Session,
    link: Link,
    run: Callable[[], Any],
    target: Table | None,
    attempted: Callable[[], Sequence[Any]] | tuple[()],
) -> Any:
    """Runs something on SQLite for a session: its functions, its time limit, its errors as MySQL's."""
    link.context.session = session.state
    deadline = session.state.deadline
    if deadline is not None:
        link.sqlite.set_progress_handler(lambda: int(time.monotonic() > deadline), STEPS_BETWEEN_LOOKS)
    try:
        return run()
    except sqlite3.Error as error:
        failure = link.context.take_failure()
        if failure is not None:
            raise failure from None
        tried = attempted() if callable(attempted) else attempted
        raise from_sqlite(error, session.server.engine.catalogue, target, tried) from None
    except (OverflowError, sqlite3.Warning) as error:
        raise unsupported(str(error)) from None
    finally:
        if deadline is not None:
            link.sqlite.set_progress_handler(None, 0)
