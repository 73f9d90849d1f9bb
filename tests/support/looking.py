"""What `vitessctl status --output json` says, without a process for each look.

Tests look many times a second while they wait. A process of its own imports everything each time, 0.35 s of a core,
which on two cores slows down what is waited for; this takes 0.06. It is the command's own code from the spec on, and
test_ask.py of tests/e2e and of tests/e2e_kubernetes hold both against each other.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from vitessctl.cli.session import SpecOptions, Where
from vitessctl.cli.status import looker
from vitessctl.errors import VitessctlError
from vitessctl.report.status import status_data


def status_of(spec: SpecOptions, where: Where, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """One look, over connections of its own; AssertionError with its words where the command would fail."""
    try:
        with _environment(environment or {}), looker(spec, where) as look:
            seen: dict[str, Any] = json.loads(json.dumps(status_data(look())))
    except VitessctlError as error:
        raise AssertionError(f"status failed: {error}") from error
    return seen


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """With these variables; all others are not touched, as threads may read them meanwhile."""
    before = {name: os.environ.get(name) for name, value in wanted.items() if os.environ.get(name) != value}
    os.environ.update({name: wanted[name] for name in before})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def compare(by_a_process: Callable[[], Any], in_this_one: Callable[[], Any], seconds: float = 30.0) -> Any:
    """What both say, once they say the same; AssertionError if they do not by then.

    Between two looks a program may come from STARTING to RUNNING, as it does some seconds after its start.
    """
    deadline = time.monotonic() + seconds
    while True:
        said, seen = steady(by_a_process()), steady(in_this_one())
        if said == seen:
            return said
        assert time.monotonic() < deadline, f"a process says {said}, and this one {seen}"


def steady(data: Any) -> Any:
    """What was seen, without ages and lags, which are other ones at each look."""
    if isinstance(data, dict):
        return {key: steady(value) for key, value in data.items() if not isinstance(value, float)}
    return [steady(each) for each in data] if isinstance(data, list) else data
