"""The world on Kubernetes: its processes are the pods of an API server in memory.

bed = KubernetesWorld("minimal")
outcome = bed.up(cluster, kill_after=7)      # the whole engine, killed after its seventh write
assert bed.plan(cluster) == []

A pod that is there has its processes; one that is gone took them along. What the processes do is what the pod's status
says. Time is the world's, for the target and for the engine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from unittest import mock
from uuid import uuid4

from tests.support.kubernetes.controllers import follow, play
from tests.support.kubernetes.fake import FakeApi
from tests.support.world import vtorc
from tests.support.world.pages import getter, http_port
from tests.support.world.runs import Serial, WorldClock
from tests.support.world.session import Killed, Session
from tests.support.world.vtctld import WorldVtctld
from tests.support.world.world import HOST, World
from vitessctl import releases
from vitessctl.model import ports
from vitessctl.model.cluster import Cluster, User
from vitessctl.render.documents import Document
from vitessctl.render.layout_kubernetes import KubernetesLayout
from vitessctl.render.render import render
from vitessctl.run import events
from vitessctl.run.author import Author, machine_id
from vitessctl.run.context import Context
from vitessctl.run.engine import Engine
from vitessctl.run.foresee import make_plan
from vitessctl.run.http import Answer
from vitessctl.run.query import Question
from vitessctl.run.stages import STAGES
from vitessctl.run.stop import stop_all
from vitessctl.targets.base import Address, Run
from vitessctl.targets.kubernetes import kinds, pods
from vitessctl.targets.kubernetes.target import KubernetesTarget

Key = tuple[str, str]
NODE = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "node-1"},
    "spec": {},
    "status": {
        "allocatable": {"cpu": "64", "memory": "512Gi", "pods": "500"},
        "conditions": [{"type": "Ready", "status": "True"}],
    },
}
STORAGE = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "standard", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
    "provisioner": "example.com/local",
}
PATIENCE = 120.0
"""Seconds that a plan may take in real time, where a busy machine must not pass for a vtctld that hangs."""
LOOKS = (kinds.POD, kinds.STATEFUL_SET, kinds.DEPLOYMENT)
"""Before one of these is listed, controllers and the node have done what they had to do."""
CALLS = ("get", "list", "apply", "create", "replace", "merge", "delete", "allowed", "logs", "version")


@dataclass
class Outcome:
    """What a run did."""

    error: BaseException | None = None
    writes: list[str] = field(default_factory=list)
    events: list[events.Event] = field(default_factory=list)


class NodeClock(WorldClock):
    """The world's time; the node does not wait until somebody looks at it."""

    def __init__(self, bed: KubernetesWorld) -> None:
        super().__init__(bed.world)
        self._bed = bed

    def pause(self, seconds: float, cancelled: threading.Event) -> None:
        """Time passes, and the node does what it has to do."""
        super().pause(seconds, cancelled)
        self._bed.settle()


class Wire:
    """The API server as one run sees it: a run that was killed has no effect any more."""

    in_cluster = True
    """So that the pods' own addresses are asked, and no forward is needed."""

    def __init__(self, bed: KubernetesWorld, session: Session) -> None:
        self._bed, self._session = bed, session

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._bed.api, name)
        return self._guarded(found) if name in CALLS else found

    def _guarded(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*words: Any, **options: Any) -> Any:
            with self._bed.lock:
                self._session.check()
                if words and words[0] in LOOKS:
                    self._bed.settle()
                before = len(self._bed.api.writes)
                answer = call(*words, **options)
                for written in self._bed.api.writes[before:]:
                    self._session.wrote(str(written))
                return answer

        return guarded


