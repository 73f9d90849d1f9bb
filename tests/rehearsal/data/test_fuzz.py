"""Whatever a client sends, it gets rows or an error with a number; nothing else, and the server goes on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.rehearsal.data.sqlcases import TABLES
from vitessctl.rehearsal.mysqld.config import read_config, write_folder
from vitessctl.rehearsal.mysqld.requests import answer
from vitessctl.rehearsal.mysqld.session import Session
from vitessctl.rehearsal.mysqld.state import ServerState
from vitessctl.rehearsal.mysqld.words import first_word, split_statements, without_comments
from vitessctl.rehearsal.tablet_wire import decode, encode

VOCABULARY = """
select insert update delete replace create alter drop truncate table into from where group by order limit values set
show tables databases columns replica status variables like describe begin commit rollback use rename to add column
modify change primary key unique index join left on as and or not null is in between exists distinct count(*) sum(
max( now() uuid() rand() concat( if( cast( case when then else end ( ) , ; = <> < > + - * / % . ' " ` @ @@ -- /* */
goods orders notes id name kind price stock words 'text' "double" `id` 1 0 -1 1.5 1e9 x'00' 9223372036854775808
true false default int bigint varchar(10) decimal(5,2) auto_increment interval day month for share ignore duplicate
with recursive union all having desc asc natural using database vt_ks information_schema.tables mysql.user dual ? :x
savepoint release start transaction global session read_only super_read_only is_nosuch nosuch() é 你 \x00 \\
"""
words = st.sampled_from(VOCABULARY.split())
statements = st.one_of(
    st.lists(words, max_size=14).map(" ".join),
    st.tuples(st.sampled_from(TABLES), st.integers(0, 200), st.integers(0, 30)).map(
        lambda cut: cut[0][: cut[1]] + cut[0][cut[1] + cut[2] :]
    ),
    st.text(max_size=40),
)


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Session]:
    """One session for all tries; what they do to it is part of the test."""
    with tempfile.TemporaryDirectory(prefix="vtr") as name:
        place = Path(name) / "vt_0000000100"
        write_folder(place, place / "mysql.sock", 17100, "")
        server = ServerState(read_config(place / "my.cnf"))
        server.set_read_only(False)
        session = Session(server)
        session.execute("CREATE DATABASE vt_ks")
        session.use("vt_ks")
        for statement in TABLES:
            session.execute(statement)
        yield session
        session.close()
        server.engine.close()


@settings(max_examples=400, deadline=None)
@given(statements)
@example("select " + "(" * 300 + "1" + ")" * 300)
@example("insert into notes (words) values ('" + "x" * 100_000 + "')")
@example("select 9223372036854775808 + 1")
@example("insert into counts values ('a', 99999999999999999999)")
@example("update notes set")
@example("select `a``b` from `c`.`d`.`e`")
@example("set @a")
@example("use")
@example("rollback to")
@example("savepoint")
@example("show")
@example("select 'a\x00b'")
@example("select char(0), unhex('zz'), cast('x' as json), json_extract('{', '$'), uuid_to_bin('x'), bin_to_uuid('x')")
@example("select timestampadd(x, 1, 'y'), extract(nosuch from now()), date_add(now(), interval 1 year_month)")
@example("select pow(10, 400), exp(1000), log2(-1), left('a', null), repeat('a', -1), lpad('a', 3, '')")
def test_no_statement_breaks_the_server(fuzzed: Session, statement: str) -> None:
    answered = decode(encode(answer(fuzzed, {"op": "query", "sql": statement, "database": "vt_ks", "seconds": 5})))
    assert list(answered) in (["result"], ["error"])
    if "error" in answered:
        error = answered["error"]
        assert error["number"] not in {1030, 1105}, (statement, error)
        assert len(error["state"]) == 5
        assert error["text"]
    fuzzed.execute("ROLLBACK")
    assert fuzzed.execute("SELECT 1 + 1")["rows"] == [["2"]]


@given(st.text())
def test_the_first_word_of_anything(text: str) -> None:
    word = first_word(text)
    assert word == "" or without_comments(text).lower().startswith(word)


@pytest.mark.parametrize(
    ("sql", "statements"),
    [
        ("", []),
        (" ; ;", []),
        ("select 1", ["select 1"]),
        ("select 1; select 2;", ["select 1", "select 2"]),
        ("select ';'; select \"a;b\", `c;d`", ["select ';'", 'select "a;b", `c;d`']),
        ("select 1 /* a; b */; -- c; d\nselect 2", ["select 1 /* a; b */", "-- c; d\nselect 2"]),
        ("select 'it''s; fine'", ["select 'it''s; fine'"]),
        ("select 'a\\'; b'", ["select 'a\\'; b'"]),
        ("/* only a comment */", []),
    ],
)
def test_statements_are_split_outside_of_quotes(sql: str, statements: list[str]) -> None:
    assert split_statements(sql) == statements
