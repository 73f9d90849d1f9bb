"""Files that come with vitessctl: templates and inventories, from a wheel as from a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import vitessctl
from vitessctl.errors import VitessctlError


@cache
def packaged_folder(name: str) -> Path:
    """The folder `templates` or `inventories` that belongs to this vitessctl.

    An installed wheel has them in `vitessctl/_data`, a checkout beside the package. VitessctlError if
    neither is there, which means a broken installation.
    """
    package = Path(vitessctl.__file__).resolve().parent
    for folder in (package / "_data" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise VitessctlError(
        f"the folder {name} of vitessctl itself is missing",
        where=str(package),
        why="neither the installed package nor a checkout around it has it",
        fix="install vitessctl again",
    )
