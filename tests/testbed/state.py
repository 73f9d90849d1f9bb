"""What a bed leaves written down, so that another process can stop it, even when its start was cut short."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.testbed.processes import Process

FILE = "bed.json"


@dataclass(frozen=True)
class NodeState:
    """A node: its first process and the one that holds it, its containerd's root, the cgroup of its pods."""

    first: Process
    holder: Process
    store: str
    cgroup: str


@dataclass
class State:
    """A running bed: its index (None without nodes), processes that are not a node's, and its nodes."""

    index: int | None = None
    kubeconfig: str = ""
    processes: list[Process] = field(default_factory=list)
    nodes: dict[int, NodeState] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Save it in the bed's folder."""
        half = folder / f"{FILE}.half"
        half.write_text(json.dumps(asdict(self), indent=1))
        half.rename(folder / FILE)

    @classmethod
    def read(cls, folder: Path) -> State | None:
        """The bed of a folder; None if there is none."""
        try:
            values = json.loads((folder / FILE).read_text())
        except FileNotFoundError:
            return None
        values["processes"] = [Process(**each) for each in values["processes"]]
        values["nodes"] = {int(number): _node(each) for number, each in values["nodes"].items()}
        return cls(**values)

    def running(self) -> list[Process]:
        """The processes of it that run."""
        ours = [*self.processes, *(each for node in self.nodes.values() for each in (node.first, node.holder))]
        return [process for process in ours if process.alive()]


def _node(values: dict[str, Any]) -> NodeState:
    first, holder = Process(**values["first"]), Process(**values["holder"])
    return NodeState(first, holder, values["store"], values["cgroup"])
