"""Passwords that the target makes once and keeps."""

from __future__ import annotations

import base64
import json
from itertools import count
from typing import Any

from tests.unit.render.clusters import minimal
from vitessctl.model.cluster import User
from vitessctl.render.documents import Document
from vitessctl.render.generated import filled, key_of
from vitessctl.render.render import render


def secret_of(*users: User, release: str = "24") -> Document:
    (found,) = (each for each in render(minimal(release, users=users), "kubernetes") if each.kind == "Secret")
    return found


def decoded(document: Document) -> dict[str, str]:
    return {key: base64.b64decode(value).decode() for key, value in document.data["data"].items()}


def passwords() -> Any:
    numbers = count(1)
    return lambda: f"made-{next(numbers)}"


def test_a_user_without_a_password_gets_one_that_the_file_of_users_holds() -> None:
    document = secret_of(User("app"), User("reader", "given"))
    assert document.secret
    assert document.generated == ("password.app",)
    data = decoded(filled(document, {}, passwords()))
    assert data["password.app"] == "made-1"
    assert json.loads(data["users.json"]) == {"app": [{"Password": "made-1"}], "reader": [{"Password": "given"}]}


def test_what_is_there_already_is_kept() -> None:
    first = filled(secret_of(User("app")), {}, passwords())
    again = filled(secret_of(User("app"), User("other")), first.data["data"], lambda: "new")
    data = decoded(again)
    assert (data["password.app"], data["password.other"]) == ("made-1", "new")
    assert json.loads(data["users.json"])["app"] == [{"Password": "made-1"}]


def test_a_second_run_changes_nothing() -> None:
    document = secret_of(User("app"))
    first = filled(document, {}, passwords())
    assert filled(document, first.data["data"], lambda: "new") == first


def test_without_such_users_nothing_is_filled() -> None:
    document = secret_of(User("app", "<generated password.app>"))
    assert document.generated == ()
    assert filled(document, {}, passwords()) is document


def test_a_users_name_becomes_a_legal_key_and_two_never_share_one() -> None:
    names = ["app", "app user", "app-user", "äpp", "a" * 80, "a" * 79 + "b"]
    keys = [key_of(name) for name in names]
    assert len(set(keys)) == len(names)
    assert all(len(key) <= 253 and set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.") for key in keys)


def test_the_oldest_release_wants_no_list() -> None:
    data = decoded(filled(secret_of(User("app"), release="2.1"), {}, passwords()))
    assert json.loads(data["users.json"]) == {"app": {"Password": "made-1"}}


def test_somebody_elses_secret_is_mounted_and_none_is_made() -> None:
    documents = render(minimal(users_secret="mine"), "kubernetes")
    assert [each.label for each in documents if each.kind == "Secret"] == []
    pod = next(each for each in documents if each.label == "Deployment/guestbook-vtgate-zone1").data["spec"]["template"]
    assert {"name": "users", "secret": {"secretName": "mine"}} in pod["spec"]["volumes"]
    assert "--mysql-auth-server-impl=static" in pod["spec"]["containers"][0]["args"]
