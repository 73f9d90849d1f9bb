"""The verdict on a workload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vitessctl.diagnose.kubernetes import creation, ends, pods, progress, revisions
from vitessctl.diagnose.kubernetes.happenings import about, told
from vitessctl.diagnose.kubernetes.sight import Counts, KubernetesObject, Logs, Sight, dig, name_of
from vitessctl.diagnose.kubernetes.symptom import Finding, explained
from vitessctl.render.documents import Document
from vitessctl.targets.base import State, Verdict

_OF_THE_TEMPLATE = ("scheduling", "image", "settings", "start", "probe", "end", "mount", "failed")
"""Parts of causes.yaml that another template may mend."""
_OLD = "a pod of the template of before is in the way and gets replaced"


@dataclass(frozen=True)
class Judgement:
    """A verdict, and what the target can do about it."""

    verdict: Verdict
    replace_pods: tuple[str, ...] = ()
    """Pods that do not come up and are of an older revision: Kubernetes would keep them for ever, although the newer
    template may be right (kubernetes#67250). Deleting them loses nothing, their volumes stay."""


def workload_verdict(
    document: Document,
    workload: KubernetesObject | None,
    pods: Sequence[KubernetesObject],
    claims: Sequence[KubernetesObject],
    events: Sequence[KubernetesObject],
    logs: Logs,
    release: str,
    *,
    nodes: Sequence[KubernetesObject] = (),
    now: float = 0.0,
    since: float = 0.0,
    counts: Counts = Counts.STARTED,
    old_revision: bool = False,
) -> Judgement:
    """Whether a StatefulSet or Deployment is there; if not, what it waits for, or why it cannot come.

    `release` is the name of the Vitess release. `old_revision`: a running pod of an older template counts too, as
    where its restart is put off. For the other arguments see Sight and Counts. Logs are read only of containers that
    ended.
    """
    sight = Sight(document, workload, pods, claims, events, nodes, now, since)
    return judge(sight, logs, release, counts=counts, old_revision=old_revision)


def judge(
    sight: Sight, logs: Logs, release: str, *, counts: Counts = Counts.STARTED, old_revision: bool = False
) -> Judgement:
    """See workload_verdict."""
    findings = list(_findings(sight, logs, release))
    replaced = tuple(dict.fromkeys(found.symptom.pod for found in findings if _is_replaceable(found, sight)))
    doomed = [found for found in findings if found.doomed and found.symptom.pod not in replaced]
    if doomed:
        return Judgement(_verdict(State.DOOMED, doomed[0], sight), replaced)
    if findings:
        old = findings[0].symptom.pod in replaced
        return Judgement(_verdict(State.WAITING, findings[0], sight, f"{_OLD}: " if old else ""), replaced)
    lacking = _lacking(sight, counts, old_revision=old_revision)
    return Judgement(Verdict.waiting(lacking) if lacking else Verdict.done(_summary(sight)))


def explain_wait(sight: Sight, counts: Counts = Counts.STARTED) -> str:
    """The last known reason in a few words, without reading a log; "" if nothing is waited for."""
    return judge(sight, lambda pod, container, previous: (), "", counts=counts).verdict.reason


def _findings(sight: Sight, logs: Logs, release: str) -> list[Finding]:
    """Everything that is wrong: pods that are missing first."""
    if sight.workload is None or revisions.unseen(sight) or sight.replicas == 0:
        return []
    made = [explained(symptom, sight) for symptom in creation.symptoms(sight)] if revisions.missing_pods(sight) else []
    found = [
        ends.finding(symptom, sight, logs, release)
        for pod in revisions.wanted_pods(sight)
        for symptom in pods.symptoms(pod, sight)
    ]
    return [finding for finding in (*made, *found) if finding is not None]


def _is_replaceable(found: Finding, sight: Sight) -> bool:
    """Whether it is about a pod of an older StatefulSet revision that does not run."""
    if found.symptom.part not in _OF_THE_TEMPLATE or sight.document.kind != "StatefulSet":
        return False
    return any(revisions.is_old(pod, sight) for pod in sight.own_pods() if name_of(pod) == found.symptom.pod)


def _lacking(sight: Sight, counts: Counts, *, old_revision: bool) -> str:
    """What a workload that nothing is wrong with still waits for."""
    if sight.workload is None:
        return f"{sight.document.label} is not applied yet"
    if revisions.unseen(sight):
        return f"the controller has not looked at {sight.document.label} yet"
    absent = revisions.missing_pods(sight) if sight.replicas else ""
    if absent:
        return absent
    for pod in revisions.wanted_pods(sight):
        if not old_revision and revisions.is_old(pod, sight):
            return f"pod {name_of(pod)} still runs the template of before"
        lacking = progress.missing(pod, sight, counts)
        if lacking:
            return lacking
    return ""


def _verdict(state: State, found: Finding, sight: Sight, before: str = "") -> Verdict:
    return Verdict(state, f"{before}{found.cause}", found.fix, (*_events(found, sight), *found.evidence))


def _events(found: Finding, sight: Sight) -> tuple[str, ...]:
    """What Kubernetes itself noted: about the pod and its claims, or about the failed creation."""
    own = [pod for pod in sight.own_pods() if name_of(pod) == found.symptom.pod]
    if not own:
        return told(creation.failures(sight), 1)
    unbound = [claim for claim in sight.claims_of(own[0]) if dig(claim, "status", "phase") != "Bound"]
    claims = [event for claim in unbound for event in about(sight.events, "PersistentVolumeClaim", claim)]
    concern = ("", found.symptom.container or "")
    of_pod = [event for event in about(sight.events, "Pod", own[0]) if not concern[1] or event.container in concern]
    return told(sorted([*of_pod, *claims], key=lambda event: event.last))


def _summary(sight: Sight) -> str:
    return f"{sight.replicas} pod{'s' if sight.replicas != 1 else ''} started"
