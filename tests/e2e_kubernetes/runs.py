"""Making failures happen, several at a time, and what a person saw of each."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.e2e_kubernetes.command import Ran, Vitessctl
from tests.e2e_kubernetes.failures import CLUSTER, Failure, hog
from tests.testbed.fixtures import Bed, fresh_namespace

AT_ONCE = 5
"""How many clusters come up side by side: each is mostly waiting, and its servers are small."""
HOG_IMAGE = "vitess/lite:v24.0.4"
COUNTS = {"Pod": "condition=PodScheduled", "ResourceQuota": "jsonpath={.status.hard}"}
"""By when an object is in the way of others: its controller has taken notice of it."""
_LINE = re.compile(r"^ *(?P<when>[\d.]+)s +(?P<stage>\w+) +(?P<text>.*)", re.MULTILINE)


class Runs:
    """Every failure in a namespace of its own; those that want a running cluster one after the other on one."""

    def __init__(self, bed: Bed, failures: Sequence[Failure]) -> None:
        self._bed = bed
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="failure")
        updates = [failure for failure in failures if failure.running]
        self._updates = self._pool.submit(self._update_all, updates)
        fresh = sorted(failures, key=lambda failure: not waits_long(failure))
        self._fresh = {each.name: self._pool.submit(self._attempt, each) for each in fresh if not each.running}

    def of(self, failure: Failure) -> Ran:
        """What became of it; waits for it."""
        return self._updates.result()[failure.name] if failure.running else self._fresh[failure.name].result()

    def close(self) -> None:
        """Give up what has not begun, and wait for the rest."""
        self._pool.shutdown(cancel_futures=True)

    def _attempt(self, failure: Failure) -> Ran:
        with used_namespace(self._bed) as namespace, tempfile.TemporaryDirectory() as folder:
            prepare(failure, self._bed, namespace)
            return Vitessctl(self._bed, namespace, failure.inventory(Path(folder)), failure.extra)("up")

    def _update_all(self, failures: Iterable[Failure]) -> Mapping[str, Ran]:
        """Each `up` changes a cluster that was brought up before, and that goes on as it was."""
        found: dict[str, Ran] = {}
        with used_namespace(self._bed) as namespace:
            Vitessctl(self._bed, namespace, CLUSTER)("up").ok() if failures else None
            for failure in failures:
                with tempfile.TemporaryDirectory() as folder:
                    inventory = failure.inventory(Path(folder))
                    found[failure.name] = Vitessctl(self._bed, namespace, inventory, failure.extra)("up")
        return found


def waits_long(failure: Failure) -> bool:
    """Whether it lasts until a timeout: what takes longest is begun first."""
    return any("timeouts" in text for text in failure.extra)


@contextmanager
def used_namespace(bed: Bed) -> Iterator[str]:
    """An empty namespace; in the end its pods are killed, as they would run on for half a minute beside the others."""
    with fresh_namespace(bed) as namespace:
        try:
            yield namespace
        finally:
            now = ("--all", "--wait=false", "--grace-period=0", "--force")
            bed.kubectl("-n", namespace, "delete", "statefulsets,deployments,pods", *now)


def prepare(failure: Failure, bed: Bed, namespace: str) -> None:
    """Label the namespace, and make what has to be in it before."""
    if failure.namespace:
        bed.kubectl("label", "namespace", namespace, *(f"{key}={value}" for key, value in failure.namespace.items()))
    objects = [made(each, bed) for each in failure.objects]
    if objects:
        bed.kubectl("-n", namespace, "create", "-f", "-", stdin=yaml.safe_dump_all(objects))
    for each in objects:
        if each["kind"] in COUNTS:
            name = f"{each['kind']}/{each['metadata']['name']}"
            bed.kubectl("-n", namespace, "wait", name, f"--for={COUNTS[each['kind']]}", "--timeout=50s")


def made(written: Mapping[str, Any], bed: Bed) -> Mapping[str, Any]:
    """An object as it is written, or a hog as large as the node lets it be."""
    if "hog" not in written:
        return dict(written)
    node = json.loads(bed.kubectl("get", "nodes", "-o", "json"))["items"][0]
    return dict(hog(written["hog"], node["status"]["allocatable"], HOG_IMAGE))


def wrote(ran: Ran) -> bool:
    """Whether `up` got as far as a stage."""
    return _LINE.search(ran.screen) is not None


def told_after(ran: Ran, cause: str) -> float:
    """Seconds from the begin of a stage until the screen said the cause: while it waited, or when it gave up.

    Where no stage was begun, those of the whole command.
    """
    begun: dict[str, float] = {}
    for line in _LINE.finditer(ran.screen):
        first = begun.setdefault(line["stage"], float(line["when"]))
        if cause in line["text"] or line["text"].strip() == "failed":
            return float(line["when"]) - first
    return ran.seconds
