"""The JSON Schema of a spec, and a quick answer to whether a spec fits it.

jsonschema takes as long to import as the rest of `validate` takes to run. So a small reader of the keywords
that schema.json uses says yes or no; only after a no is jsonschema imported, to say what is wrong. A property
test holds both to the same answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("schema.json")

Schema = Mapping[str, Any]


@cache
def load() -> Schema:
    """The schema, parsed."""
    parsed: Schema = json.loads(FILE.read_text(encoding="utf-8"))
    return parsed


def resolved(schema: Schema) -> Schema:
    """A schema with its $ref followed."""
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: Schema = load()["$defs"][reference.rpartition("/")[2]]
    return found


def alternatives(schema: Schema) -> Iterator[Schema]:
    """The schemas of which one has to fit: the branches of an anyOf, else the schema itself."""
    schema = resolved(schema)
    for branch in schema.get("anyOf", ()):
        yield from alternatives(branch)
    if "anyOf" not in schema:
        yield schema


def types(schema: Schema) -> tuple[str, ...]:
    """The JSON types that a schema takes; empty if it takes any."""
    named = schema.get("type", ())
    return (named,) if isinstance(named, str) else tuple(named)


def below(schema: Schema, step: str | int) -> Iterator[Schema]:
    """The schemas that hold for a child: of a map for its key, of a list for its index."""
    for branch in alternatives(schema):
        if isinstance(step, int):
            found = branch.get("items")
        else:
            found = branch.get("properties", {}).get(step, branch.get("additionalProperties"))
        if isinstance(found, Mapping):
            yield found


def fits(schema: Schema, value: Any) -> bool:
    """Whether a value of plain dicts, lists and scalars is what the schema asks for."""
    schema = resolved(schema)
    return all(_CHECKS[keyword](asked, value, schema) for keyword, asked in schema.items() if keyword in _CHECKS)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def _is_type(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[name])


_TYPES: Mapping[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def _on(kind: Any, check: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Schema], bool]:
    """A keyword that says nothing about values of other types than its own."""

    def checked(asked: Any, value: Any, schema: Schema) -> bool:
        return isinstance(value, bool) or not isinstance(value, kind) or check(asked, value)

    return checked


def _additional(asked: Any, value: Any, schema: Schema) -> bool:
    if not isinstance(value, dict):
        return True
    extra = [child for key, child in value.items() if key not in schema.get("properties", {})]
    return not extra if asked is False else all(fits(asked, child) for child in extra)


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _unique(asked: bool, items: list[Any]) -> bool:
    return not any(_same(item, other) for index, item in enumerate(items) for other in items[:index])


_CHECKS: Mapping[str, Callable[[Any, Any, Schema], bool]] = {
    "type": lambda asked, value, schema: any(_is_type(name, value) for name in types(schema)),
    "enum": lambda asked, value, schema: any(_same(value, allowed) for allowed in asked),
    "anyOf": lambda asked, value, schema: any(fits(branch, value) for branch in asked),
    "required": _on(dict, lambda asked, value: all(key in value for key in asked)),
    "properties": _on(dict, lambda asked, value: all(fits(asked[key], value[key]) for key in asked if key in value)),
    "propertyNames": _on(dict, lambda asked, value: all(fits(asked, key) for key in value)),
    "additionalProperties": _additional,
    "minProperties": _on(dict, lambda asked, value: len(value) >= asked),
    "maxProperties": _on(dict, lambda asked, value: len(value) <= asked),
    "items": _on(list, lambda asked, value: all(fits(asked, item) for item in value)),
    "minItems": _on(list, lambda asked, value: len(value) >= asked),
    "maxItems": _on(list, lambda asked, value: len(value) <= asked),
    "uniqueItems": _on(list, _unique),
    "pattern": _on(str, lambda asked, value: _pattern(asked).search(value) is not None),
    "minLength": _on(str, lambda asked, value: len(value) >= asked),
    "maxLength": _on(str, lambda asked, value: len(value) <= asked),
    "minimum": _on((int, float), lambda asked, value: value >= asked),
    "maximum": _on((int, float), lambda asked, value: value <= asked),
}
"""Every keyword of schema.json that can say no."""
