"""What a run that writes does around its writes: it takes the lock, and keeps the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from vitessctl import __version__
from vitessctl.errors import VitessctlError
from vitessctl.model.cluster import Cluster
from vitessctl.render.documents import Document
from vitessctl.run.author import Author, this_author
from vitessctl.run.runs import Now, Run, utc_now
from vitessctl.targets.kubernetes.interface import KubernetesApi
from vitessctl.targets.kubernetes.lease import Lease, Timing, lease
from vitessctl.targets.kubernetes.record import intent_of
from vitessctl.targets.kubernetes.recorder import Recorder


@dataclass(frozen=True)
class Changing:
    """The lock and the record of the run that is going on."""

    lock: Lease
    """Give it `Context.cancelled` with `lock.cancels`."""
    recorder: Recorder
    """Give it every event."""


@contextmanager
def changing(
    api: KubernetesApi,
    namespace: str,
    cluster: Cluster,
    documents: Sequence[Document],
    command: str,
    *,
    plan: Callable[[], str] = lambda: "",
    author: Author | None = None,
    now: Now = utc_now,
    timing: Timing | None = None,
    notice: Callable[[str], None] = lambda text: None,
) -> Iterator[Changing]:
    """Change the cluster while inside.

    `plan` is called as soon as the lock is held, before the first write, and gives the digest of what will be done;
    what it raises ends the run with nothing written but the lock. A run that has nothing to change must not come here:
    it writes nothing at all.
    """
    author = author or this_author()
    with lease(api, cluster.name, namespace, command, author=author, now=now, timing=timing, notice=notice) as lock:
        recorder = Recorder(
            api,
            namespace,
            cluster.name,
            intent_of(documents, __version__, cluster.release),
            Run(author.run, command, author.who, "", plan=plan()),
            now=now,
            allowed=lambda: lock.lost is None,
            trouble=lambda error: notice(_trouble(error)),
        )
        with recorder:
            yield Changing(lock, recorder)


def _trouble(error: VitessctlError) -> str:
    return f"the record in the cluster could not be written, so history may lack this run: {error.what}"
