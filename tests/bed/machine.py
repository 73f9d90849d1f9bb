"""What a bed could leave behind on a machine, as text that can be compared."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.testbed.namespaces import SYSCTLS

FOLDERS = ("/run", "/var/lib", "/var/log", "/etc/cni", "/opt", "/mnt", "/usr/libexec")


def snapshot() -> dict[str, object]:
    """Interfaces, routes, firewall, mounts, cgroups, sysctls, and the folders that a node's programs write to."""
    return {
        "interfaces": _names(_print("ip", "-o", "link")),
        "routes": _print("ip", "route"),
        "firewall": _print("nft", "list", "ruleset") if shutil.which("nft") else "",
        "mounts": Path("/proc/mounts").read_text(),
        "cgroups": sorted(str(path) for path in Path("/sys/fs/cgroup").glob("*/tb[0-9]*")),
        "sysctls": {key: Path("/proc/sys", key).read_text() for key in (*SYSCTLS, "net/ipv4/ip_forward")},
        "folders": {folder: _entries(Path(folder)) for folder in FOLDERS},
    }


def processes_of(folder: Path) -> list[str]:
    """The command lines that name a bed's folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in words:
            found.append(words)
    return found


def _entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def _names(links: str) -> list[str]:
    return sorted(line.split(": ")[1] for line in links.splitlines())


def _print(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
