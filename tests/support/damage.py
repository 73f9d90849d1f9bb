"""A MySQL whose files are damaged, real or stand-in."""

from __future__ import annotations

from pathlib import Path


def damage(folder: Path) -> None:
    """Overwrite what MySQL cannot do without, as a disk does that loses its power.

    `folder` is its vt_UID; it must not run.
    """
    data = folder / "data"
    file = data / ("mysql.ibd" if (data / "mysql.ibd").exists() else "ibdata.sqlite")
    with file.open("r+b") as pages:
        pages.seek(16384 if file.name == "mysql.ibd" else 0)
        pages.write(b"\xff" * 16384 * 100)
    for logged in data.glob("ibdata.sqlite-*"):
        logged.unlink()
