"""The Kubernetes target against an API server in memory: what it writes, in which order, and what it leaves alone."""

from __future__ import annotations

import base64
import copy
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.support.kubernetes.controllers import follow, play
from tests.support.kubernetes.fake import FakeApi
from tests.support.kubernetes.pipes import Echo, ask
from vitessctl.errors import UnreachableError
from vitessctl.model.build import build
from vitessctl.model.cluster import Cluster
from vitessctl.render.documents import Document
from vitessctl.render.render import render
from vitessctl.spec import load
from vitessctl.targets.base import Operation, State
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.faults import ApplyConflict, NotThere
from vitessctl.targets.kubernetes.generated import completed
from vitessctl.targets.kubernetes.interface import Executed
from vitessctl.targets.kubernetes.killing import ABRUPTLY
from vitessctl.targets.kubernetes.shrinking import VolumeShrinks
from vitessctl.targets.kubernetes.target import KubernetesTarget

INVENTORIES = Path(__file__).parents[4] / "inventories"
NAMESPACE = "minimal"
TABLET = "zone1-0000000100"


def a_cluster(*overrides: str, inventory: str = "minimal") -> Cluster:
    return build(load(INVENTORIES / inventory, list(overrides), [], {}, "kubernetes"))


def documents_of(cluster: Cluster) -> tuple[Document, ...]:
    return render(cluster, "kubernetes", ())


class Bed:
    """A fake API server with controllers, and a target on it."""

    def __init__(self, *overrides: str) -> None:
        self.api = FakeApi(namespaces=[NAMESPACE])
        play(self.api)
        self.use(*overrides)

    def use(self, *overrides: str) -> Bed:
        """Go on with another spec, as another run of vitessctl."""
        self.cluster = a_cluster(*overrides)
        self.documents = documents_of(self.cluster)
        self.target = KubernetesTarget(self.cluster, self.api)
        self.api.requests.clear()
        return self

    def document(self, label: str) -> Document:
        return next(document for document in self.documents if document.label == label)

    @property
    def writes(self) -> list[str]:
        return [str(request) for request in self.api.writes]

    def changed(self) -> dict[str, Operation]:
        found = self.target.observe(self.documents)
        return {change.label: change.operation for change in found if change.is_change}


@pytest.fixture
def bed() -> Bed:
    bed = Bed()
    bed.target.apply(bed.documents)
    bed.use()
    return bed


def test_from_nothing_every_object_is_created_pods_after_what_they_refer_to() -> None:
    bed = Bed()

    changes = bed.target.apply(bed.documents)

    assert {change.operation for change in changes} == {Operation.CREATE}
    assert sorted(bed.writes) == sorted(f"apply {document.label}" for document in bed.documents)
    is_workload = ["StatefulSet" in write or "Deployment" in write for write in bed.writes]
    assert is_workload == sorted(is_workload)


def test_again_nothing_is_written_and_one_list_a_kind_is_read(bed: Bed) -> None:
    changes = bed.target.apply(bed.documents)

    assert {change.operation for change in changes} == {Operation.KEEP}
    assert bed.writes == []
    assert len(bed.api.requests) == len({document.kind for document in bed.documents})


def test_the_number_of_requests_does_not_grow_with_the_tablets() -> None:
    counts = []
    for tablets in (3, 12):
        spec = f"keyspaces.messages.pools=[{{cell: zone1, type: replica, tablets: {tablets}}}]"
        bed = Bed(spec)
        bed.target.apply(bed.documents)
        bed.use(spec).target.apply(bed.documents)
        counts.append(len(bed.api.requests))
    assert counts[0] == counts[1]


def test_a_changed_image_is_an_update_of_what_runs_it_and_names_the_field(bed: Bed) -> None:
    bed.use("images.vtgate=vitess/lite:v24.0.3")

    change = next(change for change in bed.target.observe(bed.documents) if change.is_change)

    assert (change.operation, change.label) == (Operation.UPDATE, "Deployment/minimal-vtgate-zone1")
    assert [(field.before, field.after) for field in change.fields if field.path.endswith("image")] == [
        ("vitess/lite:v24.0.4", "vitess/lite:v24.0.3")
    ]


