"""Values that say the same, places as a person reads them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from vitessctl.plan.paths import fields_of, key_names, keyed, shown, valued
from vitessctl.plan.values import empty, quantity, same

MEMORY = ("f:requests", "f:memory")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1Gi", 2**30), ("1024Mi", 2**30), ("1G", 10**9), ("500m", Decimal("0.5")), ("1e3", 1000), (2, 2), ("0", 0),
        (".5", Decimal("0.5")), ("100k", 100000), ("", None), ("1 Gi", None), ("Gi", None), (True, None), (None, None),
    ],
)  # fmt: skip
def test_quantity(text: Any, number: Any) -> None:
    assert quantity(text) == number


@pytest.mark.parametrize(
    ("one", "other", "path", "expected"),
    [
        ("1Gi", "1024Mi", MEMORY, True),
        ("1Gi", "1G", MEMORY, False),
        ("1Gi", "1024Mi", ("f:env", "f:value"), False),
        ("1000m", 1, ("f:limits", "f:cpu"), True),
        ("1Gi", "1024Mi", ("f:emptyDir", "f:sizeLimit"), True),
        ("3306", 3306, ("f:ports", "f:targetPort"), True),
        ("1", 1, ("f:env", "f:value"), False),
        (True, 1, ("f:spec", "f:x"), False),
        (1, 1.0, ("f:spec", "f:x"), True),
        ("x", "x", (), True),
        ("nonsense", "nonsense2", MEMORY, False),
    ],
)
def test_same(one: Any, other: Any, path: tuple[str, ...], expected: bool) -> None:
    assert same(one, other, path) is expected
    assert same(other, one, path) is expected


@pytest.mark.parametrize("value", [None, False, 0, "", [], {}])
def test_what_go_leaves_out(value: Any) -> None:
    assert empty(value)


@pytest.mark.parametrize("value", [True, 1, "0", [0], {"a": None}])
def test_what_go_writes(value: Any) -> None:
    assert not empty(value)


def test_a_place_is_shown_as_it_would_be_typed() -> None:
    port = keyed(("protocol", "containerPort"), ("TCP", 80))
    path = ("f:spec", "f:containers", keyed(("name",), ("vttablet",)), "f:ports", port, "f:name")

    assert port == 'k:{"containerPort":80,"protocol":"TCP"}'
    assert key_names(port) == ("containerPort", "protocol")
    assert shown(path) == "spec.containers[vttablet].ports[80/TCP].name"
    assert fields_of(path) == "spec.containers.ports.name"


def test_names_that_are_no_words_are_quoted() -> None:
    assert shown(("f:metadata", "f:labels", "f:a.b/c")) == 'metadata.labels["a.b/c"]'
    assert shown(("f:metadata", "f:finalizers", valued("x/y"))) == 'metadata.finalizers["x/y"]'
