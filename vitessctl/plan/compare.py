"""A desired object against the one that the API server has, by what the server itself says is ours.

Nothing but managedFields is needed, and nothing is stored on the object for it. A hash of what was applied would say
what we once wrote; managedFields also says what became of it: whoever changes a field that we own takes it over.

`compare` is certain where it says KEEP: every field that we want is there with that value and is ours, and we own no
other. Where it says anything else, only the server knows (it fills in defaults, its webhooks change values): a dry run
is made and `settle` compares its answer with what is there.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from vitessctl.plan.differences import Difference, always, differences
from vitessctl.plan.kinds import FROZEN_DATA, IMMUTABLE, NOISE
from vitessctl.plan.managed import ours, owners
from vitessctl.plan.ownership import Ownership
from vitessctl.plan.paths import Path, fields_of, shown
from vitessctl.plan.values import quantity
from vitessctl.targets.base import FieldChange, FieldConflict, Operation

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Comparison:
    """What applying an object would do to the one that is there."""

    operation: Operation
    fields: tuple[FieldChange, ...] = ()
    conflicts: tuple[FieldConflict, ...] = ()
    immutable: tuple[str, ...] = ()
    """Which of the fields cannot be changed in place."""
    certain: bool = True
    """Whether the server need not be asked by a dry run."""


def compare(desired: Object, live: Object | None) -> Comparison:
    """What applying `desired` would do, as far as the object itself tells."""
    if live is None:
        return Comparison(Operation.CREATE)
    desired = _as_stored(desired)
    look = Ownership()
    look.walk(desired, live, ours(live, str(desired.get("apiVersion"))))
    if not look.found and not look.unowned:
        return Comparison(Operation.KEEP)
    return _judged(str(desired.get("kind")), live, look.found, certain=False)


def settle(desired: Object, live: Object, dry_run: Object) -> Comparison:
    """What applying does, from the server's own answer to a dry run.

    An UPDATE without fields changes no value: it only makes us an owner, or no owner any more, of some.
    """
    version = str(desired.get("apiVersion"))
    found = [d for d in differences(live, dry_run, (), always) if not _is_noise(d.path)]
    if not found and ours(live, version) == ours(dry_run, version):
        return Comparison(Operation.KEEP)
    judged = _judged(str(desired.get("kind")), live, found, certain=True)
    if judged.operation is Operation.CONFLICT:  # the server would have refused
        return Comparison(Operation.UPDATE, judged.fields)
    return judged


def claim_sizes(comparison: Comparison) -> Mapping[str, tuple[str, str]]:
    """The claim templates whose size changes, by name: size before and after."""
    prefix, suffix = "spec.volumeClaimTemplates[", "].spec.resources.requests.storage"
    return {
        change.path[len(prefix) : -len(suffix)]: (str(change.before), str(change.after))
        for change in comparison.fields
        if change.path.startswith(prefix) and change.path.endswith(suffix)
    }


def shrinks(before: str, after: str) -> bool:
    """Whether a volume would have to become smaller, which no volume can."""
    old, new = quantity(before), quantity(after)
    return old is not None and new is not None and new < old


def _judged(kind: str, live: Object, found: Iterable[Difference], *, certain: bool) -> Comparison:
    found = list(found)
    fields = tuple(_change(kind, difference) for difference in found)
    fixed = tuple(shown(d.path) for d in found if _is_immutable(kind, live, d.path))
    if fixed:
        return Comparison(Operation.RECREATE, fields, immutable=fixed)
    conflicts = tuple(
        FieldConflict(shown(d.path), manager) for d in found if d.after is not None for manager in owners(live, d.path)
    )
    return Comparison(Operation.CONFLICT if conflicts else Operation.UPDATE, fields, conflicts, certain=certain)


def _change(kind: str, difference: Difference) -> FieldChange:
    secret = kind == "Secret" and difference.path[0] in ("f:data", "f:stringData")
    return FieldChange(shown(difference.path), difference.before, difference.after, secret)


def _is_immutable(kind: str, live: Object, path: Path) -> bool:
    fields = fields_of(path)
    if live.get("immutable") is True and fields.partition(".")[0] in FROZEN_DATA:
        return True
    return kind in IMMUTABLE and IMMUTABLE[kind].holds(fields)


def _is_noise(path: Path) -> bool:
    fields = fields_of(path)
    return any(fields == noise or fields.startswith(f"{noise}.") for noise in NOISE)


def _as_stored(desired: Object) -> Object:
    """A Secret's stringData is written once and read as data."""
    text = desired.get("stringData")
    if desired.get("kind") != "Secret" or not text:
        return desired
    data = {key: base64.b64encode(str(value).encode()).decode() for key, value in text.items()}
    rest = {key: value for key, value in desired.items() if key != "stringData"}
    return {**rest, "data": {**(desired.get("data") or {}), **data}}
