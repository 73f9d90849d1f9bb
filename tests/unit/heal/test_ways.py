"""Which way a tablet is made anew, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.world import a_cluster, open_world
from tests.unit.heal.worlds import SECOND, a_world, seen_in
from vitessctl import releases
from vitessctl.errors import UsageError
from vitessctl.heal.look import SeenShard
from vitessctl.heal.ways import CannotRebuild, Means, decide, version

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "ways.yaml").read_text(encoding="utf-8"))


def seen_of(case: dict[str, Any]) -> tuple[SeenShard, bool]:
    """What there is to see, and whether the release has vtorc."""
    world, cluster = a_world(case)
    seen = seen_in(world, cluster)
    if "only_there" in case:
        more = replace(seen.tablets[SECOND], tables=frozenset(case["only_there"]))
        seen = replace(seen, tablets={**seen.tablets, SECOND: more})
    return seen, releases.get(cluster.release).has_vtorc


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_the_way(case: dict[str, Any]) -> None:
    seen, has_vtorc = seen_of(case)
    means = Means(case.get("clones", True), case.get("backs_up", False))
    alias = case.get("alias", SECOND)

    if "refused" in case:
        with pytest.raises(CannotRebuild, match="is not rebuilt; nothing was changed") as refused:
            decide(seen, alias, means, has_vtorc)
        said = "\n".join([str(refused.value), *refused.value.evidence])
        assert [words for words in case["refused"] if words not in said] == []
        assert refused.value.fix == case.get("fix", refused.value.fix)
        return
    found = decide(seen, alias, means, has_vtorc)

    assert (found.way.value, found.donor) == (case["way"], case["donor"])
    assert found.why == case.get("why", found.why)
    assert found.holds == case.get("holds", found.holds)
    assert list(found.notes) == case.get("notes", [])
    assert [hazard.what for hazard in found.hazards] == case.get("hazards", [])


def test_a_tablet_of_another_shard() -> None:
    with pytest.raises(UsageError, match="zone1-0000000177 is no tablet of messages/0"):
        decide(seen_in(open_world(), a_cluster()), "zone1-0000000177", Means(True, True), True)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("8.0.34-26", (8, 0, 34)),
        ("9.7.4", (9, 7, 4)),
        ("5.6.24-log", (5, 6, 24)),
        ("", ()),
        ("tomorrow", ()),
    ],
)
def test_a_version(text: str, numbers: tuple[int, ...]) -> None:
    assert version(text) == numbers
