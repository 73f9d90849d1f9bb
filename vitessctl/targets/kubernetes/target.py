"""The Kubernetes target: a cluster as objects of one namespace. See vitessctl.targets.base.Target."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timezone
from types import TracebackType

from vitessctl.errors import UnreachableError, VitessctlError
from vitessctl.model.cluster import Cluster, Tablet, User
from vitessctl.render.documents import Document
from vitessctl.render.layout_kubernetes import ETCD, VITESS, KubernetesLayout
from vitessctl.render.names import label_value
from vitessctl.run.events import Listener
from vitessctl.targets.base import (
    Address,
    Answer,
    Change,
    ComponentStatus,
    Force,
    Operation,
    Pipes,
    Question,
    Run,
    Verdict,
)
from vitessctl.targets.kubernetes import foreign_etcd, held, kinds, pods, preflight_namespace, removal
from vitessctl.targets.kubernetes.applying import Applier
from vitessctl.targets.kubernetes.comparing import Comparer, deletion
from vitessctl.targets.kubernetes.errorlog import MYSQL_CONTAINER
from vitessctl.targets.kubernetes.interface import Kind, KubernetesApi, KubernetesObject
from vitessctl.targets.kubernetes.ordering import is_workload
from vitessctl.targets.kubernetes.preflight_namespace import namespace_document
from vitessctl.targets.kubernetes.reach import Reach
from vitessctl.targets.kubernetes.snapshot import COMPONENT, FRESH_SECONDS, PROBE, Lists, label_of, name_of
from vitessctl.targets.kubernetes.users import known_users
from vitessctl.targets.kubernetes.verdicts import Workloads

CLUSTER = "vitessctl.io/cluster"
SURPLUS_KINDS = (
    kinds.STATEFUL_SET,
    kinds.DEPLOYMENT,
    kinds.HORIZONTAL_POD_AUTOSCALER,
    kinds.POD_DISRUPTION_BUDGET,
    kinds.SERVICE,
    kinds.CONFIG_MAP,
    kinds.NETWORK_POLICY,
    kinds.SERVICE_ACCOUNT,
)
"""Kinds whose objects go when they have no document any more, in that order. Never claims, never Secrets."""
PORTS: Mapping[str, int] = {"http": VITESS.http, "grpc": VITESS.grpc, "mysql": VITESS.mysql or 0}
ETCD_PORTS: Mapping[str, int] = {"client": ETCD.client, "metrics": ETCD.metrics or 0}


class KubernetesTarget:
    """Implements Target over a KubernetesApi. Every method may be called from several threads at once."""

    name = "kubernetes"
    starts_slowly = True

    def __init__(
        self,
        cluster: Cluster,
        api: KubernetesApi,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`now` and `sleep`: seconds that only go forward, for what is seen a moment long, and for waiting."""
        self.api = api
        self._now, self._sleep = now, sleep
        self.namespace = cluster.namespace
        self.cluster = cluster
        self._layout = KubernetesLayout(cluster)
        self._lists = Lists(api, cluster.namespace, {CLUSTER: label_value(cluster.name)}, now)
        self._comparer = Comparer(api, self._lists)
        self._applier = Applier(api, cluster.namespace, self._lists)
        self._workloads = Workloads(cluster, api, self._lists, now)
        self.forget_history = False
        """Whether the lock and the record go too when the run ends."""
        self._reach = Reach(api, cluster.namespace, self._pods_of)

    def __enter__(self) -> KubernetesTarget:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reach.close()

    @contextmanager
    def changing(self, run: Run) -> Iterator[Listener]:
        """Hold the cluster's lease and keep its record, from the first write on."""
        with ExitStack() as stack:
            hold = held.Hold(self, run, stack)
            self._applier.before_write = hold.begin
            self._reach.tries_early = run.command == "up"
            if run.pending:
                hold.begin()
            yield hold.listen

    def preflight(self, documents: Sequence[Document], probes: bool = False) -> Sequence[str]:
        """Refuse what can be known not to work, all of it in one error; makes the namespace where there is none.

        `probes`: whether images are to be run once, too.
        """
        from vitessctl.targets.kubernetes.preflight import preflight  # a plan does without all that it loads

        ready = preflight(self.api, self.namespace, self.cluster.name, documents, probes=probes)
        if ready.make_namespace:
            self.api.create(namespace_document(self.namespace, self.cluster.name))
        return ready.notices

    def look_again(self) -> None:
        """The API server is asked anew."""
        self._lists.forget()

    def look_ahead(self) -> None:
        """Ask for what `observe` looks at, while something else is done; writes nothing."""
        self._lists.ask_ahead(SURPLUS_KINDS)

    def observe(self, documents: Sequence[Document]) -> Sequence[Change]:
        """What applying these documents would do; objects without a document are deletions."""
        changes = [each.change for each in self._comparer.compare(documents)]
        return [*changes, *(deletion(kind, found) for kind, found in self._surplus(documents))]

    def _surplus(self, documents: Sequence[Document]) -> list[tuple[Kind, KubernetesObject]]:
        wanted = {document.label for document in documents}
        lists = self._lists.of_all(SURPLUS_KINDS, fresh=self._comparer.fresh)
        return [
            (kind, found)
            for kind, objects in lists.items()
            for name, found in sorted(objects.items())
            if f"{kind.name}/{name}" not in wanted and label_of(found, COMPONENT)
        ]

    def apply(self, documents: Sequence[Document]) -> Sequence[Change]:
        """Write what differs; an object that is as it should be costs no request."""
        compared = self._comparer.compare(documents)
        self._applier.apply(compared)
        return [each.change for each in compared]

    def verdict(self, document: Document) -> Verdict:
        """Whether the pods of a workload run. Anything else is there once it is applied."""
        if not is_workload(document):
            return Verdict.done()
        return self._workloads.verdict(document)

    def settled(self, documents: Sequence[Document]) -> Verdict:
        """Whether rollouts are over: no pod of an earlier revision is left, but for tablets, which wait their turn."""
        for document in documents:
            if is_workload(document):
                verdict = self._workloads.settled(document)
                if not verdict.ready:
                    return verdict
        return Verdict.done()

    def replaced(self, documents: Sequence[Document]) -> bool:
        """Whether each Deployment has one pod, of the new kind, and none that is still on its way out."""
        return self._workloads.replaced([document for document in documents if is_workload(document)])

    def components(self) -> Sequence[ComponentStatus]:
        """Every pod of the cluster."""
        now = datetime.now(timezone.utc)
        return [pods.component_status(pod, now) for _, pod in sorted(self._pods().items()) if not label_of(pod, PROBE)]

    def address(self, component: str, subject: str, port: str) -> Address:
        """Through a port-forward, or the pod itself where we run in the cluster. UnreachableError while none runs."""
        number = self._port(component, subject, port)
        if not number:
            raise UnreachableError(f"{component} has no {port} port", where=self.namespace)
        return self._reach.address(component, subject, number)

    def published(self, component: str, subject: str, port: str) -> str:
        """The Service's name within the cluster of Kubernetes."""
        name = self._layout.name(component, subject)
        return f"{name}.{self.namespace}.svc:{self._port(component, subject, port)}"

    def _port(self, component: str, subject: str, port: str) -> int:
        """The number of a named port; 0 where the component has none of that name."""
        if component == "application":
            return self.cluster.application(subject).port if port == "http" else 0
        return (ETCD_PORTS if component == "etcd" else PORTS).get(port, 0)

    def users(self) -> Sequence[User] | None:
        """Those of the spec; passwords that it does not hold are in a Secret."""
        return known_users(self.api, self.cluster, self._layout.users_secret)

    def tablet_hostname(self, tablet: Tablet) -> str:
        """The name of its pod below the tablets' headless Service."""
        return self._layout.tablet_hostname(tablet)

    def socket_ready(self, tablet: Tablet) -> Verdict:
        """Whether the MySQL beside the tablet has come up."""
        return self._workloads.mysql(tablet)

    def topology_ready(self) -> Verdict | None:
        """An operator's etcd by its pods; one outside of Kubernetes is vtctld's to reach, we may stand elsewhere."""
        return foreign_etcd.ready(self.cluster, self.api, self._pods())

    def known_ready(self, component: str, subject: str) -> bool:
        """Whether a pod of it is Ready; a tablet that is on its way out is not."""
        return any(pods.ready(pod) for pod in self._pods_of(component, subject))

    def outdated(self) -> Sequence[str]:
        """Tablets whose pod is of an earlier revision than their StatefulSet."""
        return self._workloads.outdated(self.cluster.tablets())

    def restart(self, tablet: Tablet) -> None:
        """Delete the tablet's pod; its StatefulSet makes it anew on the same volume."""
        for pod in self._pods_of("vttablet", tablet.alias):
            if not pods.leaving(pod):
                removal.delete(self.api, self.namespace, kinds.POD, pod)
        self._lists.forget((kinds.POD, kinds.STATEFUL_SET))

    def start_mysql_again(self, tablet: Tablet, cancelled: threading.Event) -> bool:
        """Restart its pod, and end mysqlctld in it, for which the pod would else wait as long as its grace lasts.

        Not just the container: the kubelet starts one that ends again and again after growing pauses, and a new pod is
        made as it is applied now. But where the data would go with the pod, which the pod itself knows: the spec may
        have been changed since it was made. A pod that goes already is not to wait either.
        """
        from vitessctl.targets.kubernetes.killing import end_program

        there = self._pods_of("vttablet", tablet.alias)
        for pod in there:
            if pods.keeps_data(pod) and not pods.leaving(pod):
                removal.delete(self.api, self.namespace, kinds.POD, pod)
            with suppress(VitessctlError):  # it has gone by itself
                end_program(self.api, self.namespace, name_of(pod), MYSQL_CONTAINER)
        self._lists.forget((kinds.POD, kinds.STATEFUL_SET))
        return bool(there)

    def logs(self, component: str, subject: str, lines: int) -> Sequence[str]:
        """The last lines of the component's own container."""
        container = "mysqld" if component in ("mysqlctld", "mysqld") else component
        owner = "vttablet" if container == "mysqld" else component
        for pod in self._pods_of(owner, subject)[:1]:
            return self._workloads.lines(pod, container, lines)
        return ()

    def run_once(self, questions: Sequence[Question], cancelled: threading.Event) -> Sequence[Answer]:
        """In short-lived pods, one for each image; makes the namespace where there is none, as `preflight` does."""
        from vitessctl.targets.kubernetes.probing import Prober

        if preflight_namespace.look(self.api, self.namespace).missing:
            self.api.create(namespace_document(self.namespace, self.cluster.name))
        return Prober(self.cluster, self.api, self._now, self._sleep).answers(questions, cancelled)

    def execute(self, component: str, subject: str, command: Sequence[str], pipes: Pipes) -> int:
        """In the component's own container of a pod that runs."""
        from vitessctl.targets.kubernetes.executing import execute

        return execute(self.api, self.namespace, self.pod_name(component, subject), component, command, pipes)

    def pod_name(self, component: str, subject: str) -> str:
        """A pod of it that runs. Raises UnreachableError."""
        return self._reach.pod_name(component, subject)

    def stop(self, documents: Sequence[Document]) -> Sequence[Change]:
        """Delete the objects of these documents: pods first, and waited for. What was generated stays.

        Pods are waited for also where their owner is gone already: a run that was killed may have deleted it last.
        """
        found = self._found(documents)
        kept = kept_by_down(documents)
        going = [document for document in documents if document.label in found and document.label not in kept]
        workloads = [document for document in going if is_workload(document)]
        self._delete(workloads, found)
        self._wait_gone([each for each in documents if is_workload(each) and each.label not in kept])
        self._delete([document for document in going if not is_workload(document)], found)
        self._lists.forget()
        gone = {document.label for document in going}
        return [_removed(document, document.label in gone) for document in documents]

    def _found(self, documents: Iterable[Document]) -> Mapping[str, KubernetesObject]:
        wanted = {kinds.of(document.data) for document in documents}
        lists = self._lists.of_all(wanted, fresh=FRESH_SECONDS)
        return {f"{kind.name}/{name}": each for kind, objects in lists.items() for name, each in objects.items()}

    def _delete(self, documents: Iterable[Document], found: Mapping[str, KubernetesObject]) -> None:
        for document in documents:
            removal.delete(self.api, self.namespace, kinds.of(document.data), found[document.label])

    def _wait_gone(self, workloads: Sequence[Document]) -> None:
        if not workloads:
            return
        names = [document.name for document in workloads]

        def mine(pod: KubernetesObject) -> bool:
            return removal.owned_by(pod, names)

        removal.wait_gone(self.namespace, self._pods, mine, self._now, self._sleep)

    def prune(self, documents: Sequence[Document]) -> Sequence[Change]:
        """Delete the objects that have no document any more; claims stay."""
        surplus = self._surplus(documents)
        names = [name_of(found) for kind, found in surplus if kind in (kinds.STATEFUL_SET, kinds.DEPLOYMENT)]
        for kind, found in surplus:
            removal.delete(self.api, self.namespace, kind, found)
        if names:
            removal.wait_gone(
                self.namespace, self._pods, lambda pod: removal.owned_by(pod, names), self._now, self._sleep
            )
        self._lists.forget()
        return [deletion(kind, found) for kind, found in surplus]

    def kill(self, victims: Sequence[ComponentStatus], force: Force, cancelled: threading.Event) -> Sequence[str]:
        """Delete pods, end programs in them, or evict them; controllers and the kubelet bring all of it back."""
        from vitessctl.targets.kubernetes.killing import Killer

        try:
            return Killer(self.api, self.namespace, self._pods(), self._sleep).kill(victims, force, cancelled)
        finally:
            self._lists.forget((kinds.POD,))

    def keeps_backups(self) -> bool:
        """Not in a place that we know of."""
        return False

    def set_aside(self, tablet: Tablet) -> Sequence[str]:
        """Delete its claims: a volume cannot be renamed. A StorageClass that retains volumes keeps the old one."""
        ending = f"-{self._layout.tablet_name(tablet)}-0"
        claims = self._lists.of(kinds.PERSISTENT_VOLUME_CLAIM, 0)
        found = [claim for name, claim in sorted(claims.items()) if name.endswith(ending)]
        for claim in found:
            removal.delete(self.api, self.namespace, kinds.PERSISTENT_VOLUME_CLAIM, claim)
        removal.wait_no_claim(self.api, self.namespace, [name_of(claim) for claim in found], self._now, self._sleep)
        self._lists.forget()
        return [f"deleted: PersistentVolumeClaim/{name_of(claim)}" for claim in found]

    def kept(self) -> Sequence[str]:
        """The claims, and the Secrets that were generated; an operator's EtcdCluster with what it has."""
        kept = [f"{kind.name}/{name_of(found)}" for kind, found in self._data()]
        return [*kept, *held.traces(self.api, self.namespace, self.cluster.name)]

    def _data(self, fresh: float = FRESH_SECONDS) -> Iterator[tuple[Kind, KubernetesObject]]:
        """All that `down` keeps and delete_data deletes, in the order in which it goes."""
        for kind in (*foreign_etcd.DATA_KINDS[self.cluster.topology.operator], *removal.DATA_KINDS):
            for _, found in sorted(self._lists.of(kind, fresh).items()):
                yield kind, found
        for claim in foreign_etcd.claims(self.cluster, self.api):
            yield kinds.PERSISTENT_VOLUME_CLAIM, claim

    def delete_data(self) -> Sequence[str]:
        """Delete every claim and generated Secret of the cluster, and nobody else's; gives their names."""
        removed = []
        for kind, found in self._data(fresh=0):
            if removal.delete(self.api, self.namespace, kind, found):
                removed.append(f"{kind.name}/{name_of(found)}")
        self.forget_history = True
        self._lists.forget()
        return removed

    def _pods(self) -> Mapping[str, KubernetesObject]:
        return self._lists.of(kinds.POD)

    def _pods_of(self, component: str, subject: str) -> list[KubernetesObject]:
        there = self._pods() if component == "vttablet" else self._lists.of_component(kinds.POD, component)
        return pods.of(there, component, subject)


def kept_by_down(documents: Iterable[Document]) -> set[str]:
    """Labels of what `down` leaves: what was generated, as nobody could make it again; and an operator's etcd.

    With an EtcdCluster its data would go, so it stays, and with it the Service by which its members find each other.
    """
    operated = {document.name for document in documents if document.kind == "EtcdCluster"}
    return {document.label for document in documents if document.generated or document.name in operated}


def _removed(document: Document, gone: bool) -> Change:
    operation = Operation.DELETE if gone else Operation.KEEP
    return Change(operation, document.label, document.stage, document.component, document.subject)