class KubernetesWorld:
    """An API server with controllers, and a node on which the world's processes run."""

    def __init__(self, namespace: str) -> None:
        self.world = World()
        self.api = FakeApi(namespaces=[namespace])
        self.api.put(NODE)
        self.api.put(STORAGE)
        play(self.api)
        self.lock = threading.RLock()
        self.namespace = namespace
        self._running: dict[str, str] = {}
        """The uid of each pod whose processes run, by its name."""
        self._names: dict[Key, str] = {}
        """The name of the pod that a process runs in."""
        self._addresses: dict[str, Key] = {}
        self._marked: set[str] = set()
        """Tablets that have run: their volume says so, and they start without vtctld."""

    # Runs

    def up(self, cluster: Cluster, *, kill_after: int | None = None, prune: bool = False) -> Outcome:
        """`vitessctl up --yes`."""
        session, outcome = Session(kill_after), Outcome()

        def work(context: Context, run: Run) -> None:
            run = replace(run, pending=not make_plan(context, deadline=PATIENCE).is_empty)
            with context.target.changing(run) as listener:
                Engine(context, STAGES, listener, NodeClock(self)).run()

        return self._run("up", cluster, session, outcome, prune, work)

    def down(self, cluster: Cluster, *, kill_after: int | None = None) -> Outcome:
        """`vitessctl down --yes`."""
        session, outcome = Session(kill_after), Outcome()

        def work(context: Context, run: Run) -> None:
            with context.target.changing(run) as listener:
                stop_all(context.target, context.documents, listener, NodeClock(self))

        return self._run("down", cluster, session, outcome, False, work)

    def plan(self, cluster: Cluster, prune: bool = False) -> Sequence[str]:
        """What `vitessctl plan` names."""
        plan = make_plan(self._context(cluster, Session(), prune), deadline=PATIENCE)
        steps = [f"{step.change.operation.value} {step.change.label}" for s in plan.stages for step in s.steps]
        return [step for step in steps if not step.startswith("keep")] + [a for s in plan.stages for a in s.actions]

    def _run(
        self,
        command: str,
        cluster: Cluster,
        session: Session,
        outcome: Outcome,
        prune: bool,
        work: Callable[[Context, Run], None],
    ) -> Outcome:
        context = self._context(cluster, session, prune)
        run = Run(command, context.documents, outcome.events.append, context.cancelled)
        try:
            with (
                mock.patch("vitessctl.targets.kubernetes.changing.this_author", _author),
                mock.patch("vitessctl.run.engine.ThreadPoolExecutor", return_value=Serial()),
            ):
                work(context, run)
        except (Exception, Killed) as error:
            outcome.error = error
        outcome.writes = session.writes
        return outcome

    def _context(self, cluster: Cluster, session: Session, prune: bool) -> Context:
        api: Any = Wire(self, session)
        return Context(
            cluster=cluster,
            release=releases.get(cluster.release),
            target=KubernetesTarget(cluster, api, lambda: self.world.now, self.world.advance),
            documents=self._documents(cluster),
            topology_address=KubernetesLayout(cluster).topology_address(),
            connect=lambda: WorldVtctld(self.world, session),
            get=lambda address, path: self._get(session, address, path),
            ping=self._ping,
            prune=prune,
        )

    def _documents(self, cluster: Cluster) -> tuple[Document, ...]:
        """Rendered once: the same input gives the same bytes."""
        known = next((documents for one, documents in _RENDERED if one == cluster), None)
        if known is None:
            known = render(cluster, "kubernetes", ())
            _RENDERED.append((cluster, known))
        return known

    # Reaching pods

    def _get(self, session: Session, address: Address, path: str) -> Answer:
        component, subject = self._addresses[address.host]
        port = http_port(self.world.base_port, component, subject)
        return getter(self.world, session)(Address(HOST, port), path)

    def _ping(self, address: Address, users: Sequence[User], question: Question) -> str:
        _, cell = self._addresses[address.host]
        return self.world.ping(ports.vtgate_ports(self.world.base_port, cell).mysql)

    # The node

    def settle(self) -> None:
        """What controllers and the node do by themselves: pods come and go, and so do their processes."""
        with self.lock:
            follow(self.api, self.namespace)
            stored = [self.api.stored(kinds.POD, self.namespace, name) for name in self._pods()]
            there = {pod["metadata"]["name"]: pod for pod in stored}
            for name in [name for name in self._running if not _same(there.get(name), self._running[name])]:
                self._end(name)
            for pod in stored:
                self._live(pod)
            self.world.settle()
            for pod in stored:
                self._report(pod)

    def _pods(self) -> list[str]:
        return self.api.names(kinds.POD, self.namespace)

    def _end(self, name: str) -> None:
        """A pod is gone: vttablet stops first, then its MySQL."""
        del self._running[name]
        component, subject = next(key for key, pod in self._names.items() if pod == name)
        for each in (component, "mysqlctld") if component == "vttablet" else (component,):
            self.world.remove(each, subject)

    def _live(self, pod: Mapping[str, Any]) -> None:
        """Start what the pod has to run and does not run yet."""
        name, key = pod["metadata"]["name"], _key(pod)
        if name not in self._running:
            self._running[name] = pod["metadata"]["uid"]
            self._names[key] = name
            if key not in self._addresses.values():
                self._addresses[_ip(len(self._addresses))] = key
            first = "mysqlctld" if key[0] == "vttablet" else key[0]
            self.world.start(_document(first, key[1], pod))
        if key[0] == "vttablet" and key not in self.world.processes and self._let_in(pod, key[1]):
            self._marked.add(key[1])
            self.world.start(_document("vttablet", key[1], pod))

    def _let_in(self, pod: Mapping[str, Any], alias: str) -> bool:
        """What the init container waits for: its keyspace, which vtctld has to say is there."""
        keyspace = pods.label_of(pod, "vitessctl.io/keyspace")
        known = self.world.up("vtctld", "") and keyspace in self.world.topology.keyspaces
        return self.world.mysql_up(alias) and (alias in self._marked or known)

    def _report(self, pod: dict[str, Any]) -> None:
        """The pod's status says how its processes do."""
        component, subject = _key(pod)
        status = pod["status"]
        status["podIP"] = next(ip for ip, key in self._addresses.items() if key == (component, subject))
        ready = self._ready(component, subject)
        status["conditions"] = [
            {"type": kind, "status": "True" if ready or kind != "Ready" else "False"}
            for kind in ("PodScheduled", "Initialized", "Ready")
        ]
        for each in status.get("initContainerStatuses") or ():
            if each["name"] == "mysqld":
                each["ready"] = self.world.mysql_up(subject)
        if status != self.api.stored(kinds.POD, self.namespace, pod["metadata"]["name"])["status"]:
            self.api.put(pod)

    def _ready(self, component: str, subject: str) -> bool:
        if component == "vttablet":
            return self.world.serving(subject)
        if component == "vtorc":
            return vtorc.discovered(self.world, subject)
        return self.world.up(component, subject)


_RENDERED: list[tuple[Cluster, tuple[Document, ...]]] = []


def _author() -> Author:
    """A run of this machine whose process has ended, as soon as somebody asks."""
    return Author(uuid4().hex[:12], "anna@laptop", 4711, machine_id(), "ended long ago")


def _same(pod: Mapping[str, Any] | None, uid: str) -> bool:
    return pod is not None and pod["metadata"]["uid"] == uid


def _key(pod: Mapping[str, Any]) -> Key:
    return pods.label_of(pod, pods.COMPONENT), pods.subject_of(pod)


def _ip(number: int) -> str:
    return f"10.244.{number // 250}.{number % 250 + 2}"


def _document(component: str, subject: str, pod: Mapping[str, Any]) -> Document:
    """What the world needs to know of a process: its command line, a flag and its value with a blank between."""
    arguments = [str(word) for each in pod["spec"]["containers"] for word in each.get("args") or ()]
    text = " ".join(arguments).replace("=", " ") + "\n"
    return Document(component, component, "Pod", pod["metadata"]["name"], text, "kubernetes", {}, subject)
