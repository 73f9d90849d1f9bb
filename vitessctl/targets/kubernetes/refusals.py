"""From an answer that is not a success to the fault that it means.

The texts and reasons are those of Kubernetes 1.34's API server; the reasons are stable API, of the texts only
what has no reason of its own is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vitessctl.errors import VitessctlError
from vitessctl.targets.base import FieldConflict
from vitessctl.targets.kubernetes import faults
from vitessctl.targets.kubernetes.interface import Kind


@dataclass(frozen=True)
class Call:
    """What was asked of the API server, for messages."""

    verb: str
    """In the API's own words: get, list, create, update, patch, delete."""
    kind: Kind
    namespace: str
    name: str = ""
    subresource: str = ""

    @property
    def label(self) -> str:
        """`StatefulSet/shop-etcd`; the plural where it is about all."""
        return f"{self.kind.name}/{self.name}" if self.name else self.kind.plural

    @property
    def resource(self) -> str:
        """`pods/log`, as Roles name it."""
        return f"{self.kind.plural}/{self.subresource}" if self.subresource else self.kind.plural

    @property
    def what(self) -> str:
        """`patch StatefulSet/shop-etcd`, for 'cannot ...'."""
        return f"{self.verb} {self.label}"


@dataclass(frozen=True)
class Status:
    """What a refusal says (meta/v1 Status); a proxy in between may say no more than a number and some text."""

    code: int
    message: str = ""
    reason: str = ""
    details: Mapping[str, Any] | None = None

    @property
    def causes(self) -> tuple[Mapping[str, Any], ...]:
        """Its single causes, each with reason, message and field."""
        causes = (self.details or {}).get("causes") or ()
        return tuple(cause for cause in causes if isinstance(cause, Mapping))


def status_of(code: int, body: bytes) -> Status:
    """Read a Status; anything else becomes its message, shortened."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("kind") != "Status":
        return Status(code, " ".join(body.decode("utf-8", "replace").split())[:300])
    details = found.get("details")
    message, reason = str(found.get("message", "")), str(found.get("reason", ""))
    return Status(code, message, reason, details if isinstance(details, dict) else None)


def fault_of(status: Status, call: Call, server: str, context: str) -> VitessctlError:
    """The fault that a refusal means."""
    if status.code == 401:
        return faults.Unauthorized(server, context)
    if status.code == 403:
        return _forbidden(status, call)
    if status.code == 404:
        return _not_found(status, call)
    if status.code == 409:
        return _conflict(status, call)
    if status.code in (400, 422) or "failed to create typed patch object" in status.message:
        return _invalid(status, call)
    return faults.ServerFailed(call.what, server, status.code, status.message)


def _forbidden(status: Status, call: Call) -> VitessctlError:
    """403 is RBAC's, but also that of quotas, of Pod Security and of a namespace that is going away."""
    denied = re.search(r'cannot (\S+) resource "([^"]+)" in API group', status.message)
    if denied:
        return faults.Forbidden(denied[1], denied[2], call.namespace if call.kind.namespaced else "", status.message)
    return faults.Refused(call.what, call.label, _without_prefix(status.message))


def _without_prefix(message: str) -> str:
    """`pods "x" is forbidden: exceeded quota: ...` without what the label says already."""
    return message.split(" is forbidden: ", 1)[-1]


def _not_found(status: Status, call: Call) -> VitessctlError:
    details = status.details or {}
    if details.get("kind") == "namespaces" and call.kind.namespaced:
        return faults.NoNamespace(call.namespace)
    if status.message == "the server could not find the requested resource" and not details.get("name"):
        return faults.NotSupported(call.kind.api_version, call.kind.name)
    return faults.NotThere(call.label, status.message)


def _conflict(status: Status, call: Call) -> VitessctlError:
    conflicts = [cause for cause in status.causes if cause.get("reason") == "FieldManagerConflict"]
    if conflicts:
        return faults.ApplyConflict(call.label, [_field_conflict(cause) for cause in conflicts])
    if status.reason == "AlreadyExists":
        return faults.AlreadyThere(call.label)
    return faults.Outdated(call.label, status.message)


def _field_conflict(cause: Mapping[str, Any]) -> FieldConflict:
    """Its message is `conflict with "kubectl-edit" using apps/v1`, the rest after the name varies."""
    message = str(cause.get("message", ""))
    manager = re.search(r'conflict with "((?:[^"\\]|\\.)*)"', message)
    return FieldConflict(readable(str(cause.get("field", ""))), manager[1] if manager else message)


def readable(path: str) -> str:
    """A field as FieldChange names it, `spec.containers[main].image`, from `.spec.containers[name="main"].image`."""
    return re.sub(r'\[name="([^"]*)"\]', r"[\1]", path).lstrip(".")


_UNKNOWN = re.compile(r'unknown field "([^"]+)"|duplicate field "([^"]+)"')
_UNTYPED = re.compile(r"^(?:errors:\s*)?\.([^:]+): (.+)$")


def _invalid(status: Status, call: Call) -> VitessctlError:
    if "admission webhook" in status.message:
        return faults.Refused(call.what, call.label, status.message)
    if call.subresource:
        return faults.NotThere(call.label, status.message)
    fields = tuple((path, _shown(reason, call.kind)) for path, reason in _fields(status))
    return faults.Invalid(call.label, fields, _shown(status.message, call.kind))


_VALUE = re.compile(r'((?:Invalid|Unsupported|Duplicate) value: )(?:"(?:[^"\\]|\\.)*"|[^:,]+)')


def _shown(text: str, kind: Kind) -> str:
    """A refusal's text; without the values that it quotes where they are a Secret's."""
    return _VALUE.sub(r"\1(not shown)", text) if kind.name == "Secret" else text


def _fields(status: Status) -> Iterator[tuple[str, str]]:
    """Field and reason: from causes (422), from strict decoding (400), from a typed patch that failed (500)."""
    named = [cause for cause in status.causes if cause.get("field")]
    if named:
        yield from ((str(cause["field"]), str(cause.get("message", ""))) for cause in named)
        return
    for match in _UNKNOWN.finditer(status.message):
        yield match[1] or match[2], "unknown field" if match[1] else "given twice"
    for line in status.message.split("): ", 1)[-1].splitlines():
        if untyped := _UNTYPED.match(line.strip()):
            yield untyped[1], untyped[2]
