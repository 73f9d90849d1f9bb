"""One run at a time changes a cluster: a Lease that its holder renews, and that ends when the holder does.

Only runs that write take it. Two clocks are compared, the holder's and ours: where they differ by more than the
lease lasts, a live holder can be taken for dead. It then notices at its next renewal and stops.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from vitessctl.errors import LockedError, VitessctlError
from vitessctl.run.author import Author, is_gone, this_author
from vitessctl.run.runs import Now, time_text, utc_now
from vitessctl.targets.kubernetes.faults import AlreadyThere, NotThere, Outdated
from vitessctl.targets.kubernetes.interface import KubernetesApi, KubernetesObject
from vitessctl.targets.kubernetes.kinds import LEASE
from vitessctl.targets.kubernetes.leasetext import Held, Holder, body, parse, released
from vitessctl.targets.kubernetes.record import record_name

_TRIES = 5
"""How often a run looks again after another was faster, before it says that the cluster is locked."""


@dataclass(frozen=True)
class Timing:
    """Seconds."""

    renew: float = 10.0
    expire: float = 60.0

    @property
    def give_up(self) -> float:
        """After so long without a renewal the holder stops: before anybody else may take the lease."""
        return self.expire - self.renew


class ClusterLocked(LockedError):
    """Another run holds the cluster."""

    def __init__(self, name: str, namespace: str, held: Held, now: datetime) -> None:
        self.held = held
        left = max(0, round((held.until - now).total_seconds()))
        since = f" since {held.since}" if held.since else ""
        super().__init__(
            "another run is changing this cluster",
            where=f"Lease/{name} in {namespace}",
            why=f"{held.identity} holds the lock{since}; it expires at {time_text(held.until)}, in {left} s, "
            "unless that run renews it",
            fix="wait for that run to end, then run the command again; if it was killed, the lock expires by itself",
        )


class LeaseLost(LockedError):
    """This run held the cluster and does not any more, so it was stopped."""

    def __init__(self, name: str, namespace: str, why: str) -> None:
        super().__init__(
            "the lock on this cluster was lost, so this run was stopped",
            where=f"Lease/{name} in {namespace}",
            why=why,
            fix="see with `vitessctl history` who changes the cluster now, then run the command again: it goes on "
            "from what is there",
        )


class Lease:
    """The lease of one cluster, as one run sees it. `take`, `renew` and `release` are what `lease` below calls."""

    def __init__(
        self,
        api: KubernetesApi,
        cluster: str,
        namespace: str,
        holder: Holder,
        *,
        now: Now = utc_now,
        timing: Timing | None = None,
        notice: Callable[[str], None] = lambda text: None,
        gone: Callable[[Author], bool] = is_gone,
    ) -> None:
        """`notice` is told of a takeover; `gone`: whether another run's process is known to have ended."""
        self._api = api
        self._cluster = cluster
        self._namespace = namespace
        self._holder = holder
        self._now = now
        self._timing = timing or Timing()
        self._notice = notice
        self._gone = gone
        self._written: KubernetesObject = {}
        self._renewed = now()
        self._lock = threading.Lock()
        self._cancelled: list[threading.Event] = []
        self.lost: LeaseLost | None = None
        """Why the lease is not ours any more; None while it is."""

    def cancels(self, event: threading.Event) -> None:
        """Set this event when the lease is lost: `Context.cancelled` of the run."""
        with self._lock:
            self._cancelled.append(event)
            if self.lost:
                event.set()

    def take(self) -> None:
        """Take the lease. Raises ClusterLocked."""
        for _ in range(_TRIES):
            with suppress(AlreadyThere, Outdated, NotThere):
                self._written = self._try_to_take()
                self._renewed = self._now()
                return
        raise LockedError(
            "other runs are changing this cluster",
            where=f"Lease/{self._name} in {self._namespace}",
            why=f"each of {_TRIES} attempts to take the lock came too late",
            fix="wait for them to end, then run the command again",
        )

    def _try_to_take(self) -> KubernetesObject:
        found = self._api.get(LEASE, self._namespace, self._name)
        if found is None:
            return self._api.create(self._body(None))
        held = parse(found)
        if held.is_of(self._holder.author):
            return found  # The answer to our own request was lost.
        expired, gone = held.until <= self._now(), self._gone(held.holder.author)
        if held.identity and not (expired or gone):
            raise ClusterLocked(self._name, self._namespace, held, self._now())
        taken = self._api.replace(self._body(found))
        if held.identity:
            why = "its process has ended" if gone else f"which has not renewed its lock, so it expired at {_text(held)}"
            self._notice(f"takes the lock over from {held.identity}: {why}")
        return taken

    def renew(self) -> None:
        """Renew the lease; if it is not ours any more, or has not been renewed for too long, it is lost."""
        with self._lock:
            if self.lost:
                return
            try:
                self._written = self._renewed_lease()
                self._renewed = self._now()
            except LeaseLost as lost:
                self._lose(lost)
            except VitessctlError as error:
                silent = (self._now() - self._renewed).total_seconds()
                if silent >= self._timing.give_up:
                    why = f"it could not be renewed for {silent:.0f} s: {error.what}"
                    self._lose(LeaseLost(self._name, self._namespace, f"{why}: {error.why}" if error.why else why))

    def _renewed_lease(self) -> KubernetesObject:
        with suppress(Outdated, NotThere):
            return self._api.replace(self._body(self._written))
        found = self._api.get(LEASE, self._namespace, self._name)
        if found is None:
            return self._api.create(self._body(None))
        held = parse(found)
        if not held.is_of(self._holder.author):
            by = f"{held.identity} has taken it over" if held.identity else "somebody has given it up in our place"
            raise LeaseLost(self._name, self._namespace, by)
        return self._api.replace(self._body(found))

    def _lose(self, lost: LeaseLost) -> None:
        self.lost = lost
        for event in self._cancelled:
            event.set()

    def release(self) -> None:
        """Give it up, so that the next run need not wait until it expires. Never raises: if need be, it expires."""
        with self._lock, suppress(VitessctlError):
            if self.lost:
                return
            with suppress(Outdated):
                if self._written:
                    self._api.replace(released(self._written))
                    return
            found = self._api.get(LEASE, self._namespace, self._name)
            if found is not None and parse(found).is_of(self._holder.author):
                self._api.replace(released(found))

    def _body(self, before: KubernetesObject | None) -> KubernetesObject:
        seconds = self._timing.expire
        return body(self._cluster, self._namespace, self._holder, self._now(), seconds, before)

    @property
    def _name(self) -> str:
        return record_name(self._cluster)


