"""Values in YAML, in supervisor's files, in my.cnf and in JSON: what may stand bare, and what the filters do."""

from __future__ import annotations

import configparser
import json
import shlex
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.render.support import cases
from vitessctl.render import conftext, yamltext
from vitessctl.render.layout import Expanded
from vitessctl.render.marks import MARKS, Fragment, ValueRefused
from vitessctl.render.syntaxes import SYNTAXES, ending_of

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
ONE_LINE = st.text(st.characters(exclude_categories=["Cs", "Cc"]))
HOSTILE = st.sampled_from(
    [
        "no", "0755", "1.10", "null", "~", "a: b", "- a", "x #y", "x ;y", "' ;", "{{ x }}", "%(here)s", "%%(here)s",
        "100%", "$(HOME)", "$$", '"', "'", "\\", "\\n", "a\u2028b", "\x85", "\ue0000\ue001", "\ufeff", "🐟", "a\tb",
        "=", "<<",
    ]
)  # fmt: skip


@pytest.mark.parametrize("text", cases(__file__, "plain")["bare"])
def test_text_that_yaml_takes_as_it_is_may_stand_bare(text: str) -> None:
    assert yamltext.plain(text) == text
    assert yaml.safe_load(f"key: {text}") == {"key": text}


@pytest.mark.parametrize("text", cases(__file__, "plain")["refused"])
def test_text_with_a_meaning_in_yaml_has_to_be_quoted(text: str) -> None:
    with pytest.raises(ValueRefused):
        yamltext.plain(text)
    assert yaml.safe_load(f"key: {yamltext.quote(text)}") == {"key": text}


@given(TEXT | HOSTILE)
@example("a\u2028b\u2029c\x85d\x00e\ufefff\uffff")
def test_quoted_text_is_read_back_as_itself_by_every_reader(text: str) -> None:
    quoted = yamltext.quote(text)
    assert "\n" not in quoted
    assert json.loads(quoted) == text
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        assert yaml.load(f"a: {quoted}\nb: [{quoted}]\n", loader) == {"a": text, "b": [text]}


@given(TEXT | HOSTILE)
def test_what_may_stand_bare_is_read_back_as_itself(text: str) -> None:
    try:
        bare = yamltext.plain(text)
    except ValueRefused:
        return
    for line in (f"k: {bare}", f"k: {bare} # comment", f"k: [{bare}, x]"):
        found = yaml.safe_load(line)["k"]
        assert found == bare or found == [bare, "x"]


@pytest.mark.parametrize("value", [True, None, 1.5, [], {}, b"x", ["a"]])
def test_only_text_and_whole_numbers_are_quoted(value: Any) -> None:
    for filter_ in (yamltext.quote, conftext.quote, conftext.verbatim):
        with pytest.raises((ValueRefused, TypeError)):
            filter_(value)


def test_a_number_is_quoted_as_text() -> None:
    assert yamltext.quote(24) == '"24"'
    assert conftext.quote(24) == "24"


def test_half_a_surrogate_pair_is_refused() -> None:
    for filter_ in (yamltext.quote, yamltext.as_json, conftext.quote, conftext.verbatim):
        with pytest.raises(ValueRefused, match="half a surrogate pair"):
            filter_("\ud800")


