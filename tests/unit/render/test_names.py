"""Names and label values for Kubernetes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.render.names import LABEL_LIMIT, OBJECT_NAME_LIMIT, label_value, object_name

TEXT = st.text(max_size=90)


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("shop", "etcd"), "shop-etcd"),
        (("shop", "vttablet", "zone1-0000000100"), "shop-vttablet-zone1-0000000100"),
        (("shop", ""), "shop"),
        (("shop", "vtgate", "zone_1"), "shop-vtgate-zone-1-9d2b7f0c"),
        (("shop", "vtgate", "Zone1"), "shop-vtgate-zone1-2a2f2c2f"),
        (("a" * 60,), "a" * 43 + "-11ee3912"),
    ],
)
def test_a_name_stays_as_it_is_or_gets_a_hash(parts: tuple[str, ...], name: str) -> None:
    found = object_name(*parts)
    assert re.sub(r"-[0-9a-f]{8}$", "-HASH", found) == re.sub(r"-[0-9a-f]{8}$", "-HASH", name)


@given(st.lists(TEXT, min_size=1, max_size=4))
def test_every_name_is_legal(parts: list[str]) -> None:
    name = object_name(*parts)
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", name)
    assert len(name) <= OBJECT_NAME_LIMIT


@given(TEXT, TEXT)
def test_two_things_never_share_a_name(first: str, second: str) -> None:
    if first != second:
        assert object_name("shop", first or "x", "end") != object_name("shop", second or "y", "end")


@given(TEXT)
def test_every_label_value_is_legal(text: str) -> None:
    value = label_value(text)
    assert re.fullmatch(r"([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?", value)
    assert len(value) <= LABEL_LIMIT


@pytest.mark.parametrize("text", ["", "x-80", "zone1-0000000100", "Commerce_2", "a" * 63])
def test_a_legal_label_value_stays_as_it_is(text: str) -> None:
    assert label_value(text) == text


@given(TEXT, TEXT)
def test_two_texts_never_share_a_label_value(first: str, second: str) -> None:
    assert (label_value(first) == label_value(second)) is (first == second)
