"""history, logs and connect on a Kubernetes in memory, or on a state folder: as the program would run them."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.unit.cli.conftest import Cli, Result
from vitessctl.cli import connect, history, logs, vtctl
from vitessctl.cli.main import app
from vitessctl.targets.kubernetes.target import KubernetesTarget

COMMANDS: tuple[ModuleType, ...] = (connect, history, logs, vtctl)


def register() -> None:
    """Make the commands known to the program, where it does not know them yet."""
    known = {command.name for command in app.registered_commands}
    for module in COMMANDS:
        name = module.__name__.rpartition(".")[2]
        if name not in known:
            app.command(name, epilog=module.EXAMPLE)(module.command)


def on_kubernetes(monkeypatch: pytest.MonkeyPatch) -> FakeApi:
    """Let the commands find a namespace `prod` of a Kubernetes in memory, whatever the command line says."""
    register()
    api = FakeApi(namespaces=["prod"])
    for module in COMMANDS:
        monkeypatch.setattr(module, "open_target", lambda cluster, name, where: KubernetesTarget(cluster, api))
    return api


Program = Callable[..., Result]


def about(cli: Cli, inventory: Any) -> Program:
    """A command about an inventory; the words after `--` stay at the end."""

    def run(name: str, *words: str) -> Result:
        return cli(name, "-i", str(inventory), "-e", "namespace=prod", *words)

    return run
