"""What rendering gives: documents, each one thing to apply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Document:
    """One rendered thing: a Kubernetes object, or a process (or file) of the local target."""

    stage: str
    """The stage that applies it, a name of vitessctl.run.stages."""
    component: str
    """The component it belongs to: etcd, vtctld, mysqlctld, vttablet, vtorc, vtgate."""
    kind: str
    """A Kubernetes kind; `Program` or `File` for the local target."""
    name: str
    """Unique within its kind: an object's name, a program's name, a file's path below the state folder."""
    text: str
    """The rendered bytes as text, the same for the same spec."""
    template: str
    """The template that gave it, for error messages."""
    data: Mapping[str, Any]
    """The parsed text: the object, or a program's settings; empty for a plain file."""
    subject: str = ""
    """What it is about where the component has many: a tablet's alias, a cell's name, an etcd member's name."""
    secret: bool = False
    """Whether its text must never be shown."""
    generated: tuple[str, ...] = ()
    """Keys of a Secret whose values the target makes once and keeps; see vitessctl.render.generated.filled."""

    @property
    def label(self) -> str:
        """`kind/name`, as every message names it."""
        return f"{self.kind}/{self.name}"


def of_stage(documents: Iterable[Document], stage: str) -> tuple[Document, ...]:
    """The documents that one stage applies, in the order they were rendered."""
    return tuple(document for document in documents if document.stage == stage)
