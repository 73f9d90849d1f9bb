"""Bad answers between vitessctl and a real API server, at any request: the outcome is right, or a clear error in time.

One cycle is what runs do to the objects of an inventory: look, apply, look, apply with a tablet less and prune, stop.
The faults of one case hit a seeded sample of its requests.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.api.cycle import STEPS, Cycle, Step, living_nodes
from tests.support.kubernetes.answering import Fault
from tests.support.kubernetes.proxy import Proxy
from vitessctl.errors import VitessctlError
from vitessctl.targets.kubernetes.retry import Patience

CASES: Mapping[str, Mapping[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "support" / "kubernetes" / "faults.yaml").read_text()
)
PATIENCE = Patience(total=30.0, request=5.0, first_pause=0.05, longest_pause=1.0)
SHORT = replace(PATIENCE, total=20.0, request=2.0)
"""Where an answer does not come, or slowly: each hit costs `request`. Elsewhere a busy machine may take that long."""
REQUESTS = 4
"""At least so many does a cycle make for a document."""
HITS = 6
"""How many requests of a cycle a fault hits."""
LONGEST_STEP = 120.0
"""Seconds. A step is several calls one after the other, and each may take PATIENCE.total."""
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Case:
    """A fault, and whether a run may notice it."""

    fault: Fault
    recovers: bool

    @property
    def patience(self) -> Patience:
        """How long its requests may take."""
        return SHORT if self.fault.hangs or self.fault.trickle else PATIENCE


def case(name: str) -> Case:
    row = dict(CASES[name])
    recovers = row.pop("recovers", False)
    assert row.keys() <= {field.name for field in fields(Fault)}
    return Case(Fault(**row), recovers)


@pytest.fixture(scope="module")
def proxy(api_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with living_nodes(api_server), Proxy.before(api_server.kubeconfig, tmp_path_factory.mktemp("proxy")) as proxy:
        yield proxy


@pytest.fixture
def cycle(api_server: Any, proxy: Proxy, request: pytest.FixtureRequest) -> Iterator[Cycle]:
    name = f"faults-{next(_numbers)}"
    api_server.kubectl("create", "namespace", name)
    yield Cycle(request.param, name, proxy.kubeconfig, PATIENCE)
    api_server.kubectl("delete", "namespace", name, "--wait=false")


def attempt(step: Step, cycle: Cycle) -> VitessctlError | None:
    """Take a step; gives the error that it ends with, which has to come in time."""
    begun = time.monotonic()
    try:
        step(cycle)
    except VitessctlError as error:
        return error
    finally:
        assert time.monotonic() - begun < LONGEST_STEP
    return None


@pytest.mark.parametrize("cycle", ["minimal", "production"], indirect=True)
def test_without_faults_the_steps_do_what_they_say(proxy: Proxy, cycle: Cycle) -> None:
    proxy.plan()
    for step in STEPS:
        step(cycle)
    assert cycle.left() == cycle.kept


@pytest.mark.parametrize(
    ("cycle", "name"), [*zip(itertools.cycle(["minimal", "production"]), CASES, strict=False)], indirect=["cycle"]
)
def test_a_fault_at_any_request_leads_to_the_right_outcome_or_to_an_error_in_time(
    proxy: Proxy, cycle: Cycle, name: str
) -> None:
    chosen = case(name)
    cycle.patience = chosen.patience
    chance = random.Random(f"{cycle.inventory} {name}")
    requests = len(cycle.documents) * REQUESTS
    hits = chance.sample(range(1, requests), HITS)
    proxy.plan(dict.fromkeys(hits, chosen.fault))
    errors: list[VitessctlError] = []

    for step in STEPS:
        while (error := attempt(step, cycle)) is not None:
            errors.append(error)
            assert error.fix, error
            assert len(errors) <= HITS, errors
    assert max(hits) <= len(proxy.asked), "every one of them was hit"
    assert not (chosen.recovers and errors), errors
    proxy.plan()
    assert cycle.left() == cycle.kept
