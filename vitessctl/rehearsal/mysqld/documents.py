"""MySQL's JSON functions: how MySQL writes a document, and what a path finds in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

_STEP = re.compile(r"\.(?P<name>\w+)|\.\"(?P<quoted>[^\"]+)\"|\[(?P<index>\d+)\]")
_NOTHING = object()


def written(value: Any) -> str:
    """A document as MySQL shows it: spaces after separators, keys by length and then by bytes."""
    return json.dumps(_sorted(value), ensure_ascii=False)


def normal(text: Any) -> str:
    """The same for a document that is text. ValueError for what is no JSON."""
    return written(json.loads(text))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value, key=lambda key: (len(key.encode()), key.encode()))}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def _found(document: Any, path: str) -> Any:
    """What a path such as $.a[1] leads to, _NOTHING where it leads nowhere. ValueError for other paths."""
    steps = list(_STEP.finditer(path))
    if not path.startswith("$") or "".join(step[0] for step in steps) != path[1:]:
        raise ValueError(path)
    value = json.loads(document)
    for step in steps:
        name = step["name"] or step["quoted"]
        if name is not None:
            value = value.get(name, _NOTHING) if isinstance(value, dict) else _NOTHING
        elif isinstance(value, list) and int(step["index"]) < len(value):
            value = value[int(step["index"])]
        elif step["index"] != "0":
            value = _NOTHING
    return value


def extract(document: Any, path: str) -> str | None:
    """JSON_EXTRACT and -> with one path."""
    value = _found(document, path)
    return None if value is _NOTHING else written(value)


def unquote(text: Any) -> str:
    """JSON_UNQUOTE: a JSON string as plain text, anything else as it is."""
    if isinstance(text, str) and text.startswith('"'):
        return str(json.loads(text))
    return str(text)


def _length(document: Any, path: str = "$") -> int | None:
    value = _found(document, path)
    if value is _NOTHING:
        return None
    return len(value) if isinstance(value, (dict, list)) else 1


def _kind(document: Any) -> str:
    names = {dict: "OBJECT", list: "ARRAY", str: "STRING", bool: "BOOLEAN", int: "INTEGER", float: "DOUBLE"}
    return names.get(type(json.loads(document)), "NULL")


def _keys(document: Any, path: str = "$") -> str | None:
    value = _found(document, path)
    return written(list(json.loads(written(value)))) if isinstance(value, dict) else None


def _contains(document: Any, candidate: Any, path: str = "$") -> int:
    return int(_within(_found(document, path), json.loads(candidate)))


def _within(value: Any, wanted: Any) -> bool:
    if isinstance(value, list) and not isinstance(wanted, list):
        return any(_within(item, wanted) for item in value)
    if isinstance(value, list):
        return all(_within(value, item) for item in wanted)
    if isinstance(value, dict) and isinstance(wanted, dict):
        return all(key in value and _within(value[key], item) for key, item in wanted.items())
    return bool(value == wanted)


JSON_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "json_extract": extract,
    "json_unquote": unquote,
    "json_length": _length,
    "json_type": _kind,
    "json_keys": _keys,
    "json_contains": _contains,
    "json_text": normal,
}
"""All are NULL for a NULL argument. json_text is ours: it rewrites what SQLite's own functions give."""
