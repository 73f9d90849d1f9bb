"""What a person has to allow by name before it is done, and what is never done."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum

from vitessctl import releases
from vitessctl.errors import ExitCode, VitessctlError
from vitessctl.plan.compare import shrinks
from vitessctl.plan.consequence import kind_of
from vitessctl.plan.plan import Plan
from vitessctl.spec.spec import VITESS_COMPONENTS
from vitessctl.targets.base import Change, Operation

MOST_DELETED = 0.3
"""Of all objects that are there."""
_CLAIM = "PersistentVolumeClaim"
_MYSQL = "[mysqld]"
_STORAGE = ".spec.resources.requests.storage"


class Danger(str, Enum):
    """The words of `--allow`."""

    data_loss = "data-loss"
    """Rows would be gone."""
    many_deletes = "many-deletes"
    """More than 30 % of what is there would be deleted."""
    empty_spec = "empty-spec"
    """Every tablet would be taken away, because the spec has none."""
    release_jump = "release-jump"
    """Releases of Vitess that are more than one apart would run beside each other."""
    living_primary = "living-primary"
    """A primary that lives would be replaced as if it were dead (only `reparent`)."""


@dataclass(frozen=True)
class Hazard:
    """A step that is not taken just so. Without a danger it is not taken at all."""

    danger: Danger | None
    what: str


class UnsafePlan(VitessctlError):
    """The plan has steps that nobody has allowed."""

    def __init__(self, plan: Plan, hazards: Collection[Hazard]) -> None:
        words = sorted({hazard.danger.value for hazard in hazards if hazard.danger})
        never = any(hazard.danger is None for hazard in hazards)
        super().__init__(
            "the plan is not carried out; nothing was changed",
            where=plan.cluster,
            why=_count(len(hazards), "step") + (" cannot be done" if never else " must be allowed by name"),
            evidence=[hazard.what for hazard in hazards],
            fix="change the spec" if never else "change the spec, or add " + " ".join(f"--allow {w}" for w in words),
        )
        self.hazards = tuple(hazards)


class ConflictingPlan(VitessctlError):
    """Somebody else owns fields that have to change."""

    exit_code = ExitCode.CONFLICT

    def __init__(self, plan: Plan, changes: Collection[Change]) -> None:
        super().__init__(
            "fields that have to change belong to somebody else; nothing was changed",
            where=plan.cluster,
            why="taking them would undo what another tool or person wants, and both would fight over them",
            evidence=[f"{c.label}: {f.path} belongs to {f.manager}" for c in changes for f in c.conflicts],
            fix="have the other give them up, or write the other's values into the spec or a template",
        )


class PlanMoved(VitessctlError):
    """What would be done is no longer what was looked at."""

    exit_code = ExitCode.CONFLICT

    def __init__(self, plan: Plan, digest: str) -> None:
        super().__init__(
            "the plan moved; nothing was changed",
            where=plan.cluster,
            why=f"{digest} was to be applied, but now it would be {plan.digest}: the spec or the cluster changed since",
            fix="look at the plan again",
        )


def hazards(plan: Plan) -> list[Hazard]:
    """All steps that have to be allowed, the worst first."""
    return [*_shrinking(plan), *_losing_data(plan), *_emptying(plan), *_jumping(plan), *_many(plan)]


def refuse(plan: Plan, allowed: Collection[str]) -> None:
    """Raise UnsafePlan, which names each step that is not allowed. `allowed`: words of Danger."""
    found = [hazard for hazard in hazards(plan) if hazard.danger is None or hazard.danger.value not in allowed]
    if found:
        raise UnsafePlan(plan, found)


def refuse_conflicts(plan: Plan) -> None:
    """Raise ConflictingPlan if anything of the plan is in conflict."""
    found = [change for change in plan.changes if change.operation is Operation.CONFLICT]
    if found:
        raise ConflictingPlan(plan, found)


def changed(plan: Plan, digest: str) -> None:
    """Raise PlanMoved if this is not the plan of that digest."""
    if plan.digest != digest.strip().lower():
        raise PlanMoved(plan, digest)


def _shrinking(plan: Plan) -> Iterator[Hazard]:
    for change in plan.changes:
        for field in change.fields:
            if field.path.endswith(_STORAGE) and shrinks(str(field.before), str(field.after)):
                yield Hazard(None, f"{change.label}: a volume cannot shrink from {field.before} to {field.after}")


def _losing_data(plan: Plan) -> Iterator[Hazard]:
    for change in plan.changes:
        if kind_of(change) == _CLAIM and change.operation in (Operation.DELETE, Operation.RECREATE):
            yield Hazard(Danger.data_loss, f"{change.label} would be deleted with every row on it")


def _emptying(plan: Plan) -> Iterator[Hazard]:
    tablets = [change for change in _deletions(plan) if change.component == "vttablet"]
    if tablets and not plan.has_tablets:
        yield Hazard(Danger.empty_spec, f"all {_count(len(tablets), 'tablet')} would go, because the spec has none")


def _jumping(plan: Plan) -> Iterator[Hazard]:
    """While images are rolled, components of the old and the new release work together; neighbours alone can."""
    for before, after in dict.fromkeys(_release_changes(plan)):
        if way := ", ".join(releases.between(before, after)):
            yield Hazard(
                Danger.release_jump,
                f"Vitess would go from {before} to {after} at once, which do not work together: go by way of {way}",
            )


def _release_changes(plan: Plan) -> Iterator[tuple[str, str]]:
    """Before and after, of each changed image whose tags tell. MySQL's tag tells of no Vitess."""
    for change in plan.changes:
        for field in change.fields:
            if change.component in VITESS_COMPONENTS and field.path.endswith(".image") and _MYSQL not in field.path:
                before, after = (releases.of_image(str(value)) for value in (field.before, field.after))
                if before in releases.names() and after in releases.names():
                    yield str(before), str(after)


def _many(plan: Plan) -> Iterator[Hazard]:
    there = sum(step.change.operation is not Operation.CREATE for step in plan.steps)
    deletions = _deletions(plan)
    if deletions and len(deletions) > MOST_DELETED * there:
        names = ", ".join(change.label for change in deletions)
        yield Hazard(Danger.many_deletes, f"{len(deletions)} of {there} would be deleted: {names}")


def _deletions(plan: Plan) -> list[Change]:
    return [change for change in plan.changes if change.operation is Operation.DELETE]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
