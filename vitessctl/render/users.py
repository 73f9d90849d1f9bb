"""vtgate's users, in the form that the release reads."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from vitessctl import releases
from vitessctl.model.cluster import Cluster
from vitessctl.render.generated import key_of, placeholder


def users_file(cluster: Cluster) -> Mapping[str, Any]:
    """The content of the file for vtgate's `static` authentication."""
    in_list = releases.get(cluster.release_of("vtgate")).users_file_lists
    entries = {user.name: {"Password": user.password or placeholder(key_of(user.name))} for user in cluster.users}
    return {name: [entry] for name, entry in entries.items()} if in_list else entries


def users_secret(cluster: Cluster) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """The data of vtgate's Secret in base64, and which of its keys the target generates.

    An application is shown the key of its own user, and no other.
    """
    generated = tuple(key_of(user.name) for user in cluster.users if not user.password)
    told = {application.user for application in cluster.applications}
    texts = {
        "users.json": json.dumps(users_file(cluster), sort_keys=True),
        **{key_of(user.name): user.password for user in cluster.users if user.password and user.name in told},
        **{key: placeholder(key) for key in generated},
    }
    return {key: base64.b64encode(text.encode()).decode() for key, text in texts.items()}, generated
