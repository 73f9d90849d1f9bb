"""No text gives anything but a spec or its errors; what is loaded does not depend on chance; nothing is injected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from vitessctl.errors import Place, SpecErrors
from vitessctl.model.build import build
from vitessctl.spec import Spec, load

SPEC = """\
cluster: shop
image: vitess/lite:v24.0.4
cells: {zone1: {zone: eu-west-1a}, zone2: {}}
keyspaces:
  messages:
    shards: ["-80", "80-"]
    pools: [{cell: zone1, tablets: 2, uid: {"-80": 100, "80-": 200}}, {cell: zone2, type: rdonly, tablets: 1}]
    vschema: {sharded: true, vindexes: {xxhash: {type: xxhash}}}
users: [{name: app, password: "{{ env('PASSWORD', 'x') }}"}]
resources: {vtgate: {limits: {memory: 1Gi}}}
extra_flags: {vtgate: {enable-buffer: true}}
timeouts: {default: 3m}
"""
PIECES = st.sampled_from(
    [
        "cluster",
        ": ",
        "\n",
        "  ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        "{{ ",
        " }}",
        "&a ",
        "*a",
        "!!",
        "'",
        '"',
        "#",
        "|\n",
        "\t",
        "1",
        "?",
        ",",
        "zone1",
        "\0",
        "é",
        "---\n",
        "<<",
        "%",
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=30).map("".join))
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def tried(folder: Path, text: str, extra_vars: tuple[str, ...] = ()) -> Spec | SpecErrors:
    """What a person gets; anything that is neither a spec nor its errors fails the test."""
    path = folder / "cluster.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        spec = load(path, extra_vars)
    except SpecErrors as errors:
        caught = errors
    else:
        build(spec)
        return spec
    assert caught.errors
    assert all(isinstance(error.where, Place) and error.what for error in caught.errors)
    return caught


@quick
@given(TEXTS)
@example("a: &a [*a]")
@example("{{{{{{{{")
@example("? ? ? ?")
def test_any_text(tmp_path: Path, text: str) -> None:
    tried(tmp_path, text)


@quick
@given(st.binary(max_size=60))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "cluster.yaml").write_bytes(content)
    with pytest.raises(SpecErrors):
        load(tmp_path)


@quick
@given(st.integers(0, len(SPEC)), st.integers(0, 8), TEXTS)
def test_a_good_spec_with_something_else_in_it(tmp_path: Path, at: int, length: int, text: str) -> None:
    tried(tmp_path, SPEC[:at] + text + SPEC[at + length :])


@quick
@given(st.sampled_from(["cluster", "image", "namespace", "cells.zone1.zone", "keyspaces.messages.storage"]), TEXTS)
@example("cluster", "{{ [].append(1) }}")
@example("cluster", "{{ lipsum }}")
@example("cluster", "{{ 'a'.join(range(99999)) }}")
@example(
    "cluster", "{{ ((((((((((((((((((((((((((((((((((((((((((((((1)))))))))))))))))))))))))))))))))))))))))))))) }}"
)
@example("cluster", "{{ 1 / 0 }}")
@example("cluster", "{{ range(9) * 9999999 }}")
@example("cluster", "{{ cycler }}{{ dict }}")
def test_any_extra_var(tmp_path: Path, field: str, text: str) -> None:
    tried(tmp_path, SPEC, (f"{field}={text}",))
    tried(tmp_path, SPEC, (text,))


@quick
@given(st.text(max_size=40))
@example("x\nresources: recommended")
@example("'}, other: {password: x")
@example("{{ 1 }}")
def test_no_value_becomes_structure(tmp_path: Path, value: str) -> None:
    (tmp_path / "cluster.yaml").write_text(SPEC, encoding="utf-8")
    try:
        spec = load(tmp_path, environment={"PASSWORD": value})
    except SpecErrors:
        assert value == ""
        return
    assert spec.data["users"] == [{"name": "app", "password": value}]
    assert {**spec.data, "users": []} == {**load(tmp_path).data, "users": []}


def shuffled(value: Any, draw: st.DrawFn) -> Any:
    if isinstance(value, dict):
        keys = draw(st.permutations(sorted(value)))
        return {key: shuffled(value[key], draw) for key in keys}
    return value


PARSED = {
    "cluster": "shop",
    "image": "vitess/lite:v24.0.4",
    "cells": ["zone1", "zone2"],
    "keyspaces": {"a": {"tablets": {"replica": 2, "rdonly": 1}, "shards": 2}, "b": {"tablets": {"replica": 1}}},
    "timeouts": {"default": "1m", "mysql": "2m"},
}


@st.composite
def same_spec(draw: st.DrawFn) -> str:
    return json.dumps(shuffled(PARSED, draw), indent=draw(st.sampled_from([None, 2])))


@quick
@given(same_spec())
def test_the_order_of_fields_decides_nothing(tmp_path: Path, text: str) -> None:
    spec = tried(tmp_path, text)
    assert isinstance(spec, Spec)
    tablets = {(tablet.alias, tablet.keyspace, tablet.shard, tablet.type) for tablet in build(spec).tablets()}
    in_order = tried(tmp_path, json.dumps(PARSED))
    assert isinstance(in_order, Spec)
    assert tablets == {
        (tablet.alias, tablet.keyspace, tablet.shard, tablet.type) for tablet in build(in_order).tablets()
    }
