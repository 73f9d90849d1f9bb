"""The stand-in answers what real vtctlds answered: tests/contract/legacy, one file a release, step by step.

Compared are output (records as JSON) and errors. Where the stand-in is known to differ cases/differences.yaml says why;
a difference that is there no longer has to leave it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from tests.rehearsal.control.fake_tablets import FakePool, FakeShard
from tests.rehearsal.control.memory_etcd import MemoryEtcd
from vitessctl import releases
from vitessctl.rehearsal.etcd.client import EtcdClient, EtcdError
from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.topology import Store, TopologyError
from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.rehearsal.vtctld.call import Call
from vitessctl.rehearsal.vtctld.legacy import service
from vitessctl.rehearsal.vtctld.legacy.job import Output
from vitessctl.rehearsal.vtctld.tablets import Tablets

FOLDER = Path(__file__).parents[2] / "contract" / "legacy"
RECORDS = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))}
DIFFERENCES: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "cases/differences.yaml").read_text(encoding="utf-8")
)
ADDRESS = "etcd:2379"
ENDLESS = 10.0**9


def empty_topology() -> Topology:
    return Topology(Store(cast(EtcdClient, MemoryEtcd()), "/vitess/global"), ADDRESS)


def replay(release: str) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Each step with the output and the error that the stand-in has for it."""
    topology = empty_topology()
    pool = cast(Tablets, FakePool(FakeShard(topology, "none", "0")))
    for step in RECORDS[release]["without_tablets"]:
        output, error = Output(), ""
        call = Call(topology, pool, Log("vtctld"), ENDLESS, releases.get(release))
        try:
            service.run(call, step["args"], output)
        except (Refused, TopologyError, TabletError, EtcdError) as refusal:
            error = str(refusal)
        yield step, output.text(), error


def comparable(text: str) -> Any:
    """JSON by what it holds; of a usage text, which ours does not have whole, what stands before it."""
    try:
        return json.loads(text)
    except ValueError:
        return text.partition("Usage: ")[0]


@pytest.mark.parametrize("release", RECORDS)
def test_answers_are_those_of_the_real_one(release: str) -> None:
    known = DIFFERENCES.get(release, {})
    wrong = {}
    for step, console, error in replay(release):
        expected = step.get("console", ""), step.get("error", {}).get("text", "")
        if (comparable(console), error) != (comparable(expected[0]), expected[1]):
            wrong[step["name"]] = {"args": step["args"], "real": expected, "ours": (console, error)}

    unknown = {name: found for name, found in wrong.items() if name not in known}
    assert unknown == {}, json.dumps(unknown, indent=1)
    assert set(known) == set(wrong), "these no longer differ"