def test_what_somebody_changed_by_hand_is_a_conflict_and_nothing_of_the_stage_is_written(bed: Bed) -> None:
    bed.api.edit(
        kinds.SERVICE, NAMESPACE, "minimal-vtgate-zone1", {"spec": {"type": "LoadBalancer"}}, manager="kubectl-edit"
    )
    bed.use()

    assert bed.changed() == {"Service/minimal-vtgate-zone1": Operation.CONFLICT}
    with pytest.raises(ApplyConflict) as refused:
        bed.target.apply(bed.documents)
    assert "spec.type is set by kubectl-edit" in str(refused.value)
    assert bed.writes == []


def test_a_tablet_that_left_the_spec_is_named_as_a_deletion_and_pruned_without_its_volume() -> None:
    bed = Bed("keyspaces.messages.pools=[{cell: zone1, type: replica, tablets: 4, uid: 100}]")
    bed.target.apply(bed.documents)
    claims = bed.api.names(kinds.PERSISTENT_VOLUME_CLAIM, NAMESPACE)
    bed.use()

    assert [label for label, operation in bed.changed().items() if operation is Operation.DELETE] == [
        "StatefulSet/minimal-vttablet-zone1-0000000103"
    ]
    follow_when_deleted(bed)
    bed.target.prune(bed.documents)

    assert bed.changed() == {}
    assert bed.api.names(kinds.PERSISTENT_VOLUME_CLAIM, NAMESPACE) == claims
    assert "minimal-vttablet-zone1-0000000103-0" not in bed.api.names(kinds.POD, NAMESPACE)


def follow_when_deleted(bed: Bed) -> None:
    """The garbage collector: while the target waits for pods to go, they go."""
    original = bed.api.list

    def listed(kind: kinds.Kind, namespace: str, labels: object = None) -> object:
        if kind == kinds.POD:
            follow(bed.api, namespace)
        return original(kind, namespace, labels)  # type: ignore[arg-type]

    bed.api.list = listed  # type: ignore[method-assign,assignment]


def test_down_deletes_the_pods_first_and_keeps_the_claims(bed: Bed) -> None:
    follow_when_deleted(bed)
    stage = [document for document in bed.documents if document.stage == "mysql"]

    changes = bed.target.stop(stage)

    assert {change.operation for change in changes} == {Operation.DELETE}
    kinds_in_order = [write.split()[1].split("/")[0] for write in bed.writes]
    assert kinds_in_order[:3] == ["StatefulSet"] * 3
    assert "StatefulSet" not in kinds_in_order[3:]
    assert [name for name in bed.target.kept() if "vttablet" in name] == [
        f"PersistentVolumeClaim/data-minimal-vttablet-zone1-0000000{number}-0" for number in (100, 101, 102)
    ]


def test_down_on_nothing_does_nothing() -> None:
    bed = Bed()
    assert {change.operation for change in bed.target.stop(bed.documents)} == {Operation.KEEP}
    assert bed.writes == []


def test_data_is_deleted_only_by_its_own_call_and_only_this_clusters(bed: Bed) -> None:
    other = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data-else", "namespace": NAMESPACE, "labels": {"vitessctl.io/cluster": "else"}},
        "spec": {},
    }
    bed.api.put(other)

    removed = bed.target.delete_data()

    assert len([name for name in removed if name.startswith("PersistentVolumeClaim/")]) == 4
    assert bed.api.names(kinds.PERSISTENT_VOLUME_CLAIM, NAMESPACE) == ["data-else"]


def test_a_changed_tablet_is_applied_and_waits_for_its_turn(bed: Bed) -> None:
    bed.use("images.vttablet=vitess/lite:v24.0.3")
    bed.target.apply(bed.documents)

    assert list(bed.target.outdated()) == [f"zone1-0000000{number}" for number in (100, 101, 102)]
    tablet = next(iter(bed.cluster.tablets()))
    bed.target.restart(tablet)
    follow(bed.api, NAMESPACE)

    assert bed.writes[-1] == f"delete Pod/minimal-vttablet-{TABLET}-0"
    assert list(bed.target.outdated()) == ["zone1-0000000101", "zone1-0000000102"]


def test_more_storage_recreates_the_stateful_set_alone_and_grows_the_claim(bed: Bed) -> None:
    grown = [
        replace(document, data=_with_storage(document, "90Gi"))
        for document in bed.documents
        if document.label == f"StatefulSet/minimal-vttablet-{TABLET}"
    ]

    bed.target.apply(grown)

    assert bed.writes == [
        f"merge PersistentVolumeClaim/data-minimal-vttablet-{TABLET}-0",
        f"delete StatefulSet/minimal-vttablet-{TABLET}",
        f"apply StatefulSet/minimal-vttablet-{TABLET}",
    ]
    assert f"minimal-vttablet-{TABLET}-0" in bed.api.names(kinds.POD, NAMESPACE)


