"""The record as data: to a ConfigMap and back, whoever wrote it, and how big it gets."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.world import a_cluster
from vitessctl.render.documents import Document
from vitessctl.render.render import render
from vitessctl.run.runs import Result, Run
from vitessctl.targets.kubernetes.record import (
    Intent,
    Progress,
    Record,
    config_map,
    intent_of,
    own_labels,
    parse_record,
    record_name,
    spec_digest,
)

RUN = Run("a1", "up", "anna@laptop", "2026-11-26T12:00:00Z", changes={"create": 4}, plan="77aa")
INTENT = Intent("0.1.0", "24", "beef", {"etcd": {"Service": ("shop-etcd", "shop-etcd-peer")}, "vtgate": {}})
RECORD = Record(INTENT, {"etcd": Progress.READY, "vtgate": Progress.APPLYING}, (RUN,))


def a_document(
    name: str, *, kind: str = "Service", stage: str = "etcd", text: str = "a: 1", secret: bool = False
) -> Any:
    return Document(stage, "etcd", kind, name, text, "t.j2", {}, secret=secret)


def test_a_record_survives_being_written_down() -> None:
    assert parse_record(config_map("shop", "prod", RECORD)) == RECORD


def test_it_looks_like_every_other_object_of_the_cluster() -> None:
    cluster = a_cluster("shop")
    rendered = next(document for document in render(cluster, "kubernetes", ()) if document.component == "vtctld")

    metadata = config_map("shop", "prod", RECORD)["metadata"]

    assert metadata["name"] == "shop-record"
    assert metadata["labels"] == own_labels("shop", "record")
    theirs = rendered.data["metadata"]["labels"]
    assert {key for key in theirs if key not in metadata["labels"]} == {"vitessctl.io/component"}
    assert metadata["labels"]["vitessctl.io/cluster"] == theirs["vitessctl.io/cluster"]


def test_a_person_can_read_it() -> None:
    data = config_map("shop", "prod", RECORD)["data"]

    assert json.loads(data["intent"])["objects"]["etcd"] == {"Service": ["shop-etcd", "shop-etcd-peer"]}
    assert json.loads(data["stages"]) == {"etcd": "ready", "vtgate": "applying"}
    assert json.loads(data["runs"])[0]["who"] == "anna@laptop"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (None, Record()),
        ({}, Record()),
        ({"intent": "{", "stages": "[]", "runs": "7"}, Record()),
        ({"stages": '{"etcd": "ready", "vtgate": "perhaps", "vtorc": [1]}'}, Record(stages={"etcd": Progress.READY})),
        ({"intent": '{"tool": "9.0", "mood": "good", "objects": {"etcd": 7}}'}, Record(Intent("9.0", "", ""))),
        ({"intent": '{"objects": []}', "runs": '[{"id": "a1"}, 3]'}, Record()),
    ],
)
def test_what_is_missing_damaged_or_new_counts_as_not_there(data: dict[str, str] | None, expected: Record) -> None:
    found: dict[str, Any] | None = {"metadata": {"name": "shop-record"}, "data": data}

    assert parse_record(found) == expected


def test_where_there_is_none_it_is_empty() -> None:
    assert parse_record(None) == Record()


@given(st.dictionaries(st.sampled_from(["intent", "stages", "runs", "format"]), st.text(max_size=30)))
def test_any_text_is_read_without_an_error(data: dict[str, str]) -> None:
    assert parse_record({"data": data}).runs == ()


def test_a_new_run_has_all_stages_before_it_and_remembers_the_runs() -> None:
    new = Run("b2", "up", "ben@ci", "2026-11-26T13:00:00Z")

    record = RECORD.begun(INTENT, new)

    assert record.stages == {"etcd": Progress.PENDING, "vtgate": Progress.PENDING}
    assert [(run.id, run.result) for run in record.runs] == [("b2", Result.OPEN), ("a1", Result.KILLED)]


def test_the_objects_of_a_run_are_listed_by_stage_and_kind() -> None:
    documents = [a_document("b"), a_document("a"), a_document("c", kind="StatefulSet"), a_document("d", stage="vtgate")]

    intent = intent_of(documents, "0.1.0", "24")

    assert (intent.tool, intent.release) == ("0.1.0", "24")
    assert intent.objects == {
        "etcd": {"Service": ("b", "a"), "StatefulSet": ("c",)},
        "vtgate": {"Service": ("d",)},
    }


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (a_document("a"), True),
        (a_document("a", text="a: 2"), False),
        (a_document("b"), False),
        (a_document("a", kind="Secret"), False),
    ],
)
def test_the_digest_is_of_names_and_texts(other: Document, same: bool) -> None:
    assert (spec_digest([a_document("a")]) == spec_digest([other])) is same


def test_no_secret_can_be_guessed_from_the_digest() -> None:
    one, two = (a_document("users", kind="Secret", text=text, secret=True) for text in ("hunter2", "hunter3"))

    assert spec_digest([one]) == spec_digest([two])


def test_a_thousand_tablets_fit_well() -> None:
    longest = "x" * 52
    documents = [
        dataclasses.replace(a_document(longest[: 52 - 4] + f"{number:04d}"), kind="StatefulSet", stage="tablets")
        for number in range(1000)
    ]
    runs = tuple(dataclasses.replace(RUN, id=f"r{number}", error="e" * 300) for number in range(10))

    size = len(json.dumps(config_map("shop", "prod", Record(intent_of(documents, "0.1.0", "24"), {}, runs))))

    assert size < 100_000


@pytest.mark.parametrize("cluster", ["shop", "a", "x" * 63, "shop_1"])
def test_names_are_legal_however_long_the_cluster_is_named(cluster: str) -> None:
    assert len(record_name(cluster)) <= 52
    assert record_name(cluster).replace("-", "").isalnum()
    assert all(len(value) <= 63 for value in own_labels(cluster, "record").values())
