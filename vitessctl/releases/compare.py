"""What changes for a component's command line between two releases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from vitessctl.releases import defaults, knowledge, values
from vitessctl.releases.defaults import Default


class Removed(NamedTuple):
    """A flag that is not there any more."""

    flag: str
    until: str
    """The last release that has it."""
    instead: str
    """What came in its place; empty where nothing is known."""


class Respelled(NamedTuple):
    """A flag that is written otherwise."""

    before: str
    after: str


class Changed(NamedTuple):
    """A flag with another default, or with values of another form."""

    flag: str
    before: Default
    after: Default
    since: str
    """The first release with what holds in the newer one."""


class FlagChanges(NamedTuple):
    """All of it, flags in alphabetical order."""

    added: Sequence[str]
    removed: Sequence[Removed]
    respelled: Sequence[Respelled]
    defaults: Sequence[Changed]
    forms: Sequence[Changed]
    """Flags whose older values the newer release cannot all read."""
    unknown: int
    """How many flags of both releases have a default that is not known in one of them."""


def flag_changes(component: str, old: str, new: str) -> FlagChanges:
    """What changes from release `old` to the newer release `new`."""
    known = knowledge.packaged()
    before, after = known.accepted(component, old), known.accepted(component, new)
    both = sorted(set(before) & set(after))
    changes = [_changed(component, key, after[key][0], old, new) for key in both]
    return FlagChanges(
        added=sorted(after[key][0] for key in after if key not in before),
        removed=[_removed(component, key, before[key][0]) for key in sorted(before) if key not in after],
        respelled=[Respelled(before[key][0], after[key][0]) for key in both if before[key][0] not in after[key]],
        defaults=[change for change in changes if change and _differs(change)],
        forms=[change for change in changes if change and not _still_reads(change)],
        unknown=sum(change is None or None in (change.before.text, change.after.text) for change in changes),
    )


def _removed(component: str, key: str, flag: str) -> Removed:
    known = knowledge.packaged()
    return Removed(flag, known.having(component, key)[-1], known.renamed.get(key, ""))


def _changed(component: str, key: str, flag: str, old: str, new: str) -> Changed | None:
    """Both defaults, alike or not; None if one of them is not known at all."""
    before, after = defaults.of_flag(component, old, key), defaults.of_flag(component, new, key)
    if before is None or after is None:
        return None
    return Changed(flag, before, after, _since(component, key, old, new, after))


def _since(component: str, key: str, old: str, new: str, default: Default) -> str:
    names = knowledge.packaged().names
    since = new
    for name in reversed(names[names.index(old) + 1 : names.index(new)]):
        if defaults.of_flag(component, name, key) != default:
            break
        since = name
    return since


def _differs(change: Changed) -> bool:
    before, after = change.before, change.after
    if before.text is None or after.text is None or before.text == after.text:
        return False
    times = [values.seconds(default.text or "") for default in (before, after)]
    return None in times or times[0] != times[1]


def _still_reads(change: Changed) -> bool:
    """Whether what the older kind takes the newer one takes, too: told by a value that is typical for the older."""
    typical = values.TYPICAL.get(change.before.kind)
    return typical is None or values.parses(change.after.kind, typical)
