"""What each inventory renders to, to be read by people in a review.

`python -m tests.golden` writes the files anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from vitessctl.model.build import build
from vitessctl.render.packaged import packaged_folder
from vitessctl.render.render import TARGETS, render
from vitessctl.spec import load

FOLDER = Path(__file__).parent


def files() -> Iterator[tuple[Path, str]]:
    """Each golden file and what it has to hold."""
    for inventory in sorted(packaged_folder("inventories").iterdir()):
        cluster = build(load(inventory, [], [], {}))
        for target in TARGETS:
            documents = render(cluster, target)
            parts = (f"{'=' * 20} {each.stage}: {each.label} ({each.template})\n{each.text}" for each in documents)
            yield FOLDER / f"{inventory.name}.{target}.txt", "".join(parts)
