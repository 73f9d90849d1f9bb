"""The story on a real Kubernetes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from tests.e2e_kubernetes.cluster import Cluster
from tests.e2e_kubernetes.command import Ran, Vitessctl
from tests.story.place import INVENTORY
from tests.story.release import Release
from tests.support.frozen import frozen
from tests.support.guestbook import Visitor
from tests.testbed.fixtures import Bed


class OnKubernetes:
    """See tests.story.place.Place."""

    gives_away = True
    kubernetes = True

    def __init__(self, bed: Bed, namespace: str, release: Release, durable: bool = True) -> None:
        self.release, self.durable = release, durable
        extra = (f"@{release.spec}", *(() if durable else ("keyspaces.messages.durability=none",)))
        self.cluster = Cluster(bed, namespace, Vitessctl(bed, namespace, INVENTORY, extra), "guestbook")

    def run(self, command: str, *words: str) -> Ran:
        """See Place."""
        return self.cluster.vitessctl(command, *words)

    def mysql(self) -> AbstractContextManager[str]:
        """See Place."""
        return self.cluster.vtgate()

    def vtctld(self) -> str:
        """See Place."""
        return f"{self._service('guestbook-vtctld')}:15999"

    def visitor(self) -> Visitor:
        """See Place."""
        return Visitor(f"http://{self._service('guestbook-application-guestbook')}:8080")

    def _service(self, name: str) -> str:
        """The address of a Service, to which a bed's host has a route."""
        return str(self.cluster.get("service", name)["spec"]["clusterIP"])

    def lose(self, alias: str) -> None:
        """See Place."""
        self.cluster.delete_pod(self.cluster.tablet_pod(alias))

    def lose_with_disk(self, alias: str) -> None:
        """See Place."""
        pod = self.cluster.tablet_pod(alias)
        kubectl = ("-n", self.cluster.namespace, "delete")
        self.cluster.bed.kubectl(*kubectl, "pvc", f"data-{pod}", "--wait=false")
        self.cluster.delete_pod(pod, "--grace-period=0", "--force")

    def freeze(self, alias: str) -> AbstractContextManager[None]:
        """See Place."""
        pods = self.cluster.pods()
        silent = [self.cluster.tablet_pod(alias), *(name for name in pods if "-vtorc-" in name)]
        uids = [pods[name]["metadata"]["uid"] for name in silent]
        names = [form for uid in uids for form in (uid, uid.replace("-", "_"))]
        cgroups = {int(path.parent.name): _text(path) for path in Path("/proc").glob("[0-9]*/cgroup")}
        return frozen(*(pid for pid, text in cgroups.items() if any(name in text for name in names)))

    def untouched(self) -> object:
        """See Place."""
        return {name: (pod["metadata"]["uid"], self.cluster.restarts()) for name, pod in self.cluster.pods().items()}

    def remains(self) -> list[str]:
        """See Place: pods, and one that is on its way out counts."""
        return list(self.cluster.pods())

    def remove(self) -> None:
        """Away with its pods at once: the next story wants the node."""
        now = ("--all", "--wait=false", "--grace-period=0", "--force")
        self.cluster.bed.kubectl("-n", self.cluster.namespace, "delete", "statefulsets,deployments,pods", *now)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it ended meanwhile
        return ""
