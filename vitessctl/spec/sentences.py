"""A sentence for each keyword of the schema that can say no: what, why, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from vitessctl.errors import Place, SpecError
from vitessctl.spec import schema as schemas
from vitessctl.spec.node import Node, Path, dotted
from vitessctl.spec.words import did_you_mean, kind_of, listed, shown

_TYPE_NAMES = {
    "object": "a map",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


class Failure(NamedTuple):
    """One keyword of the schema that said no."""

    keyword: str
    asked: Any
    """What the schema has there."""
    schema: schemas.Schema
    """The schema around the keyword."""
    value: Any
    """What the spec has there."""
    path: Path
    root: Node
    of_name: bool
    """Whether it is about the name of a key instead of a value."""
    message: str
    """The sentence of jsonschema itself."""

    @property
    def field(self) -> str:
        """The field as a person reads it."""
        return dotted(self.path)

    @property
    def place(self) -> Place:
        """Where the value was written."""
        return self.root.place_of(self.path)


class Fault(NamedTuple):
    """Something that does not fit the schema."""

    path: Path
    """The value that has to go before the rest can be looked at."""
    error: SpecError
    missing: str = ""
    """The field that is not there, if that is what is wrong."""

    @property
    def about(self) -> Path:
        """The field that the error is about."""
        return (*self.path, self.missing) if self.missing else self.path


def written(failure: Failure) -> Iterator[Fault]:
    """The faults that a failure stands for; a map with two unknown fields is two."""
    yield from _WRITERS.get(failure.keyword, _other)(failure)


def _unknown_field(failure: Failure) -> Iterator[Fault]:
    allowed = list(failure.schema.get("properties", {}))
    where = f" in {failure.field}" if failure.path else ""
    for key in failure.value:
        if key not in allowed:
            path = (*failure.path, key)
            error = SpecError(
                f"there is no field {shown(key)}{where}",
                where=failure.root.key_place(path),
                why=f"the fields here are {listed(allowed, 'and')}",
                fix=did_you_mean(key, allowed),
            )
            yield Fault(path, error)


def _missing_field(failure: Failure) -> Iterator[Fault]:
    for field in failure.asked:
        if field in failure.value:
            continue
        wanted = failure.schema["properties"][field]
        error = SpecError(
            f"{dotted((*failure.path, field))} is missing",
            where=failure.place,
            why=wanted["description"],
            fix=f"for example {field}: {shown(wanted['examples'][0])}",
        )
        yield Fault(failure.path, error, missing=field)


def _wrong_type(failure: Failure) -> Iterator[Fault]:
    branches = schemas.alternatives(failure.schema)
    types = dict.fromkeys(name for branch in branches for name in schemas.types(branch))
    wanted = listed(_TYPE_NAMES[name] for name in types)
    if failure.value is None:
        place = failure.root.key_place(failure.path)
        error = SpecError(f"{failure.field} has no value", where=place, why=f"it takes {wanted}", fix=_example(failure))
    else:
        error = SpecError(
            f"{failure.field} is {_kind(failure.value)}, not {wanted}",
            where=failure.place,
            why=_description(failure),
            fix=_example(failure),
        )
    yield Fault(failure.path, error)


def _kind(value: Any) -> str:
    return f"the text {shown(value)}" if isinstance(value, str) else kind_of(value)


def _not_allowed(failure: Failure) -> Iterator[Fault]:
    allowed = [str(value) for value in failure.asked]
    hint = did_you_mean(str(failure.value), allowed)
    yield _not_so(failure, f"it is {listed(allowed)}", hint)


def _bad_pattern(failure: Failure) -> Iterator[Fault]:
    why = failure.schema.get("patternErrorMessage", f"it has to match {failure.asked}")
    yield _bad_name(failure, why) if failure.of_name else _not_so(failure, why)


def _too_long(failure: Failure) -> Iterator[Fault]:
    why = f"it has at most {failure.asked} characters, not {len(failure.value)}"
    yield _bad_name(failure, why) if failure.of_name else _not_so(failure, why)


def _out_of_range(failure: Failure) -> Iterator[Fault]:
    yield _not_so(failure, f"it is a number from {failure.schema['minimum']} to {failure.schema['maximum']}")


def _too_few(failure: Failure) -> Iterator[Fault]:
    error = SpecError(
        f"{failure.field} is empty", where=failure.place, why=_description(failure), fix=_example(failure)
    )
    yield Fault(failure.path, error)


def _too_many(failure: Failure) -> Iterator[Fault]:
    what = f"{failure.field} has {len(failure.value)} entries"
    yield Fault(failure.path, SpecError(what, where=failure.place, why=f"it has at most {failure.asked}"))


def _twice(failure: Failure) -> Iterator[Fault]:
    for index, item in enumerate(failure.value):
        if item in failure.value[:index]:
            place = failure.root.place_of((*failure.path, index))
            yield Fault(failure.path, SpecError(f"{shown(item)} is there twice in {failure.field}", where=place))


def _other(failure: Failure) -> Iterator[Fault]:
    yield Fault(failure.path, SpecError(f"{failure.field}: {failure.message[:200]}", where=failure.place))


def _not_so(failure: Failure, why: str, fix: str = "") -> Fault:
    secret = failure.schema.get("writeOnly", False)
    what = f"{failure.field} cannot be {'what it is' if secret else shown(failure.value)}"
    return Fault(failure.path, SpecError(what, where=failure.place, why=why, fix=fix))


def _bad_name(failure: Failure, why: str) -> Fault:
    path = (*failure.path, str(failure.value))
    what = f"the name {shown(failure.value)} in {failure.field} is not allowed"
    return Fault(path, SpecError(what, where=failure.root.key_place(path), why=why))


_WRITERS: Mapping[str, Callable[[Failure], Iterator[Fault]]] = {
    "additionalProperties": _unknown_field,
    "required": _missing_field,
    "type": _wrong_type,
    "anyOf": _wrong_type,
    "enum": _not_allowed,
    "pattern": _bad_pattern,
    "maxLength": _too_long,
    "minLength": _too_few,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "minItems": _too_few,
    "maxItems": _too_many,
    "minProperties": _too_few,
    "maxProperties": _too_many,
    "uniqueItems": _twice,
}
"""Keyword of the schema to who writes its sentence."""


def _wanted(path: Path) -> list[schemas.Schema]:
    found: list[schemas.Schema] = [schemas.load()]
    for step in path:
        found = [below for schema in found for below in schemas.below(schema, step)]
    return found


def _description(failure: Failure) -> str:
    """What the schema says the field is for."""
    return next((text for schema in _wanted(failure.path) if (text := schema.get("description"))), "")


def _example(failure: Failure) -> str:
    """A hint with the schema's own example, for a field that has one."""
    examples = next((found for schema in _wanted(failure.path) if (found := schema.get("examples"))), None)
    step = failure.path[-1] if failure.path else 0
    return f"for example {step}: {shown(examples[0])}" if examples and isinstance(step, str) else ""
