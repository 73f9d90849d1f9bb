"""A plan: what would be done, stage by stage, as pure data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from vitessctl.plan.consequence import consequence
from vitessctl.plan.masking import Masking
from vitessctl.targets.base import Change, FieldChange, Operation

COUNTED = (
    Operation.CREATE,
    Operation.UPDATE,
    Operation.START,
    Operation.RECREATE,
    Operation.DELETE,
    Operation.CONFLICT,
    Operation.KEEP,
)
DIGEST_LENGTH = 16


@dataclass(frozen=True)
class Step:
    """One document, and what applying it does."""

    change: Change
    fingerprint: str = ""
    """A hash of the text that is applied; empty where it changes nothing, and for a secret one, whose text could be
    guessed at from it.
    """

    @property
    def consequence(self) -> str:
        """For data and for serving."""
        return consequence(self.change)


@dataclass(frozen=True)
class PlannedStage:
    """One stage: what it applies, and what it does to the topology besides."""

    name: str
    steps: tuple[Step, ...] = ()
    actions: tuple[str, ...] = ()

    @property
    def pending(self) -> tuple[Step, ...]:
        """The steps that change anything."""
        return tuple(step for step in self.steps if step.change.is_change)


@dataclass(frozen=True)
class Plan:
    """Everything that `up` would do, in the order of the stages."""

    cluster: str
    target: str
    stages: tuple[PlannedStage, ...]
    left: tuple[str, ...] = ()
    """What is in the spec no more and is left as it is, because pruning was not asked for."""
    notes: tuple[str, ...] = ()
    """What a reader has to know of how far this plan sees, and of a release that is a preview."""
    has_tablets: bool = True
    """Whether the spec has any tablet."""
    masking: Masking = field(default_factory=Masking, compare=False)

    @property
    def steps(self) -> Iterator[Step]:
        """All steps, also those that change nothing."""
        return (step for stage in self.stages for step in stage.steps)

    @property
    def changes(self) -> list[Change]:
        """All changes that change anything."""
        return [step.change for step in self.steps if step.change.is_change]

    @property
    def actions(self) -> list[str]:
        """Everything that is done to the topology."""
        return [action for stage in self.stages for action in stage.actions]

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be done."""
        return not self.changes and not self.actions

    @property
    def counts(self) -> Mapping[str, int]:
        """Documents by operation (`keep` is what stays unchanged), and `action`."""
        found = [step.change.operation for step in self.steps]
        return {**{operation.value: found.count(operation) for operation in COUNTED}, "action": len(self.actions)}

    @cached_property
    def digest(self) -> str:
        """What would be done, as 16 hex digits: the same for the same, in any process, in any order of keys.

        Of a secret value only that it changes is in it, not to what: a digest in a log could be guessed at.
        """
        lines = sorted(line for stage in self.stages for line in _lines(stage))
        return hashlib.sha256("\n".join((self.cluster, self.target, *lines)).encode()).hexdigest()[:DIGEST_LENGTH]

    @property
    def data(self) -> dict[str, Any]:
        """The plan as a JSON object, secrets masked; field names are part of the interface."""
        return {
            "type": "plan",
            "cluster": self.cluster,
            "target": self.target,
            "digest": self.digest,
            "pending": not self.is_empty,
            "counts": dict(self.counts),
            "stages": [self._stage_data(stage) for stage in self.stages if stage.pending or stage.actions],
            "left": list(self.left),
            "notes": list(self.notes),
        }

    def _stage_data(self, stage: PlannedStage) -> dict[str, Any]:
        return {
            "name": stage.name,
            "changes": [self._step_data(step) for step in stage.pending],
            "actions": list(stage.actions),
        }

    def _step_data(self, step: Step) -> dict[str, Any]:
        change = step.change
        return {
            "operation": change.operation.value,
            "label": change.label,
            "component": change.component,
            "subject": change.subject,
            "consequence": step.consequence,
            "fields": [self._field_data(field) for field in change.fields],
            "conflicts": [{"path": conflict.path, "manager": conflict.manager} for conflict in change.conflicts],
        }

    def _field_data(self, change: FieldChange) -> dict[str, Any]:
        before, after = self.masking.pair(change)
        return {"path": change.path, "before": before, "after": after, "secret": change.secret}


def _lines(stage: PlannedStage) -> Iterator[str]:
    for step in stage.pending:
        change = step.change
        fields = [[f.path, *(("secret",) if f.secret else (f.before, f.after))] for f in change.fields]
        conflicts = sorted([c.path, c.manager] for c in change.conflicts)
        known = [stage.name, change.operation.value, change.label, step.fingerprint, sorted(fields, key=str), conflicts]
        yield json.dumps(known, sort_keys=True, ensure_ascii=False)
    for action in stage.actions:
        yield json.dumps([stage.name, action], ensure_ascii=False)