@contextmanager
def lease(
    api: KubernetesApi,
    cluster: str,
    namespace: str,
    command: str,
    *,
    author: Author | None = None,
    now: Now = utc_now,
    timing: Timing | None = None,
    notice: Callable[[str], None] = lambda text: None,
) -> Iterator[Lease]:
    """Hold the cluster while inside. Raises ClusterLocked; LeaseLost at the end if it did not stay ours.

    The author defaults to this process. A thread renews the lease; it ends with the block, however that ends.
    """
    timing = timing or Timing()
    holder = Holder(author or this_author(), command, time_text(now()))
    held = Lease(api, cluster, namespace, holder, now=now, timing=timing, notice=notice)
    try:
        held.take()
    except KeyboardInterrupt:
        held.release()  # The server may have given it to us all the same.
        raise
    closing = threading.Event()
    thread = threading.Thread(target=_renew_until, args=(held, timing.renew, closing), name="lease", daemon=True)
    thread.start()
    try:
        yield held
    except VitessctlError as error:
        if held.lost:
            raise held.lost from error
        raise
    finally:
        closing.set()
        thread.join()
        held.release()
    if held.lost:
        raise held.lost


def _renew_until(held: Lease, interval: float, closing: threading.Event) -> None:
    while not closing.wait(interval) and held.lost is None:
        held.renew()


def remove_lease(api: KubernetesApi, cluster: str, namespace: str) -> bool:
    """Remove the lease after its release, where nothing of the cluster is left; whether it was there.

    Left alone if somebody has taken it since.
    """
    found = api.get(LEASE, namespace, record_name(cluster))
    if found is None or parse(found).identity:
        return False
    return api.delete(LEASE, namespace, record_name(cluster), uid=found["metadata"]["uid"])


def read_lease(
    api: KubernetesApi,
    cluster: str,
    namespace: str,
    *,
    now: Now = utc_now,
    gone: Callable[[Author], bool] = is_gone,
) -> Held | None:
    """What the lease says; None where nobody holds it: a run that was killed names itself there, and holds nothing."""
    found = api.get(LEASE, namespace, record_name(cluster))
    held = parse(found) if found else None
    if held is None or not held.identity or held.until <= now() or gone(held.holder.author):
        return None
    return held


def _text(held: Held) -> str:
    return time_text(held.until)
