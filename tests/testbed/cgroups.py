"""The cgroups that a node's pods live in: one folder of its name in each hierarchy (v1), or in the only one (v2)."""

from __future__ import annotations

import os
import time
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")

CONTROLLERS = "+cpuset +cpu +io +memory +pids"

COPIED = ("cpuset.cpus", "cpuset.mems")
"""Files of a v1 cpuset that a new group has empty, and without which nothing can be put into it."""


def create(name: str) -> None:
    """Make the groups, without what a bed of the same name left that was killed from outside.

    With eight pods' old groups in place a kubelet did not register for 90 s: cAdvisor asked containerd five times about
    each container's task that was gone.
    """
    remove(name)
    for hierarchy in _hierarchies():
        folder = hierarchy / name
        folder.mkdir()
        for file in COPIED:
            if (hierarchy / file).exists() and (folder / file).exists() and _is_v1():
                (folder / file).write_text((hierarchy / file).read_text())
    if not _is_v1():
        (ROOT / "cgroup.subtree_control").write_text(CONTROLLERS)
        (ROOT / name / "cgroup.subtree_control").write_text(CONTROLLERS)


def remove(name: str, timeout: float = 5.0) -> None:
    """Remove them, innermost first; a group stays busy for a moment after its last process was killed."""
    deadline = time.monotonic() + timeout
    for hierarchy in _hierarchies():
        for folder, _, _ in list(os.walk(hierarchy / name, topdown=False)):
            while not _removed(folder):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"cgroup {folder} is still busy after {timeout:.0f} s")
                time.sleep(0.02)


def _removed(folder: str) -> bool:
    try:
        os.rmdir(folder)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _is_v1() -> bool:
    return not (ROOT / "cgroup.controllers").exists()


def _hierarchies() -> list[Path]:
    """Every mounted hierarchy; several names of one (cpu, cpuacct) count once."""
    if not _is_v1():
        return [ROOT]
    return [folder for folder in sorted(ROOT.iterdir()) if folder.is_dir() and not folder.is_symlink()]
