"""The oldest and the newest API server that can be built from published Go modules, for what all must accept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.testbed import build

HERE = Path(__file__).resolve().parent

PACKAGE = "k8s.io/kubernetes/cmd/kube-apiserver"


@dataclass(frozen=True)
class ApiServer:
    """A kube-apiserver of another version; its module is the folder of its name beside this file."""

    name: str
    version: str
    """As its go.mod has it: `v1.29.6`."""
    tags: str = ""

    def program(self) -> Path:
        """Where it is, built first if it is not in the cache (about 3 minutes on 2 cores)."""
        build_of = build.Build(
            f"api_servers/{self.name}", (PACKAGE,), "bin", build.kubernetes_flags(self.version), self.tags
        )
        sources = (HERE / self.name).iterdir()
        folder = build.made(f"build-{self.name}", (build_of,), sources, finish=lambda folder: None)
        return folder / "bin" / "kube-apiserver"


# The cloud providers that it still had are no modules any more; with this tag it is built without them.
OLDEST = ApiServer("oldest", "v1.29.6", tags="providerless")
"""Older ones cannot be had as modules; and vitessctl needs 1.29: see preflight_version.py."""

NEWEST = ApiServer("newest", "v1.37.2")
