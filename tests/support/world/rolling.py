"""A target that restarts a changed tablet only when it is told to, as a StatefulSet with OnDelete does."""

from __future__ import annotations

from collections.abc import Sequence

from tests.support.world.target import WorldTarget
from vitessctl.model.cluster import Tablet
from vitessctl.render.documents import Document
from vitessctl.targets.base import Change, Operation

OF_A_TABLET = ("mysqlctld", "vttablet")


class RollingTarget(WorldTarget):
    """A WorldTarget whose tablets wait for their turn, and whose readiness is known without asking them."""

    def apply(self, documents: Sequence[Document]) -> Sequence[Change]:
        """Tablets that run are left running as they are; everything else is as usual."""
        kept = [document for document in documents if self._waits(document)]
        changes = {change.label: change for change in super().apply([d for d in documents if d not in kept])}
        for document in kept:
            self._pending()[document.component, document.subject] = document
            changes[document.label] = self._change(Operation.UPDATE, document)
        return tuple(changes[document.label] for document in documents)

    def _waits(self, document: Document) -> bool:
        return document.component in OF_A_TABLET and self._operation(document) is Operation.UPDATE

    def _pending(self) -> dict[tuple[str, str], Document]:
        """What was applied and does not run yet; it is the API server that remembers it, so every run sees it."""
        pending: dict[tuple[str, str], Document] = self._world.__dict__.setdefault("pending", {})
        return pending

    def known_ready(self, component: str, subject: str) -> bool:
        """Kubernetes' readiness probe is the tablet's own word on whether it serves."""
        self._world.settle()
        return self._world.serving(subject) if component == "vttablet" else False

    def outdated(self) -> Sequence[str]:
        """Tablets whose documents are pending."""
        return sorted({subject for _, subject in self._pending()})

    def restart(self, tablet: Tablet) -> None:
        """Start the tablet anew with what is pending."""
        self._session.check()
        for component in OF_A_TABLET:
            document = self._pending().pop((component, tablet.alias), None)
            if document is not None:
                self._world.start(document)
        self._session.wrote(f"restart {tablet.alias}")
