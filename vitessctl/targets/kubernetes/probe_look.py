"""What a probe's pod tells at one moment: answers, and why some will never come. Pure but for the logs."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any

from vitessctl.diagnose.kubernetes.containers import statuses
from vitessctl.diagnose.kubernetes.pods import symptoms
from vitessctl.diagnose.kubernetes.sight import Sight, dig
from vitessctl.diagnose.kubernetes.symptom import Finding, Symptom, explained
from vitessctl.targets.base import Answer, Question, Verdict
from vitessctl.targets.kubernetes.interface import KubernetesObject
from vitessctl.targets.kubernetes.probe_pods import WAIT_SECONDS, ProbePod

Log = Callable[[str, str], Sequence[str]]
"""All that a container printed: pod, container."""
_NOT_STARTED = ("StartError", "ContainerCannotRun", "RunContainerError", "CreateContainerError")
"""Reasons of an end before the program's first word."""
_WRONG_PROCESSOR = "exec format error"
_OWN_NAME = re.compile(r" \(container [^)]*\)$")
"""A probe's containers have names that tell a person nothing, and several of them have one cause."""
_EVIDENCE_LINES = 5
IMAGE_SECONDS = 30.0
"""How long an image may fail to come before that is the answer: the kubelet would try for ever."""


class Look:
    """One look at one pod."""

    def __init__(
        self,
        pod: ProbePod,
        live: KubernetesObject | None,
        events: Sequence[KubernetesObject],
        log: Log,
        now: float,
        since: float,
    ) -> None:
        """`live`: as the API server has it; `now` and `since` (the begin of the wait): seconds since 1970."""
        self._pod, self._live, self._log = pod, live or {}, log
        first = next(iter(pod.questions.values()))
        there = (live,) if live is not None else ()
        self._sight = Sight(first.document, live, there, events=events, now=now, since=since)
        self._findings = list(self._look()) if live is not None else []
        self._states = {spec["name"]: (spec, dict(status.get("state") or {})) for spec, status, _ in self._statuses()}

    @property
    def waits(self) -> str:
        """What it waits for, as far as that can be told."""
        if self._findings:
            return self._findings[0].cause
        return f"pod {self._pod.name} is {dig(self._live, 'status', 'phase', default='not there')}"

    def late(self, known: Container[str]) -> Mapping[str, Answer]:
        """Answers to what is still open, when nobody waits any longer."""
        trouble = Verdict.doomed(f"not done within {WAIT_SECONDS} s: {self.waits}", "mend the cause, and try again")
        return {
            name: Answer(question, trouble=trouble)
            for name, question in self._pod.questions.items()
            if name not in known
        }

    def answers(self, known: Container[str]) -> Mapping[str, Answer]:
        """The questions that are answered by now, those left out that were before."""
        found = {name: self._answer(question) for name, question in self._pod.questions.items() if name not in known}
        return {name: answer for name, answer in found.items() if answer is not None}

    def _look(self) -> Iterator[Finding]:
        """What is wrong, but for containers that ended: that is what they are for."""
        for symptom in symptoms(self._live, self._sight):
            finding = explained(symptom, self._sight) if symptom.part != "end" else None
            if finding is not None:
                yield finding

    def _statuses(self) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any], bool]]:
        return statuses(self._live)

    def _answer(self, question: Question) -> Answer | None:
        if not self._live:
            gone = Verdict.doomed(f"somebody deleted pod {self._pod.name}", "run the command again")
            return Answer(question, trouble=gone)
        ended = self._states[question.name][1].get("terminated")
        if ended:
            return self._ended(question, ended)
        trouble = self._trouble(question.name)
        return Answer(question, trouble=trouble) if trouble is not None else None

    def _ended(self, question: Question, ended: Mapping[str, Any]) -> Answer:
        reason = str(ended.get("reason") or "")
        if reason in _NOT_STARTED:
            return Answer(question, trouble=self._not_started(question.name, str(ended.get("message") or reason)))
        lines, code = self._log(self._pod.name, question.name), int(ended.get("exitCode") or 0)
        if reason == "OOMKilled":
            return Answer(question, lines, code, Verdict.doomed("it was killed for want of memory", _MEMORY))
        if code and any(_WRONG_PROCESSOR in line for line in lines):
            return Answer(question, lines, code, self._not_started(question.name, _WRONG_PROCESSOR))
        return Answer(question, lines, code)

    def _not_started(self, container: str, message: str) -> Verdict:
        """What causes.yaml says of a container that could not be started, whatever its pod's phase is."""
        image = str(self._states[container][0]["image"])
        words = {"image": image, "node": str(dig(self._live, "spec", "nodeName", default=""))}
        symptom = Symptom("start", "StartError", message, self._pod.name, container, words=words)
        finding = explained(symptom, self._sight)
        return Verdict.doomed(finding.cause, finding.fix) if finding else Verdict.doomed(message)

    def _trouble(self, container: str) -> Verdict | None:
        """Why a container will never start: its own fault, that of what it borrows, or one of the whole pod."""
        others = set(self._pod.questions) - {container}
        concern = [finding for finding in self._findings if finding.symptom.container not in others]
        over = dig(self._live, "status", "phase") == "Failed"
        lender = self._failed_lender() if over else None
        if lender is not None:
            return lender
        tried = self._sight.now - self._sight.since > IMAGE_SECONDS
        for finding in concern:
            if finding.doomed or over or (tried and finding.symptom.part == "image"):
                return Verdict.doomed(_OWN_NAME.sub("", finding.cause), finding.fix, finding.evidence)
        return None

    def _failed_lender(self) -> Verdict | None:
        """An init container that could not lend its program."""
        for name, (spec, state) in self._states.items():
            ended = state.get("terminated") or {}
            if name in self._pod.questions or not ended.get("exitCode"):
                continue
            if ended.get("reason") in _NOT_STARTED:
                return self._not_started(name, str(ended.get("message") or ended["reason"]))
            words = " ".join((*spec.get("command", ()), *spec.get("args", ())))
            said = tuple(self._log(self._pod.name, name))[-_EVIDENCE_LINES:]
            reason = f"`{words}` in the image {spec['image']} ended with exit code {ended['exitCode']}"
            return Verdict.doomed(reason, _LENDER, said)
        return None


_MEMORY = "run the image by hand to see what it takes; 128Mi is enough for every server of Vitess"
_LENDER = "use an image of Vitess that has that file, or say in a template of your own where it is"
