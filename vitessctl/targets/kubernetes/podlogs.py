"""Finding the pods of a component, and their logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vitessctl.errors import NotReadyError
from vitessctl.render.names import label_value
from vitessctl.targets.kubernetes.interface import KubernetesApi
from vitessctl.targets.kubernetes.kinds import POD
from vitessctl.targets.kubernetes.pods import ready
from vitessctl.targets.logs import Wanted


@dataclass(frozen=True)
class PodLog:
    """The log of one container. See vitessctl.targets.logs.Log."""

    api: KubernetesApi
    namespace: str
    name: str
    container: str
    previous: bool = False
    """Of the container's earlier life, before it was restarted."""

    def last(self, lines: int) -> Sequence[str]:
        """The last lines, oldest first; none if it never ran."""
        return self.api.logs(self.namespace, self.name, self.container, lines, previous=self.previous)

    def follow(self, lines: int) -> Iterator[str]:
        """The last lines, and then each line as it is written, until the container ends."""
        return self.api.follow(self.namespace, self.name, self.container, lines)


def labels_of(cluster: str, wanted: Wanted) -> Mapping[str, str]:
    """The labels that the wanted pods carry. An etcd member has none of its own: see `pod_logs`."""
    component = "vttablet" if wanted.component == "mysqld" else wanted.component
    labels = {"vitessctl.io/cluster": label_value(cluster), "vitessctl.io/component": component}
    if wanted.subject and component == "vttablet":
        labels["vitessctl.io/tablet-alias"] = label_value(wanted.subject)
    elif wanted.subject and component != "etcd":
        about = "application" if component == "application" else "cell"
        labels[f"vitessctl.io/{about}"] = label_value(wanted.subject)
    return labels


def pod_logs(
    api: KubernetesApi, namespace: str, cluster: str, wanted: Wanted, previous: bool = False
) -> Sequence[PodLog]:
    """The logs of all pods that are meant, by name. Raises NotReadyError where there is no such pod."""
    pods = api.list(POD, namespace, labels_of(cluster, wanted))
    names = sorted(str(pod["metadata"]["name"]) for pod in pods)
    if wanted.component == "etcd" and wanted.subject:
        names = [name for name in names if name == wanted.subject or name.endswith(f"-{wanted.subject}")]
    if not names:
        raise NoPod(namespace, cluster, f"{wanted.component} {wanted.subject}".strip())
    return [PodLog(api, namespace, name, wanted.container or wanted.component, previous) for name in names]


def serving_pods(api: KubernetesApi, namespace: str, cluster: str, component: str, cell: str) -> Sequence[str]:
    """The names of the component's pods in a cell that are ready and do not go away."""
    pods = api.list(POD, namespace, labels_of(cluster, Wanted(component, cell)))
    return sorted(str(pod["metadata"]["name"]) for pod in pods if ready(pod))


class NoPod(NotReadyError):
    """There is no pod of what a person wants to look at."""

    def __init__(self, namespace: str, cluster: str, what: str) -> None:
        super().__init__(
            f"{cluster} has no pod of {what}",
            where=f"namespace {namespace}",
            why="it was not brought up, its pod could not be made, or it is not ready",
            fix="see what is there: vitessctl status; bring it up: vitessctl up",
        )
