"""Which images the tests of the bed need: those of the inventories, and the defaults of their releases."""

from __future__ import annotations

from typing import Final

from vitessctl import releases

VITESS: Final = ("vitess/lite:v24.0.4", "vitess/lite:v2.1")
"""Of the newest release and of the oldest."""
REAL: Final = VITESS[:1]
"""Those that real servers of today can stand for."""


def image_names(real: bool = False) -> list[str]:
    """Vitess's images, and those of etcd and MySQL that their releases use unless told otherwise."""
    vitess = REAL if real else VITESS
    defaults = (releases.get(releases.of_image(name) or "").default_images.values() for name in vitess)
    return [*vitess, *sorted({name for images in defaults for name in images})]
