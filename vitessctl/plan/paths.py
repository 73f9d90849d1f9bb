"""Places in an object, and how a person reads them.

A place is a tuple of segments as managedFields spells them (structured-merge-diff, fieldsV1): `f:spec` a field,
`k:{"name":"vttablet"}` an item of a list by its keys, `v:"x"` an item of a set, and here also `i:0`, an item
of a list that has no keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

Path = tuple[str, ...]

_PLAIN = re.compile(r"[A-Za-z_][\w-]*")


@lru_cache(maxsize=16384)
def keyed(names: tuple[str, ...], values: tuple[Any, ...]) -> str:
    """The segment of a list's item: `k:{"containerPort":80,"protocol":"TCP"}`, keys sorted as the server does."""
    return "k:" + json.dumps(dict(sorted(zip(names, values, strict=True))), separators=(",", ":"), ensure_ascii=False)


@lru_cache(maxsize=4096)
def key_names(segment: str) -> tuple[str, ...]:
    """The names of the keys in a `k:` segment."""
    return tuple(json.loads(segment[2:]))


@lru_cache(maxsize=4096)
def valued(value: Any) -> str:
    """The segment of a set's item."""
    return "v:" + json.dumps(value, ensure_ascii=False)


def fields_of(path: Path) -> str:
    """Only its fields, with dots: `spec.template.spec.containers.image`."""
    return ".".join(segment[2:] for segment in path if segment.startswith("f:"))


def shown(path: Sequence[str]) -> str:
    """As a person reads it: `spec.template.spec.containers[vttablet].image`, `metadata.labels["a.b/c"]`."""
    return "".join(_shown(segment) for segment in path).lstrip(".")


def _shown(segment: str) -> str:
    kind, text = segment[0], segment[2:]
    if kind == "f":
        return f".{text}" if _PLAIN.fullmatch(text) else f"[{json.dumps(text, ensure_ascii=False)}]"
    if kind == "k":
        return f"[{'/'.join(str(value) for value in json.loads(text).values())}]"
    return f"[{text}]"
