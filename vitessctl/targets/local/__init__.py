"""One machine: the cluster's processes run under supervisor, in one folder that holds everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vitessctl.targets.local.opening import open_local
    from vitessctl.targets.local.target import LocalTarget

__all__ = ["LocalTarget", "open_local"]


def __getattr__(name: str) -> object:
    """Import when used: supervisord's own process imports this package too, and wants little of it."""
    if name == "open_local":
        from vitessctl.targets.local.opening import open_local

        return open_local
    if name == "LocalTarget":
        from vitessctl.targets.local.target import LocalTarget

        return LocalTarget
    raise AttributeError(name)
