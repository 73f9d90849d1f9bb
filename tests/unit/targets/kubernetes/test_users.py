"""Who may connect to vtgate, as the spec or a Secret says it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.unit.render.clusters import minimal
from tests.unit.targets.kubernetes.test_target import Bed
from vitessctl.model.cluster import User
from vitessctl.targets.kubernetes.users import known_users

SECRET = "minimal-vtgate-users"
NAMESPACE = "guestbook"


def secret(file: Any) -> dict[str, Any]:
    text = file if isinstance(file, str) else json.dumps(file)
    data = {"users.json": base64.b64encode(text.encode()).decode()}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": SECRET, "namespace": NAMESPACE},
        "data": data,
    }


@pytest.mark.parametrize(
    ("spec", "file", "known"),
    [
        ({}, None, ()),
        # What the spec says is not looked up.
        ({"users": (User("app", "s3cret"),)}, None, (User("app", "s3cret"),)),
        # One entry a user, or a list of them: both are forms that vtgate reads.
        ({"users": (User("app"),)}, {"app": {"Password": "made"}}, (User("app", "made"),)),
        ({"users": (User("app"),)}, {"app": [{"Password": "made"}]}, (User("app", "made"),)),
        # The first user of the spec comes first, however the file is sorted.
        (
            {"users": (User("zoe"), User("app", "own"))},
            {"app": [{"Password": "own"}], "zoe": [{"Password": "made"}]},
            (User("zoe", "made"), User("app", "own")),
        ),
        ({"users_secret": SECRET}, {"anna": [{"Password": "x"}]}, (User("anna", "x"),)),
        # Nobody but the user knows a password that is there as a hash only.
        ({"users_secret": SECRET}, {"anna": [{"MysqlNativePassword": "*9E128DA0C64A6FCC"}]}, None),
        ({"users_secret": SECRET}, "no JSON", None),
        ({"users_secret": SECRET}, {"anna": []}, None),
        ({"users": (User("app"),)}, None, None),
    ],
)
def test_known_users(spec: dict[str, Any], file: Any, known: tuple[User, ...] | None) -> None:
    cluster = minimal(**spec)
    api = FakeApi(namespaces=[cluster.namespace])
    if file is not None:
        api.put({**secret(file), "metadata": {"name": SECRET, "namespace": cluster.namespace}})

    assert known_users(api, cluster, SECRET) == known


def test_a_password_that_was_made_when_the_cluster_was_applied_is_found_again() -> None:
    bed = Bed("users=[{name: app}]")
    assert bed.target.users() is None

    bed.target.apply(bed.documents)

    (user,) = bed.target.users() or ()
    assert user.name == "app"
    assert len(user.password) >= 32
