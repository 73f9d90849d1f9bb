"""Killing `vitessctl` as soon as the API server has carried out so many of its writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.e2e_kubernetes.tool import Tool, ended
from tests.support.kubernetes.proxy import Asked, Proxy


@dataclass(frozen=True)
class Run:
    """A command that was to be killed after so many writes."""

    command: str
    code: int
    screen: str
    done: Sequence[Asked]
    """The writes that the server carried out; several may have been under way when the kill came."""

    @property
    def killed(self) -> bool:
        """Whether it was; else it had no more to write, and came to its end."""
        return self.code == -9


def killed_after(proxy: Proxy, tool: Tool, writes: int, command: str, *words: str) -> Run:
    """Run a command and kill it (SIGKILL) before it hears that this write was carried out."""
    done: list[Asked] = []
    proxy.plan()
    process = tool.through(proxy.kubeconfig).start(command, *words)

    def kill(asked: Asked, code: int) -> None:
        if code < 400:
            done.append(asked)
        if len(done) >= writes:
            process.kill()

    proxy.after = kill
    try:
        code, screen = ended(process)
    finally:
        proxy.after = lambda asked, code: None
    return Run(command, code, screen, tuple(done))
