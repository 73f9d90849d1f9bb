"""Every release from 2.1 on comes up in rehearsal, takes rows, is left alone by a second up, and goes away."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.data.rig import eventually
from tests.support.live import REPOSITORY, LiveCluster, leftovers
from vitessctl import releases

pytestmark = pytest.mark.rehearsal


def also(*names: str) -> list[Any]:
    """More of the same, for which not every run has the time."""
    return [pytest.param(name, marks=pytest.mark.slow) for name in names]


STEPS = ["2.1", "8", "14", *also("6", "7", "12", "13")]
"""The first and the last that speak the legacy service, and those where its commands or what they mean change."""


def image_of(release: str) -> str:
    """An image whose tag tells of the release."""
    name = release.removesuffix("-dev")
    return f"vitess/lite:v{name}" if "." in name else f"vitess/lite:v{name}.0.0"


@pytest.fixture
def old(request: pytest.FixtureRequest, state: Path) -> Iterator[LiveCluster]:
    """A cluster of inventories/minimal with the release's image, not up yet."""
    image = image_of(request.param)
    assert releases.of_image(image) == request.param
    live = LiveCluster(state, REPOSITORY / "inventories" / "minimal", "--rehearse", image=image)
    try:
        yield live
    finally:
        live.remove()


def fill(live: LiveCluster) -> None:
    """A table with three rows, through vtgate."""
    with live.connect("messages/0") as cursor:  # vtgate of 2.1 takes a definition only for a shard that is named
        cursor.execute("create table notes (id bigint primary key, words varchar(80))")
    with live.connect("messages") as cursor:
        for number in range(3):
            cursor.execute("insert into notes values (%s, %s)", (number, f"note {number}"))


def at_replicas(live: LiveCluster) -> str:
    """Where a MySQL client reads at replicas; with 2.1, where it cannot, the keyspace."""
    release = releases.get(releases.of_image(live.image or "") or "24")
    return "messages@replica" if release.mysql_target_has_type else "messages"


@pytest.mark.parametrize("old", releases.names(), indirect=True)
def test_a_release_comes_up_takes_rows_and_goes(old: LiveCluster) -> None:
    screen = old.up()
    assert "failed=0" in screen
    assert "failed=1" not in screen

    fill(old)
    assert old.rows("select words from notes where id = 2") == [("note 2",)]
    status = old.wait_ready()
    assert sorted(tablet["type"] for tablet in status["tablets"]) == ["primary", "replica", "replica"]
    assert old.rows("select count(*) from notes", at_replicas(old)) == [(3,)]

    before = old.pids()
    assert "Nothing changed." in old.up()
    assert old.pids() == before

    old.down()
    assert leftovers(old.state) == []


@pytest.mark.parametrize("old", STEPS, indirect=True)
def test_before_15_up_itself_heals_what_a_full_stop_leaves(old: LiveCluster) -> None:
    """The primary is read-only then, and waits for no replica; nobody but the tool makes it safe and writable."""
    old.up()
    fill(old)
    primary = old.primary()
    old.down()

    old.up()

    assert old.wait_ready()["ready"]
    assert old.primary() == primary
    (words,) = old.as_dba(primary, "show variables like 'rpl_semi_sync_master_enabled'")
    assert words[1] == "ON"
    with old.connect("messages") as cursor:
        assert cursor.execute("insert into notes values (3, 'after the restart')") == 1
    old.wait_ready()
    assert old.rows("select count(*) from notes", at_replicas(old)) == [(4,)]


@pytest.mark.parametrize("old", ["14", *also("13")], indirect=True)
def test_before_15_a_primary_whose_data_is_gone_gives_its_role_to_one_that_has_everything(old: LiveCluster) -> None:
    lost = lose_the_primary(old)

    screen = old.up()

    assert f"the data of {lost} is gone" in screen
    status = old.wait_ready(120)
    assert old.primary(status) != lost
    assert old.rows("select count(*) from notes") == [(3,)]
    for _ in range(5):
        assert old.rows("select count(*) from notes", at_replicas(old)) == [(3,)]


@pytest.mark.parametrize("old", ["2.1", "12", *also("7", "8")], indirect=True)
def test_until_12_the_emptied_tablet_stays_out_and_is_named(old: LiveCluster) -> None:
    """There a forced initialisation made the first primary: the others count its first transactions as purged, so that
    an empty tablet can copy only from that one, or from a backup. (Seen with a real 2.1.)
    """
    lost = lose_the_primary(old)

    done = old.run("up", "-e", "timeouts.replication=15s")

    assert done.returncode == 3, done.stderr
    assert f"the data of {lost} is gone" in done.stdout
    assert f"{lost}: Got fatal error 1236" in done.stderr
    status = old.status()
    assert old.primary(status) != lost
    assert status["shards"][0]["serving"]
    emptied = next(tablet for tablet in status["tablets"] if tablet["alias"] == lost)
    assert any(" lacks " in difference for difference in emptied["differs"])
    assert old.rows("select count(*) from notes") == [(3,)]


def lose_the_primary(live: LiveCluster) -> str:
    """Up, rows, down, and the primary's data folder is deleted; gives its alias."""
    live.up()
    fill(live)
    live.wait_ready()
    lost = live.primary()
    live.down()
    shutil.rmtree(live.data_folder(lost))
    return lost


def test_the_first_trials_cluster(state: Path) -> None:
    """Vitess 2.1 with a primary, two replicas and two rdonly tablets in a cell called `test`."""
    live = LiveCluster(state, REPOSITORY / "inventories" / "vitess-2.1", "--rehearse", image="vitess/lite:v2.1")
    try:
        live.up()
        status = live.wait_ready()
        types = sorted(tablet["type"] for tablet in status["tablets"])
        assert types == ["primary", "rdonly", "rdonly", "replica", "replica"]
        with live.connect("test_keyspace/0") as cursor:
            cursor.execute("create table notes (id bigint primary key)")
            cursor.execute("insert into notes values (1)")
        assert live.rows("select id from notes", "test_keyspace") == [(1,)]
        for tablet in live.wait_ready()["tablets"]:
            asked = partial(live.as_dba, tablet["alias"], "select count(*) from vt_test_keyspace.notes where id = 1")
            eventually(f"the row at {tablet['alias']}", lambda asked=asked: int(asked()[0][0]))  # type: ignore[misc]
        assert "Nothing changed." in live.up()
        live.down()
        assert leftovers(live.state) == []
    finally:
        live.remove()
