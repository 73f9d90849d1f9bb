"""Command lines: the model's values behind the flags that the release has, in its spelling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vitessctl import releases
from vitessctl.model.cluster import Cluster
from vitessctl.releases import Release, UnknownFlagError
from vitessctl.render import facts
from vitessctl.render.facts import Facts, Subject
from vitessctl.render.layout import Expanded, Layout


@dataclass(frozen=True)
class CommandLine:
    """A program and its flags, ready to be written in any quoting."""

    program: str
    flags: tuple[tuple[str, str], ...]

    @property
    def arguments(self) -> tuple[str, ...]:
        """`--flag=value` for each flag: two dashes and an equals sign are right for every release."""
        return tuple(
            value.prefixed(f"--{name}=") if isinstance(value, Expanded) else f"--{name}={value}"
            for name, value in self.flags
        )


def command_line(cluster: Cluster, component: str, subject: Subject, layout: Layout) -> CommandLine:
    """What a component is started with. `subject` is a tablet, a cell, an etcd member, or None for vtctld.

    Raises UnknownFlagError for a flag of `extra_flags` that the release does not have.
    """
    return CommandLines(cluster, layout).of(component, subject)


class CommandLines:
    """Makes the command lines of one cluster; what all of them share is worked out once."""

    def __init__(self, cluster: Cluster, layout: Layout) -> None:
        self._cluster = cluster
        self._layout = layout
        self._shared = facts.of_topology(cluster, layout)
        self._plans: dict[str, tuple[tuple[str, str], ...]] = {}
        self._extras: dict[str, dict[str, str]] = {}

    def of(self, component: str, subject: Subject) -> CommandLine:
        """The command line of one component about one subject."""
        known = {**self._shared, **facts.OF_COMPONENT[component](self._cluster, subject, self._layout)}
        flags: dict[str, str] = {}
        for flag, value in self._plan(component):
            filled = _fill(value, known)
            if filled is not None:
                flags[flag] = filled
        flags.update(self._extra(component))
        return CommandLine(component, tuple(flags.items()))

    def _plan(self, component: str) -> tuple[tuple[str, str], ...]:
        if component not in self._plans:
            release = self._release(component)
            self._plans[component] = tuple(
                (release.option(component, entry["option"]), entry["value"]) for entry in release.line(component)
            )
        return self._plans[component]

    def _release(self, component: str) -> Release:
        return releases.get(self._layout.release_of(component))

    def _extra(self, component: str) -> dict[str, str]:
        if component not in self._extras:
            given = self._cluster.extra_flags.get(component, {})
            self._extras[component] = extra_flags(self._release(component), component, given)
        return self._extras[component]


NOT_VITESS = frozenset({"etcd"})
"""Components whose flags depend on their own image's version: what is not known may be right."""


def extra_flags(release: Release, component: str, given: Mapping[str, str]) -> dict[str, str]:
    """The user's flags in the release's spelling; UnknownFlagError says where an unknown one went."""
    found: dict[str, str] = {}
    for flag, value in given.items():
        try:
            found[release.spelling(component, flag)] = value
        except UnknownFlagError as error:
            if component in NOT_VITESS:
                found[flag.strip().lstrip("-")] = value
                continue
            place = f"extra_flags.{component}.{flag}"
            raise UnknownFlagError(error.what, where=place, why=error.why, fix=error.fix) from None
    return found


def _fill(value: str, known: Facts) -> str | None:
    """The value itself, or the fact that its `{name}` stands for."""
    if not value.startswith("{"):
        return value
    fact = known[value[1:-1]]
    return str(fact) if isinstance(fact, int) else fact
