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
from vitessctl.render.yamlmoulds import KEY, YamlMoulds

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.from_regex(r"[A-Za-z0-9/_.+-]{1,8}", fullmatch=True)
NOTHING = "x.yaml.j2"


def rendered(*parts: Any) -> Raw:
    """Text and values in turn, as the environment writes them."""
    pieces = [part if index % 2 == 0 else placed(SYNTAXES[".yaml.j2"], part) for index, part in enumerate(parts)]
    return split("".join(pieces))


def moulds() -> YamlMoulds:
    return YamlMoulds(lambda place: None)


@given(TEXT, TEXT, st.integers())
def test_the_data_is_what_yaml_reads(name: str, value: str, count: int) -> None:
    q = yamltext.quote
    raw = rendered(
        "name: ", q(name), "\nlist: [", q(value), ", ", count, "]\nmap:\n  - a: ", q(value), " # ", q(name), "\n"
    )
    data = moulds().data(raw, NOTHING)
    assert data == yaml.safe_load(raw.text) == {"name": name, "list": [value, count], "map": [{"a": value}]}


@given(PLAIN, PLAIN)
def test_plain_values_in_a_text_are_read_as_yaml_reads_the_whole(first: str, second: str) -> None:
    try:
        raw = rendered("a: ", first, "-", second, "\nb: '", first, "'\nc: x", second, "\n")
        data = moulds().data(raw, NOTHING)
    except (ValueRefused, TemplateError):
        return
    assert data == yaml.safe_load(raw.text)


def test_plain_values_that_make_a_date_together_are_refused() -> None:
    with pytest.raises(TemplateError) as caught:
        moulds().data(rendered("day: ", 2026, "-", 11, "-", 22, "\n"), NOTHING)
    assert caught.value.why == "YAML reads '2026-11-22' as timestamp; quote it"


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
def test_maps_with_any_keys(entries: list[tuple[str, str]]) -> None:
    known = dict(entries)
    raw = rendered("map:\n  fixed: 1\n  ", yamltext.pairs(known, 2), "\n")
    if "fixed" in known:
        with pytest.raises(TemplateError, match="not right") as caught:
            moulds().data(raw, NOTHING)
        assert "there twice" in caught.value.why
        return
    assert moulds().data(raw, NOTHING) == {"map": {"fixed": 1, **known}}


def test_a_hundred_documents_of_one_kind_are_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    compose = yaml.compose_all
    monkeypatch.setattr(yaml, "compose_all", lambda text, Loader: calls.append(1) or compose(text, Loader=Loader))
    known = moulds()
    for number in range(100):
        raw = rendered("name: ", yamltext.quote(f"n{number}"), "\nnumber: ", number, "\n")
        assert known.data(raw, NOTHING) == {"name": f"n{number}", "number": number}
    assert len(calls) == 1


def test_the_same_text_from_another_template_is_a_shape_of_its_own() -> None:
    known = moulds()
    known.data(rendered("a: ", 1, "\n"), "one.yaml.j2")
    known.data(rendered("a: ", 1, "\n"), "two.yaml.j2")
    known.data(rendered("a: ", yamltext.quote("1"), "\n"), "two.yaml.j2")
    assert len(known._known) == 3


def test_structure_that_the_user_wrote_is_data() -> None:
    limits = {"limits": {"cpu": "1", "memory": None}, "list": [1, 2.5, True, {}]}
    raw = rendered("resources: ", yamltext.as_json(limits), "\nname: ", yamltext.quote("x"), "\n")
    assert moulds().data(raw, NOTHING) == {"resources": limits, "name": "x"}


def test_what_one_document_holds_is_no_part_of_another() -> None:
    known = moulds()
    first = known.data(rendered("a: {b: [", 1, "]}\n"), NOTHING)
    first["a"]["b"].append("changed")
    assert known.data(rendered("a: {b: [", 2, "]}\n"), NOTHING) == {"a": {"b": [2]}}


def test_a_rule_is_asked_once_for_constants_and_for_every_value() -> None:
    asked: list[Any] = []

    def check(value: Any) -> str:
        asked.append(value)
        return "it is too loud" if str(value).isupper() else ""

    known = YamlMoulds(lambda place: check if place[-1] == "name" else None)
    known.data(rendered("a: {name: x}\nb: {name: ", yamltext.quote("y"), "}\n"), NOTHING)
    known.data(rendered("a: {name: x}\nb: {name: ", yamltext.quote("z"), "}\n"), NOTHING)
    assert asked == ["x", "y", "z"]
    with pytest.raises(TemplateError) as caught:
        known.data(rendered("a: {name: x}\nb: {name: ", yamltext.quote("LOUD"), "}\n"), NOTHING)
    assert (caught.value.why, caught.value.where) == ("it is too loud", "x.yaml.j2 (line 2 of the rendered text)")
    assert caught.value.evidence == ('b: {name: "LOUD"}',)


def test_places_tell_the_way_to_a_scalar() -> None:
    places: list[Any] = []
    known = YamlMoulds(lambda place: places.append(place))
    known.data(rendered("a:\n  - b: 1\n    c: ", 2, "\n"), NOTHING)
    assert places == [(KEY,), ("a", 0, KEY), ("a", 0, KEY), ("a", 0, "b"), ("a", 0, "c")]


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
        moulds().data(raw, NOTHING)
    assert caught.value.why.startswith("a key has to be a short text")
