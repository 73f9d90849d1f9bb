"""Passwords that nobody chose: made once a run, kept when they are there."""

from __future__ import annotations

import base64
import json

from tests.unit.targets.kubernetes.test_target import a_cluster, documents_of
from vitessctl.render.documents import Document
from vitessctl.targets.kubernetes.generated import Maker, completed


def users(*names: str) -> Document:
    listed = ", ".join(f"{{name: {name}}}" for name in names)
    found = documents_of(a_cluster(f"users=[{listed}]"))
    return next(document for document in found if document.kind == "Secret")


def values(secret: object) -> dict[str, str]:
    return {key: base64.b64decode(text).decode() for key, text in secret["data"].items()}  # type: ignore[index]


def test_each_user_has_one_of_its_own_and_the_file_holds_the_same() -> None:
    made = values(completed(users("app", "zoe"), None))

    assert made["password.app"] != made["password.zoe"]
    file = json.loads(made["users.json"])
    assert [file[name][0]["Password"] for name in ("app", "zoe")] == [made["password.app"], made["password.zoe"]]


def test_what_is_there_stays_and_only_what_is_new_is_made() -> None:
    there = completed(users("app"), None)

    after = values(completed(users("app", "zoe"), there))

    assert after["password.app"] == values(there)["password.app"]
    assert after["password.zoe"]


def test_a_document_without_generated_values_is_as_it_was_rendered() -> None:
    service = next(document for document in documents_of(a_cluster()) if document.kind == "Service")
    assert completed(service, {"data": {"x": "y"}}) is service.data


def test_a_maker_gives_the_same_values_in_the_same_order_all_through_a_run() -> None:
    one, again, other = Maker("Secret/a"), Maker("Secret/a"), Maker("Secret/b")
    first = [one(), one()]
    assert [again(), again()] == first
    assert first[0] != first[1]
    assert other() not in first
