"""Which pod a connection goes to, and for how long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.support.kubernetes.pipes import Echo, ask
from tests.unit.targets.kubernetes.test_pods import a_pod
from vitessctl.errors import ExitCode, UnreachableError
from vitessctl.run.http import Answer, get
from vitessctl.targets.kubernetes.interface import KubernetesObject
from vitessctl.targets.kubernetes.reach import Reach

PORT = 15999
IMAGE_IS_MISSING = {"name": "vtctld", "state": {"waiting": {"reason": "ImagePullBackOff"}}}


def vtctld(name: str, ip: str = "10.0.0.1", **state: object) -> KubernetesObject:
    pod = a_pod(name, "vtctld", **state)  # type: ignore[arg-type]
    pod["metadata"]["namespace"] = "prod"
    pod["status"]["podIP"] = ip
    return pod


def starting(name: str = "a", **spec: object) -> KubernetesObject:
    """A pod on a node, of which the kubelet has not said yet that it runs."""
    pod = vtctld(name, ip="", phase="Pending")
    pod["metadata"]["uid"] = f"uid of {name}"
    pod["spec"] = {"nodeName": "node-2", **spec}
    return pod


class Place:
    """A namespace whose pods a test changes, and the way there."""

    def __init__(self) -> None:
        self.api = FakeApi(namespaces=["prod"])
        self.pods: list[KubernetesObject] = []
        self.now = 0.0
        self.reach = Reach(self.api, "prod", lambda component, subject: self.pods, lambda: self.now)
        self.reach.tries_early = True

    def runs(self, pod: KubernetesObject, server: Echo | None = None) -> None:
        """From now on this is the pod."""
        self.pods = [pod]
        self.api.put({"apiVersion": "v1", "kind": "Pod", **pod})
        if server:
            self.api.forward_to("prod", str(pod["metadata"]["name"]), PORT, server.address)


@pytest.fixture
def place() -> Iterator[Place]:
    place = Place()
    yield place
    place.reach.close()


def test_one_forward_outlives_the_pod_that_it_led_to(place: Place) -> None:
    with Echo(b"old: ") as old, Echo(b"new: ") as new:
        place.runs(vtctld("a"), old)
        address = place.reach.address("vtctld", "", PORT)
        assert ask(address, b"x") == b"old: x"

        place.runs(vtctld("b"), new)
        assert place.reach.address("vtctld", "", PORT) == address
        assert ask(address, b"x") == b"new: x"


def test_a_person_is_told_the_pod_and_its_node_and_not_where_the_forward_listens(place: Place) -> None:
    with Echo() as server:
        pod = vtctld("a")
        pod["spec"]["nodeName"] = "node-2"
        place.runs(pod, server)
        assert place.reach.address("vtctld", "", PORT).shown == "port 15999 of pod a on node node-2"
        place.runs(vtctld("b"), server)
        assert place.reach.address("vtctld", "", PORT).shown == "port 15999 of pod b"


def test_a_pod_may_run_before_its_kubelet_says_so(place: Place) -> None:
    with Echo(b"new: ") as server:
        place.runs(starting(), server)

        address = place.reach.address("vtctld", "", PORT)

        assert ask(address, b"x") == b"new: x"
        assert address.shown == "port 15999 of pod a on node node-2"


def test_while_it_does_not_answer_nobody_knows_more_than_that_it_does_not_run(place: Place) -> None:
    place.pods = [starting()]
    address = place.reach.address("vtorc", "zone1", PORT)
    assert get(address, "/debug/health") == Answer(0, "no pod of vtorc zone1 runs yet")


def test_for_a_few_seconds(place: Place) -> None:
    place.pods = [starting()]
    place.reach.address("vtctld", "", PORT)
    place.now = 5.1

    with pytest.raises(UnreachableError, match="no pod of vtctld runs"):
        place.reach.address("vtctld", "", PORT)

    place.pods = [starting("the next")]
    place.reach.address("vtctld", "", PORT)


@pytest.mark.parametrize(
    "pod",
    [
        starting(nodeName=None),
        starting(initContainers=[{"name": "keyspace"}]),
        {**starting(), "metadata": {**starting()["metadata"], "deletionTimestamp": "2026-11-27T20:00:00Z"}},
        {**starting(), "status": {"phase": "Failed"}},
        {**starting(), "status": {"phase": "Pending", "containerStatuses": [IMAGE_IS_MISSING]}},
    ],
)
def test_not_one_that_cannot_run_yet_or_any_more(place: Place, pod: KubernetesObject) -> None:
    place.pods = [pod]
    with pytest.raises(UnreachableError, match="no pod of vtctld runs"):
        place.reach.address("vtctld", "", PORT)


def test_where_nobody_waits_only_one_that_runs_is_asked(place: Place) -> None:
    """A pod that `status` finds starting may have been so for hours."""
    place.reach.tries_early = False
    place.pods = [starting()]
    with pytest.raises(UnreachableError, match="no pod of vtctld runs"):
        place.reach.address("vtctld", "", PORT)


def test_a_forward_leads_to_one_that_starts_only_where_somebody_waits(place: Place) -> None:
    """A drill's clients must not be back before those of the Service, which leads to Ready pods."""
    place.reach.tries_early = False
    with Echo(b"old: ") as old, Echo(b"new: ") as new:
        place.runs(vtctld("b"), old)
        address = place.reach.address("vtctld", "", PORT)
        place.runs(starting(), new)

        assert ask(address, b"x") == b""

        place.reach.tries_early = True
        assert ask(address, b"x") == b"new: x"


def test_one_that_runs_goes_before_one_that_starts(place: Place) -> None:
    with Echo(b"old: ") as old:
        place.runs(vtctld("b"), old)
        place.pods = [starting(), *place.pods]
        assert ask(place.reach.address("vtctld", "", PORT), b"x") == b"old: x"


def test_commands_run_only_in_one_that_runs(place: Place) -> None:
    place.pods = [starting()]
    with pytest.raises(UnreachableError, match="no pod of vtctld runs"):
        place.reach.pod_name("vtctld", "")


def test_after_closing_nothing_listens(place: Place) -> None:
    with Echo() as server:
        place.runs(vtctld("a"), server)
        address = place.reach.address("vtctld", "", PORT)
        place.reach.close()
        with pytest.raises(OSError, match="refused"):
            ask(address, b"x")


def test_a_pod_that_does_not_run_is_passed_over(place: Place) -> None:
    """From inside the cluster one needs the address that only a pod that runs has."""
    place.api.in_cluster = True
    pending = vtctld("a", ip="10.0.0.1", phase="Pending")
    place.pods = [starting(), pending, vtctld("b", ip=""), vtctld("c", ip="10.0.0.3")]
    assert str(place.reach.address("vtctld", "", PORT)) == "10.0.0.3:15999"


@pytest.mark.parametrize("pods", [[], [vtctld("a", phase="Pending")], [vtctld("a", ip="")]])
@pytest.mark.parametrize("in_cluster", [False, True])
def test_while_no_pod_runs_it_says_so_and_may_be_asked_again(
    place: Place, pods: list[KubernetesObject], in_cluster: bool
) -> None:
    place.api.in_cluster = in_cluster
    place.pods = pods
    with pytest.raises(UnreachableError, match="no pod of vtgate zone1 runs") as raised:
        place.reach.address("vtgate", "zone1", PORT)
    assert raised.value.passing
    assert raised.value.exit_code is ExitCode.UNREACHABLE
    assert raised.value.where == "prod"
