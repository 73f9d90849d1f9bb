"""Whether workloads have come up, and why not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from vitessctl import releases
from vitessctl.diagnose.kubernetes import workload_verdict
from vitessctl.model.cluster import Cluster, Tablet
from vitessctl.render.documents import Document
from vitessctl.render.layout_kubernetes import KubernetesLayout
from vitessctl.targets.base import Verdict
from vitessctl.targets.kubernetes import kinds, pods, removal
from vitessctl.targets.kubernetes.errorlog import MYSQL_CONTAINER, ErrorLogs
from vitessctl.targets.kubernetes.faults import Forbidden
from vitessctl.targets.kubernetes.interface import KubernetesApi, KubernetesObject
from vitessctl.targets.kubernetes.snapshot import COMPONENT, Lists, label_of

KEYSPACE_CONTAINER = "keyspace"
HELD = "held:"
"""How the init container of a tablet begins the line that says it does not let vttablet start."""
_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
_EVENTS_SECONDS = 2.0
_CLAIMS_SECONDS = 2.0
_NODES_SECONDS = 10.0
_PATIENCE_SECONDS = 3.0
"""A pod that is not up after this long may be in trouble: only then the events are read, which carry no labels."""
_DIAGNOSED_LINES = 80


class Workloads:
    """Reads StatefulSets, Deployments and their pods."""

    def __init__(
        self, cluster: Cluster, api: KubernetesApi, lists: Lists, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._cluster = cluster
        self._layout = KubernetesLayout(cluster)
        self._api = api
        self._lists = lists
        self._errors = ErrorLogs(api, cluster.namespace, cluster.release_of("mysqlctld"), now)
        self._since = time.time()
        self._before_start: set[str] = set()
        """Pods that were seen before their MySQL ran, by uid."""
        self._events: tuple[float, Sequence[KubernetesObject]] = (float("-inf"), ())
        self._known_nodes: tuple[float, Sequence[KubernetesObject]] = (float("-inf"), ())

    def verdict(self, document: Document) -> Verdict:
        """Whether it can come up, with cause and remedy if not. A pod that only its old template dooms is replaced."""
        kind, sight = kinds.of(document.data), self._lists
        pods_there = list(sight.of(kinds.POD).values())
        judgement = workload_verdict(
            document,
            sight.of(kind).get(document.name),
            pods_there,
            list(sight.of(kinds.PERSISTENT_VOLUME_CLAIM, _CLAIMS_SECONDS).values()),
            self._recent_events() if any(_strange(pod) for pod in pods_there) or not pods_there else (),
            self._log_of,
            self._cluster.release_of(document.component),
            nodes=self._nodes() if any(_of_its_node(pod) for pod in pods_there) else (),
            now=time.time(),
            since=self._since,
            old_revision=True,
        )
        for name in judgement.replace_pods:
            self._replace(name)
        return judgement.verdict

    def _replace(self, name: str) -> None:
        pod = self._lists.of(kinds.POD).get(name)
        if pod is not None and not pods.leaving(pod):
            removal.delete(self._api, self._cluster.namespace, kinds.POD, pod)
            self._lists.forget((kinds.POD,))

    def _log_of(self, pod: str, container: str, previous: bool) -> Sequence[str]:
        return self._api.logs(self._cluster.namespace, pod, container, _DIAGNOSED_LINES, previous=previous)

    def settled(self, document: Document) -> Verdict:
        """Whether what was applied has taken the place of what was there before."""
        live = self._lists.of(kinds.of(document.data)).get(document.name)
        if live is None:
            return Verdict.waiting(f"{document.label} is not there")
        if document.kind == "EtcdCluster":  # No etcd operator says which generation it has seen.
            return Verdict.done()
        status: Mapping[str, Any] = live.get("status") or {}
        if int(status.get("observedGeneration", 0)) < int(live["metadata"].get("generation", 0)):
            return Verdict.waiting(f"{document.name}: its controller has not seen the change yet")
        if document.kind == "Deployment":
            return _deployment(document.name, live, status)
        if document.kind == "StatefulSet" and document.component == "etcd":
            return _rolling(document.name, status)
        return Verdict.done()

    def replaced(self, documents: Sequence[Document]) -> bool:
        """Whether the only pod of each Deployment is of the new kind, and all that there is to ask of it is asked.

        So it has no sidecar, and the release's own probes. A Deployment counts no pod that ends, but that may still
        answer. And the kubelet says that it runs: else `status`, asked right after `up`, would call it Pending.
        """
        for document in documents:
            live = self._lists.of(kinds.of(document.data)).get(document.name)
            if document.kind != "Deployment" or live is None or not (_one_of_one(live) and self._is_usual(live)):
                return False
        self._lists.forget((kinds.POD,))  # it may be of before the Deployments, and is kept long where it is long
        there = self._lists.of(kinds.POD)
        own = [pods.of(there, each.component, each.subject) for each in documents]
        return all(len(each) == 1 and pods.running(each[0]) for each in own)

    def _is_usual(self, live: KubernetesObject) -> bool:
        """Whether its pods hold one container, whose probes ask the pages that the release has for them."""
        spec, component = live["spec"]["template"]["spec"], label_of(live, COMPONENT)
        sidecars = [each for each in spec.get("initContainers") or () if each.get("restartPolicy") == "Always"]
        known = releases.get(self._cluster.release_of(component)).probes[component]
        asked = {spec["containers"][0].get(name, {}).get("httpGet", {}).get("path") for name in _PROBES}
        return len(spec["containers"]) == 1 and not sidecars and asked <= {known.ready, known.live}

    def mysql(self, tablet: Tablet) -> Verdict:
        """Whether a tablet's MySQL is up; held, where its volume is empty and the topology names it primary.

        Doomed, where its mysqld has ended and nobody starts it again. Where its vttablet is not let start yet, the
        reason is what the container says that keeps it.
        """
        pod = self._pod(tablet)
        if pod is None:
            return Verdict.waiting("its pod is not there yet")
        if not pods.container_ready(pod, MYSQL_CONTAINER):
            return self._not_up(pod, tablet)
        self._errors.ready(pod)
        if "running" in (pods.container_status(pod, KEYSPACE_CONTAINER).get("state") or {}):
            said = self.lines(pod, KEYSPACE_CONTAINER, 1)
            if said and said[-1].startswith(HELD):
                return Verdict.held(said[-1].removeprefix(HELD).strip())
            if said:
                return Verdict.done(f"its vttablet waits for its keyspace: {said[-1]}")
        return Verdict.done()

    def _not_up(self, pod: KubernetesObject, tablet: Tablet) -> Verdict:
        mysql, lender = (
            pods.container_status(pod, name).get("state") or {} for name in (MYSQL_CONTAINER, KEYSPACE_CONTAINER)
        )
        if "running" in mysql and self._layout.lent_by_keyspace and "waiting" in lender and not _has_run(pod):
            return Verdict.waiting(_why_no_mysql(pod, lender))  # its mysqlctld has not been brought yet
        said = self._errors.ended(pod, tablet.uid) or Verdict.waiting(_why_no_mysql(pod, mysql))
        return replace(said, first=self._is_first_start(pod, mysql))

    def _is_first_start(self, pod: KubernetesObject, mysql: Mapping[str, Any]) -> bool:
        """Whether it was seen before it ran, and runs for the first time: what waits for it has not run before."""
        uid, restarts = str(pod["metadata"].get("uid")), pods.container_status(pod, MYSQL_CONTAINER).get("restartCount")
        if "running" not in mysql and not restarts:
            self._before_start.add(uid)
        return uid in self._before_start and not restarts

    def outdated(self, tablets: Iterable[Tablet]) -> list[str]:
        """Tablets whose pod is of an earlier revision."""
        sets = self._lists.of(kinds.STATEFUL_SET)
        found = []
        for tablet in tablets:
            status: Mapping[str, Any] = sets.get(self._layout.tablet_name(tablet), {}).get("status") or {}
            if _counts_old_pods(status):
                pod = self._pod(tablet)
                if pod is not None and label_of(pod, pods.REVISION) != status["updateRevision"]:
                    found.append(tablet.alias)
        return found

    def lines(self, pod: KubernetesObject, container: str, lines: int) -> Sequence[str]:
        """The last lines of a container; those of its earlier life where it has just been started again."""
        name, namespace = str(pod["metadata"]["name"]), self._cluster.namespace
        status = pods.container_status(pod, container)
        if not status:
            return ()
        said = self._api.logs(namespace, name, container, lines)
        if not said and status.get("restartCount"):
            return self._api.logs(namespace, name, container, lines, previous=True)
        return said

    def _pod(self, tablet: Tablet) -> KubernetesObject | None:
        return self._lists.of(kinds.POD).get(f"{self._layout.tablet_name(tablet)}-0")

    def _nodes(self) -> Sequence[KubernetesObject]:
        """What there is room on; a Role cannot allow that, and then a verdict says less."""
        taken, nodes = self._known_nodes
        if time.monotonic() - taken > _NODES_SECONDS:
            try:
                nodes = self._api.list(kinds.NODE, "")
            except Forbidden:
                nodes = ()
            self._known_nodes = (time.monotonic(), nodes)
        return nodes

    def _recent_events(self) -> Sequence[KubernetesObject]:
        taken, events = self._events
        if time.monotonic() - taken > _EVENTS_SECONDS:
            events = self._lists.events()
            self._events = (time.monotonic(), events)
        return events


def _of_its_node(pod: KubernetesObject) -> bool:
    """Whether its node may be the reason: it has none yet, is to leave it, or the node is silent.

    A node that does not report any more cannot change what its pods say. So the controllers take Ready from them, and
    ContainersReady stays as it was.
    """
    said = {each["type"]: each["status"] for each in pod.get("status", {}).get("conditions") or ()}
    silent = said.get("Ready") == "False" and said.get("ContainersReady") == "True"
    return said.get("PodScheduled") == "False" or silent or pods.leaving(pod)


def _strange(pod: KubernetesObject) -> bool:
    """Whether a pod might not come up: it is younger than a few seconds, or all its containers run, if not."""
    age = pods.component_status(pod, datetime.now(timezone.utc))
    return not age.running and (age.since > _PATIENCE_SECONDS or not age.since)


def _counts_old_pods(status: Mapping[str, Any]) -> bool:
    """Whether a StatefulSet knows of a pod that is not of its newest revision; if none does, no pod is looked at."""
    return bool(status.get("updateRevision")) and status.get("updatedReplicas", 0) < status.get("replicas", 0)


def _one_of_one(live: KubernetesObject) -> bool:
    status: Mapping[str, Any] = live.get("status") or {}
    seen = int(status.get("observedGeneration", 0)) >= int(live["metadata"].get("generation", 0))
    there, updated = int(status.get("replicas", 0)), int(status.get("updatedReplicas", 0))
    return seen and int(live["spec"].get("replicas", 1)) == there == updated == 1


def _has_run(pod: KubernetesObject) -> bool:
    """Whether the container that brings mysqlctld has run: then it is there."""
    status = pods.container_status(pod, KEYSPACE_CONTAINER)
    return bool(status.get("restartCount") or status.get("lastState"))


def _deployment(name: str, live: KubernetesObject, status: Mapping[str, Any]) -> Verdict:
    wanted = int(live["spec"].get("replicas", 1))
    updated, there = int(status.get("updatedReplicas", 0)), int(status.get("replicas", 0))
    available = int(status.get("availableReplicas", 0))
    if updated < wanted:
        return Verdict.waiting(f"{name}: {updated} of {wanted} pods are of the new kind")
    if there > updated:
        return Verdict.waiting(f"{name}: {there - updated} pods of the old kind are left")
    if available < wanted:
        return Verdict.waiting(f"{name}: {available} of {wanted} pods are ready")
    return Verdict.done()


def _rolling(name: str, status: Mapping[str, Any]) -> Verdict:
    if status.get("updateRevision") != status.get("currentRevision"):
        count, there = int(status.get("updatedReplicas", 0)), int(status.get("replicas", 0))
        return Verdict.waiting(f"{name}: {count} of {there} pods are of the new kind")
    return Verdict.done()


def _why_no_mysql(pod: KubernetesObject, state: Mapping[str, Any]) -> str:
    """`state`: that of the container that is waited for."""
    if "running" in state:
        return "MySQL is being initialised"
    waiting = state.get("waiting") or {}
    reason = str(waiting.get("reason") or pod.get("status", {}).get("reason") or pods.state_word(pod))
    return f"its pod is {reason}"
