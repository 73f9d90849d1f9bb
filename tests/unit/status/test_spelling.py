"""Remedies in the words of the release that they are for."""

from __future__ import annotations

import re

import pytest

from tests.support.world import a_cluster, context_of, open_world
from tests.support.world.changes import happen
from tests.unit.status.looks import judged
from vitessctl import releases
from vitessctl.status.catalogue import finding, kinds
from vitessctl.status.observe import observe
from vitessctl.status.spelling import spelled, spellings

ALIAS = "zone1-0000000102"


@pytest.mark.parametrize(
    ("release", "remedy"),
    [
        ("2.1", f"vitessctl vtctl -- StartSlave {ALIAS}"),
        ("6", f"vitessctl vtctl -- StartSlave {ALIAS}"),
        ("7", f"vitessctl vtctl -- StartReplication {ALIAS}"),
        ("14", f"vitessctl vtctl -- StartReplication {ALIAS}"),
        ("15", f"vitessctl vtctl -- StartReplication {ALIAS}; look at vitessctl logs vtorc"),
    ],
)
def test_replication_is_started_by_the_releases_own_command(release: str, remedy: str) -> None:
    stopped = finding("replication-stopped", ALIAS, threads="")

    assert spelled(stopped, releases.get(release)).remedy == remedy


@pytest.mark.parametrize(
    ("kind", "facts", "old", "new"),
    [
        ("type-differs", {"type": "drained", "wanted": "replica"}, "ChangeSlaveType", "ChangeTabletType"),
        ("replica-writable", {}, f"SetReadOnly {ALIAS}", f"SetWritable {ALIAS} false"),
        ("record-orphan", {"process": "pod"}, f"DeleteTablet {ALIAS}", f"DeleteTablets {ALIAS}"),
    ],
)
def test_others_of_the_first_release_and_of_the_newest(kind: str, facts: dict[str, str], old: str, new: str) -> None:
    found = finding(kind, ALIAS, **facts)

    assert old in spelled(found, releases.get("2.1")).remedy
    assert new in spelled(found, releases.get("24")).remedy == found.remedy


def test_every_row_is_about_words_that_some_remedy_has() -> None:
    remedies = [re.sub(r"\{\w+\}", "X", kind.remedy) for kind in kinds().values()]

    for spelling in spellings():
        assert any(spelling.words.search(remedy) for remedy in remedies), spelling.words.pattern


def test_a_look_gives_them_so() -> None:
    cluster = a_cluster(release="6")
    world = open_world(cluster)
    happen(world, [{"mysql": [ALIAS, {"io_running": False, "sql_running": False}]}])
    context = context_of(world, cluster)

    (found,) = [each for each in judged(context, observe(context)).findings if each.id == "replication-stopped"]
    assert found.remedy == f"vitessctl vtctl -- StartSlave {ALIAS}"
