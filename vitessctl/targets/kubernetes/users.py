"""Who may connect to vtgate: a password that the spec does not hold is read from its Secret."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence

from vitessctl.model.cluster import Cluster, User
from vitessctl.targets.kubernetes.interface import KubernetesApi, KubernetesObject
from vitessctl.targets.kubernetes.kinds import SECRET

_FILE = "users.json"


def known_users(api: KubernetesApi, cluster: Cluster, secret: str) -> Sequence[User] | None:
    """See vitessctl.targets.base.Target.users. `secret`: the name of the one that holds the users."""
    if all(user.password for user in cluster.users) and not cluster.users_secret:
        return cluster.users
    passwords = _passwords(api.get(SECRET, cluster.namespace, secret))
    names = [user.name for user in cluster.users] or list(passwords)
    return tuple(User(name, passwords[name]) for name in names if name in passwords) or None


def _passwords(secret: KubernetesObject | None) -> Mapping[str, str]:
    """By user, as vtgate's static authentication has them: one entry or a list of them. Hashed ones are left out."""
    try:
        users = json.loads(base64.b64decode(((secret or {}).get("data") or {}).get(_FILE, "")))
    except ValueError:
        return {}
    entries = {name: each[0] if isinstance(each, list) and each else each for name, each in users.items()}
    return {name: each["Password"] for name, each in entries.items() if isinstance(each, dict) and each.get("Password")}
