"""vtgate's users, in the form that the release reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vitessctl import releases
from vitessctl.model.cluster import Cluster


def users_file(cluster: Cluster) -> Mapping[str, Any]:
    """The content of the file for vtgate's `static` authentication."""
    in_list = releases.get(cluster.release).users_file_lists
    entries = {user.name: {"Password": user.password} for user in cluster.users}
    return {name: [entry] for name, entry in entries.items()} if in_list else entries
