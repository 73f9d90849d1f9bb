"""Which words of replication a MySQL knows, by its version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.rehearsal.data.pair import Node
from vitessctl.rehearsal.mysqld import series
from vitessctl.rehearsal.mysqld.errors import MySqlError

Becomes = Callable[[str], None]


@pytest.fixture
def becomes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Becomes]:
    """Makes this process's MySQL one of a version; it is forgotten afterwards."""

    def become(version: str) -> None:
        monkeypatch.setenv(series.VARIABLE, version)
        series.version.cache_clear()

    yield become
    series.version.cache_clear()


@pytest.mark.parametrize(
    ("release", "version"),
    [("2.1", "5.7.31"), ("15", "5.7.31"), ("16", "8.0.30"), ("22", "8.0.30"), ("23", "8.4.6"), ("25-dev", "8.4.6")],
)
def test_without_a_tag_the_release_tells_the_version(
    release: str, version: str, becomes: Becomes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VITESSCTL_RELEASE", release)
    becomes("")

    assert series.version() == version


@pytest.mark.parametrize(
    ("version", "sql", "modern"),
    [
        ("5.7.44", "SHOW SLAVE STATUS", "show replica status"),
        ("5.7.44", "show replica status", ""),
        ("5.7.44", "show master status", "show binary log status"),
        ("5.7.44", "show binary log status", ""),
        ("5.7.44", "show binary logs", "show binary logs"),
        ("8.0.30", "show slave status", "show replica status"),
        ("8.0.30", "show replica status", "show replica status"),
        ("8.0.30", "stop slave", "stop replica"),
        (
            "8.0.30",
            "change master to master_host = 'a', master_port = 1",
            "change replication source to source_host = 'a', source_port = 1",
        ),
        ("8.4.6", "show slave status", "show slave status"),
        ("9.7.1", "show replica status", "show replica status"),
    ],
)
def test_a_statement_in_the_words_of_84(version: str, sql: str, modern: str, becomes: Becomes) -> None:
    becomes(version)

    assert series.modern(sql) == modern


@pytest.mark.parametrize(
    ("version", "known", "unknown"),
    [
        ("5.7.44", "rpl_semi_sync_slave_enabled", "rpl_semi_sync_replica_enabled"),
        ("8.4.6", "rpl_semi_sync_replica_enabled", "rpl_semi_sync_slave_enabled"),
    ],
)
def test_a_server_answers_to_the_names_of_its_version(
    version: str, known: str, unknown: str, tmp_path: Path, becomes: Becomes
) -> None:
    becomes(version)
    node = Node(tmp_path, 100)
    node.rows(f"SET GLOBAL {known} = 1")

    assert node.rows(f"SELECT @@global.{known}, @@version") == [["1", version]]
    assert node.rows(f"SHOW GLOBAL VARIABLES LIKE '{known}'") == [[known, "ON"]]
    for sql in (f"SELECT @@global.{unknown}", f"SET GLOBAL {unknown} = 1"):
        with pytest.raises(MySqlError, match=unknown) as refused:
            node.rows(sql)
        assert refused.value.number == 1193
    node.close()
