"""The record of a cluster: what the last run meant to make, how far it came, and the runs before it.

Pure data, to and from one ConfigMap. Its three keys are JSON that a person can read with kubectl. A thousand
tablets take some sixty kilobytes of the megabyte that an object may have (etcd's limit is 1.5 MiB).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from vitessctl.render.documents import Document
from vitessctl.render.names import label_value, object_name
from vitessctl.run.runs import Run, parse_runs, run_data, with_run
from vitessctl.targets.kubernetes.interface import KubernetesObject

FORMAT = "1"
COMPONENT = "record"

Objects = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Names by stage and kind: `{"tablets": {"StatefulSet": ("shop-vttablet-zone1-0000000100",)}}`."""


class Progress(str, Enum):
    """How far a stage came."""

    PENDING = "pending"
    APPLYING = "applying"
    READY = "ready"
    FAILED = "failed"


_PROGRESS = {str(progress.value): progress for progress in Progress}


@dataclass(frozen=True)
class Intent:
    """What a run means to make, written down before it makes anything."""

    tool: str
    """The version of vitessctl."""
    release: str
    """The line of Vitess."""
    spec: str
    """The digest of all that was rendered."""
    objects: Objects = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """All that is remembered in the cluster itself."""

    intent: Intent = Intent("", "", "")
    stages: Mapping[str, Progress] = field(default_factory=dict)
    runs: tuple[Run, ...] = ()
    """Newest first."""

    def begun(self, intent: Intent, run: Run) -> Record:
        """With a new run that has not done anything yet; runs that never said how they ended were killed."""
        stages = dict.fromkeys(intent.objects, Progress.PENDING)
        return Record(intent, stages, with_run(self.runs, run))

    def with_stage(self, stage: str, progress: Progress) -> Record:
        """With a stage that came so far."""
        return dataclasses.replace(self, stages={**self.stages, stage: progress})

    def with_run(self, run: Run) -> Record:
        """With what is known of a run now."""
        return dataclasses.replace(self, runs=with_run(self.runs, run))


def record_name(cluster: str) -> str:
    """The name of a cluster's record; its lease has the same."""
    return object_name(cluster, COMPONENT)


def own_labels(cluster: str, component: str) -> dict[str, str]:
    """The labels of an object that serves vitessctl itself, in the form of all others.

    Without `vitessctl.io/component`, which marks what belongs to a document and goes when that does.
    """
    return {
        "app.kubernetes.io/name": component,
        "app.kubernetes.io/instance": label_value(cluster),
        "app.kubernetes.io/component": component,
        "app.kubernetes.io/part-of": "vitess",
        "app.kubernetes.io/managed-by": "vitessctl",
        "vitessctl.io/cluster": label_value(cluster),
    }


def intent_of(documents: Iterable[Document], tool: str, release: str) -> Intent:
    """What applying these documents means to make."""
    documents = tuple(documents)
    found: dict[str, dict[str, list[str]]] = {}
    for document in documents:
        found.setdefault(document.stage, {}).setdefault(document.kind, []).append(document.name)
    objects = {stage: {kind: tuple(names) for kind, names in kinds.items()} for stage, kinds in found.items()}
    return Intent(tool, release, spec_digest(documents), objects)


def spec_digest(documents: Iterable[Document]) -> str:
    """A digest of everything rendered. Of secret documents only that they are there: a password could be guessed."""
    digest = hashlib.sha256()
    for document in documents:
        digest.update(f"{document.label}\0{'' if document.secret else document.text}\0".encode())
    return digest.hexdigest()[:16]


def config_map(cluster: str, namespace: str, record: Record) -> KubernetesObject:
    """The ConfigMap to apply."""
    intent = dict(vars(record.intent))
    stages = {stage: progress.value for stage, progress in record.stages.items()}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": record_name(cluster),
            "namespace": namespace,
            "labels": own_labels(cluster, COMPONENT),
        },
        "data": {
            "format": FORMAT,
            "intent": _json(intent),
            "stages": _json(stages),
            "runs": json.dumps([run_data(run) for run in record.runs], ensure_ascii=False, indent=1),
        },
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def parse_record(found: KubernetesObject | None) -> Record:
    """The record of a ConfigMap; what is missing, damaged or unknown to this version counts as not there."""
    data = found.get("data") or {} if found else {}
    stages = _parsed(data, "stages")
    return Record(
        intent=_intent(_parsed(data, "intent")),
        stages={str(stage): _PROGRESS[value] for stage, value in stages.items() if str(value) in _PROGRESS},
        runs=parse_runs(_loaded(data, "runs")),
    )


def _intent(data: Mapping[str, Any]) -> Intent:
    tool, release, spec = (str(data.get(name, "")) for name in ("tool", "release", "spec"))
    return Intent(tool, release, spec, _objects(data.get("objects")))


def _objects(kinds_of: Any) -> Objects:
    if not isinstance(kinds_of, Mapping):
        return {}
    return {
        str(stage): {str(kind): tuple(map(str, names)) for kind, names in kinds.items() if isinstance(names, list)}
        for stage, kinds in kinds_of.items()
        if isinstance(kinds, Mapping)
    }


def _parsed(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = _loaded(data, key)
    return value if isinstance(value, Mapping) else {}


def _loaded(data: Mapping[str, Any], key: str) -> Any:
    try:
        return json.loads(data.get(key) or "null")
    except (ValueError, TypeError):
        return None
