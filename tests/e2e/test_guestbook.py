"""The guestbook on one machine: an application as a part of an inventory, on the oldest Vitess and on shards too."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.guestbook import Visitor
from tests.support.live import REPOSITORY, LiveCluster, leftovers
from vitessctl.model.ports import application_port

INVENTORY = REPOSITORY / "inventories" / "guestbook"
PASSWORD = "not-for-any-screen"


class Guestbook(LiveCluster):
    """The cluster of inventories/guestbook, perhaps changed by `-e`."""

    extra: tuple[str, ...] = ()

    def command(self, *words: str) -> list[str]:
        """See LiveCluster."""
        return [*super().command(*words), *(word for text in self.extra for word in ("-e", text))]

    @property
    def visitor(self) -> Visitor:
        """Somebody who visits it."""
        return Visitor(f"http://127.0.0.1:{application_port(self.base_port, 'guestbook')}")


@pytest.fixture
def guestbook(flag: str, state: Path) -> Iterator[Guestbook]:
    live = Guestbook(state, INVENTORY, flag)
    try:
        yield live
    finally:
        live.remove()


def test_it_comes_up_with_the_cluster_and_goes_with_it(guestbook: Guestbook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUESTBOOK_PASSWORD", PASSWORD)
    screens = [guestbook.up()]
    assert "applications ready: guestbook answers" in screens[0]
    visitor = guestbook.visitor
    assert visitor.post(7, "hello").status == 200
    visitor.until(7, ["hello"])

    screens.append(guestbook.up())
    assert "Nothing changed." in screens[1]
    screens += [guestbook.run(command).stdout for command in ("plan", "status")]
    screens.append(guestbook.run("logs", "application/guestbook").stdout)
    assert "guestbook: listens on 127.0.0.1" in screens[-1]
    status = guestbook.wait_ready()
    assert "application-guestbook" in json.dumps(status["components"])
    assert [screen for screen in (*screens, json.dumps(status)) if PASSWORD in screen] == []
    file = guestbook.state / "config" / "guestbook.password"
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == (PASSWORD, 0o600)
    pid = next(pid for name, pid in guestbook.pids().items() if "application" in name)
    assert (
        PASSWORD.encode() not in Path(f"/proc/{pid}/environ").read_bytes() + Path(f"/proc/{pid}/cmdline").read_bytes()
    )

    guestbook.down()
    assert leftovers(guestbook.state) == []
    guestbook.up()
    visitor.until(7, ["hello"])


def test_it_is_started_again_when_it_dies(guestbook: Guestbook) -> None:
    guestbook.up()
    name, pid = next((name, pid) for name, pid in guestbook.pids().items() if "application" in name)
    os.kill(pid, 9)
    guestbook.wait_status(lambda status: guestbook.pids()[name] not in (0, pid), 30, "a new process")
    guestbook.up()
    assert guestbook.visitor.get("/page/1").status == 200


@pytest.mark.rehearsal
@pytest.mark.parametrize("flag", ["--rehearse"])
def test_on_the_oldest_vitess_it_writes_to_the_master_and_reads_there(guestbook: Guestbook) -> None:
    live = guestbook
    live.image, live.extra = "vitess/lite:v2.1", ('release="2.1"',)
    live.up()
    assert live.visitor.post(7, "Grüße 'an' %s").status == 200
    assert live.visitor.until(7, ["Grüße 'an' %s"]).shown("tablet-type") == "primary"


@pytest.mark.rehearsal
@pytest.mark.parametrize("flag", ["--rehearse"])
def test_over_two_shards_each_page_is_where_its_number_belongs(guestbook: Guestbook) -> None:
    pools = [{"cell": "zone1", "tablets": 2, "uid": {"-80": 100, "80-": 200}}]
    vschema = INVENTORY / "schema" / "messages.json"
    guestbook.extra = ("keyspaces.messages.shards=2", f"keyspaces={json.dumps({'messages': {'pools': pools}})}")
    guestbook.extra += (f"keyspaces.messages.vschema={vschema}",)
    guestbook.up()
    for page in range(1, 9):
        assert guestbook.visitor.post(page, f"on {page}").status == 200
    for page in range(1, 9):
        guestbook.visitor.until(page, [f"on {page}"])


@pytest.mark.rehearsal
@pytest.mark.parametrize("flag", ["--rehearse"])
def test_a_package_that_is_missing_is_named_with_the_way_to_get_it(guestbook: Guestbook) -> None:
    guestbook.extra = ('applications.guestbook.local.command=["python", "-c", "import flask_that_is_not_there"]',)
    refused = guestbook.run("up")
    assert refused.returncode == 3
    assert "it needs the Python package flask_that_is_not_there, which is not installed" in refused.stderr
    assert "vitessctl[guestbook]" in refused.stderr

    guestbook.extra = ()
    assert "applications ready: guestbook answers" in guestbook.up(), "the same command goes on from there"


@pytest.mark.rehearsal
@pytest.mark.parametrize("flag", ["--rehearse"])
@pytest.mark.parametrize(
    ("local", "said"),
    [
        ({"command": ["no-such-program"]}, "there is no program no-such-program"),
        ({"command": ["python"], "directory": "/no/such/folder"}, "there is no folder /no/such/folder"),
    ],
)
def test_what_cannot_be_started_is_refused_before_anything_is(guestbook: Guestbook, local: object, said: str) -> None:
    guestbook.extra = (f"applications.guestbook.local={json.dumps(local)}",)
    guestbook.inventory = _without_local(guestbook.state.parent)
    refused = guestbook.run("up")
    assert refused.returncode == 1
    assert said in refused.stderr
    assert not guestbook.state.exists()


def _without_local(folder: Path) -> Path:
    """The inventory, whose application has no way yet in which it is started."""
    made = folder / "inventory"
    (made / "schema").mkdir(parents=True)
    for path in (INVENTORY / "cluster.yaml", *(INVENTORY / "schema").iterdir()):
        text = "".join(line for line in path.read_text().splitlines(keepends=True) if "    local:" not in line)
        (made / path.relative_to(INVENTORY)).write_text(text)
    return made
