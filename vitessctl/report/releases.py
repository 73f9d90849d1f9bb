"""What is known of releases, for people: the table of all, one of them, and two beside each other."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import takewhile

from vitessctl import releases
from vitessctl.releases import Release, about, defaults, values
from vitessctl.releases.compare import Changed, FlagChanges, Removed
from vitessctl.report.columns import columns
from vitessctl.report.release_facts import FACTS, yes_or_no
from vitessctl.spec.words import counted, listed

WIDTH = 100
"""Columns that a line may have."""
SERVERS = ("vtctld", "mysqlctld", "vttablet", "vtorc", "vtgate")
"""Whose flags are compared where no component is named: those that vitessctl starts."""
MANY = 30
"""More flags than that are no longer read, one by one."""


def table_lines(names: Iterable[str]) -> Iterator[str]:
    """One line a release."""
    header = ("release", "from", "last seen", "image", "MySQL", "default", "vtctld by", "flags by", "vtorc")
    yield from columns([header, *(_row(releases.get(name)) for name in names)])


def _row(release: Release) -> Sequence[str]:
    tags = about.tags(release.name)
    return (
        release.name,
        tags.date or "-",
        tags.last or "-",
        f"vitess/lite:{tags.image}" if tags.image else "-",
        ", ".join(release.mysql_series),
        release.image_mysql if release.mysqld_in_image else release.default_images["mysqld"].partition(":")[2],
        release.rpc,
        release.flag_parser,
        yes_or_no(release.has_vtorc),
    )


def release_lines(release: Release) -> Iterator[str]:
    """All facts of a release, where it is asked for its health, and what it changed."""
    tags = about.tags(release.name)
    since = f", {tags.first} of {tags.date}, last seen {tags.last}" if tags.first else ", not released yet"
    yield f"Vitess {release.name}{since}"
    yield ""
    yield from _indented(columns([(label, say(release)) for label, say in FACTS.items()]))
    yield ""
    yield "Health is asked at"
    probes = [(name, probe.ready, probe.live) for name, probe in release.probes.items() if name in SERVERS]
    yield from _indented(columns([("", "ready", "alive"), *probes]))
    yield from _notes((release.name,), "What it changed")


def flag_lines(release: Release, component: str) -> Iterator[str]:
    """Every flag of a component, what it takes and what it is by default."""
    flags = release.flags(component)
    yield ""
    yield f"{counted(len(flags), 'flag')} of {component}"
    yield from _indented(columns([_flag(release, component, flag) for flag in flags]) if flags else ())


def _flag(release: Release, component: str, flag: str) -> Sequence[str]:
    known = defaults.of_flag(component, release.name, flag)
    if known is None:
        return (f"--{flag}", "", "")
    return (f"--{flag}", "" if known.kind == "value" else known.kind, _shown(known.text))


def _shown(default: str | None, room: int = 50) -> str:
    """A default as one short word or line."""
    text = "?" if default is None else default
    return f"{text[: room - 3]}..." if len(text) > room else text


def difference_lines(
    path: Sequence[Release], changes: Mapping[str, FlagChanges], details: Sequence[str] = ()
) -> Iterator[str]:
    """What an upgrade along `path` changes; `details`: components whose added flags are all named."""
    old, new = path[0], path[-1]
    yield f"Vitess {old.name} -> {new.name}"
    if len(path) > 2:
        yield ""
        yield from _wrapped(
            f"Components more than one release apart do not work together: go by way of "
            f"{listed((each.name for each in path[1:-1]), 'and')}, and let each be done before the next."
        )
    yield from _fact_lines(path)
    yield from _notes(
        [each.name for each in path[1:]], "What the release changes" if len(path) == 2 else "What each release changes"
    )
    for component, change in changes.items():
        yield from _component_lines(component, change, (old, new), named=component in details)


def _fact_lines(path: Sequence[Release]) -> Iterator[str]:
    rows = [(label, *_steps(say, path)) for label, say in FACTS.items()]
    changed = [(label, f"{first}", f"-> {then}") for label, first, then in rows if then]
    yield ""
    yield "What vitessctl does otherwise" if changed else "vitessctl does nothing otherwise."
    for label, first, then in changed:
        yield f"  {label}"
        yield from _wrapped(f"{first} {then}", "    ")


def _steps(say: Callable[[Release], str], path: Sequence[Release]) -> tuple[str, str]:
    """What holds first, and each thing that takes its place, with the release that brings it."""
    said = say(path[0])
    first, then = said, []
    for release in path[1:]:
        if say(release) != said:
            said = say(release)
            then.append(f"{said} ({release.name})")
    return first, " -> ".join(then)


def _notes(names: Sequence[str], title: str) -> Iterator[str]:
    told = [(name, note) for name in names for note in about.notes(name)]
    if not told:
        return
    yield ""
    yield title
    if len(names) == 1:
        yield from (line for _, note in told for line in _wrapped(note, "  "))
        return
    before = ""
    for name, note in told:
        first, *more = _wrapped(note, f"{'':9}")
        yield f"  {name if name != before else '':<7}{first.strip()}"
        yield from more
        before = name


def _component_lines(
    component: str, change: FlagChanges, ends: tuple[Release, Release], *, named: bool
) -> Iterator[str]:
    old, new = ends
    yield ""
    parts = list(_parts(change, ends, named))
    yield component if parts else f"{component}: the same flags"
    yield from parts
    if change.unknown and parts:
        yield f"  (of {counted(change.unknown, 'flag')} the default is not known in {old.name} or {new.name})"


def _parts(change: FlagChanges, ends: tuple[Release, Release], named: bool) -> Iterator[str]:
    if change.respelled:
        yield from _respelled(change, ends[1])
    if change.removed:
        yield f"  {counted(len(change.removed), 'flag')} removed"
        yield from _removed(change.removed, named)
    if change.defaults:
        yield "  other defaults"
        yield from _indented(columns([_default(each) for each in change.defaults]), "    ")
    if change.forms:
        yield "  values of another form"
        yield from _forms(change.forms)
    if change.added:
        yield f"  {counted(len(change.added), 'flag')} added{'' if named else ' (named with --component)'}"
        yield from _wrapped(_names(change.added), "    ") if named else ()


def _respelled(change: FlagChanges, new: Release) -> Iterator[str]:
    first = change.respelled[0]
    still = "; the old spelling is still taken" if new.accepts_underscores else ""
    yield f"  {counted(len(change.respelled), 'flag')} spelled otherwise, as --{first.before} is --{first.after}{still}"


def _removed(removed: Sequence[Removed], named: bool) -> Iterator[str]:
    replaced = [each for each in removed if each.instead]
    rows = [(f"--{each.flag}", f"until {each.until}", _instead(each.instead)) for each in replaced]
    yield from _indented(columns(rows) if rows else (), "    ")
    rest = [each.flag for each in removed if not each.instead]
    if len(rest) > MANY and not named:
        yield f"    and {counted(len(rest), 'flag')} without a known successor (named with --component)"
    elif rest:
        yield from _wrapped(_names(rest), "    ")


def _instead(successor: str) -> str:
    """What is to be done without the flag: another one, or nothing and why."""
    nothing, _, why = successor.partition("nothing")
    return f"now {successor}" if nothing else why.removeprefix(", ")


def _default(change: Changed) -> Sequence[str]:
    before, after = _apart(change.before.text or "", change.after.text or "")
    return (f"--{change.flag}", f"{before or 'empty'} -> {after or 'empty'}", f"({change.since})")


def _apart(before: str, after: str, room: int = 25) -> tuple[str, str]:
    """Both cut to size; what two long ones have in common at their start is left out, as it hides the difference."""
    shown = _shown(before, room), _shown(after, room)
    if shown[0] != shown[1]:
        return shown
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    cut = _shown(before[same - 1 :], room - 3), _shown(after[same - 1 :], room - 3)
    return f"...{cut[0]}", f"...{cut[1]}"


def _forms(forms: Sequence[Changed]) -> Iterator[str]:
    """Flags that change in the same way, together."""
    ways: dict[tuple[str, str], list[str]] = {}
    for each in forms:
        ways.setdefault((values.wanted(each.after.kind), each.since), []).append(each.flag)
    for (wanted, since), flags in ways.items():
        yield from _wrapped(f"{wanted} ({since}): {_names(flags)}", "    ")


def _names(flags: Iterable[str]) -> str:
    return ", ".join(f"--{flag}" for flag in flags)


def _indented(lines: Iterable[str], by: str = "  ") -> Iterator[str]:
    return (f"{by}{line}".rstrip() for line in lines)


def _wrapped(text: str, by: str = "") -> Iterator[str]:
    lines = textwrap.wrap(text, WIDTH - len(by), break_on_hyphens=False, break_long_words=False)
    return (f"{by}{line}" for line in lines)
