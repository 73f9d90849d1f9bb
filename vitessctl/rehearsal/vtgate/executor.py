"""One client's statements: transactions, targets, and the way to the tablets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from vitessctl.rehearsal.tablet_rpc import ExecuteResult, QueryResult, TabletError
from vitessctl.rehearsal.vtgate import oldest
from vitessctl.rehearsal.vtgate.failures import GateError, from_tablet, no_database, unknown_database
from vitessctl.rehearsal.vtgate.health import Health
from vitessctl.rehearsal.vtgate.own import Own
from vitessctl.rehearsal.vtgate.statements import DEFINITIONS, WRITES, first_word, without_comments
from vitessctl.rehearsal.vtgate.target import PRIMARY, Target, parse_target, target_without_type
from vitessctl.rehearsal.vtgate.vschema import Catalogue, Keyspace
from vitessctl.releases import Release

EMPTY = QueryResult(fields=[], rows=[], rows_affected=0, insert_id=0)
TRIES = 3
"""How many tablets are asked for one read: vtgate's retry-count is 2."""
ASKED_ELSEWHERE = ("FailedPrecondition", "Unavailable")
"""gRPC's codes after which another tablet is asked: one that is of another type meanwhile, or gone."""
_POOL = ThreadPoolExecutor(32, thread_name_prefix="scatter")


@dataclass(frozen=True)
class Part:
    """The part of a transaction on one shard."""

    alias: str
    transaction_id: int


class Executor:
    """A session. Not for use by two threads at once."""

    def __init__(self, health: Health, catalogue: Catalogue, release: Release) -> None:
        self._health = health
        self._catalogue = catalogue
        self.release = release
        self._own = Own(health, catalogue, self, release)
        self.target = Target()
        self.autocommit = True
        self.last_insert_id = 0
        self._parts: dict[tuple[str, str], Part] = {}
        self._begun = False

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._begun or not self.autocommit

    def use(self, database: str) -> None:
        """Choose a target. GateError VT05003 if it is none, but from 2.1: there each statement fails."""
        if not self.release.mysql_target_has_type:
            self.target = target_without_type(database)
            return
        target = parse_target(database, knows_primary=self.release.primary_type == PRIMARY)
        if target is None:
            raise unknown_database(database)
        if target.keyspace and target.keyspace not in ("information_schema", "mysql", "sys", "performance_schema"):
            self._catalogue.keyspace(target.keyspace)
        self.target = target

    def execute(self, text: str) -> QueryResult:
        """Run one statement. GateError if it fails."""
        sql = without_comments(text)
        word = first_word(sql)
        if not self.release.mysql_target_has_type:
            oldest.check(word, sql, self.target, self._catalogue)
        own = self._own.answer(word, sql)
        if own is not None:
            return own
        if word in ("begin", "start"):
            return self._begin()
        if word in ("commit", "rollback") and not re.match(r"rollback\s+(work\s+)?to\b", sql, re.IGNORECASE):
            return self._end(word)
        if word in DEFINITIONS:
            self._end("commit")
        result = self._route(word, sql)
        if result["insert_id"]:
            self.last_insert_id = result["insert_id"]
        return result

    def close(self) -> None:
        """The client is gone: what it left open is rolled back."""
        self._end("rollback")

    def _begin(self) -> QueryResult:
        self._end("commit")
        self._begun = True
        return EMPTY

    def _end(self, how: str) -> QueryResult:
        parts, self._parts, self._begun = self._parts, {}, False
        failure: GateError | None = None
        for (keyspace, shard), part in parts.items():
            try:
                client = self._health.client_of(part.alias)
                finish = client.commit if how == "commit" and failure is None else client.rollback
                finish(keyspace, shard, PRIMARY, part.transaction_id)
            except TabletError as error:
                failure = failure or from_tablet(error, keyspace, shard, PRIMARY)
            except GateError as error:
                failure = failure or error
        if failure is not None and how == "commit":
            raise failure
        return EMPTY

    def _route(self, word: str, sql: str) -> QueryResult:
        keyspace = self.keyspace()
        writes = word in WRITES or word in DEFINITIONS
        if writes and self.target.tablet_type != PRIMARY:
            kind = self.target.tablet_type
            raise GateError(f"supported only for primary tablet type, current type: {kind}", 1105)
        if self.target.shard:
            if self.target.shard not in keyspace.shards:
                raise GateError(f"shard {self.target.shard} does not exist in keyspace {keyspace.name}")
            return self._on_shard(keyspace.name, self.target.shard, sql)
        if not keyspace.sharded and len(keyspace.shards) <= 1:
            return self._on_shard(keyspace.name, next(iter(keyspace.shards), "0"), sql)
        return self._over_shards(keyspace, sql)

    def _over_shards(self, keyspace: Keyspace, sql: str) -> QueryResult:
        from vitessctl.rehearsal.vtgate.routing import route

        way = route(keyspace, sql)
        if len(way.statements) == 1:
            shard, part = way.statements[0]
            return self._on_shard(keyspace.name, shard, part)
        if self.in_transaction:
            return way.merge.apply([self._on_shard(keyspace.name, shard, part) for shard, part in way.statements])
        calls = [_POOL.submit(self._on_shard, keyspace.name, shard, part) for shard, part in way.statements]
        return way.merge.apply([call.result() for call in calls])

    def keyspace(self) -> Keyspace:
        """The chosen keyspace, or the only one. GateError if there is no telling."""
        if self.target.keyspace:
            return self._catalogue.keyspace(self.target.keyspace)
        names: Sequence[str] = self._catalogue.names()
        if len(names) != 1:
            raise no_database()
        return self._catalogue.keyspace(names[0])

    def _on_shard(self, keyspace: str, shard: str, sql: str) -> QueryResult:
        kind = self.target.tablet_type
        try:
            return self._call(keyspace, shard, kind, sql)["result"]
        except TabletError as error:
            raise from_tablet(error, keyspace, shard, kind) from None

    def _read(self, keyspace: str, shard: str, kind: str, sql: str) -> ExecuteResult:
        """At a tablet that is no primary; at another one where it was just promoted or is gone (tabletgateway.go)."""
        tried: list[str] = []
        refused: TabletError | None = None
        while len(tried) < TRIES:
            try:
                alias, client = self._health.client(keyspace, shard, kind, tried)
            except GateError:
                if refused is None:
                    raise
                break
            tried.append(alias)
            try:
                return client.execute(keyspace, shard, kind, sql, 0)
            except TabletError as error:
                if error.code not in ASKED_ELSEWHERE:
                    raise
                refused = error
        assert refused is not None
        raise refused

    def _call(self, keyspace: str, shard: str, kind: str, sql: str) -> ExecuteResult:
        if kind != PRIMARY:
            return self._read(keyspace, shard, kind, sql)
        if not self.in_transaction:
            _, client = self._health.client(keyspace, shard, kind)
            return client.execute(keyspace, shard, kind, sql, 0)
        part = self._parts.get((keyspace, shard))
        if part is None:
            alias, client = self._health.client(keyspace, shard, kind)
            part = Part(alias, client.begin(keyspace, shard, kind))
            self._parts[keyspace, shard] = part
        return self._health.client_of(part.alias).execute(keyspace, shard, kind, sql, part.transaction_id)
