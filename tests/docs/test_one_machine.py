"""docs/one-machine.md: its facts beside the code, and its commands on one cluster of stand-ins."""

from __future__ import annotations

import re

import pytest

from tests.support.live import REPOSITORY
from vitessctl.model import ports
from vitessctl.targets.local.account import FALLBACK_UID
from vitessctl.targets.local.binaries import MYSQL_FOLDERS
from vitessctl.targets.local.state import FOLDERS, LONGEST_SOCKET, default_state

PAGE = (REPOSITORY / "docs" / "one-machine.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^(vitessctl .*?)(?: +#.*)?$", PAGE, flags=re.MULTILINE)


def row(words: str) -> list[int]:
    """The offsets in the line of the port table that is about that."""
    (line,) = [line for line in PAGE.splitlines() if line.startswith("| ") and words in line]
    return [int(number) for number in re.findall(r"\+? ?(\d+)", line.split(" | ")[0])]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("vtctld: HTTP, gRPC", ports.vtctld_ports(0)[:2]),
        ("etcd's first member", ports.etcd_ports(0, 0)),
        ("vtgate of `zone1`", ports.vtgate_ports(0, "zone1")),
        ("vtorc of `zone1`", ports.vtorc_ports(0, "zone1")[:1]),
    ],
)
def test_the_ports(words: str, found: tuple[int, ...]) -> None:
    assert row(words) == list(found)


def test_zone2_and_tablets() -> None:
    assert "`zone2` has 102, 202, 302" in PAGE
    assert ports.vtgate_ports(0, "zone2") == (102, 202, 302)
    assert row("three for each tablet") == [500]
    assert min(ports.tablet_ports(0, uid).http for uid in range(1, 20_000)) == 500
    assert f"`local.base_port`, {ports.DEFAULT_BASE_PORT} by default" in PAGE
    assert ports.HIGHEST_OFFSET == 15500
    assert "more than\n15500 apart" in PAGE


@pytest.mark.parametrize(
    ("target", "environ", "uid", "said"),
    [
        ("rehearsal", {"XDG_STATE_HOME": "/x", "HOME": "/h"}, 1000, "$XDG_STATE_HOME/vitessctl/NAME-rehearsal"),
        ("local", {"HOME": "/h"}, 1000, "~/.local/state"),
        ("local", {"HOME": "/h"}, 0, "/var/lib/vitessctl/NAME"),
    ],
)
def test_where_the_state_folder_is(target: str, environ: dict[str, str], uid: int, said: str) -> None:
    folder = str(default_state("NAME", target, environ, uid))

    assert f"`{said}`" in PAGE
    assert folder.startswith(said.replace("$XDG_STATE_HOME", "/x").replace("~", "/h"))


def test_numbers_and_names() -> None:
    assert f"else uid {FALLBACK_UID}." in PAGE
    assert f"may have {LONGEST_SOCKET} bytes" in PAGE
    assert sorted(re.findall(r"`(\w+)/`", PAGE.partition("| in it | is |")[2].partition("\n\n")[0])) == sorted(FOLDERS)
    assert all(f"`{folder}`" in PAGE for folder in MYSQL_FOLDERS)


def test_the_commands_were_found() -> None:
    assert [line.split()[1] for line in COMMANDS] == ["up", "status", "down", "up"]
