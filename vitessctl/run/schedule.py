"""Which stages may begin: pure, so that the order can be looked at without running anything."""

from __future__ import annotations

from collections.abc import Sequence

from vitessctl.run.stage import Stage


class Schedule:
    """The stages of one run, and how far it has come."""

    def __init__(self, stages: Sequence[Stage], starts_slowly: bool) -> None:
        """`starts_slowly`: whether documents of some stages are applied before their stage."""
        self.waiting = list(stages)
        """Stages that have not begun."""
        self._early = [stage for stage in stages if stage.early is not None and starts_slowly]
        self._done: set[str] = set()

    def finish(self, stage: Stage) -> None:
        """Its gate has opened."""
        self._done.add(stage.name)

    def take_ready(self) -> list[Stage]:
        """Stages that may begin now; each is given once."""
        ready = [stage for stage in self.waiting if self._done.issuperset(stage.needs)]
        self.waiting = [stage for stage in self.waiting if stage not in ready]
        return ready

    def take_early(self) -> list[Stage]:
        """Stages whose new documents are applied now although the stage has to wait; each is given once."""
        ripe = [stage for stage in self._early if self._done.issuperset(stage.early or ())]
        self._early = [stage for stage in self._early if stage not in ripe]
        return [stage for stage in ripe if stage in self.waiting and not self._done.issuperset(stage.needs)]
