"""A first election of an old release that was cut off before the database was made."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.support.world import World, a_cluster
from tests.support.world.runs import context_of
from vitessctl.run import interrupted
from vitessctl.run.context import Context
from vitessctl.vtctld.errors import SqlError
from vitessctl.vtctld.legacy.mysql import OWN_TABLES
from vitessctl.vtctld.records import QueryResult, TabletRecord

FIRST = "zone1-0000000100"


@dataclass
class Mysqls:
    """What the tablets' MySQL answer: databases and tables by tablet."""

    tables: dict[str, list[str]] = field(default_factory=dict)
    databases: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    broken: bool = False
    recorded: tuple[int, ...] = (100, 101, 102)

    def tablets(self, keyspace: str, shard: str) -> list[TabletRecord]:
        """Those of the topology."""
        aliases = [f"zone1-{uid:010d}" for uid in self.recorded]
        return [TabletRecord(alias, keyspace, shard, "replica", "host") for alias in aliases]

    def fetch_as_dba(self, alias: str, query: str, max_rows: int = 10000, seconds: float = 15.0) -> QueryResult:
        """One statement."""
        if self.broken:
            raise SqlError("MySQL refused a statement")
        self.asked.append(f"{alias}: {query}")
        found = self.tables.get(alias, []) if query == OWN_TABLES else self.databases if "show" in query else []
        return QueryResult(("name",), tuple((name,) for name in found))


@dataclass
class Look:
    """One context that is looked at again and again."""

    context: Context
    mysqls: Mysqls
    acts: list[str]

    def at(self, second: float, serves: bool = False) -> None:
        """One look."""
        self.context.now = lambda: second
        shard = next(self.context.cluster.shards())
        interrupted.finish_first_election(self.context, shard, FIRST, serves)


def look(release: str, mysqls: Mysqls) -> Look:
    context, acts = context_of(World(), a_cluster(release=release)), list[str]()
    context.connect = lambda: mysqls  # type: ignore[assignment,return-value]
    context.acted = lambda stage, action, changed: acts.append(action)
    return Look(context, mysqls, acts)


@pytest.mark.parametrize("release", ["2.1", "11", "12"])
def test_the_database_is_made_when_the_primary_does_not_come_to_serve(release: str) -> None:
    seen = look(release, Mysqls())
    seen.at(0)
    seen.at(4.9)
    assert seen.mysqls.asked == []
    seen.at(5)
    assert seen.mysqls.asked[-1] == f"{FIRST}: create database if not exists `vt_messages`"
    assert seen.acts == ["created the database of messages/0, which an earlier run did not come to"]


def test_a_primary_that_serves_in_between_is_waited_for_anew() -> None:
    seen = look("2.1", Mysqls())
    for second, serves in ((0, False), (4, True), (8, False), (12, False)):
        seen.at(second, serves)
    assert seen.mysqls.asked == []


def test_a_database_that_is_there_is_not_made() -> None:
    seen = look("2.1", Mysqls(databases=["vt_messages"]))
    seen.at(0)
    seen.at(60)
    assert seen.mysqls.asked == [f"{FIRST}: show databases like 'vt_messages'"]
    assert seen.acts == []


def test_no_empty_database_for_a_primary_that_lost_its_own() -> None:
    seen = look("2.1", Mysqls(tables={"zone1-0000000102": ["vt_messages.notes"]}))
    seen.at(0)
    seen.at(60)
    assert not [query for query in seen.mysqls.asked if "create" in query]
    assert seen.acts == []


def test_a_tablet_that_left_the_spec_is_asked_too() -> None:
    left = "zone1-0000000999"
    seen = look("2.1", Mysqls(tables={left: ["vt_messages.notes"]}, recorded=(100, 101, 102, 999)))
    seen.at(0)
    seen.at(60)
    assert f"{left}: {OWN_TABLES}" in seen.mysqls.asked
    assert seen.acts == []


def test_from_13_on_vttablet_makes_it_itself() -> None:
    seen = look("13", Mysqls())
    seen.at(0)
    seen.at(60)
    assert seen.mysqls.asked == []


def test_a_mysql_that_refuses_is_asked_again_later() -> None:
    seen = look("2.1", Mysqls(broken=True))
    seen.at(0)
    seen.at(60)
    seen.mysqls.broken = False
    seen.at(61)
    assert len(seen.acts) == 1
