"""The small parts of the package, by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.spec.conftest import Loader
from vitessctl.errors import Place, SpecErrors
from vitessctl.spec import scalars
from vitessctl.spec.layers import merged, stacked
from vitessctl.spec.mysql_image import is_mariadb, series_of
from vitessctl.spec.node import Node, dotted, map_of, nested
from vitessctl.spec.sandbox import evaluate, names
from vitessctl.spec.words import closest, counted, did_you_mean, kind_of, listed, shown

SHOP = """\
cluster: shop
image: vitess/lite:v24.0.4
cells: [zone1]
keyspaces: {a: {tablets: {replica: 1}}}
"""
HERE = Place("here.yaml", 1, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("0", 0),
        ("-12", -12),
        ("+3", 3),
        ("1.5", 1.5),
        ("1.5e3", 1500.0),
        ("no", "no"),
        ("on", "on"),
        ("TRUE", "TRUE"),
        ("0755", "0755"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("1e3", "1e3"),
        ("1.", "1."),
        (".5", ".5"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1.0e999", "1.0e999"),
        ("9" * 30, "9" * 30),
        ("2024-01-01", "2024-01-01"),
        ("=", "="),
        ("١٢", "١٢"),
    ],
)
def test_a_scalar_without_quotes(text: str, value: Any) -> None:
    found = scalars.read(text)
    assert found == value
    assert isinstance(found, type(value))


@pytest.mark.parametrize("text", ["1.10", "24.0", "0.5", "1.500e3"])
def test_a_decimal_number_prints_as_it_was_written(text: str) -> None:
    assert str(scalars.read(text)) == text
    assert f"v{scalars.read(text)}" == f"v{text}"


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [("replcia", ["replica", "rdonly"], "replica"), ("Zone1", ["zone1", "zone2"], "zone1"), ("x", ["replica"], None)],
)
def test_what_was_meant(word: str, known: list[str], near: str | None) -> None:
    assert closest(word, known) == near
    assert did_you_mean(word, known) == (f"did you mean {near}?" if near else "")


def test_lists_and_counts_in_words() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "and")] == ["a", "a or b", "a, b and c"]
    assert [counted(0, "cell"), counted(1, "cell"), counted(2, "cell")] == ["0 cells", "1 cell", "2 cells"]
    assert [kind_of(value) for value in ({}, [], True, 1, 1.5, "", None)] == [
        "a map",
        "a list",
        "true or false",
        "a whole number",
        "a decimal number",
        "text",
        "nothing",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("vitess/lite:v24.0.4", "vitess/lite:v24.0.4"),
        ("-80", "-80"),
        ("two words", "two words"),
        ("", '""'),
        ("a: b", '"a: b"'),
        ("{{ x }}", '"{{ x }}"'),
        (" a", '" a"'),
        ("a\nb", '"a\\nb"'),
        ("café", "café"),
        (["a", 1, True, None], "[a, 1, true, null]"),
        ({"a": {"b": 1.5}}, "{a: {b: 1.5}}"),
        ("x" * 100, "x" * 77 + "..."),
    ],
)
def test_a_value_as_a_person_would_write_it(value: Any, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("image", "series", "mariadb"),
    [
        ("mysql:8.4.8", "8.4", False),
        ("mysql:8", None, False),
        ("mysql:9", "9", False),
        ("mysql:9.7.1-oracle", "9", False),
        ("docker.io/library/mysql:8.0.40", "8.0", False),
        ("registry:5000/percona/percona-server:8.0.40-31.1", "8.0", False),
        ("mysql:latest", None, False),
        ("vitess/mysqlctld:v14.0.5", None, False),
        ("mysql", None, False),
        ("mysql:8.4.8@sha256:0123", "8.4", False),
        ("mysql@sha256:0123", None, False),
        ("vitess/lite:v24.0.4", None, False),
        ("vitess/lite:v24.0.4-mysql80", "8.0", False),
        ("vitess/lite:v24.0.4-percona84", "8.4", False),
        ("mariadb:10.11", None, True),
        ("bitnami/mariadb:10.11", None, True),
        ("vitess/lite:v9.0.0-mariadb103", None, True),
        ("mariadb.example.com/mysql:8.4", "8.4", False),
    ],
)
def test_the_mysql_that_an_image_holds(image: str, series: str | None, mariadb: bool) -> None:
    assert (series_of(image), is_mariadb(image)) == (series, mariadb)


def node_of(value: Any) -> Node:
    if isinstance(value, dict):
        return map_of(HERE, **{key: node_of(below) for key, below in value.items()})
    return Node([node_of(item) for item in value] if isinstance(value, list) else value, HERE)


MAPS = st.recursive(
    st.integers(0, 3) | st.lists(st.integers(0, 3), max_size=2),
    lambda below: st.dictionaries(st.sampled_from("abc"), below, max_size=3),
).filter(lambda value: isinstance(value, dict))


@settings(max_examples=40, deadline=None)
@given(MAPS, MAPS, MAPS)
def test_layers_may_be_merged_from_either_end(low: Any, middle: Any, high: Any) -> None:
    """All of a higher layer is in the result, and nothing comes from nowhere."""
    whole = stacked(node_of(layer) for layer in (low, middle, high))
    assert whole is not None
    assert whole.plain() == merged(merged(node_of(low), node_of(middle)), node_of(high)).plain()
    assert merged(whole, node_of(high)).plain() == whole.plain()
    assert set(whole.value) == {*low, *middle, *high}


@pytest.mark.parametrize(
    ("low", "high", "result"),
    [
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}}, {"a": {"b": 1, "c": 3}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"b": 1}}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {"a": {"b": 2}}, {"a": {"b": 2}}),
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
    ],
)
def test_maps_merge_and_the_rest_replaces(low: Any, high: Any, result: Any) -> None:
    assert merged(node_of(low), node_of(high)).plain() == result


def test_paths_as_a_person_reads_them() -> None:
    assert dotted(("keyspaces", "messages", "pools", 0, "cell")) == "keyspaces.messages.pools[0].cell"
    assert dotted(()) == "the spec"
    assert nested(("a", "b"), node_of(1)).plain() == {"a": {"b": 1}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ 1 + 1 }}", 2),
        ("{{- x -}}", [1]),
        ("{{ -5 }}", -5),
        (" {{ 1 }}", " 1"),
        ("{{ 1 }}{{ 2 }}", "12"),
        ("{{ x.items }}", "key"),
        ("{{ {'a': x} }}", {"a": [1]}),
        ("{{ x | to_json }}", "[1]"),
        ("{{ 'a<b>&' | tojson }}", '"a<b>&"'),
        ("{{ none }}", None),
        ("{{ '}}' }}", "}}"),
        ("{# no comment #}{{ 1 }}", "{# no comment #}1"),
        ("{{ range(3) | list }}", [0, 1, 2]),
        ("{{ range(3) }}", [0, 1, 2]),
        ("{{ 2 ** 10 * 3 }}", 3072),
        ("{{ 'ab' * 2 }}\n", "abab\n"),
    ],
)
def test_what_an_expression_gives(text: str, value: Any) -> None:
    variables: dict[str, Any] = {"x": {"items": "key"}} if "items" in text else {"x": [1]}
    assert evaluate(text, variables) == value


def test_names_that_an_expression_asks_for() -> None:
    assert names("{{ a.b }} {{ env('C') }} {{ range(d) }}") == {"a", "env", "d"}


@pytest.mark.parametrize(
    "text",
    [
        "{{ x.__class__ }}",
        "{{ x.append(1) }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ [x, x] * 900000 }}",
        "{{ 10 ** 100 }}",
        "{{ lipsum() }}",
        "{{ x | random }}",
        "{{ self }}",
        "{{ cycler('a').next }}",
        "{% set y = 1 %}{{ y }}",
    ],
)
def test_what_an_expression_must_not_do(text: str) -> None:
    with pytest.raises(Exception, match=r"."):
        evaluate(text, {"x": [1]})


def test_a_text_that_grows_from_variable_to_variable_is_stopped(load_text: Loader) -> None:
    doubling = "\n".join(f'  v{index}: "{{{{ v{index - 1} }}}}{{{{ v{index - 1} }}}}"' for index in range(1, 40))
    lists = "\n".join(f'  l{index}: "{{{{ [l{index - 1}, l{index - 1}] }}}}"' for index in range(1, 40))
    with pytest.raises(SpecErrors) as caught:
        load_text(f"cluster: '{{{{ v39 }}}}'\nvars:\n  v0: abcdefgh\n  l0: 1\n{doubling}\n{lists}\n")
    text = str(caught.value)
    assert "it gives a text of more than 1,000,000 characters" in text
    assert "it gives more than 10,000 values or 32 levels" in text


@pytest.mark.parametrize(
    "users",
    [
        '[{name: app, password: "SECRET", passwrd: x}]',
        "[{name: app, password: \"{{ env('PASSWORD') * 100 }}\"}]",
        "[{name: app, password: [SECRET]}]",
        "[{name: app, password: {a: SECRET}}]",
        "[{name: app, password: \"{{ env('PASSWORD') + 1 }}\"}]",
        "[{name: app, password: SECRET}, {name: app, password: SECRET}]",
    ],
)
def test_a_password_is_in_no_error(users: str, load_text: Loader) -> None:
    text = f"{SHOP}users: {users}\n"
    with pytest.raises(SpecErrors) as caught:
        load_text(text, env={"PASSWORD": "SECRET"})
    assert "SECRET" not in str(caught.value)
