"""A volume that would have to become smaller."""

from __future__ import annotations

from vitessctl.errors import VitessctlError


class VolumeShrinks(VitessctlError):
    """No volume can become smaller; a smaller one is another one, without the rows."""

    def __init__(self, label: str, claim: str, before: str, after: str) -> None:
        super().__init__(
            f"the volume {claim} of {label} has {before}, the spec says {after}",
            where=label,
            why="a volume can grow, never shrink",
            fix=f"write {before} or more into the spec; for smaller ones add a pool with that size and remove this one",
        )
