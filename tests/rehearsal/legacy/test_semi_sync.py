"""What turns semi-sync on: until 14 the tablet's own flag, after that the durability policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rehearsal.data.shard import Member, shard

FLAG = "enable-semi-sync=true"
CASES = [
    # release, flags, what vtctld says, and whether the primary then waits
    ("2.1", (FLAG,), False, True),
    ("13", (FLAG,), False, True),
    ("13", (), True, False),
    ("14", (FLAG,), True, True),
    ("14", (), True, False),
    ("15", (), True, True),
    ("15", (FLAG,), False, False),
    ("24", (), False, False),
]


def old_flags(release: str) -> tuple[str, ...]:
    """2.1 knows no names of MySQL's users by itself."""
    roles = ("app", "allprivs", "dba", "filtered", "repl")
    return tuple(f"db-config-{role}-uname=vt_{role}" for role in roles) if release == "2.1" else ()


@pytest.mark.parametrize(("release", "flags", "policy", "waits"), CASES)
def test_who_decides(tmp_path: Path, release: str, flags: tuple[str, ...], policy: bool, waits: bool) -> None:
    with shard(tmp_path, 1, *old_flags(release), *flags, release=release) as members:
        primary: Member = members[0]

        primary.manager.init_primary(semi_sync=policy)

        assert primary.manager.full_status()["semi_sync_primary_enabled"] is waits


def test_a_rdonly_tablet_never_confirms_by_flag(tmp_path: Path) -> None:
    with shard(tmp_path, 1, FLAG, "init-tablet-type=rdonly", release="9") as members:
        members[0].tablet.set_semi_sync(True)

        assert members[0].manager.full_status()["semi_sync_replica_enabled"] is False
