"""Running images once, on an API server in memory with a kubelet that plays them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.support.kubernetes.kubelet import Kubelet
from tests.unit.render.clusters import minimal
from vitessctl.errors import NotReadyError
from vitessctl.probe.programs import find
from vitessctl.probe.questions import ask
from vitessctl.render.render import render
from vitessctl.run.author import Author, this_author
from vitessctl.targets.base import Answer, Question
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.faults import Forbidden, Refused
from vitessctl.targets.kubernetes.probe_pods import pods_for
from vitessctl.targets.kubernetes.probing import Prober
from vitessctl.targets.kubernetes.target import KubernetesTarget

NAMESPACE = "guestbook"
NOW = 1767323045.0
"""2026-01-02T03:04:05Z, when everything in the fake was made."""
LITE = "vitess/lite:v24"


@dataclass
class Bed:
    """A namespace, its kubelet, and time that passes when somebody sleeps."""

    api: FakeApi = field(default_factory=lambda: FakeApi(namespaces=[NAMESPACE]))
    slept: float = 0.0
    cancelled: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.kubelet = Kubelet(self.api)
        self.questions = [each.question for each in ask(find(render(minimal(), "kubernetes"))[0])]

    def sleep(self, seconds: float) -> None:
        self.slept += seconds

    @property
    def prober(self) -> Prober:
        return Prober(minimal(), self.api, lambda: self.slept, self.sleep, clock=lambda: NOW + self.slept)

    def answers(self) -> dict[str, Answer]:
        found = self.prober.answers(self.questions, self.cancelled)
        assert [answer.question for answer in found] == self.questions
        return {answer.question.name: answer for answer in found}

    @property
    def pods(self) -> list[str]:
        return self.api.names(kinds.POD, NAMESPACE)


@pytest.fixture
def bed() -> Bed:
    return Bed()


def troubles(answers: dict[str, Answer]) -> dict[str, str]:
    return {name: answer.trouble.reason for name, answer in answers.items() if answer.trouble is not None}


def test_every_question_has_its_answer_and_no_pod_is_left(bed: Bed) -> None:
    answers = bed.answers()

    assert troubles(answers) == {}
    assert any("--init-keyspace" in line for line in answers["vttablet-help"].lines)
    assert "8.4.6" in answers["mysqld-version"].lines[0]
    assert len(bed.kubelet.seen) == 3
    assert bed.pods == []


def test_it_costs_few_requests(bed: Bed) -> None:
    bed.answers()

    verbs = [request.verb for request in bed.api.requests]
    assert {verb: verbs.count(verb) for verb in set(verbs)} == {"list": 3, "create": 3, "logs": 9, "delete": 3}


def test_a_program_that_is_missing_troubles_nobody_else(bed: Bed) -> None:
    bed.kubelet.lack(LITE, "/vt/bin/vtorc")

    answers = bed.answers()

    assert troubles(answers) == {
        "vtorc-help": f"the image {LITE} has no program /vt/bin/vtorc to run (stat /vt/bin/vtorc: no such file or "
        "directory)"
    }
    assert bed.pods == []


def test_what_cannot_be_borrowed(bed: Bed) -> None:
    bed.kubelet.lack(LITE, "/vt/bin/mysqlctld")

    answers = bed.answers()

    why = f"`cp /vt/bin/mysqlctld /vt/shared` in the image {LITE} ended with exit code 1"
    assert troubles(answers) == {"mysqlctld-help": why, "mysqld-version": why}
    trouble = answers["mysqlctld-help"].trouble
    assert trouble is not None
    assert trouble.evidence == ("cp: cannot stat '/vt/bin/mysqlctld': No such file or directory",)


def test_an_image_for_another_processor(bed: Bed) -> None:
    bed.kubelet.foreign("quay.io/coreos/etcd:v3.5.17")

    found = troubles(bed.answers())

    assert set(found) == {"etcd-help", "etcd-version"}
    assert "is made for another kind of processor" in found["etcd-help"]


def test_an_image_that_does_not_exist_is_known_at_once(bed: Bed) -> None:
    bed.kubelet.refuse(LITE, "ErrImagePull", 'failed to resolve reference "docker.io/vitess/lite:v24": not found')

    found = troubles(bed.answers())

    assert set(found.values()) == {f"the image {LITE} does not exist in its registry"}
    assert {"vtctld-help", "vtgate-help", "mysqlctld-help"} <= set(found)
    assert "etcd-help" not in found
    assert bed.slept < 5
    assert bed.pods == []


def test_a_registry_that_does_not_answer_is_given_half_a_minute(bed: Bed) -> None:
    bed.kubelet.refuse(LITE, "ErrImagePull", "dial tcp 192.0.2.7:443: connect: no route to host")

    found = troubles(bed.answers())

    assert "cannot reach the registry of the image vitess/lite:v24: no route to host" in found["vtgate-help"]
    assert 30 < bed.slept < 35


def test_nobody_waits_for_ever(bed: Bed) -> None:
    bed.kubelet.idle = True

    found = troubles(bed.answers())

    assert found["etcd-help"].startswith("not done within 300 s: pod guestbook-probe-")
    assert bed.pods == []


def test_a_pod_that_somebody_deletes(bed: Bed) -> None:
    bed.kubelet.idle = True
    bed.api.after(kinds.POD, lambda api, pod: api.remove(kinds.POD, NAMESPACE, pod["metadata"]["name"]))

    assert all(reason.startswith("somebody deleted pod") for reason in troubles(bed.answers()).values())


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("a bug")])
def test_whatever_ends_the_wait_no_pod_is_left(bed: Bed, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    bed.kubelet.idle = True

    def interrupted(seconds: float) -> None:
        assert len(bed.pods) == 3
        raise error

    monkeypatch.setattr(bed, "sleep", interrupted)

    with pytest.raises(type(error)):
        bed.answers()
    assert bed.pods == []


def test_a_run_that_lost_its_lock_stops(bed: Bed) -> None:
    bed.kubelet.idle = True
    bed.cancelled.set()

    with pytest.raises(NotReadyError, match="not waited for any longer"):
        bed.answers()
    assert bed.pods == []


def test_one_pod_that_is_refused_takes_the_others_along(bed: Bed) -> None:
    bed.api.on("create", kinds.POD, Refused("create Pod/x", "Pod/x", "exceeded quota: small, requested: pods=1"))

    with pytest.raises(Refused, match="cannot create Pod/x"):
        bed.answers()
    assert bed.pods == []


def test_without_the_right_the_role_is_named(bed: Bed) -> None:
    bed.api.deny("create", "pods")

    with pytest.raises(Forbidden) as caught:
        bed.answers()
    assert "docs/rbac.yaml" in caught.value.fix


def test_a_namespace_that_was_just_made_has_no_account_yet(bed: Bed) -> None:
    message = 'error looking up service account guestbook/default: serviceaccount "default" not found'
    bed.api.on("create", kinds.POD, Refused("create Pod/x", "Pod/x", message), times=3)

    assert troubles(bed.answers()) == {}


def leftover(bed: Bed, author: Author) -> str:
    """A pod of a run that was killed."""
    bed.kubelet.idle = True
    [pod, *_] = pods_for("guestbook", NAMESPACE, bed.questions, author.run, vars(author))
    bed.api.create(pod.body)
    bed.kubelet.idle = False
    return pod.name


def test_what_a_killed_run_left_is_removed(bed: Bed) -> None:
    here = this_author()
    leftover(bed, Author("dead", here.who, here.pid, here.machine, "1"))

    bed.answers()

    assert bed.pods == []


@pytest.mark.parametrize(("age", "there"), [(60.0, True), (800.0, False)])
def test_of_another_machine_only_what_has_outlived_every_wait(bed: Bed, age: float, there: bool) -> None:
    name = leftover(bed, Author("other", "she@there", 7, "another machine", "1"))
    bed.slept = age

    bed.answers()

    assert bed.pods == ([name] if there else [])


def test_a_run_beside_this_one_is_left_alone(bed: Bed) -> None:
    here = this_author()
    name = leftover(bed, Author("beside", here.who, here.pid, here.machine, here.started))

    bed.answers()

    assert bed.pods == [name]


def target(api: FakeApi, questions: Sequence[Question]) -> Any:
    return KubernetesTarget(minimal(), api).run_once(questions, threading.Event())


def test_the_namespace_is_made_as_up_makes_it(bed: Bed) -> None:
    api = FakeApi(namespaces=[])
    Kubelet(api)

    target(api, bed.questions)

    made = api.stored(kinds.NAMESPACE, "", NAMESPACE)
    assert made["metadata"]["labels"]["vitessctl.io/cluster"] == "guestbook"


def test_status_does_not_show_them(bed: Bed) -> None:
    here = this_author()
    leftover(bed, Author("beside", here.who, here.pid, here.machine, here.started))

    assert KubernetesTarget(minimal(), bed.api).components() == []
