"""What of the story depends on the release of Vitess, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet


@dataclass(frozen=True)
class Release:
    """A release, and how its people say things."""

    name: str
    wrong_flag: str
    """A flag of vttablet that another release has."""
    why_wrong: str
    """What is said of it."""
    list_tablets: Sequence[str]
    """The command of vtctld's client."""
    empty: Sequence[Sequence[str]]
    """The commands that make a hole as in the trial: the table goes, the GTID set stays, so that it looks healthy."""
    has_vtorc: bool
    reads_replicas: bool
    """Whether vtgate reads at replicas for a MySQL client."""

    @property
    def spec(self) -> Path:
        """For `-e @`."""
        return Path(__file__).parent / "releases" / f"{self.name}.yaml"


RELEASES: Mapping[str, Release] = {
    "24": Release(
        name="24",
        wrong_flag="enable_semi_sync",
        why_wrong="in its place the keyspace's durability policy",
        list_tablets=("GetTablets",),
        empty=[
            [
                "ExecuteMultiFetchAsDBA",
                "--disable-binlogs",
                "ALIAS",
                "set global read_only = 0; drop table messages; set global read_only = 1",
            ]
        ],
        has_vtorc=True,
        reads_replicas=True,
    ),
    "2.1": Release(
        name="2.1",
        wrong_flag="queryserver-enable-views",
        why_wrong="first appears in vttablet 16",
        list_tablets=("ListAllTablets", "zone1"),
        empty=[
            ["ExecuteFetchAsDba", "ALIAS", "set global read_only = 0"],
            ["ExecuteFetchAsDba", "-disable_binlogs", "ALIAS", "drop table messages"],
            ["ExecuteFetchAsDba", "ALIAS", "set global read_only = 1"],
        ],
        has_vtorc=False,
        reads_replicas=False,
    ),
}
"""By name."""


def told_with(first: str) -> list[ParameterSet]:
    """The names of the releases, for a target on which every run of the tests tells the story with `first`."""
    return [pytest.param(name, marks=[] if name == first else [pytest.mark.twice]) for name in RELEASES]
