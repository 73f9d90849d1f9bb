"""The lock of a cluster: who gets it, how long it lasts, how it is lost, and that it is given up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.support.wall import NOON, Wall
from vitessctl.errors import ExitCode, LockedError, NotReadyError, UnreachableError
from vitessctl.run.author import Author
from vitessctl.targets.kubernetes.interface import Kind, KubernetesObject
from vitessctl.targets.kubernetes.kinds import LEASE
from vitessctl.targets.kubernetes.lease import (
    ClusterLocked,
    Lease,
    LeaseLost,
    Timing,
    lease,
    read_lease,
    remove_lease,
)
from vitessctl.targets.kubernetes.leasetext import Holder, body

ANNA = Author("a1", "anna@laptop", 4711, "m1", "100")
BEN = Author("b2", "ben@ci", 12, "m2", "7")
DOWN = UnreachableError("the API server cannot be reached", why="it is being restarted")


@pytest.fixture
def api() -> FakeApi:
    return FakeApi(namespaces=["prod"])


@pytest.fixture
def wall() -> Wall:
    return Wall()


def a_lease(api: FakeApi, wall: Wall, author: Author = ANNA, **options: Any) -> Lease:
    options.setdefault("gone", lambda author: False)
    since = wall().strftime("%Y-%m-%dT%H:%M:%SZ")
    return Lease(api, "shop", "prod", Holder(author, "up", since), now=wall, **options)


def holder(api: FakeApi) -> str:
    """Whom the lease names, without a request."""
    return str(api.stored(LEASE, "prod", "shop-record")["spec"].get("holderIdentity", ""))


# Taking it


def test_the_first_one_gets_it_and_is_named(api: FakeApi, wall: Wall) -> None:
    a_lease(api, wall).take()

    stored = api.stored(LEASE, "prod", "shop-record")
    assert stored["spec"] == {
        "holderIdentity": "anna@laptop pid 4711 vitessctl up 2026-11-26T12:00:00Z",
        "leaseDurationSeconds": 60,
        "acquireTime": "2026-11-26T12:00:00.000000Z",
        "renewTime": "2026-11-26T12:00:00.000000Z",
        "leaseTransitions": 0,
    }
    assert stored["metadata"]["labels"]["vitessctl.io/cluster"] == "shop"


def test_the_second_one_is_told_who_has_it_since_when_and_what_to_do(api: FakeApi, wall: Wall) -> None:
    a_lease(api, wall).take()
    wall.advance(18)

    with pytest.raises(ClusterLocked) as caught:
        a_lease(api, wall, BEN).take()

    assert caught.value.exit_code is ExitCode.LOCKED
    assert str(caught.value) == (
        "Lease/shop-record in prod: another run is changing this cluster\n"
        "  why: anna@laptop pid 4711 vitessctl up 2026-11-26T12:00:00Z holds the lock since 2026-11-26T12:00:00Z; "
        "it expires at 2026-11-26T12:01:00Z, in 42 s, unless that run renews it\n"
        "  fix: wait for that run to end, then run the command again; if it was killed, the lock expires by itself"
    )


def test_it_lasts_as_long_as_it_is_renewed(api: FakeApi, wall: Wall) -> None:
    held = a_lease(api, wall)
    held.take()
    for _ in range(20):
        wall.advance(10)
        held.renew()
        with pytest.raises(ClusterLocked):
            a_lease(api, wall, BEN).take()

    assert api.stored(LEASE, "prod", "shop-record")["spec"]["renewTime"] == "2026-11-26T12:03:20.000000Z"
    assert held.lost is None


@pytest.mark.parametrize(("seconds", "free"), [(59, False), (60, True), (3600, True)])
def test_the_lease_of_a_dead_run_is_taken_over_when_it_expires(
    api: FakeApi, wall: Wall, seconds: float, free: bool
) -> None:
    a_lease(api, wall).take()
    wall.advance(seconds)
    said: list[str] = []

    if not free:
        with pytest.raises(ClusterLocked):
            a_lease(api, wall, BEN, notice=said.append).take()
        assert said == []
        return
    a_lease(api, wall, BEN, notice=said.append).take()

    assert holder(api).startswith("ben@ci pid 12 ")
    assert api.stored(LEASE, "prod", "shop-record")["spec"]["leaseTransitions"] == 1
    assert said == [
        "takes the lock over from anna@laptop pid 4711 vitessctl up 2026-11-26T12:00:00Z: which has not renewed its "
        "lock, so it expired at 2026-11-26T12:01:00Z"
    ]


def test_a_run_that_was_killed_on_this_machine_is_not_waited_for(api: FakeApi, wall: Wall) -> None:
    a_lease(api, wall).take()
    said: list[str] = []

    a_lease(api, wall, BEN, gone=lambda author: author == ANNA, notice=said.append).take()

    assert holder(api).startswith("ben@ci")
    assert said == [
        "takes the lock over from anna@laptop pid 4711 vitessctl up 2026-11-26T12:00:00Z: its process has ended"
    ]


def test_what_somebody_gave_up_is_free_at_once_and_without_a_word(api: FakeApi, wall: Wall) -> None:
    first, said = a_lease(api, wall), list[str]()
    first.take()
    first.release()

    a_lease(api, wall, BEN, notice=said.append).take()

    assert (holder(api)[:6], said) == ("ben@ci", [])


def test_a_lease_that_another_program_wrote_is_respected(api: FakeApi, wall: Wall) -> None:
    a_lease(api, wall).take()
    foreign = api.stored(LEASE, "prod", "shop-record")
    foreign["metadata"]["annotations"] = {"vitessctl.io/holder": "{]"}
    foreign["spec"]["holderIdentity"] = "an operator"
    api.put(foreign)

    with pytest.raises(ClusterLocked, match="an operator holds the lock"):
        a_lease(api, wall, BEN).take()


class Raced(FakeApi):
    """Somebody else acts between our look and our write."""

    meanwhile: Callable[[], None] | None = None

    def get(self, kind: Kind, namespace: str, name: str) -> KubernetesObject | None:
        found = super().get(kind, namespace, name)
        act, self.meanwhile = self.meanwhile, None
        if act:
            act()
        return found


@pytest.mark.parametrize("expired", [False, True])
def test_of_two_that_race_exactly_one_wins(wall: Wall, expired: bool) -> None:
    api = Raced(namespaces=["prod"])
    if expired:
        a_lease(api, wall, Author("old", "old@host")).take()
        wall.advance(61)
    api.meanwhile = a_lease(api, wall, BEN).take

    with pytest.raises(ClusterLocked, match="ben@ci"):
        a_lease(api, wall, ANNA).take()

    assert holder(api).startswith("ben@ci")


def test_of_many_threads_that_race_exactly_one_wins(api: FakeApi, wall: Wall) -> None:
    start, outcomes = threading.Barrier(8), list[str]()

    def run(number: int) -> None:
        start.wait()
        try:
            a_lease(api, wall, Author(f"r{number}", f"u{number}@host")).take()
            outcomes.append("won")
        except LockedError:
            outcomes.append("locked")

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["locked"] * 7 + ["won"]


def test_who_always_comes_too_late_is_told_so(wall: Wall) -> None:
    class Hectic(FakeApi):
        def get(self, kind: Kind, namespace: str, name: str) -> KubernetesObject | None:
            found = super().get(kind, namespace, name)
            self.edit(kind, namespace, name, {"metadata": {"annotations": {"n": str(len(self.requests))}}}, manager="x")
            return found

    api = Hectic(namespaces=["prod"])
    api.put(body("shop", "prod", Holder(BEN, "up", ""), NOON, 60, None))
    wall.advance(61)

    with pytest.raises(LockedError, match="other runs are changing this cluster"):
        a_lease(api, wall).take()


class Deaf(FakeApi):
    """The request arrives, its answer does not."""

    lost_answers = 0

    def create(self, body: KubernetesObject) -> KubernetesObject:
        return self._answer(super().create(body), body)

    def replace(self, body: KubernetesObject) -> KubernetesObject:
        return self._answer(super().replace(body), body)

    def _answer(self, answer: KubernetesObject, sent: KubernetesObject) -> KubernetesObject:
        if self.lost_answers:
            self.lost_answers -= 1
            raise DOWN
        return answer


def test_our_own_lease_is_known_again_when_its_answer_was_lost(wall: Wall) -> None:
    api = Deaf(
        namespaces=["prod"],
    )
    api.lost_answers = 1
    held = a_lease(api, wall)
    with pytest.raises(UnreachableError):
        held.take()

    held.take()  # As the client does that retries.

    assert holder(api).startswith("anna@laptop")


# Keeping and losing it


def test_a_renewal_whose_answer_was_lost_does_not_lose_the_lease(wall: Wall) -> None:
    api = Deaf(namespaces=["prod"])
    held = a_lease(api, wall)
    held.take()
    api.lost_answers = 1
    for _ in range(3):
        wall.advance(10)
        held.renew()

    assert held.lost is None
    assert api.stored(LEASE, "prod", "shop-record")["spec"]["renewTime"] == "2026-11-26T12:00:30.000000Z"


@pytest.mark.parametrize("early", [True, False])
def test_who_is_taken_over_loses_it_and_is_stopped(api: FakeApi, wall: Wall, early: bool) -> None:
    held, cancelled = a_lease(api, wall), threading.Event()
    held.take()
    if early:
        held.cancels(cancelled)
    wall.advance(61)  # As if asleep, with the lid closed.
    a_lease(api, wall, BEN).take()

    held.renew()
    if not early:
        held.cancels(cancelled)

    assert cancelled.is_set()
    assert held.lost is not None
    assert "ben@ci pid 12 vitessctl up" in held.lost.why
    assert held.lost.why.endswith("has taken it over")


def test_who_slept_and_was_missed_by_nobody_goes_on(api: FakeApi, wall: Wall) -> None:
    held = a_lease(api, wall)
    held.take()
    wall.advance(3600)

    held.renew()

    assert held.lost is None
    with pytest.raises(ClusterLocked):
        a_lease(api, wall, BEN).take()


def test_without_an_api_server_it_is_given_up_before_others_may_take_it(api: FakeApi, wall: Wall) -> None:
    held, cancelled, states = a_lease(api, wall), threading.Event(), []
    held.take()
    held.cancels(cancelled)
    api.on("replace", LEASE, DOWN, times=100)
    for _ in range(6):
        wall.advance(10)
        held.renew()
        states.append(cancelled.is_set())

    assert states == [False, False, False, False, True, True]
    assert held.lost is not None
    assert held.lost.why == (
        "it could not be renewed for 50 s: the API server cannot be reached: it is being restarted"
    )


def test_a_short_outage_does_no_harm(api: FakeApi, wall: Wall) -> None:
    held = a_lease(api, wall)
    held.take()
    api.on("replace", LEASE, DOWN, times=4)
    for _ in range(10):
        wall.advance(10)
        held.renew()

    assert held.lost is None


def test_a_lease_that_somebody_deleted_is_made_again(api: FakeApi, wall: Wall) -> None:
    held = a_lease(api, wall)
    held.take()
    api.remove(LEASE, "prod", "shop-record")

    held.renew()

    assert held.lost is None
    assert holder(api).startswith("anna@laptop")


def test_a_lease_that_somebody_cleared_is_lost(api: FakeApi, wall: Wall) -> None:
    held = a_lease(api, wall)
    held.take()
    api.edit(LEASE, "prod", "shop-record", {"spec": {"holderIdentity": None}}, manager="kubectl-edit")

    held.renew()

    assert held.lost is not None
    assert held.lost.why == "somebody has given it up in our place"


# Giving it up


def test_the_lease_stays_and_names_nobody(api: FakeApi, wall: Wall) -> None:
    held = a_lease(api, wall)
    held.take()
    held.release()

    assert (holder(api), read_lease(api, "shop", "prod")) == ("", None)


def test_a_killed_run_is_still_named_but_holds_nothing(api: FakeApi, wall: Wall) -> None:
    a_lease(api, wall).take()

    def held(dead: bool = False) -> Any:
        return read_lease(api, "shop", "prod", now=wall, gone=lambda author: dead)

    assert held().holder.author == ANNA
    assert held(dead=True) is None
    wall.advance(60)
    assert held() is None
    assert holder(api).startswith("anna@laptop")


def test_what_was_lost_is_not_given_up_in_anothers_place(api: FakeApi, wall: Wall) -> None:
    held = a_lease(api, wall)
    held.take()
    wall.advance(61)
    a_lease(api, wall, BEN).take()

    held.release()  # It does not know yet that it has lost it.

    assert holder(api).startswith("ben@ci")


def test_a_change_that_is_not_the_holders_does_not_hinder_the_release(api: FakeApi, wall: Wall) -> None:
    held = a_lease(api, wall)
    held.take()
    api.edit(LEASE, "prod", "shop-record", {"metadata": {"labels": {"team": "db"}}}, manager="kubectl-label")

    held.release()

    assert holder(api) == ""


def test_a_release_that_fails_leaves_it_to_expire(api: FakeApi, wall: Wall) -> None:
    held = a_lease(api, wall)
    held.take()
    api.on("replace", LEASE, DOWN)

    held.release()

    assert holder(api).startswith("anna@laptop")


def test_removing_it_spares_a_new_holder(api: FakeApi, wall: Wall) -> None:
    assert not remove_lease(api, "shop", "prod")
    held = a_lease(api, wall)
    held.take()
    assert not remove_lease(api, "shop", "prod")

    held.release()

    assert remove_lease(api, "shop", "prod")
    assert api.names(LEASE, "prod") == []


# The block


def test_inside_the_block_it_is_held_and_after_it_not(api: FakeApi) -> None:
    with lease(api, "shop", "prod", "up", author=ANNA):
        inside = holder(api)

    assert (inside[:27], holder(api)) == ("anna@laptop pid 4711 vitess", "")


@pytest.mark.parametrize("error", [NotReadyError("vtgate was not ready"), KeyboardInterrupt(), ZeroDivisionError()])
def test_it_is_given_up_however_the_block_ends(api: FakeApi, error: BaseException) -> None:
    with pytest.raises(type(error)) as caught, lease(api, "shop", "prod", "up", author=ANNA):
        raise error

    assert (caught.value, holder(api)) == (error, "")


class Watched(FakeApi):
    """Tells of every renewal, so that a test need not sleep."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.renewed = threading.Semaphore(0)

    def replace(self, body: KubernetesObject) -> KubernetesObject:
        try:
            return super().replace(body)
        finally:
            self.renewed.release()


