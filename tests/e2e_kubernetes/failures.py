"""The ways to fail that are made to happen on a real Kubernetes: cases/failures.yaml as data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
CLUSTER = Path(__file__).parent / "cases" / "cluster.yaml"


@dataclass(frozen=True)
class Failure:
    """See the head of cases/failures.yaml."""

    name: str
    exit: int
    cause: str
    fix: str
    extra: Sequence[str] = ()
    templates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    namespace: Mapping[str, str] = field(default_factory=dict)
    objects: Sequence[Mapping[str, Any]] = ()
    refused: bool = False
    running: bool = False
    told: float = 60.0
    default: bool = False
    evidence: str = ""
    real: bool = False

    def inventory(self, folder: Path) -> Path:
        """A small cluster, with the templates that make it fail."""
        spec = CLUSTER.read_text(encoding="utf-8")
        (folder / "cluster.yaml").write_text(spec, encoding="utf-8")
        for name, edits in self.templates.items():
            file = folder / "templates" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(edited((ROOT / "templates" / name).read_text(encoding="utf-8"), edits), encoding="utf-8")
        return folder


def failures() -> list[Failure]:
    """All cases in their order."""
    text = (Path(__file__).parent / "cases" / "failures.yaml").read_text(encoding="utf-8")
    return [Failure(**row) for row in yaml.safe_load(text)]


def edited(text: str, edits: Mapping[str, str]) -> str:
    """A template with every edit made; AssertionError if one finds nothing to change."""
    for pattern, replacement in edits.items():
        text, count = re.subn(pattern, replacement, text)
        assert count, f"nothing in the template is like {pattern}"
    return text


def hog(amounts: Mapping[str, str], allocatable: Mapping[str, str], image: str) -> Mapping[str, Any]:
    """A pod that takes a node's room: `{cpu: all but 500m}` of what the node can give."""
    from vitessctl.model.quantities import quantity

    asks = {
        name: f"{int((quantity(allocatable[name]) - quantity(text.removeprefix('all but '))) * 1000)}m"
        for name, text in amounts.items()
    }
    container = {"name": "hog", "image": image, "command": ["sleep", "600"], "resources": {"requests": asks}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "hog"},
        "spec": {"containers": [container], "terminationGracePeriodSeconds": 0},
    }
