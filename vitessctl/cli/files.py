"""Writing what a command was asked to write."""

from __future__ import annotations

import os
from pathlib import Path

from vitessctl.errors import VitessctlError


def write(path: Path, text: str, private: bool = False) -> None:
    """Write one file, and its folders; a private one can be read by its owner alone, also if it was there before."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o666)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            if private:
                os.fchmod(descriptor, 0o600)
            file.write(text)
    except OSError as error:
        raise VitessctlError(
            f"cannot write {path}",
            why=f"{error.strerror or error} ({error.filename or path})",
            fix="choose another folder, or make it one that you may write to",
        ) from None
