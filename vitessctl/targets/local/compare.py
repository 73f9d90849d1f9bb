"""What the documents ask for against what the state folder and supervisord say is there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from vitessctl.render.documents import Document
from vitessctl.targets.base import Change, Operation
from vitessctl.targets.local import programs
from vitessctl.targets.local.faults import LocalError
from vitessctl.targets.local.programs import FILE, PROGRAM, Program, Started
from vitessctl.targets.local.rpc import ProcessReport
from vitessctl.targets.local.state import StateFolder

Reports = Mapping[str, ProcessReport]


@dataclass(frozen=True)
class Comparison:
    """One document, and what has to be done about it."""

    document: Document
    operation: Operation
    program: Program | None = None
    fingerprint: str = ""

    @property
    def change(self) -> Change:
        """For a person."""
        return change_of(self.document, self.operation)


def change_of(document: Document, operation: Operation) -> Change:
    """The change that an operation on a document is."""
    return Change(operation, document.label, document.stage, document.component, document.subject)


def deletion(started: Started) -> Change:
    """The change that taking away a program without a document is."""
    label = f"{PROGRAM}/{started.program}"
    return Change(Operation.DELETE, label, started.stage, started.component, started.subject)


def compare(
    documents: Sequence[Document], state: StateFolder, reports: Reports, environment: Mapping[str, str]
) -> list[Comparison]:
    """One comparison for each document. `environment`: what every program gets from supervisord.conf.

    Raises LocalError for a document that this target cannot apply.
    """
    files = [document for document in documents if document.kind == FILE]
    shared = json.dumps(environment, sort_keys=True)
    return [_compare(document, files, state, reports, shared) for document in documents]


def _compare(
    document: Document, files: Sequence[Document], state: StateFolder, reports: Reports, shared: str
) -> Comparison:
    if document.kind == FILE:
        return Comparison(document, _of_file(document, state))
    if document.kind != PROGRAM:
        raise LocalError(
            f"{document.label} is nothing that runs on one machine",
            where=document.template,
            fix="templates/local gives documents of kind Program and File only",
        )
    program = programs.parse(document, state.path)
    found = programs.fingerprint(program, files, state, shared)
    return Comparison(document, _of_program(program, found, state, reports), program, found)


def _of_file(document: Document, state: StateFolder) -> Operation:
    path = PurePosixPath(document.name)
    if path.is_absolute() or ".." in path.parts:
        raise LocalError(
            f"{document.label} is outside of the state folder",
            where=document.template,
            fix="name it by a path below the state folder, such as config/my.cnf",
        )
    text = state.read(document.name)
    if text is None:
        return Operation.CREATE
    return Operation.KEEP if text == document.text else Operation.UPDATE


def _of_program(program: Program, fingerprint: str, state: StateFolder, reports: Reports) -> Operation:
    text = state.read(programs.configuration_name(program.name))
    started = programs.started(state, program.name)
    if text is None or started is None:
        return Operation.CREATE
    if text != program.document.text or started.fingerprint != fingerprint:
        return Operation.UPDATE
    report = reports.get(program.name)
    return Operation.KEEP if report is not None and report.alive else Operation.START
