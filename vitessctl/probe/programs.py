"""The programs that documents start, with the flags that they are given."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vitessctl.render.documents import Document
from vitessctl.render.workloads import containers, pod_spec

ASKED = ("etcd", "vtctld", "mysqlctld", "vttablet", "vtorc", "vtgate")
"""Programs whose help is compared."""
_SHELLS = ("sh", "bash", "ash", "dash", "env", "")
"""What stands before a program that cannot be told; "" where an image's own entry point runs."""
_FLAG = re.compile(r"^(?P<dashes>--?)(?P<name>[A-Za-z][\w.-]*)(?P<given>=(?P<value>.*))?$", re.DOTALL)


@dataclass(frozen=True)
class Flag:
    """A flag on a rendered command line."""

    name: str
    """Without dashes, spelled as it was rendered."""
    value: str | None
    """None where it does not follow an equals sign, so that nobody can tell without the program."""
    document: Document
    dashes: str = "--"

    @property
    def written(self) -> str:
        """`--port`."""
        return f"{self.dashes}{self.name}"

    @property
    def place(self) -> str:
        """`StatefulSet/shop-etcd:34`: where it stands in what was rendered."""
        for number, line in enumerate(self.document.text.splitlines(), 1):
            if re.search(rf"(?<![\w-]){re.escape(self.written)}(?![\w-])", line):
                return f"{self.document.label}:{number}"
        return self.document.label


@dataclass(frozen=True)
class Program:
    """A program of an image, and every flag that some document gives it."""

    component: str
    image: str
    """Which it comes from; empty on one machine."""
    path: str
    """As the command line names it."""
    document: Document
    """The first that starts it."""
    container: str = ""
    flags: Mapping[str, Flag] = field(default_factory=dict)
    """By how they are written, each where it stands first."""
    runs_in: str = ""
    """The image that it runs in: another one where it is borrowed, as mysqlctld is for the image of MySQL."""


@dataclass(frozen=True)
class Hidden:
    """A container of a component whose program cannot be told from its command."""

    document: Document
    container: str
    command: str


def find(documents: Iterable[Document]) -> tuple[Sequence[Program], Sequence[Hidden]]:
    """Each program of each image once, in the order of the documents; and what cannot be looked into."""
    flags: dict[tuple[str, str, str], dict[str, Flag]] = {}
    programs: dict[tuple[str, str, str], Program] = {}
    hidden: dict[tuple[str, str], Hidden] = {}
    for document in documents:
        for container, image, runs_in, words in _commands(document):
            component = os.path.basename(words[0]) if words else ""
            if component not in ASKED:
                if container in ASKED and component in _SHELLS:
                    hidden.setdefault((container, image), Hidden(document, container, " ".join(words[:1])))
                continue
            key = (component, image, words[0])
            known = flags.setdefault(key, {})
            programs.setdefault(key, Program(component, image, words[0], document, container, known, runs_in))
            for flag in _flags(words[1:], document):
                known.setdefault(flag.written, flag)
    return list(programs.values()), list(hidden.values())


def _commands(document: Document) -> Iterator[tuple[str, str, str, Sequence[str]]]:
    """Of everything that a document starts: container, image of the program, image of the container, command line."""
    if document.kind == "Program":
        yield "", "", "", shlex.split(document.data["command"].replace("%%", "%"))
        return
    pod = pod_spec(document.data)
    for spec in containers(pod):
        words = started_by(command_of(spec))
        image = str(spec.get("image", ""))
        lender = lender_of(pod, spec, words[0]) if words else None
        yield spec["name"], str(lender["image"]) if lender else image, image, words


def command_of(container: Mapping[str, Any]) -> list[str]:
    """The words that a container starts."""
    return [*(container.get("command") or ()), *(container.get("args") or ())]


def started_by(words: Sequence[str]) -> list[str]:
    """A command line from its program on: a script may stand before it that runs it as its arguments (`exec "$@"`)."""
    if words and os.path.basename(words[0]) in _SHELLS:
        for number, word in enumerate(words):
            if word.startswith("/") and os.path.basename(word) in ASKED:
                return list(words[number:])
    return list(words)


def lender_of(pod: Mapping[str, Any], container: Mapping[str, Any], program: str) -> Mapping[str, Any] | None:
    """The init container that copies a program into a volume where another one runs it, as one that does just that.

    It runs `cp SOURCE FOLDER`, or has the words SOURCE-FOLDER NAME FOLDER among its own.
    """
    folder, _, name = program.rpartition("/")
    if folder not in {mount["mountPath"].rstrip("/") for mount in container.get("volumeMounts") or ()}:
        return None
    for each in pod.get("initContainers") or ():
        if source := _source(command_of(each), name, folder):
            mounts = [mount for mount in each.get("volumeMounts") or () if mount["mountPath"].rstrip("/") == folder]
            copying = {key: value for key, value in each.items() if key != "args"}
            return {**copying, "command": ["cp", source, folder], "volumeMounts": mounts}
    return None


def _source(words: Sequence[str], name: str, folder: str) -> str:
    """The path of the program that these words copy, "" if they do not."""
    if len(words) == 3 and words[0] == "cp" and words[2].rstrip("/") == folder:
        return words[1]
    for place in range(len(words) - 2):
        if words[place + 1 : place + 3] == [name, folder]:
            return f"{words[place]}/{name}"
    return ""


def _flags(words: Sequence[str], document: Document) -> Iterator[Flag]:
    for word in words:
        if word == "--":
            return
        match = _FLAG.match(word)
        if match:
            yield Flag(match["name"], match["value"] if match["given"] else None, document, match["dashes"])
