"""What a cluster on Kubernetes stands on. See vitessctl.targets.ground."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone

from vitessctl.errors import SeveralErrors, VitessctlError
from vitessctl.model.cluster import Tablet
from vitessctl.render.documents import Document
from vitessctl.render.layout_kubernetes import FOLDERS
from vitessctl.render.names import label_value
from vitessctl.targets.ground import Expiry, Jam, Reading, Volume
from vitessctl.targets.kubernetes import jams, kinds, pods
from vitessctl.targets.kubernetes.faults import NotTold, ServerFailed, Unauthorized, Unreachable
from vitessctl.targets.kubernetes.interface import Kind, KubernetesObject
from vitessctl.targets.kubernetes.recorder import read_record
from vitessctl.targets.kubernetes.snapshot import name_of
from vitessctl.targets.kubernetes.target import CLUSTER, KubernetesTarget

EXECUTE_SECONDS = 4.0
_BLOCKS, _INODES = ("df", "-P", "-k", FOLDERS.data), ("df", "-P", "-i", FOLDERS.data)
"""POSIX's format: six words on one line for each file system."""


class KubernetesGround:
    """Implements Ground."""

    def __init__(self, target: KubernetesTarget) -> None:
        self._target, self._api, self._namespace = target, target.api, target.namespace

    def preflight(self, documents: Sequence[Document]) -> Sequence[VitessctlError]:
        """All that `up` looks at before its first write."""
        from vitessctl.targets.kubernetes.preflight import preflight

        try:
            preflight(self._api, self._namespace, self._target.cluster.name, documents)
        except SeveralErrors as several:
            return tuple(several.errors)
        except (Unreachable, Unauthorized, ServerFailed):
            raise
        except VitessctlError as error:
            return (error,)
        return ()

    def version(self) -> str:
        """Of the API server."""
        return self._api.version()

    def written_by(self) -> str:
        """What the last run's intent says."""
        return read_record(self._api, self._namespace, self._target.cluster.name).intent.tool

    def clocks(self) -> Sequence[Reading]:
        """The API server's."""
        return (self._api.clock(),)

    def volumes(self) -> Mapping[str, Callable[[], Volume]]:
        """Those of the tablets whose pods run."""
        running = [pod for pod in self._list(kinds.POD) if pods.running(pod) and not pods.leaving(pod)]
        by_subject = {pods.subject_of(pod): pod for pod in running}
        return {
            tablet.alias: self._looking_at(tablet, pod)
            for tablet in self._target.cluster.tablets()
            if (pod := by_subject.get(tablet.alias) or by_subject.get(label_value(tablet.alias))) is not None
        }

    def _looking_at(self, tablet: Tablet, pod: KubernetesObject) -> Callable[[], Volume]:
        container = "vttablet" if "running" in pods.container_status(pod, "vttablet").get("state", {}) else "mysqld"

        def look() -> Volume:
            size, free = self._numbers(name_of(pod), container, _BLOCKS)
            try:
                inodes, inodes_free = self._numbers(name_of(pod), container, _INODES)
            except NotTold:
                inodes, inodes_free = 0, 0
            return Volume(tablet.alias, FOLDERS.data, size * 1024, free * 1024, inodes, inodes_free)

        return look

    def _numbers(self, pod: str, container: str, command: Sequence[str]) -> tuple[int, int]:
        """All, and what is free."""
        done = self._api.execute(self._namespace, pod, container, command, EXECUTE_SECONDS)
        words = done.output.splitlines()[-1].split() if done.output.strip() else []
        try:
            return int(words[1]), int(words[3])
        except (IndexError, ValueError):
            said = (done.errors or done.output).strip().splitlines()
            raise NotTold(f"Pod/{pod}", " ".join(command), said[-1] if said else "it says nothing") from None

    def expiries(self) -> Sequence[Expiry]:
        """What the kubeconfig and the API server show."""
        return self._api.expiries()

    def read(self, component: str, subject: str, path: str) -> bytes:
        """By `cat` in the component's own container."""
        pod, command = self._target.pod_name(component, subject), ("cat", path)
        done = self._api.execute(self._namespace, pod, component, command, EXECUTE_SECONDS)
        if done.exit_code:
            raise NotTold(f"Pod/{pod}", " ".join(command), done.errors.strip() or f"exit code {done.exit_code}")
        return done.output.encode()

    def jams(self) -> Sequence[Jam]:
        """Pods that hang."""
        now = datetime.now(timezone.utc)
        sets = {name_of(each): each for each in self._list(kinds.STATEFUL_SET)}
        return tuple(jams.jams(self._api, jams.Found(self._list(kinds.POD), sets), now))

    def free(self, jam: Jam) -> str:
        """What is proven to be safe for it now."""
        name = jam.label.partition("/")[2]
        pod = self._api.get(kinds.POD, self._namespace, name)
        if pod is None or jams.uid_of(pod) != jam.uid:  # another of that name may be alive: nothing was seen of it
            return f"{jam.label} is gone by itself"
        return jams.free(self._api, self._namespace, pod, jam.way)

    def _list(self, kind: Kind) -> Sequence[KubernetesObject]:
        return self._api.list(kind, self._namespace, {CLUSTER: label_value(self._target.cluster.name)})
