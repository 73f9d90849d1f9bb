"""What the API server would refuse in a rendered Kubernetes object, found before it is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from vitessctl.render.mould import Check
from vitessctl.render.yamlmoulds import KEY, Place

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?")
_LABEL_KEY = re.compile(r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?")
_PORT_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")

_LABEL_MAPS = frozenset({"labels", "matchLabels", "selector", "nodeSelector"})
_TEXT_MAPS = frozenset({"annotations", "data", "stringData", "binaryData"})
_TEXT_LISTS = frozenset({"args", "command"})
_NAMED_LISTS = frozenset({"containers", "initContainers", "volumes", "volumeMounts"})
_SUBDOMAINS = frozenset({"serviceName", "serviceAccountName", "secretName", "storageClassName", "claimName"})


def rule(place: Place) -> Check | None:
    """The check for the scalar at a place; None where any scalar is right."""
    last = place[-1]
    parent = place[-2] if len(place) > 1 else ""
    above = place[-3] if len(place) > 2 else ""
    if last == KEY:
        return label_key if parent in _LABEL_MAPS or parent == "annotations" else None
    if parent in _LABEL_MAPS:
        return label_value
    if parent in _TEXT_MAPS or parent in _TEXT_LISTS or (above == "env" and last == "value"):
        return text
    if last == "name":
        return _name_rule(parent, above)
    return subdomain if last in _SUBDOMAINS else None


def _name_rule(parent: str | int, above: str | int) -> Check | None:
    if parent in ("metadata", "configMap", "secret", "configMapRef", "secretRef"):
        return label
    if above == "ports":
        return port_name
    return label if above in _NAMED_LISTS else None


def name_of(data: Mapping[str, Any]) -> str:
    """An object's name; empty if it has none."""
    metadata = data.get("metadata")
    return str(metadata.get("name", "")) if isinstance(metadata, Mapping) else ""


def text(value: Any) -> str:
    """It has to be text: the API server takes no number or truth value here."""
    return "" if isinstance(value, str) else f"{value!r} has to be text; quote it"


@lru_cache(maxsize=8192)
def label(value: Any) -> str:
    """The name of an object, a container or a volume: a DNS-1123 label."""
    return text(value) or _match(value, _LABEL, 63, "a name (lower-case letters, digits and dashes)")


@lru_cache(maxsize=8192)
def subdomain(value: Any) -> str:
    """A reference to an object that may have dots in its name."""
    return text(value) or _match(value, _SUBDOMAIN, 253, "a name (lower-case letters, digits, dashes and dots)")


@lru_cache(maxsize=8192)
def port_name(value: Any) -> str:
    """The name of a port."""
    return text(value) or _match(value, _PORT_NAME, 15, "a port's name")


@lru_cache(maxsize=8192)
def label_value(value: Any) -> str:
    """The value of a label."""
    return text(value) or _match(value, _LABEL_VALUE, 63, "a label's value")


@lru_cache(maxsize=8192)
def label_key(value: Any) -> str:
    """The key of a label or annotation."""
    return text(value) or _match(value, _LABEL_KEY, 317, "a label's key")


def _match(value: str, pattern: re.Pattern[str], limit: int, what: str) -> str:
    if len(value) > limit:
        return f"{value!r} is too long for {what}: {len(value)} characters, at most {limit}"
    return "" if pattern.fullmatch(value) else f"{value!r} cannot be {what}"
