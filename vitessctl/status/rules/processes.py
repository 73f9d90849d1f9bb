"""Processes and pods: what does not run, and what runs otherwise than the spec says."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.status.catalogue import Finding, finding
from vitessctl.status.view import View, detail_of, logs_of
from vitessctl.targets.base import Change, ComponentStatus, Operation, Trouble

_OTHERWISE = (Operation.UPDATE, Operation.RECREATE, Operation.CONFLICT)
_SHOWN_FIELDS = 3
_OF_TROUBLE = {
    Trouble.LEAVING: "pod-terminating",
    Trouble.FINALIZER: "pod-held-by-finalizer",
    Trouble.NODE: "pod-on-lost-node",
    Trouble.OVERDUE: "pod-past-its-grace",
}


def findings(view: View) -> Iterator[Finding]:
    """Each process that does not run, each document that differs."""
    observed = view.observed
    if view.nothing_runs:
        yield finding("nothing-runs", "")
        return
    if observed.components_error:
        yield finding("processes-unknown", "", why=observed.components_error)
    for component in observed.components:
        yield from _component(view, component)
    if observed.pending_error:
        yield finding("documents-unknown", "", why=observed.pending_error)
    for change in observed.pending:
        yield from _pending(view, change)


def _component(view: View, component: ComponentStatus) -> Iterator[Finding]:
    label, node = component.label, component.node
    if component.trouble is Trouble.SILENT_NODE:
        yield finding("pod-on-silent-node", label, node=node)
    elif component.trouble is not None:
        pod = label.replace("Pod/", "pod/")
        yield finding(_OF_TROUBLE[component.trouble], label, why=component.detail, pod=pod, node=node)
    elif not component.running and not view.has_record(component):
        detail = detail_of(component)
        logs = logs_of(component.component, component.subject)
        yield finding("component-down", label, state=component.state, detail=detail, logs=logs)


def _pending(view: View, change: Change) -> Iterator[Finding]:
    """What runs, but not as the spec says: nothing else shows a changed flag, and changed ports look like a failure."""
    if change.operation is Operation.CREATE:
        yield finding("component-missing", change.label)
    elif change.operation in _OTHERWISE:
        yield from _differing(change)
    elif change.operation is Operation.DELETE and change.subject not in view.observed.records:
        yield finding("not-in-spec", change.label)


def _differing(change: Change) -> Iterator[Finding]:
    images = [field for field in change.fields if field.path.endswith("image") and not field.secret]
    for before, after in dict.fromkeys((field.before, field.after) for field in images):  # several containers have it
        yield finding("image-differs", change.label, before=before, after=after)
    others = [field.path for field in change.fields if field not in images]
    if others or not images:
        more = ", …" if len(others) > _SHOWN_FIELDS else ""
        shown = f" ({', '.join(others[:_SHOWN_FIELDS])}{more})" if others else ""
        yield finding("not-as-spec", change.label, fields=shown)
