"""An error as a person reads it, and as a program does."""

from __future__ import annotations

import json

import pytest

from vitessctl import errors
from vitessctl.errors import (
    ExitCode,
    LockedError,
    NotReadyError,
    Place,
    SpecError,
    SpecErrors,
    UsageError,
    VitessctlError,
)
from vitessctl.report.failure import failure_data, failure_lines

PLACE = Place("inventories/shop/cluster.yaml", 7, 3)
WRONG_KEY = SpecError("unknown key 'keyspace'", where=PLACE, why="this level has keyspaces", fix="write keyspaces")
WRONG_TYPE = SpecError("tablets is not a number", where=Place("inventories/shop/cluster.yaml", 9, 12))


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (VitessctlError("it broke"), ["it broke"]),
        (VitessctlError("it broke", where="etcd-0"), ["etcd-0: it broke"]),
        (VitessctlError("it broke", why="no space"), ["it broke", "  why: no space"]),
        (VitessctlError("it broke", fix="make room"), ["it broke", "  fix: make room"]),
        (
            WRONG_KEY,
            [
                "inventories/shop/cluster.yaml:7:3: unknown key 'keyspace'",
                "  why: this level has keyspaces",
                "  fix: write keyspaces",
            ],
        ),
        (
            NotReadyError("mysql was not ready", why="it starts", fix="wait", evidence=["line 1", "line 2"]),
            ["mysql was not ready", "  why: it starts", "  | line 1", "  | line 2", "  fix: wait"],
        ),
        (
            SpecErrors([WRONG_KEY, WRONG_TYPE]),
            [
                "inventories/shop/cluster.yaml:7:3: unknown key 'keyspace'",
                "  why: this level has keyspaces",
                "  fix: write keyspaces",
                "inventories/shop/cluster.yaml:9:12: tablets is not a number",
                "2 errors in the spec",
            ],
        ),
        (
            SpecErrors([WRONG_TYPE]),
            ["inventories/shop/cluster.yaml:9:12: tablets is not a number", "1 error in the spec"],
        ),
    ],
)
def test_lines(error: VitessctlError, lines: list[str]) -> None:
    assert list(failure_lines(error)) == lines


def test_a_single_error_as_data() -> None:
    error = LockedError("another run is changing this cluster", where="/tmp/x/lock", why="process 12", fix="wait")

    assert failure_data(error) == {
        "type": "error",
        "what": "another run is changing this cluster",
        "where": "/tmp/x/lock",
        "why": "process 12",
        "evidence": [],
        "fix": "wait",
        "exit_code": 6,
    }


def test_spec_errors_as_data() -> None:
    data = failure_data(SpecErrors([WRONG_KEY, WRONG_TYPE]))

    assert data == {"type": "errors", "errors": [failure_data(WRONG_KEY), failure_data(WRONG_TYPE)]}
    assert data["errors"][0]["where"] == "inventories/shop/cluster.yaml:7:3"  # type: ignore[index]


@pytest.mark.parametrize("error", [WRONG_KEY, SpecErrors([WRONG_KEY]), UsageError("no"), VitessctlError("no")])
def test_every_error_can_be_written_as_json(error: VitessctlError) -> None:
    assert json.loads(json.dumps(failure_data(error))) == failure_data(error)


CODES = {
    "VitessctlError": 1,
    "SpecError": 5,
    "UsageError": 5,
    "SeveralErrors": 1,
    "SpecErrors": 5,
    "TemplateError": 5,
    "NotReadyError": 3,
    "UnreachableError": 4,
    "LockedError": 6,
    "ConflictError": 7,
    "Interrupted": 130,
}


def test_every_class_decides_its_exit_code_as_the_documentation_says() -> None:
    classes = {
        name: value
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, VitessctlError)
    }

    assert {name: int(value.exit_code) for name, value in classes.items()} == CODES
    assert set(CODES.values()) <= {int(code) for code in ExitCode}


def test_the_text_of_an_error_has_all_four_parts() -> None:
    assert str(WRONG_KEY) == (
        "inventories/shop/cluster.yaml:7:3: unknown key 'keyspace'\n"
        "  why: this level has keyspaces\n"
        "  fix: write keyspaces"
    )
    assert str(SpecErrors([WRONG_KEY, WRONG_TYPE])) == f"{WRONG_KEY}\n{WRONG_TYPE}"
