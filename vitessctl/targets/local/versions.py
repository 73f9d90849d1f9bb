"""Which release the Vitess programs on this machine are, asked of themselves."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from vitessctl.targets.local.account import Account
from vitessctl.targets.local.binaries import Binaries
from vitessctl.targets.local.faults import LocalError

ASKED = "vtctld"
"""All come in one tarball, so one is asked: 0.05 s."""
_SECONDS = 10.0
_VERSION = re.compile(r"version:?\s+(?:version:?\s+)?v?(\d+(?:\.\d+)*)", re.IGNORECASE)


def version_in(text: str) -> str:
    """`24.0.0` of `vtctld version Version: 24.0.0-SNAPSHOT (Git revision …)`; empty if it has none."""
    found = _VERSION.search(text)
    return found[1] if found else ""


def version_faults(binaries: Binaries, release: str, account: Account) -> Iterator[LocalError]:
    """A fault if the programs are of another release than the spec says. One that does not say is taken as it is."""
    path = binaries.programs.get(ASKED)
    if path is None or binaries.rehearsal:
        return
    from vitessctl import releases

    version = version_in(_ask(path, account))
    found = releases.of_image(f"vitess:v{version}") if version else None
    if found is not None and found != release:
        yield LocalError(
            f"the Vitess programs on this machine are {version}, and the spec is for {release}",
            where=str(path),
            why="flags, calls and files differ between releases",
            fix=f'install Vitess {release}, or say `release: "{found}"` in the spec',
        )


def _ask(path: Path, account: Account) -> str:
    try:
        answer = subprocess.run(
            [path, "--version"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
            cwd="/",
            user=account.uid if account.is_other else None,
            group=account.gid if account.is_other else None,
            extra_groups=[] if account.is_other else None,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout + answer.stderr
