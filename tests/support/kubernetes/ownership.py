"""Server-side apply as an API server does it, in small: who owns which field, and what merging gives.

A field is a path of elements spelled as `metadata.managedFields` spells them: `f:spec`, `k:{"name":"vtgate"}` (an
item of a list that has a key), `v:"x"` (an item of a set). Lists without a known key are owned as a whole.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

Path = tuple[str, ...]
Fields = frozenset[Path]

LIST_KEYS: dict[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "imagePullSecrets": ("name",),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
    "conditions": ("type",),
    "ownerReferences": ("uid",),
    "secrets": ("name",),
    "ports": ("port", "protocol"),
}
SETS = frozenset({"finalizers"})
_DEFAULTS = {"protocol": "TCP"}
_NOT_OWNED = frozenset(
    {"name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"}
)


def fields(body: Mapping[str, Any]) -> Fields:
    """What an object sets, without what identifies it and what the server alone sets."""
    owned = {key: value for key, value in body.items() if key not in ("apiVersion", "kind")}
    metadata = {key: value for key, value in body.get("metadata", {}).items() if key not in _NOT_OWNED}
    owned["metadata"] = metadata
    return frozenset(path for path in _paths(owned, ()) if path != ("f:metadata",))


def _paths(value: Any, path: Path, name: str = "") -> Iterator[Path]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _paths(inner, (*path, f"f:{key}"), key)
    elif isinstance(value, list) and value and (keys := _keys(name, value)):
        for item in value:
            element = (*path, _key_element(item, keys))
            yield (*element, ".")
            yield from _paths(item, element)
    elif isinstance(value, list) and name in SETS:
        yield from ((*path, f"v:{json.dumps(item)}") for item in value)
    else:
        yield path


def _keys(name: str, items: Sequence[Any]) -> tuple[str, ...]:
    """The keys of a list, none if it is owned as a whole. Ports of a container are keyed by containerPort."""
    keys = LIST_KEYS.get(name, ())
    if name == "ports" and all(isinstance(item, Mapping) and "containerPort" in item for item in items):
        keys = ("containerPort", "protocol")
    complete = all(isinstance(item, Mapping) and all(key in item or key in _DEFAULTS for key in keys) for item in items)
    return keys if complete else ()


def _key_element(item: Mapping[str, Any], keys: Iterable[str]) -> str:
    found = {key: item.get(key, _DEFAULTS.get(key)) for key in sorted(keys)}
    return "k:" + json.dumps(found, separators=(",", ":"), sort_keys=True)


def value_at(body: Any, path: Path) -> Any:
    """The value of a field; MISSING if it is not there."""
    for element in path:
        if element == ".":
            return None
        body = _step(body, element)
        if body is MISSING:
            return MISSING
    return body


MISSING = object()


def _step(body: Any, element: str) -> Any:
    kind, text = element[:2], element[2:]
    if kind == "f:":
        return body.get(text, MISSING) if isinstance(body, Mapping) else MISSING
    if not isinstance(body, list):
        return MISSING
    position = _position(body, kind, text)
    return MISSING if position is None else body[position]


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Any:
    """The value of an element of a path, which nobody may change: the same few come again and again."""
    return json.loads(text)


def _position(items: Sequence[Any], kind: str, text: str) -> int | None:
    wanted = _parsed(text)
    for position, item in enumerate(items):
        if kind == "v:" and item == wanted:
            return position
        if kind == "k:" and all(item.get(key, _DEFAULTS.get(key)) == value for key, value in wanted.items()):
            return position
    return None


def merged(live: Any, applied: Any, name: str = "") -> Any:
    """What a live value becomes by applying another: maps and keyed lists are merged, the rest is replaced."""
    if isinstance(live, Mapping) and isinstance(applied, Mapping):
        result = dict(live)
        for key, value in applied.items():
            result[key] = merged(live[key], value, key) if key in live else copy.deepcopy(value)
        return result
    if isinstance(live, list) and isinstance(applied, list):
        return _merged_list(live, applied, name)
    return copy.deepcopy(applied)


def _merged_list(live: list[Any], applied: list[Any], name: str) -> list[Any]:
    if name in SETS:
        return [*live, *(item for item in applied if item not in live)]
    keys = _keys(name, [*live, *applied])
    if not keys:
        return copy.deepcopy(applied)
    result = list(live)
    for item in applied:
        position = _position(result, "k:", _key_element(item, keys)[2:])
        if position is None:
            result.append(copy.deepcopy(item))
        else:
            result[position] = merged(result[position], item)
    return result


def without(body: Any, path: Path) -> Any:
    """The object without a field; parents that this empties stay, as on the server, unless they were items."""
    if not path:
        return body
    element, rest = path[0], path[1:]
    if element[:2] == "f:":
        return _without_key(body, element[2:], rest)
    position = _position(body, element[:2], element[2:]) if isinstance(body, list) else None
    if position is None:
        return body
    result = list(body)
    if not rest or rest == (".",):
        del result[position]
    else:
        result[position] = without(result[position], rest)
    return result


def _without_key(body: Any, key: str, rest: Path) -> Any:
    if not isinstance(body, Mapping) or key not in body:
        return body
    result = dict(body)
    if not rest:
        del result[key]
        return result
    inner = without(result[key], rest)
    if inner in ({}, []) and result[key] != inner:
        del result[key]
    else:
        result[key] = inner
    return result


def written(found: Fields) -> dict[str, Any]:
    """The fields as `fieldsV1` writes them."""
    tree: dict[str, Any] = {}
    for path in sorted(found):
        branch = tree
        for element in path:
            branch = branch.setdefault(element, {})
    return tree


def read(tree: Mapping[str, Any]) -> Fields:
    """The fields that a `fieldsV1` names."""
    return frozenset(_leaves(tree, ()))


def _leaves(tree: Mapping[str, Any], path: Path) -> Iterator[Path]:
    for element, inner in tree.items():
        if inner:
            yield from _leaves(inner, (*path, element))
        else:
            yield (*path, element)


def shown(path: Path) -> str:
    """A field as conflicts name it: `.spec.template.spec.containers[name="vtgate"].image`."""
    text = ""
    for element in path:
        kind, rest = element[:2], element[2:]
        if kind == "f:":
            text += f".{rest}"
        elif kind == "k:":
            text += "[" + ",".join(f"{key}={json.dumps(value)}" for key, value in json.loads(rest).items()) + "]"
        elif kind == "v:":
            text += f"[={rest}]"
    return text
