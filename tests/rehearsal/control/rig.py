"""vtctld's handlers on a topology and tablets in memory: a shard of three, as the recorded cluster had it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from google.protobuf import json_format

from tests.rehearsal.control.fake_tablets import FakePool, FakeShard, FakeTablet
from tests.rehearsal.control.memory_etcd import add_keyspace, memory_topology
from vitessctl import releases
from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.topology_graph import rebuild_keyspace, rebuild_srv_vschema
from vitessctl.rehearsal.topology_names import parse_alias
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.rehearsal.vtctld.call import Call
from vitessctl.rehearsal.vtctld.legacy import service
from vitessctl.rehearsal.vtctld.legacy.job import Output
from vitessctl.rehearsal.vtctld.server import HANDLERS
from vitessctl.rehearsal.vtctld.tablets import Tablets
from vitessctl.releases import Release
from vitessctl.vtctld.methods import METHODS
from vitessctl.vtctld.proto import vschema_pb2 as vschema

KEYSPACE = "test_keyspace"
ONE, TWO, THREE = "zone1-0000000100", "zone1-0000000101", "zone1-0000000102"


@dataclass
class Rig:
    """The cluster and the way to call vtctld."""

    topology: Topology
    shard: FakeShard
    release: Release = field(default_factory=lambda: releases.get("24"))

    def call(self, name: str, /, **request: Any) -> Any:
        """Make a call with keyword arguments."""
        return HANDLERS[name](self.context(), METHODS[name].request(**request))

    def call_json(self, name: str, request: Mapping[str, Any]) -> Any:
        """Make a call with a request in JSON; gives the answer in JSON."""
        message = json_format.ParseDict(dict(request), METHODS[name].request())
        answer = HANDLERS[name](self.context(), message)
        return json_format.MessageToDict(answer, preserving_proto_field_name=True)

    def context(self, seconds: float = 10.0) -> Call:
        pool = cast(Tablets, FakePool(self.shard))
        return Call(self.topology, pool, Log("vtctld"), time.monotonic() + seconds, self.release)

    def legacy(self, *words: str) -> str:
        """What a command of the legacy service prints."""
        output = Output()
        service.run(self.context(), words, output)
        return output.text()

    def reparent(self, kind: str = "PlannedReparentShard", new: str = "", **more: Any) -> Any:
        """Make a reparent call about the shard."""
        if new:
            more["new_primary"] = parse_alias(new)
        return self.call(kind, keyspace=KEYSPACE, shard="0", **more)

    def tablet(self, alias: str) -> FakeTablet:
        return self.shard.tablets[alias]

    @property
    def primary(self) -> str:
        """What the shard's record says."""
        return self.shard.primary_of_record()

    def writable(self) -> list[str]:
        return [alias for alias, tablet in self.shard.tablets.items() if not tablet.mysqld.read_only]

    def type_shown(self, alias: str) -> str:
        """A tablet's type as GetTablets shows it."""
        for tablet in self.call_json("GetTablets", {"keyspace": KEYSPACE, "shard": "0"})["tablets"]:
            if tablet["alias"]["uid"] == int(alias[-10:]):
                return str(tablet.get("type", "UNKNOWN"))
        raise LookupError(alias)


def rig(tablets: int = 3, durability: str = "semi_sync", elected: bool = True) -> Rig:
    """A shard with so many replicas, the first of them primary with some rows if it is elected."""
    topology = memory_topology("zone1")
    add_keyspace(topology, KEYSPACE, durability, "0")
    topology.save_vschema(KEYSPACE, vschema.Keyspace())
    shard = FakeShard(topology, KEYSPACE, "0")
    for number in range(100, 100 + tablets):
        shard.add(f"zone1-{number:010d}", 16000 + number)
    rebuild_keyspace(topology, KEYSPACE)
    rebuild_srv_vschema(topology)
    made = Rig(topology, shard)
    if elected:
        made.reparent(new=ONE)
        shard.tablets[ONE].write(5)
        shard.settle()
    return made
