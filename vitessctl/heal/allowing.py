"""What has to be allowed by name before it is done to a shard."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from vitessctl.errors import VitessctlError
from vitessctl.plan.safety import Hazard


class NotAllowed(VitessctlError):
    """It could lose something, and nobody has allowed that."""

    def __init__(self, where: str, what: str, hazards: Sequence[Hazard]) -> None:
        words = dict.fromkeys(hazard.danger.value for hazard in hazards if hazard.danger)
        super().__init__(
            f"{what} is not done; nothing was changed",
            where=where,
            why="what it may cost must be allowed by name",
            evidence=[hazard.what for hazard in hazards],
            fix=f"mend the cause, or add {' '.join(f'--allow {word}' for word in words)}",
        )


def refuse_unallowed(where: str, what: str, hazards: Sequence[Hazard], allowed: Collection[str]) -> None:
    """Raise NotAllowed, which names each hazard whose word is not in `allowed`."""
    found = [hazard for hazard in hazards if hazard.danger is None or hazard.danger.value not in allowed]
    if found:
        raise NotAllowed(where, what, found)
