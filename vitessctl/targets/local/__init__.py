"""One machine: the cluster's processes run under supervisor, in one folder that holds everything."""

from vitessctl.targets.local.opening import open_local
from vitessctl.targets.local.target import LocalTarget

__all__ = ["LocalTarget", "open_local"]
