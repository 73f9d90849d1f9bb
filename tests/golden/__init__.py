"""What the clusters of tests/unit/render/clusters.py render to, to be read by people in a review.

`python -m tests.golden` writes the files anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.unit.render.clusters import ALL
from vitessctl.render.render import TARGETS, render

FOLDER = Path(__file__).parent


def files() -> Iterator[tuple[Path, str]]:
    """Each golden file and what it has to hold."""
    for name, cluster in ALL.items():
        for target in TARGETS:
            documents = render(cluster, target)  # type: ignore[arg-type]
            parts = (f"{'=' * 20} {each.stage}: {each.label} ({each.template})\n{each.text}" for each in documents)
            yield FOLDER / f"{name}.{target}.txt", "".join(parts)
