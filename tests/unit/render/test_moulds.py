"""Rendered YAML to data: quick for the second document of a kind, and never anything but what YAML reads."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.errors import TemplateError
from vitessctl.render import yamltext
from vitessctl.render.environment import placed
from vitessctl.render.marks import ValueRefused
from vitessctl.render.mould import plain_json
from vitessctl.render.raw import Raw, split
from vitessctl.render.syntaxes import SYNTAXES
from vitessctl.render.yamlmoulds import KEY, Rule, data_of

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.from_regex(r"[A-Za-z0-9/_.+-]{1,8}", fullmatch=True)


def rendered(*parts: Any) -> Raw:
    """Text and values in turn, as the environment writes them."""
    pieces = [part if index % 2 == 0 else placed(SYNTAXES[".yaml.j2"], part) for index, part in enumerate(parts)]
    return split("".join(pieces))


def no_rule(place: Any) -> None:
    """Any scalar is right anywhere."""


def data(raw: Raw, rule: Rule = no_rule, template: str = "x.yaml.j2") -> Any:
    return data_of(raw, template, rule)


@given(TEXT, TEXT, st.integers())
def test_the_data_is_what_yaml_reads(name: str, value: str, count: int) -> None:
    q = yamltext.quote
    raw = rendered(
        "name: ", q(name), "\nlist: [", q(value), ", ", count, "]\nmap:\n  - a: ", q(value), " # ", q(name), "\n"
    )
    found = data(raw)
    assert found == yaml.safe_load(raw.text) == {"name": name, "list": [value, count], "map": [{"a": value}]}


@given(PLAIN, PLAIN)
def test_plain_values_in_a_text_are_read_as_yaml_reads_the_whole(first: str, second: str) -> None:
    try:
        raw = rendered("a: ", first, "-", second, "\nb: '", first, "'\nc: x", second, "\n")
        found = data(raw)
    except (ValueRefused, TemplateError):
        return
    assert found == yaml.safe_load(raw.text)


def test_plain_values_that_make_a_date_together_are_refused() -> None:
    with pytest.raises(TemplateError) as caught:
        data(rendered("day: ", 2026, "-", 11, "-", 22, "\n"))
    assert caught.value.why == "YAML reads '2026-11-22' as timestamp; quote it"


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
def test_maps_with_any_keys(entries: list[tuple[str, str]]) -> None:
    known = dict(entries)
    raw = rendered("map:\n  fixed: 1\n  ", yamltext.pairs(known, 2), "\n")
    if "fixed" in known:
        with pytest.raises(TemplateError, match="not right") as caught:
            data(raw)
        assert "there twice" in caught.value.why
        return
    assert data(raw) == {"map": {"fixed": 1, **known}}


def test_a_hundred_documents_of_one_kind_are_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    compose = yaml.compose_all
    monkeypatch.setattr(yaml, "compose_all", lambda text, Loader: calls.append(1) or compose(text, Loader=Loader))
    for number in range(100):
        raw = rendered("hundred: ", yamltext.quote(f"n{number}"), "\nnumber: ", number, "\n")
        assert data(raw) == {"hundred": f"n{number}", "number": number}
    assert len(calls) == 1


def test_a_bare_and_a_quoted_value_in_the_same_text_are_two_things() -> None:
    assert data(rendered("a: ", 1, "\n")) == {"a": 1}
    assert data(rendered("a: ", yamltext.quote("1"), "\n")) == {"a": "1"}
    assert data(rendered("a: ", yamltext.as_json([1]), "\n")) == {"a": [1]}
    assert data(rendered("a: ", yamltext.as_json([2]), "\n")) == {"a": [2]}


def test_structure_that_the_user_wrote_is_data() -> None:
    limits = {"limits": {"cpu": "1", "memory": None}, "list": [1, 2.5, True, {}]}
    raw = rendered("resources: ", yamltext.as_json(limits), "\nname: ", yamltext.quote("x"), "\n")
    assert data(raw) == {"resources": limits, "name": "x"}


def test_what_one_document_holds_is_no_part_of_another() -> None:
    data(rendered("a: {b: [", 1, "]}\n"))["a"]["b"].append("changed")
    assert data(rendered("a: {b: [", 2, "]}\n")) == {"a": {"b": [2]}}


def test_a_rule_is_asked_once_for_a_constant_and_once_for_each_value() -> None:
    asked: list[Any] = []

    def check(value: Any) -> str:
        asked.append(value)
        return "it is too loud" if str(value).isupper() else ""

    def rule(place: Any) -> Any:
        return check if place[-1] == "name" else None

    for name in ("y", "z", "z"):
        data(rendered("a: {name: x}\nb: {name: ", yamltext.quote(name), "}\n"), rule)
    assert asked == ["x", "y", "z"]
    with pytest.raises(TemplateError) as caught:
        data(rendered("a: {name: x}\nb: {name: ", yamltext.quote("LOUD"), "}\n"), rule)
    assert (caught.value.why, caught.value.where) == ("it is too loud", "x.yaml.j2 (line 2 of the rendered text)")
    assert caught.value.evidence == ('b: {name: "LOUD"}',)


def test_places_tell_the_way_to_a_scalar() -> None:
    places: list[Any] = []
    data(rendered("a:\n  - b: 1\n    c: ", 2, "\n"), lambda place: places.append(place))
    assert places == [(KEY,), ("a", 0, KEY), ("a", 0, KEY), ("a", 0, "b"), ("a", 0, "c")]


@pytest.mark.parametrize(
    "text", ['a: "\ue0000\ue001"\nb: ', 'a: "\\uE0000\\uE001"\nb: ', 'a: "\\U0000e0000\\ue001"\nb: ']
)
def test_a_template_cannot_write_what_stands_for_a_value(text: str) -> None:
    with pytest.raises(TemplateError) as caught:
        data(rendered(text, 1, "\n"))
    assert "private use area" in caught.value.why
    with pytest.raises(ValueRefused, match="private use area"):
        yamltext.as_json(["\ue0000\ue001"])


@pytest.mark.parametrize(
    ("text", "json"),
    [
        ("24", "24"),
        ("2.10", "2.1"),
        ("yes", "true"),
        ("~", "null"),
        ("0755", "493"),
        ("a b", '"a b"'),
        ("1e3", '"1e3"'),
    ],
)
def test_bare_scalars_have_the_type_that_yaml_gives_them(text: str, json: str) -> None:
    assert plain_json(text) == json


@pytest.mark.parametrize("text", ["2026-11-22", ".nan", "-.inf", "=", "<<"])
def test_bare_scalars_that_json_cannot_hold_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="quote it"):
        plain_json(text)


def test_a_key_that_is_too_long_for_yaml_is_refused() -> None:
    raw = rendered("map:\n  ", yamltext.pairs({"k" * 2000: "v"}, 2), "\n")
    with pytest.raises(TemplateError) as caught:
        data(raw)
    assert caught.value.why.startswith("a key has to be a short text")