def test_a_thread_renews_it_meanwhile_and_ends_with_the_block() -> None:
    api = Watched(namespaces=["prod"])
    with lease(api, "shop", "prod", "up", author=ANNA, timing=Timing(renew=0.001)):
        first = api.stored(LEASE, "prod", "shop-record")["spec"]["renewTime"]
        assert api.renewed.acquire(timeout=30)
        assert api.renewed.acquire(timeout=30)
        assert api.stored(LEASE, "prod", "shop-record")["spec"]["renewTime"] > first

    assert [thread for thread in threading.enumerate() if thread.name == "lease"] == []


def test_a_run_whose_lease_is_lost_is_stopped_with_the_reason(api: FakeApi, wall: Wall) -> None:
    def run() -> None:
        cancelled = threading.Event()
        with lease(api, "shop", "prod", "up", author=ANNA, now=wall, timing=Timing(renew=0.001)) as held:
            held.cancels(cancelled)
            taken = api.stored(LEASE, "prod", "shop-record")
            api.put(body("shop", "prod", Holder(BEN, "down", ""), NOON, 60, taken))
            assert cancelled.wait(30)
            raise NotReadyError("vtgate was not waited for any longer")

    with pytest.raises(LeaseLost, match="the lock on this cluster was lost") as caught:
        run()

    assert isinstance(caught.value.__cause__, NotReadyError)
    assert holder(api).startswith("ben@ci")


def test_a_run_that_ends_well_without_its_lease_is_not_called_well(api: FakeApi, wall: Wall) -> None:
    def run() -> None:
        with lease(api, "shop", "prod", "up", author=ANNA, now=wall) as held:
            wall.advance(61)
            a_lease(api, wall, BEN).take()
            held.renew()

    with pytest.raises(LeaseLost):
        run()


def test_the_locked_one_writes_nothing(api: FakeApi) -> None:
    with lease(api, "shop", "prod", "up", author=ANNA):
        before = len(api.writes)
        with pytest.raises(ClusterLocked), lease(api, "shop", "prod", "down", author=BEN):
            pytest.fail("two runs hold the cluster")

        assert len(api.writes) == before
