"""The whole cluster of each packaged inventory as YAML. `python -m tests.unit.model.golden` writes them anew."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from vitessctl.model.build import build
from vitessctl.spec import load

INVENTORIES = Path(__file__).parents[3] / "inventories"
CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name for path in INVENTORIES.iterdir())


def cluster_text(name: str) -> str:
    """The cluster of an inventory, every field of it, as YAML."""
    text = yaml.safe_dump(plain(build(load(INVENTORIES / name))), sort_keys=False, width=120)
    return text.replace(str(INVENTORIES.parent), "/vitessctl")


def plain(value: Any) -> Any:
    """Dataclasses, named tuples, tuples and maps as what YAML can write."""
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return str(value)
    if isinstance(value, dict | MappingProxyType):
        return {key: plain(below) for key, below in value.items()}
    return [plain(item) for item in value] if isinstance(value, tuple | list) else value


if __name__ == "__main__":
    for inventory in NAMES:
        (CASES / f"{inventory}.yaml").write_text(cluster_text(inventory), encoding="utf-8")
