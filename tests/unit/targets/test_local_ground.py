"""What a cluster on this machine stands on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vitessctl.model.build import build
from vitessctl.spec import load
from vitessctl.targets.local import ground as grounds
from vitessctl.targets.local.faults import LocalError, PreflightError
from vitessctl.targets.local.ground import LocalGround
from vitessctl.targets.local.opening import open_local
from vitessctl.targets.local.preflight import DiskNearlyFull

MINIMAL = Path(__file__).parents[3] / "inventories" / "minimal"


@pytest.fixture
def ground(tmp_path: Path) -> LocalGround:
    """Of a rehearsal that was never brought up."""
    cluster = build(load(MINIMAL, [], [], {}, "local"))
    return LocalGround(open_local(cluster, "rehearsal", tmp_path / "s", {}))


def test_each_disk_is_looked_at_once(ground: LocalGround, tmp_path: Path) -> None:
    (tmp_path / "s" / "data" / "vt_0000000100").mkdir(parents=True)
    (tmp_path / "s" / "log").mkdir()

    ((name, look),) = ground.volumes().items()

    found, real = look(), os.statvfs(tmp_path)
    assert name == found.name == str(tmp_path / "s")
    assert found.size == real.f_blocks * real.f_frsize
    assert 0 < found.free <= found.size


def test_a_folder_that_is_gone_when_its_turn_comes(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="cannot be looked at"):
        grounds._looking_at(tmp_path / "gone")()


def test_files_are_read_as_they_are(ground: LocalGround, tmp_path: Path) -> None:
    (tmp_path / "c.pem").write_bytes(b"x")

    assert ground.read("vtgate", "zone1", str(tmp_path / "c.pem")) == b"x"
    with pytest.raises(LocalError, match="No such file"):
        ground.read("vtgate", "zone1", str(tmp_path / "gone"))


@pytest.mark.parametrize(
    ("raised", "kept"),
    [
        (DiskNearlyFull("the disk is nearly full"), []),
        (LocalError("port 1 is in use"), ["port 1 is in use"]),
        (PreflightError([DiskNearlyFull("full"), LocalError("port 1 is in use")]), ["port 1 is in use"]),
    ],
)
def test_of_the_disk_the_doctor_says_more_than_up(
    ground: LocalGround, monkeypatch: pytest.MonkeyPatch, raised: Exception, kept: list[str]
) -> None:
    def refuse(documents: object) -> None:
        raise raised

    monkeypatch.setattr(ground._target, "preflight", refuse)

    assert [each.what for each in ground.preflight(())] == kept


def test_a_machine_has_one_clock_no_pods_and_no_record(ground: LocalGround) -> None:
    assert (ground.version(), ground.written_by()) == ("", "")
    assert (ground.clocks(), ground.expiries(), ground.jams()) == ((), (), ())
