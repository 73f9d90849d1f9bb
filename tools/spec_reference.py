"""Writes the part of docs/spec.md that lists every field, from the schema: `python -m tools.spec_reference`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

REPOSITORY = Path(__file__).resolve().parents[1]
SCHEMA = REPOSITORY / "vitessctl" / "spec" / "schema.json"
PAGE = REPOSITORY / "docs" / "spec.md"
MARK = "<!-- From here on generated: python -m tools.spec_reference -->\n"

Schema = Mapping[str, Any]

_NAMED = {"cells": "CELL", "keyspaces": "KEYSPACE", "applications": "APPLICATION"}
"""What stands in a path for the names that the user chooses."""
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "map",
}


class Field(NamedTuple):
    """One line of the tables."""

    path: str
    schema: Schema
    required: bool


def page(schema: Schema, before: str) -> str:
    """The whole page: the hand-written head of `before`, and the tables."""
    head, mark, _ = before.partition(MARK)
    if not mark:
        raise ValueError(f"docs/spec.md has lost its mark: {MARK.strip()}")
    return head + mark + "".join(_sections(schema))


def fields(schema: Schema) -> Iterator[Field]:
    """Every field with a description, a map's fields after the map itself."""
    for form in schema.get("anyOf", (schema,)):
        yield from _below(form, "")


def _below(schema: Schema, prefix: str) -> Iterator[Field]:
    required = schema.get("required", ())
    for name, found in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        yield Field(path, found, name in required)
        for form in found.get("anyOf", (found,)):
            yield from _below_form(form, path, name)


def _below_form(form: Schema, path: str, name: str) -> Iterator[Field]:
    yield from _below(form, f"{path}.")
    named, listed = form.get("additionalProperties"), form.get("items")
    if isinstance(named, Mapping) and name in _NAMED:
        yield from _below(named, f"{path}.{_NAMED[name]}.")
    if isinstance(listed, Mapping):
        yield from _below(listed, f"{path}[].")


def _sections(schema: Schema) -> Iterator[str]:
    for top, found in groupby(fields(schema), key=lambda field: re.split(r"[.\[]", field.path)[0]):
        yield f"\n### {top}\n\n| field | takes | default | what it is | example |\n| --- | --- | --- | --- | --- |\n"
        yield from map(_row, found)
    yield "\n## Kinds of values\n\n| kind | takes |\n| --- | --- |\n"
    for name, kind in sorted(schema["$defs"].items()):
        yield f"| {_words(name)} | {_cell(_kind(kind))} |\n"


def _kind(schema: Schema) -> str:
    own = [f"`{field.path}` ({takes(field.schema)})" for field in fields(schema)]
    return takes(schema) + (f" with {' and '.join(own)}" if own else "")


def _row(field: Field) -> str:
    schema = field.schema
    default = "required" if field.required else _code(schema["default"]) if "default" in schema else ""
    example = _code(schema["examples"][0]) if schema.get("examples") else ""
    cells = (f"`{field.path}`", takes(schema), default, schema.get("description", ""), example)
    return f"| {' | '.join(map(_cell, cells))} |\n"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _words(name: str) -> str:
    return name.replace("_", " ")


def takes(schema: Schema) -> str:
    """In words what values a field takes."""
    if "$ref" in schema:
        return f"[{_words(schema['$ref'].rpartition('/')[2])}](#kinds-of-values)"
    if "anyOf" in schema:
        return "; or ".join(takes(form) for form in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(_code(value) for value in schema["enum"])
    types = schema.get("type", "object")
    words = " or ".join(_typed(kind, schema) for kind in ([types] if isinstance(types, str) else types))
    return words + _sentence(schema)


def _typed(kind: str, schema: Schema) -> str:
    """A type in words, with its bounds, and what a list or map is made of where no table says so."""
    inner = schema.get({"array": "items", "object": "additionalProperties"}.get(kind, ""))
    if isinstance(inner, Mapping) and "properties" not in inner:
        return f"{_TYPES[kind]} of {'names to ' if kind == 'object' else ''}{takes(inner)}"
    if kind == "integer" and "minimum" in schema and "maximum" in schema:
        return f"{_TYPES[kind]} from {schema['minimum']} to {schema['maximum']}"
    if kind == "string" and "maxLength" in schema:
        return f"{_TYPES[kind]} of at most {schema['maxLength']} characters"
    return _TYPES[kind]


def _sentence(schema: Schema) -> str:
    return f": {schema['patternErrorMessage']}" if "patternErrorMessage" in schema else ""


def _code(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"`{text}`"


def main() -> None:
    """Write docs/spec.md anew."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    PAGE.write_text(page(schema, PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
