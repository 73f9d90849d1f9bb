"""A read that a replica refuses is asked of another: it may have been promoted a moment ago."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from vitessctl import releases
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.vtgate.executor import TRIES, Executor
from vitessctl.rehearsal.vtgate.failures import GateError, no_tablet

PROMOTED = TabletError("FailedPrecondition", "wrong tablet type: REPLICA, want: PRIMARY or []")
GONE = TabletError("Unavailable", "connection refused")
WRONG = TabletError("NotFound", "Table 'vt_ks.nosuch' doesn't exist (errno 1146) (sqlstate 42S02)")


@dataclass
class Replicas:
    """Serving replicas by alias, each with what it refuses a query with."""

    refuse: Mapping[str, TabletError | None]
    asked: list[str] = field(default_factory=list)

    def client(self, keyspace: str, shard: str, tablet_type: str, tried: Collection[str] = ()) -> tuple[str, Any]:
        """The first that was not tried."""
        assert (keyspace, shard, tablet_type) == ("ks", "0", "replica")
        for alias in self.refuse:
            if alias not in tried:
                return alias, _Tablet(self, alias)
        raise no_tablet(keyspace, shard, tablet_type)


@dataclass(frozen=True)
class _Tablet:
    replicas: Replicas
    alias: str

    def execute(self, keyspace: str, shard: str, tablet_type: str, sql: str, transaction_id: int) -> Any:
        """What the tablet answers."""
        assert transaction_id == 0
        self.replicas.asked.append(self.alias)
        refusal = self.replicas.refuse[self.alias]
        if refusal is not None:
            raise refusal
        return {"result": {"rows": [["1"]], "insert_id": 0}, "transaction_id": 0}


def read(replicas: Replicas) -> Any:
    session = Executor(cast(Any, replicas), cast(Any, None), releases.get("24"))
    return session._read("ks", "0", "replica", "select 1 from t")


@pytest.mark.parametrize("refusal", [PROMOTED, GONE])
def test_another_replica_is_asked(refusal: TabletError) -> None:
    replicas = Replicas({"a": refusal, "b": None})
    assert read(replicas)["result"]["rows"] == [["1"]]
    assert replicas.asked == ["a", "b"]


def test_what_every_replica_would_say_is_said_at_once() -> None:
    replicas = Replicas({"a": WRONG, "b": None})
    with pytest.raises(TabletError, match="doesn't exist"):
        read(replicas)
    assert replicas.asked == ["a"]


@pytest.mark.parametrize("count", [1, 2, TRIES, TRIES + 2])
def test_the_last_refusal_is_told_after_so_many(count: int) -> None:
    replicas = Replicas({f"t{number}": PROMOTED for number in range(count)})
    with pytest.raises(TabletError, match="wrong tablet type"):
        read(replicas)
    assert len(replicas.asked) == min(count, TRIES)


def test_without_any_replica_vtgate_says_so() -> None:
    with pytest.raises(GateError, match="no healthy tablet available"):
        read(Replicas({}))