PUBLIC = st.text(st.characters(exclude_categories=["Cs", "Co"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | PUBLIC,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PUBLIC, inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_the_json_filter_gives_what_json_and_yaml_read_alike(value: Any) -> None:
    text = yamltext.as_json(value)
    assert json.loads(text) == value
    if not _has_long_key(value):
        assert yaml.safe_load(f"key: {text}") == {"key": _as_yaml_reads(value)}


def _has_long_key(value: Any) -> bool:
    return any(len(part) > 120 for part in json.dumps(value).split('"'))


def _as_yaml_reads(value: Any) -> Any:
    """YAML 1.1 takes 1e+16 for text, as it has no point."""
    if isinstance(value, float) and "." not in repr(value):
        return repr(value)
    if isinstance(value, list):
        return [_as_yaml_reads(item) for item in value]
    return {key: _as_yaml_reads(item) for key, item in value.items()} if isinstance(value, dict) else value


@given(JSON | TEXT)
@example({"a\ue000": ["\ue001"]})
def test_a_json_file_holds_any_text(value: Any) -> None:
    text = SYNTAXES[".json.j2"].filters["json"](value)
    assert json.loads(text) == value
    assert "\x04" not in text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, object(), {"a": object()}])
def test_the_json_filter_takes_nothing_else(value: Any) -> None:
    with pytest.raises(ValueRefused):
        yamltext.as_json(value)


def test_maps_and_lists_are_written_a_line_each() -> None:
    assert (
        yamltext.pairs({"app": "a b", "no": "no", "count": 1}, 2).translate(MARKS)
        == 'app: "a b"\n  "no": "no"\n  count: "1"'
    )
    assert yamltext.items(["--a=b", "c"], 4).translate(MARKS) == '- "--a=b"\n    - "c"'
    assert yamltext.pairs({}) == yamltext.items(()) == ""
    with pytest.raises(ValueRefused, match="takes a map, not a list"):
        yamltext.pairs([])
    with pytest.raises(ValueRefused, match="takes a list, not a str"):
        yamltext.items("abc")


def supervisor_words(line: str, here: str = "/state of things") -> list[str]:
    """The words that supervisor makes of a `command=` line: %(here)s first, then INI, then %%, then words."""
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"), strict=True)
    parser.read_string(f"[program:x]\ncommand=run\n  {line}\n")
    value = parser["program:x"]["command"].replace("%(here)s", here)
    return shlex.split(value % {"here": here})[1:]


@given(ONE_LINE | HOSTILE)
@example(" ; x")
@example("a #b")
@example("%(here)s")
@example("%%(here)s%(x)s")
@example("'; '#")
@example("\xa0#x")
def test_supervisor_reads_a_quoted_word_as_that_one_word(text: str) -> None:
    try:
        quoted = conftext.quote(text)
    except ValueRefused:
        assert any(ord(character) < 32 or ord(character) == 127 for character in text)
        return
    assert supervisor_words(quoted) == [text]


@given(TEXT | HOSTILE)
def test_supervisor_reads_a_bare_word_as_that_one_word(text: str) -> None:
    try:
        bare = conftext.plain(text)
    except ValueRefused:
        return
    assert supervisor_words(bare) == [text]


def test_a_path_of_the_state_folder_is_filled_in_by_supervisor() -> None:
    path = Expanded("--data-dir=%(here)s/data/etcd-0")
    assert conftext.quote(path) == "'--data-dir=%(here)s/data/etcd-0'"
    assert supervisor_words(conftext.quote(path)) == ["--data-dir=/state of things/data/etcd-0"]
    assert conftext.quote(str(path)) == "'--data-dir=%%''(here)s/data/etcd-0'"
    assert supervisor_words(conftext.quote(str(path))) == [path]


@pytest.mark.parametrize("text", ["a\nb", "a\x00b", "\x1b[31m", "a\x7f"])
def test_a_command_line_carries_no_line_breaks_or_control_characters(text: str) -> None:
    with pytest.raises(ValueRefused, match="line break or control character"):
        conftext.quote(text)


def test_a_users_own_my_cnf_is_taken_as_it_is_but_for_control_characters() -> None:
    text = "[mysqld]\n# as I like it\n\tsql-mode = 'ANSI'\r\n"
    assert conftext.verbatim(text) == text
    with pytest.raises(ValueRefused, match="control character"):
        conftext.verbatim("a\x00b")


def test_nothing_stands_bare_in_json_and_only_words_in_my_cnf() -> None:
    with pytest.raises(ValueRefused, match="is not JSON"):
        SYNTAXES[".json.j2"].plain("a")
    assert SYNTAXES[".cnf.j2"].plain("127.0.0.1") == "127.0.0.1"
    with pytest.raises(ValueRefused, match=r"more than a value of my\.cnf"):
        SYNTAXES[".cnf.j2"].plain("a\nb")


def test_a_fragment_loses_its_marks_when_it_is_quoted() -> None:
    assert yamltext.quote(Fragment("a\x01b\x04c")) == '"abc"'


def test_the_ending_of_a_template_tells_its_format() -> None:
    assert [ending_of(name) for name in ("local/a.conf.j2", "x.yaml.j2", "my.cnf.j2")] == [
        ".conf.j2",
        ".yaml.j2",
        ".cnf.j2",
    ]
    with pytest.raises(ValueError, match="does not end with any of"):
        ending_of("a.txt.j2")