def test_less_storage_is_refused(bed: Bed) -> None:
    shrunk = [
        replace(document, data=_with_storage(document, "1Mi"))
        for document in bed.documents
        if document.label == f"StatefulSet/minimal-vttablet-{TABLET}"
    ]
    with pytest.raises(VolumeShrinks):
        bed.target.apply(shrunk)
    assert bed.writes == []


def _with_storage(document: Document, size: str) -> dict[str, object]:
    data = copy.deepcopy(dict(document.data))
    data["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"] = size
    return data


def test_mysql_is_up_when_its_sidecar_is_ready(bed: Bed) -> None:
    tablet = next(iter(bed.cluster.tablets()))
    assert bed.target.socket_ready(tablet).ready

    pod = bed.api.stored(kinds.POD, NAMESPACE, f"minimal-vttablet-{TABLET}-0")
    for status in pod["status"]["initContainerStatuses"]:
        if status["name"] == "mysqld":
            status["ready"] = False
    bed.api.put(pod)
    bed.use()

    verdict = bed.target.socket_ready(tablet)
    assert (verdict.state, verdict.reason) == (State.WAITING, "MySQL is being initialised")


def test_a_mysql_that_has_given_up_is_started_again_in_a_pod_of_its_own(
    bed: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kubelet would start the container after a pause that grows; and a new pod is as it is applied now."""
    did: list[object] = []
    monkeypatch.setattr(bed.api, "delete", lambda kind, namespace, name, uid: did.append(name))  # it has its grace
    bed.api.on_execute(lambda *call: did.append(call) or Executed(0, "", ""))

    assert bed.target.start_mysql_again(next(iter(bed.cluster.tablets())), Event())

    name = f"minimal-vttablet-{TABLET}-0"
    assert did == [name, (name, "mysqld", ABRUPTLY)], "asked to stop it would first wait for its mysqld"


@pytest.mark.parametrize(
    ("part", "change"),
    [
        pytest.param("spec", {"volumes": [{"name": "data", "emptyDir": {}}]}, id="its data would go with it"),
        pytest.param("metadata", {"deletionTimestamp": "2026-11-27T12:00:00Z"}, id="it goes already"),
    ],
)
def test_such_a_pod_is_not_deleted_only_its_mysqlctld_is_ended(bed: Bed, part: str, change: dict[str, Any]) -> None:
    """Whatever the spec says by now of its data: the pod was made before that was changed."""
    asked = []
    bed.api.on_execute(lambda *call: asked.append(call) or Executed(0, "", ""))
    pod = bed.api.stored(kinds.POD, NAMESPACE, f"minimal-vttablet-{TABLET}-0")
    pod[part].update(change)
    bed.api.put(pod)
    bed.use()

    assert bed.target.start_mysql_again(next(iter(bed.cluster.tablets())), Event())

    assert asked == [(f"minimal-vttablet-{TABLET}-0", "mysqld", ABRUPTLY)]
    assert bed.writes == []


def test_where_there_is_no_pod_nothing_is_started_again(bed: Bed) -> None:
    bed.api.remove(kinds.POD, NAMESPACE, f"minimal-vttablet-{TABLET}-0")
    bed.use()

    assert not bed.target.start_mysql_again(next(iter(bed.cluster.tablets())), Event())
    assert bed.writes == []


def test_a_pod_that_is_gone_before_its_mysqlctld_is_ended_is_no_fault(bed: Bed) -> None:
    bed.api.on("execute", kinds.POD, NotThere("Pod/a"))

    assert bed.target.start_mysql_again(next(iter(bed.cluster.tablets())), Event())


def test_a_tablet_whose_volume_is_empty_though_it_leads_is_held(bed: Bed) -> None:
    pod = bed.api.stored(kinds.POD, NAMESPACE, f"minimal-vttablet-{TABLET}-0")
    for status in pod["status"]["initContainerStatuses"]:
        if status["name"] == "keyspace":
            status["state"] = {"running": {}}
    bed.api.put(pod)
    bed.api.write_log(NAMESPACE, f"minimal-vttablet-{TABLET}-0", "keyspace", "held: its volume is empty")
    bed.use()

    verdict = bed.target.socket_ready(next(iter(bed.cluster.tablets())))
    assert (verdict.state, verdict.reason) == (State.HELD, "its volume is empty")


def test_a_forward_leads_to_the_pod_that_is_there_when_a_connection_is_made(bed: Bed) -> None:
    pod = next(name for name in bed.api.names(kinds.POD, NAMESPACE) if "vtctld" in name)
    with Echo(b"vtctld: ") as vtctld:
        bed.api.forward_to(NAMESPACE, pod, 15999, vtctld.address)
        assert ask(bed.target.address("vtctld", "", "grpc"), b"hello") == b"vtctld: hello"


def test_an_application_is_reached_at_its_own_port() -> None:
    cluster = a_cluster("applications.guestbook.port=9000", "namespace=minimal", inventory="guestbook")
    bed = Bed()
    target = KubernetesTarget(cluster, bed.api)
    bed.api.in_cluster = True
    target.apply(documents_of(cluster))

    assert target.address("application", "guestbook", "http").port == 9000
    assert target.published("application", "guestbook", "http") == "guestbook-application-guestbook.minimal.svc:9000"
    with pytest.raises(UnreachableError, match="application has no mysql port"):
        target.address("application", "guestbook", "mysql")


def test_inside_the_cluster_the_pod_itself_is_the_address(bed: Bed) -> None:
    bed.api.in_cluster = True
    assert str(bed.target.address("vttablet", TABLET, "http")) == "10.244.0.7:15000"


def test_a_component_without_a_pod_cannot_be_reached_yet() -> None:
    bed = Bed()
    with pytest.raises(UnreachableError, match="no pod of vtctld runs"):
        bed.target.address("vtctld", "", "grpc")


@pytest.mark.parametrize(("allowed", "room"), [(True, "; the only node has 2 cpu and 24Gi memory"), (False, "")])
def test_a_pod_without_room_is_told_what_the_nodes_have_if_we_may_look(bed: Bed, allowed: bool, room: str) -> None:
    bed.api.put(
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": "node-1"},
            "status": {
                "allocatable": {"cpu": "2", "memory": "24Gi"},
                "conditions": [{"type": "Ready", "status": "True"}],
            },
        }
    )
    if not allowed:
        bed.api.deny("list", "nodes")
    message = "0/1 nodes are available: 1 Insufficient cpu."
    pending = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    name = "minimal-etcd-0"
    bed.api.set_status(
        kinds.POD, NAMESPACE, name, {"phase": "Pending", "conditions": [pending], "containerStatuses": []}
    )
    bed.target.look_again()
    verdict = bed.target.verdict(bed.document("StatefulSet/minimal-etcd"))
    assert verdict.reason.startswith(f"no node has room for pod {name}: it asks for nothing{room} (")


@pytest.mark.parametrize(
    ("leaving", "reason"),
    [
        (False, "node node-2, which pod {} is on, is not ready: NodeStatusUnknown: Kubelet is silent."),
        (True, "pod {} was deleted, but its node node-2 does not answer, so nobody knows whether it still runs"),
    ],
)
def test_a_pod_on_a_silent_node_seems_to_run_and_is_told_from_one_that_does(
    bed: Bed, leaving: bool, reason: str
) -> None:
    """Nobody can say anything new of its containers: only Ready was taken from it."""
    silent = {"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown", "message": "Kubelet is silent."}
    node = {"metadata": {"name": "node-2"}, "status": {"conditions": [silent]}}
    bed.api.put({"apiVersion": "v1", "kind": "Node", **node})
    name = "minimal-etcd-0"
    pod = bed.api.stored(kinds.POD, NAMESPACE, name)
    conditions = [{"type": "Ready", "status": "False"}, {"type": "ContainersReady", "status": "True"}]
    bed.api.put(
        {
            **pod,
            "metadata": {**pod["metadata"], **({"deletionTimestamp": "2026-11-26T12:00:20Z"} if leaving else {})},
            "spec": {**pod["spec"], "nodeName": "node-2"},
            "status": {**pod["status"], "conditions": conditions},
        }
    )
    bed.target.look_again()
    verdict = bed.target.verdict(bed.document("StatefulSet/minimal-etcd"))
    assert verdict.reason == reason.format(name)
    assert verdict.fix


def test_a_rollout_is_settled_when_no_old_pod_is_left(bed: Bed) -> None:
    vtgate = bed.document("Deployment/minimal-vtgate-zone1")
    assert bed.target.settled([vtgate]).ready

    bed.api.rest()
    live = bed.api.stored(kinds.DEPLOYMENT, NAMESPACE, vtgate.name)
    bed.api.set_status(kinds.DEPLOYMENT, NAMESPACE, vtgate.name, {**live["status"], "replicas": 2})
    bed.use()

    assert bed.target.settled([vtgate]).reason == f"{vtgate.name}: 1 pods of the old kind are left"


def test_every_pod_is_a_component_with_its_subject(bed: Bed) -> None:
    lines = {line.label: line for line in bed.target.components()}

    assert len(lines) == len(bed.api.names(kinds.POD, NAMESPACE))
    tablet = lines[f"Pod/minimal-vttablet-{TABLET}-0"]
    assert (tablet.component, tablet.subject, tablet.state, tablet.running) == ("vttablet", TABLET, "Running", True)
    assert lines["Pod/minimal-etcd-0"].subject == "etcd-0"


def test_logs_are_those_of_the_components_own_container(bed: Bed) -> None:
    bed.api.write_log(NAMESPACE, f"minimal-vttablet-{TABLET}-0", "mysqld", "ready for connections")
    assert list(bed.target.logs("mysqlctld", TABLET, 5)) == ["ready for connections"]
    assert list(bed.target.logs("vttablet", TABLET, 5)) == []


def test_known_ready_is_what_the_readiness_probe_says(bed: Bed) -> None:
    assert bed.target.known_ready("vttablet", TABLET)
    pod = bed.api.stored(kinds.POD, NAMESPACE, f"minimal-vttablet-{TABLET}-0")
    pod["status"]["conditions"][-1]["status"] = "False"
    bed.api.put(pod)
    bed.use()
    assert not bed.target.known_ready("vttablet", TABLET)


WITH_USER = "users=[{name: app}]"
SECRET = "minimal-vtgate-users"


def test_a_password_that_nobody_chose_is_made_once_and_kept() -> None:
    bed = Bed(WITH_USER)
    bed.target.apply(bed.documents)
    first = bed.api.stored(kinds.SECRET, NAMESPACE, SECRET)["data"]

    bed.use(WITH_USER).target.apply(bed.documents)

    assert bed.writes == []
    assert bed.api.stored(kinds.SECRET, NAMESPACE, SECRET)["data"] == first
    assert "<generated" not in base64.b64decode(first["users.json"]).decode()
    assert base64.b64decode(first["password.app"]).decode() in base64.b64decode(first["users.json"]).decode()


def test_what_is_planned_is_what_is_applied() -> None:
    bed = Bed(WITH_USER)
    document = bed.document(f"Secret/{SECRET}")
    assert completed(document, None) == completed(document, None)


def test_down_keeps_the_password_and_delete_data_does_not() -> None:
    bed = Bed(WITH_USER)
    bed.target.apply(bed.documents)
    follow_when_deleted(bed)

    bed.use(WITH_USER).target.stop(bed.documents)
    assert bed.api.names(kinds.SECRET, NAMESPACE) == [SECRET]
    assert f"Secret/{SECRET}" in bed.target.kept()

    assert f"Secret/{SECRET}" in bed.target.delete_data()
    assert bed.api.names(kinds.SECRET, NAMESPACE) == []


def test_a_tablets_data_go_with_its_claim_alone(bed: Bed) -> None:
    tablet = next(bed.cluster.tablets())
    own = [document for document in bed.documents if document.subject == tablet.alias]
    claim = f"data-minimal-vttablet-{tablet.alias}-0"
    before = bed.api.names(kinds.PERSISTENT_VOLUME_CLAIM, NAMESPACE)
    bed.target.stop(own)

    assert bed.target.set_aside(tablet) == [f"deleted: PersistentVolumeClaim/{claim}"]

    assert set(before) - set(bed.api.names(kinds.PERSISTENT_VOLUME_CLAIM, NAMESPACE)) == {claim}
    bed.target.apply(own)
    assert bed.api.names(kinds.PERSISTENT_VOLUME_CLAIM, NAMESPACE) == before


def test_where_there_is_no_claim_nothing_goes(bed: Bed) -> None:
    tablet = next(bed.cluster.tablets())
    bed.target.set_aside(tablet)

    assert bed.target.set_aside(tablet) == []
    assert not bed.target.keeps_backups()
