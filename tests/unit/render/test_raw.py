"""Raw renderings taken apart: literals, and the values between marks."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.render.marks import END, PLAIN, QUOTED, STRUCTURE
from vitessctl.render.raw import Raw, split

MARKED = re.compile(f"([{PLAIN}{QUOTED}{STRUCTURE}])([^{END}]*){END}")
"""What a marked value is, said slowly."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kind: Service\n", Raw(("kind: Service\n",), (), ())),
        ("", Raw(("",), (), ())),
        (f'name: {QUOTED}"a"{END}\n', Raw(("name: ", "\n"), (QUOTED,), ('"a"',))),
        (f"{PLAIN}1{END}{STRUCTURE}[]{END}", Raw(("", "", ""), (PLAIN, STRUCTURE), ("1", "[]"))),
        (f"ü: {QUOTED}{END}€\ud800", Raw(("ü: ", "€\ud800"), (QUOTED,), ("",))),
        # Characters of the template's own, which no value holds.
        (f"a{END}b{PLAIN}1{END}", Raw((f"a{END}b", ""), (PLAIN,), ("1",))),
        (f"a{PLAIN}b", Raw((f"a{PLAIN}b",), (), ())),
        (f"{PLAIN}{QUOTED}x{END}", Raw(("", ""), (PLAIN,), (f"{QUOTED}x",))),
    ],
)
def test_literals_and_values_in_turn(text: str, expected: Raw) -> None:
    assert split(text) == expected


@given(st.text(alphabet=st.sampled_from(f"{PLAIN}{QUOTED}{STRUCTURE}{END}a\n€\ud800"), max_size=24))
def test_it_is_cut_as_the_pattern_says_whatever_is_in_it(text: str) -> None:
    found = MARKED.split(text)
    assert split(text) == Raw(tuple(found[0::3]), tuple(found[1::3]), tuple(found[2::3]))


@given(st.lists(st.tuples(st.text(alphabet="ab\n€", max_size=5), st.sampled_from(PLAIN + QUOTED + STRUCTURE))))
def test_what_was_put_together_comes_apart_the_same(values: list[tuple[str, str]]) -> None:
    raw = split("".join(f"- {kind}{value}{END}\n" for value, kind in values))
    assert (raw.values, raw.kinds) == (tuple(v for v, _ in values), tuple(k for _, k in values))
    assert raw.text == "".join(f"- {value}\n" for value, _ in values)
