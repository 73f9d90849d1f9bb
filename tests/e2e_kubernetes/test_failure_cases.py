"""The cases themselves are in order; no cluster is needed for this."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.e2e_kubernetes.command import Ran
from tests.e2e_kubernetes.failures import Failure, edited, failures, hog
from tests.e2e_kubernetes.runs import told_after, wrote
from vitessctl.cli.main import app


@pytest.mark.parametrize("failure", failures(), ids=lambda failure: failure.name)
def test_the_inventory_of_a_failure_renders(failure: Failure, tmp_path: Path) -> None:
    """What is to fail on the cluster must not fail before, and its templates still fit the packaged ones."""
    extra = [word for text in failure.extra for word in ("-e", text)]
    ran = CliRunner().invoke(app, ["render", "-i", str(failure.inventory(tmp_path)), *extra, "--target", "kubernetes"])
    assert ran.exit_code == 0, ran.output


def test_names_are_unique() -> None:
    names = [failure.name for failure in failures()]
    assert len(names) == len(set(names))


def test_an_edit_that_finds_nothing_is_an_error() -> None:
    with pytest.raises(AssertionError, match="nothing in the template is like no such line"):
        edited("kind: Deployment\n", {"no such line": ""})


def test_a_hog_leaves_only_so_much() -> None:
    pod = hog({"cpu": "all but 500m"}, {"cpu": "2", "memory": "1Gi"}, "busybox")
    assert pod["spec"]["containers"][0]["resources"] == {"requests": {"cpu": "1500m"}}


SCREEN = """up minimal (kubernetes)
   5.0s  vtctld       + Service/minimal-vtctld
   6.0s  mysql        ready: 1 up
   9.5s  vtctld         still waiting after 4 s: the connection broke
  14.0s  vtctld         still waiting after 9 s: minimal-vtctld: the moon is full
  60.0s  vtctld       failed
"""


@pytest.mark.parametrize(
    ("screen", "cause", "seconds"),
    [(SCREEN, "the moon is full", 9.0), (SCREEN, "told only in the end", 55.0), ("no stage was begun", "quota", 99.0)],
)
def test_how_soon_the_cause_was_told(screen: str, cause: str, seconds: float) -> None:
    ran = Ran(3, screen, 99.0)
    assert told_after(ran, cause) == seconds
    assert wrote(ran) is (screen == SCREEN)


def test_a_failure_is_data() -> None:
    assert all(dataclasses.is_dataclass(failure) and failure.cause for failure in failures())
