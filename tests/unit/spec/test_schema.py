"""The schema is sound, explains itself, and its quick reader agrees with jsonschema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from vitessctl.run.stages import STAGES
from vitessctl.spec import schema

WHOLE = schema.load()
VALIDATOR = Draft202012Validator(WHOLE)
GOOD: dict[str, Any] = {
    "cluster": "shop",
    "image": "vitess/lite:v24.0.4",
    "cells": {"zone1": {"zone": "a", "vtgate": {"replicas": 2, "annotations": {"a/b": "c"}}}, "zone2": {}},
    "keyspaces": {
        "a": {"tablets": {"replica": 3}, "shards": ["-80", "80-"], "vschema": {"sharded": True}},
        "b": {"pools": [{"cell": "zone1", "type": "replica", "tablets": 2, "uid": {"0": 100}}], "shards": 1},
    },
    "resources": {"vtgate": {"limits": {"memory": "1Gi"}}, "etcd": "recommended"},
    "topology": {"etcd": {"members": 3}, "external": {"addresses": ["a:1"]}},
    "users": [{"name": "app", "password": "x"}],
    "timeouts": {"default": "3m"},
    "extra_flags": {"vtgate": {"enable-buffer": "true"}},
}


def fields(found: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of the schema with its dotted path."""
    for name, field in found.get("properties", {}).items():
        yield f"{path}{name}", field
        yield from fields(field, f"{path}{name}.")
    for below in (found.get("items"), found.get("additionalProperties"), *found.get("anyOf", ())):
        if isinstance(below, dict):
            yield from fields(below, path)


FIELDS = dict(fields(dict(WHOLE)))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(WHOLE)


@pytest.mark.parametrize("path", FIELDS)
def test_every_field_is_described_and_has_an_example_that_fits(path: str) -> None:
    field = FIELDS[path]
    assert len(field["description"]) >= 8
    assert field["description"].endswith(".")
    assert field["examples"]
    for example in field["examples"]:
        assert Draft202012Validator({**field, "$defs": WHOLE["$defs"]}).is_valid(example), example


def test_every_stage_has_a_timeout() -> None:
    assert set(FIELDS["timeouts"]["properties"]) == {"default"} | {stage.name for stage in STAGES}


def test_the_quick_reader_knows_every_keyword() -> None:
    """A keyword that it does not know would be a keyword that it does not check."""
    notes = {
        "$schema",
        "$defs",
        "$ref",
        "title",
        "description",
        "examples",
        "default",
        "patternErrorMessage",
        "writeOnly",
    }

    def keywords(found: Any) -> Iterator[str]:
        yield from found
        for name in ("properties", "$defs"):
            for below in found.get(name, {}).values():
                yield from keywords(below)
        for below in (found.get("items"), found.get("additionalProperties"), found.get("propertyNames")):
            if isinstance(below, dict):
                yield from keywords(below)
        for below in found.get("anyOf", ()):
            yield from keywords(below)

    assert set(keywords(WHOLE)) - notes <= set(schema._CHECKS)


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 70000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.sampled_from(["zone1", "replica", "a\n", "-80", "80-", "recommended", "3m", "1Gi", "x" * 70, 1.0, 3.0, 0]),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for step, below in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from paths(below, (*path, step))


@st.composite
def nearly_good(draw: st.DrawFn) -> Any:
    """A good spec in which one value is replaced, added or gone."""
    value = json.loads(json.dumps(GOOD))
    path = draw(st.sampled_from(sorted(paths(value), key=str)))
    if not path:
        return draw(VALUES)
    around = value
    for step in path[:-1]:
        around = around[step]
    change = draw(st.sampled_from(["replace", "add", "remove"]))
    if change == "replace" or isinstance(around, list):
        around[path[-1]] = draw(VALUES)
    elif change == "add":
        around[draw(st.sampled_from(["uid", "zone", "name", "Zone 3", "vtgate", "shards"]))] = draw(VALUES)
    else:
        del around[path[-1]]
    return value


def test_the_good_one_is_good() -> None:
    assert schema.fits(WHOLE, GOOD)
    assert VALIDATOR.is_valid(GOOD)


@settings(max_examples=60, deadline=None)
@given(nearly_good())
def test_the_quick_reader_agrees_with_jsonschema(value: Any) -> None:
    assert schema.fits(WHOLE, value) == VALIDATOR.is_valid(value)


def test_a_line_end_does_not_slip_through_a_pattern() -> None:
    """Python's $ matches before a line end; no name may end with one."""
    for field in ("cluster", "namespace", "image"):
        assert not schema.fits(WHOLE, {**GOOD, field: f"{GOOD.get(field, 'shop')}\n"})
