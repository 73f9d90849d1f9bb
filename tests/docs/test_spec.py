"""docs/spec.md: its tables are the schema's, and what it says is so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.cli.conftest import Cli, cli
from tools.spec_reference import MARK, PAGE, SCHEMA, fields, page, takes
from vitessctl.spec import load

__all__ = ["cli"]
HEAD, _, TABLES = PAGE.read_text(encoding="utf-8").partition(MARK)
EXAMPLES = re.findall(r"```yaml\n(.*?)```", HEAD, flags=re.DOTALL)


@pytest.fixture(scope="module")
def schema() -> Any:
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def test_the_tables_are_what_the_schema_says(schema: Any) -> None:
    assert page(schema, PAGE.read_text(encoding="utf-8")) == PAGE.read_text(encoding="utf-8"), (
        "out of date: python -m tools.spec_reference"
    )


def test_every_field_that_has_a_description_has_a_line(schema: Any) -> None:
    """Counted in another way than the tool does it: any map below `properties` that holds a description."""

    def described(node: Any) -> list[str]:
        if isinstance(node, list):
            return [found for item in node for found in described(item)]
        if not isinstance(node, dict):
            return []
        own = [child["description"] for child in node.get("properties", {}).values()]
        return own + [found for key, child in node.items() if key != "examples" for found in described(child)]

    wanted = described({key: value for key, value in schema.items() if key != "$defs"})

    assert sorted(wanted) == sorted(field.schema["description"] for field in fields(schema))
    assert len(wanted) > 70


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "maxLength": 40, "patternErrorMessage": "digits"}, "text of at most 40 characters: digits"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "whole number from 1 to 9"),
        ({"type": ["string", "number"]}, "text or number"),
        ({"enum": [1, 3, "many"]}, "`1`, `3`, `many`"),
        ({"type": "array", "items": {"type": "boolean"}}, "list of true or false"),
        ({"type": "array", "items": {"properties": {}}}, "list"),
        ({"additionalProperties": {"type": "integer"}}, "map of names to whole number"),
        ({"type": "object", "additionalProperties": False}, "map"),
        ({"$ref": "#/$defs/topology_root"}, "[topology root](#kinds-of-values)"),
        ({"anyOf": [{"enum": ["none"]}, {"type": "object"}]}, "`none`; or map"),
    ],
)
def test_what_a_field_takes_in_words(schema: Any, words: str) -> None:
    assert takes(schema) == words


def test_a_bar_in_a_description_does_not_end_the_cell() -> None:
    schema = {"properties": {"a": {"type": "string", "description": "x|y"}}, "$defs": {}}

    assert r"| `a` | text |  | x\|y |  |" in page(schema, MARK)


def test_a_page_without_its_mark_is_refused() -> None:
    with pytest.raises(ValueError, match="lost its mark"):
        page({"$defs": {}}, "head")


# The head


def checked(text: str, folder: Path, *extra: str, environment: dict[str, str] | None = None) -> Any:
    (folder / "cluster.yaml").write_text(text, encoding="utf-8")
    return load(folder, list(extra), [], environment or {})


def test_the_first_example_is_a_whole_spec(tmp_path: Path) -> None:
    checked(EXAMPLES[0], tmp_path)


def test_the_example_of_expressions(tmp_path: Path, cli: Cli) -> None:
    whole = {**yaml.safe_load(EXAMPLES[0]), **yaml.safe_load(EXAMPLES[1])}
    (tmp_path / "cluster.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")

    without = cli("validate", "-i", str(tmp_path))
    assert (without.code, "the environment variable APP_PASSWORD is not set" in without.err) == (5, True)

    shown = cli("render", "-i", str(tmp_path), "-e", 'users=[{name: app, password: "x"}]')
    assert "eu-west-1a" in shown.out


OPTIONS = re.findall(r"^\| `(-e|--image) (.*?)` \|", HEAD, flags=re.MULTILINE)


@pytest.mark.parametrize(("option", "value"), OPTIONS)
def test_every_option_of_the_table_is_accepted(option: str, value: str, cli: Cli) -> None:
    Path("cluster.yaml").write_text(EXAMPLES[0], encoding="utf-8")
    Path("more.yaml").write_text("namespace: databases\n", encoding="utf-8")

    result = cli("validate", option, value.strip("'"))

    assert (result.code, result.err) == (0, "")


def test_the_table_of_options_was_found() -> None:
    assert len(OPTIONS) == 6


LAYERS = [
    ("group_vars/all.yaml", "extra_flags: {vtgate: {buffer-size: 2}}", "2"),
    ("group_vars/vtgate.yaml", "extra_flags: {buffer-size: 3}", "3"),
    ("cluster.yaml", EXAMPLES[0] + "extra_flags: {vtgate: {buffer-size: 6}}", "6"),
]


@pytest.mark.parametrize("count", range(1, len(LAYERS) + 1))
def test_what_is_more_special_wins(count: int, cli: Cli) -> None:
    Path("group_vars").mkdir()
    Path("cluster.yaml").write_text(EXAMPLES[0], encoding="utf-8")
    for name, text, _ in LAYERS[:count]:
        Path(name).write_text(text, encoding="utf-8")

    flag = f"--buffer-size={LAYERS[count - 1][2]}"
    assert flag in cli("render", "--target", "local").out
    assert "--buffer-size=7" in cli("render", "--target", "local", "-e", "extra_flags.vtgate.buffer-size=7").out


def test_a_file_of_group_vars_that_belongs_to_nothing_is_an_error(cli: Cli) -> None:
    Path("group_vars").mkdir()
    Path("cluster.yaml").write_text(EXAMPLES[0], encoding="utf-8")
    Path("group_vars/zone7.yaml").write_text("zone: a", encoding="utf-8")

    assert "belongs to nothing" in cli("validate").err


SENTENCES = [
    ('vars: {n: 2}\nkeyspaces: {messages: {shards: "{{ n }}", tablets: {replica: 2}}}', "2 shards"),
    ("vars: {a: '{{ b }}', b: vitess/lite:v24.0.4}\nimage: '{{ a }}'", "the spec is right"),
    ("vars: {a: '{{ b }}', b: '{{ a }}'}", "needs itself"),
    ("namespace: \"{{ file('name.txt') }}\"", "the spec is right"),
    ("namespace: \"{{ env('NOT_SET', 'x') }}\"", "the spec is right"),
    ("namespace: \"{{ 'X' | lower }}\"", "the spec is right"),
    ("namespace: \"{{ ['a'] | random }}\"", "No filter named 'random'"),
    ('namespace: "{% if 1 %}a{% endif %}"', "lower-case letters, digits and dashes"),
    ('namespace: "{{ nothing }}"', "'nothing' is undefined"),
    ('namespace: "{{ a }}"\nvars: {a: "b: c"}', "lower-case letters, digits and dashes"),
]


@pytest.mark.parametrize(("text", "said"), SENTENCES)
def test_what_the_page_says_of_expressions(text: str, said: str, cli: Cli) -> None:
    Path("name.txt").write_text("databases\n", encoding="utf-8")
    whole = {**yaml.safe_load(EXAMPLES[0]), **yaml.safe_load(text)}
    Path("cluster.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")

    result = cli("validate")

    assert said in result.out + result.err
