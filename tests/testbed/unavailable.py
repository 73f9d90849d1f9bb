"""Why this machine cannot run a bed: one sentence for a skipped test, found without starting anything."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tests.testbed import build
from tests.testbed.processes import BedError

SERVER_PROGRAMS = ("openssl",)

NODE_PROGRAMS = {
    "ip": "iproute2",
    "mount": "mount",
    "nft": "nftables",
    "nsenter": "util-linux",
    "openssl": "openssl",
    "unshare": "util-linux",
}
"""What a node needs of the machine, and the Debian package that has it."""


def reason(nodes: int = 1) -> str | None:
    """Why a bed with so many nodes cannot run here; None if it can. Installs missing Debian packages where it may."""
    if not sys.platform.startswith("linux"):
        return "the test bed needs Linux"
    return _no_server() if nodes == 0 else _no_node()


def _no_server() -> str | None:
    missing = [name for name in SERVER_PROGRAMS if not shutil.which(name)]
    return f"the test bed needs {', '.join(missing)}" if missing else None


def _no_node() -> str | None:
    if os.geteuid():
        return "the test bed needs root: its node has namespaces, mounts and cgroups of its own"
    if missing := [package for name, package in NODE_PROGRAMS.items() if not shutil.which(name)]:
        try:
            build.install(sorted(set(missing)))
        except BedError as error:
            return str(error)
    kinds = ["--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "--mount-proc"]
    tried = subprocess.run(["unshare", *kinds, "true"], capture_output=True, text=True)
    if tried.returncode:
        return f"the test bed needs namespaces, and this machine gives none: {tried.stderr.strip()}"
    if not os.access("/sys/fs/cgroup", os.W_OK):
        return "the test bed needs cgroups, and /sys/fs/cgroup cannot be written"
    return None
