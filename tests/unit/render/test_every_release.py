"""Every command line of every inventory, as each release would run it: no word that the release does not take.

Not only the servers' own lines: whatever a pod runs in a probe, before it starts and before it stops.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.unit.render.clusters import images
from tests.unit.render.support import cases
from vitessctl import releases
from vitessctl.model.build import build
from vitessctl.model.cluster import Cluster
from vitessctl.releases import Release, defaults, knowledge, ranges, values
from vitessctl.render.documents import Document
from vitessctl.render.packaged import packaged_folder
from vitessctl.render.render import TARGETS, render
from vitessctl.spec import load

INVENTORIES = sorted(path.name for path in packaged_folder("inventories").iterdir())
SERVERS = frozenset(knowledge.packaged().flags)
CLIENTS = ("vtctlclient", "vtctldclient")
COMMANDS = ("GetKeyspace", "GetShard", "PlannedReparentShard")
NOT_VITESS: Mapping[str, frozenset[str]] = {
    "sh": frozenset({"-c"}),
    "bash": frozenset({"-c"}),
    "timeout": frozenset(),
    "cp": frozenset(),
    "env": frozenset(),
    "python": frozenset({"-m"}),
}
"""What else is run, and the flags that it has wherever it is."""


class Line(NamedTuple):
    """A command with its words, as a process gets them."""

    place: str
    words: Sequence[str]


def lines(document: Document) -> Iterator[Line]:
    """Every command of a document."""
    if "command" in document.data:
        yield Line(document.label, shlex.split(document.data["command"].replace("%%", "%")))
    for container in containers(document.data):
        place = f"{document.label} {container['name']}"
        if container.get("command"):
            yield Line(place, [*container["command"], *container.get("args", ())])
        for hook in (*probes(container), container.get("lifecycle", {}).get("preStop", {})):
            if "exec" in hook:
                yield Line(f"{place} hook", hook["exec"]["command"])


def containers(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The containers of whatever has pods."""
    pod = data.get("spec", {}).get("template", {}).get("spec", {}) if isinstance(data.get("spec"), dict) else {}
    yield from (*pod.get("initContainers", ()), *pod.get("containers", ()))


def probes(container: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (container[name] for name in ("startupProbe", "readinessProbe", "livenessProbe") if name in container)


def faults(release: Release, line: Line) -> Iterator[str]:
    """What of a command line the release does not take."""
    program = ""
    command = ""
    for word in line.words:
        name = word.rpartition("/")[2]
        if name in (*SERVERS, *CLIENTS, *NOT_VITESS):
            program = name
        elif word in COMMANDS:
            command = word
        elif word.startswith("-"):
            fault = _fault(release, program, command, word)
            if fault:
                yield f"{line.place}: {program} {command} {word}: {fault}"


def _fault(release: Release, program: str, command: str, word: str) -> str:
    flag, equals, value = word.partition("=")
    bare = flag.lstrip("-")
    if command:
        return "" if bare in client_flags(release.name)[command] else "no flag of this command"
    if program in CLIENTS:
        return "" if bare in client_flags(release.name)["client"] else "no flag of this client"
    if program in NOT_VITESS:
        return "" if flag in NOT_VITESS[program] else "no flag of this program"
    if not (flag.startswith("--") and equals and value):
        return "not --flag=value"
    if bare not in release.flags(program):
        return "no flag of this release, or not in its spelling"
    kind = defaults.of_flag(program, release.name, bare)
    return "" if kind is None or values.parses(kind.kind, value) else f"no {kind.kind}"


@cache
def client_flags(name: str) -> Mapping[str, Sequence[str]]:
    """What the source of a release says about its client and the commands."""
    found = [case for case in cases(__file__, "client_flags") if ranges.holds(case["releases"], name, releases.names())]
    (one,) = found
    return {"GetKeyspace": (), "GetShard": (), **one}


def of_release(inventory: str, name: str) -> Cluster:
    """An inventory as if it were written for a release; flags of a person's own are those of its own release."""
    cluster = build(load(packaged_folder("inventories") / inventory, target="kubernetes"))
    return replace(cluster, release=name, images=images(name), extra_flags={}, other_releases={})


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("inventory", INVENTORIES)
def test_no_command_line_holds_what_its_release_does_not_take(inventory: str, target: str) -> None:
    for name in releases.names():
        release = releases.get(name)
        found = [line for document in render(of_release(inventory, name), target) for line in lines(document)]
        assert [fault for line in found for fault in faults(release, line)] == [], name
        programs = {word.rpartition("/")[2] for line in found for word in line.words}
        servers = {"etcd", "vtctld", "mysqlctld", "vttablet", "vtgate", *(["vtorc"] if release.has_vtorc else [])}
        assert servers <= programs, name


@pytest.mark.parametrize("inventory", INVENTORIES)
def test_an_inventory_of_its_own_release_holds_the_flags_of_the_person_too(inventory: str) -> None:
    cluster = build(load(packaged_folder("inventories") / inventory, target="kubernetes"))
    found = [line for document in render(cluster, "kubernetes") for line in lines(document)]
    assert [fault for line in found for fault in faults(releases.get(cluster.release), line)] == []


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["/vt/bin/vtgate", "--cells-to-watch=a"], ""),
        (["/vt/bin/vtgate", "--cells_to_watch=a"], "no flag of this release, or not in its spelling"),
        (["/vt/bin/vtgate", "--no-such-flag=a"], "no flag of this release, or not in its spelling"),
        (["/vt/bin/vtgate", "--enable-buffer"], "not --flag=value"),
        (["/vt/bin/vtgate", "-port=1"], "not --flag=value"),
        (["/vt/bin/vttablet", "--health-check-interval=5"], "no duration"),
        (["timeout", "6", "/vt/bin/vtctldclient", "--server=a", "PlannedReparentShard", "--avoid-primary=a"], ""),
        (["/vt/bin/vtctldclient", "--servers=a"], "no flag of this client"),
        (["/vt/bin/vtctldclient", "PlannedReparentShard", "--avoid_primary=a"], "no flag of this command"),
        (["timeout", "--foreground", "6"], "no flag of this program"),
    ],
)
def test_a_fault_is_seen(words: list[str], fault: str) -> None:
    found = list(faults(releases.get("24"), Line("here", words)))
    assert [each.rpartition(": ")[2] for each in found] == ([fault] if fault else [])


SPELLED = re.compile(r"(?<![\w-])--?(?=[a-z])([\w-]+)=")


def test_no_template_spells_a_flag() -> None:
    for file in sorted(packaged_folder("templates").rglob("*.j2")):
        assert SPELLED.findall(file.read_text(encoding="utf-8")) == [], file.name


def test_no_module_spells_a_flag() -> None:
    """The stand-ins, which play the servers, are apart; so is what a person reads, and vitessctl's own options."""
    folder = Path(releases.__file__).parents[1]
    ours = {"output", "state-dir"}
    for part in ("model", "render", "run", "targets", "plan", "spec"):
        for file in sorted((folder / part).rglob("*.py")):
            code = re.sub(r'""".*?"""', "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
            assert set(SPELLED.findall(code)) <= ours, file
