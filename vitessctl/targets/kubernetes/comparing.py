"""Documents against what the API server has: most by what it says is ours, the rest by a dry run."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from vitessctl.plan.compare import Comparison, compare, settle
from vitessctl.render.documents import Document
from vitessctl.targets.base import Change, Operation
from vitessctl.targets.kubernetes import kinds, pods
from vitessctl.targets.kubernetes.faults import ApplyConflict
from vitessctl.targets.kubernetes.generated import completed
from vitessctl.targets.kubernetes.interface import Kind, KubernetesApi, KubernetesObject
from vitessctl.targets.kubernetes.snapshot import COMPONENT, Lists, label_of, name_of

FRESH_SECONDS = 5.0
"""How old the objects may be that documents are compared with. What we write ourselves is read again at once."""
_PARALLEL = 8


@dataclass(frozen=True)
class Compared:
    """A document, the object that is there, and what applying does."""

    document: Document
    body: KubernetesObject
    """The document with what was generated filled in."""
    live: KubernetesObject | None
    comparison: Comparison

    @property
    def change(self) -> Change:
        """For a plan and for a person."""
        document = self.document
        return Change(
            self.comparison.operation,
            document.label,
            document.stage,
            document.component,
            document.subject,
            self.comparison.fields,
            self.comparison.conflicts,
        )


class Comparer:
    """Compares documents with live objects; remembers the server's answers for as long as the object stays."""

    def __init__(self, api: KubernetesApi, lists: Lists, fresh: float = FRESH_SECONDS) -> None:
        self.fresh = fresh
        self._api = api
        self._lists = lists
        self._settled: dict[tuple[str, str, str], Comparison] = {}
        self._guard = threading.Lock()

    def compare(self, documents: Sequence[Document]) -> list[Compared]:
        """One comparison for each document, in their order; a dry run for each that seems to differ."""
        wanted = {document.label: kinds.of(document.data) for document in documents}
        lists = self._lists.of_all(wanted.values(), self.fresh)
        found = [self._look(document, lists[wanted[document.label]]) for document in documents]
        unsure = [each for each in found if not each.comparison.certain]
        if not unsure:
            return found
        with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="dry-run") as pool:
            settled = {each.document.label: each for each in pool.map(self._ask, unsure)}
        return [settled.get(each.document.label, each) for each in found]

    def _look(self, document: Document, objects: Mapping[str, KubernetesObject]) -> Compared:
        live = objects.get(document.name)
        body = completed(document, live)
        return Compared(document, body, live, compare(body, live))

    def _ask(self, each: Compared) -> Compared:
        live = each.live or {}
        key = (each.document.label, each.document.text, str(live["metadata"]["resourceVersion"]))
        with self._guard:
            known = self._settled.get(key)
        if known is None:
            known = self._dry_run(each, live)
            with self._guard:
                self._settled[key] = known
        return Compared(each.document, each.body, each.live, known)

    def _dry_run(self, each: Compared, live: KubernetesObject) -> Comparison:
        if each.comparison.operation is Operation.RECREATE:
            return each.comparison
        try:
            return settle(each.body, live, self._api.apply(each.body, dry_run=True))
        except ApplyConflict as error:
            return Comparison(Operation.CONFLICT, each.comparison.fields, error.conflicts)


def deletion(kind: Kind, found: KubernetesObject) -> Change:
    """The change that taking away an object without a document is."""
    component = label_of(found, COMPONENT)
    label = f"{kind.name}/{name_of(found)}"
    return Change(Operation.DELETE, label, "prune", component, pods.subject_of(found) if component != "etcd" else "")
