"""How records are printed: names, numbers and empty fields, by release."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.rehearsal.control.rig import KEYSPACE, ONE, Rig, rig
from vitessctl import releases

EVERY = releases.names()
TERM = {"seconds": "1700000000", "nanoseconds": 5}


def cluster(release: str) -> Rig:
    made = rig()
    made.release = releases.get(release)
    return made


def shown(release: str, *words: str) -> dict[str, Any]:
    made = cluster(release)
    found: dict[str, Any] = json.loads(made.legacy(*words))
    return found


@pytest.mark.parametrize("release", EVERY)
def test_a_shard_names_its_primary_in_the_releases_word(release: str) -> None:
    word = releases.get(release).primary_type

    assert shown(release, "GetShard", f"{KEYSPACE}/0")[f"{word}_alias"] == {"cell": "zone1", "uid": 100}


def test_a_shard_of_2_1_lists_what_it_serves_and_where_and_leaves_out_what_is_empty() -> None:
    assert shown("2.1", "GetShard", f"{KEYSPACE}/0") == {
        "master_alias": {"cell": "zone1", "uid": 100},
        "served_types": [{"tablet_type": kind} for kind in (1, 2, 3)],
        "cells": ["zone1"],
    }


def test_a_shard_until_3_has_empty_fields_too() -> None:
    found = shown("3", "GetShard", f"{KEYSPACE}/0")

    assert (found["key_range"], found["source_shards"], found["cells"]) == (None, [], ["zone1"])
    assert found["served_types"][0] == {"tablet_type": 1, "cells": []}


@pytest.mark.parametrize("release", ["7", "11"])
def test_a_shard_until_11(release: str) -> None:
    found = shown(release, "GetShard", f"{KEYSPACE}/0")

    assert list(found) == [
        *("master_alias", "master_term_start_time", "key_range", "served_types", "source_shards"),
        *("tablet_controls", "is_master_serving"),
    ]
    assert found["is_master_serving"] is True


@pytest.mark.parametrize(("release", "nothing"), [("9", None), ("11", "")])
def test_long_numbers_are_texts_and_key_ranges_base64(release: str, nothing: str | None) -> None:
    made = cluster(release)
    made.topology.create_shard("test_keyspace", "80-")
    record = made.topology.shard("test_keyspace", "80-")
    record.primary_term_start_time.seconds = 1700000000
    record.primary_term_start_time.nanoseconds = 5
    made.topology.update_shard("test_keyspace", "80-", lambda old: old.CopyFrom(record) or True)

    found = json.loads(made.legacy("GetShard", "test_keyspace/80-"))
    assert found["master_term_start_time"] == TERM
    assert found["key_range"] == {"start": "gA==", "end": nothing}


def test_all_shards_come_in_gos_json_without_empty_fields() -> None:
    found = shown("14", "FindAllShardsInKeyspace", KEYSPACE)["0"]

    assert found["primary_alias"] == {"cell": "zone1", "uid": 100}
    assert isinstance(found["primary_term_start_time"]["seconds"], int)
    assert "source_shards" not in found
    assert found["is_primary_serving"] is True


@pytest.mark.parametrize("release", EVERY)
def test_a_tablets_type_is_a_number(release: str) -> None:
    found = shown(release, "GetTablet", ONE)

    assert found["type"] == 1
    assert found["port_map"]["grpc"] == 16100


def test_2_1_keeps_mysqls_port_with_the_others() -> None:
    old, new = shown("2.1", "GetTablet", ONE), shown("2.2", "GetTablet", ONE)

    assert (old["port_map"]["mysql"], "mysql_port" in old, "ip" in old) == (16100, False, True)
    assert (new["mysql_port"], "mysql" in new["port_map"], "ip" in new) == (16100, False, False)


@pytest.mark.parametrize(
    ("release", "fields"),
    [
        ("2.1", ["sharding_column_name", "sharding_column_type"]),
        ("3", ["sharding_column_name", "sharding_column_type", "served_froms"]),
        ("7", ["sharding_column_name", "sharding_column_type", "served_froms", "keyspace_type", "base_keyspace"]),
        ("16", ["served_froms", "keyspace_type", "base_keyspace", "snapshot_time", "durability_policy"]),
        ("24", ["keyspace_type", "base_keyspace", "snapshot_time", "durability_policy", "throttler_config"]),
    ],
)
def test_a_keyspaces_first_fields(release: str, fields: list[str]) -> None:
    assert list(shown(release, "GetKeyspace", KEYSPACE))[:5] == fields


def test_a_vschema_has_underscores_in_2_1_and_camels_after() -> None:
    text = '{"sharded": true, "vindexes": {"hash": {"type": "hash"}}, "tables": {"t": {"columnVindexes": []}}}'
    old, new = cluster("2.1"), cluster("9")
    for made in (old, new):
        made.legacy("ApplyVSchema", "-vschema", text.replace("[]", '[{"column": "id", "name": "hash"}]'), KEYSPACE)

    assert "column_vindexes" in json.loads(old.legacy("GetVSchema", KEYSPACE))["tables"]["t"]
    assert "columnVindexes" in json.loads(new.legacy("GetVSchema", KEYSPACE))["tables"]["t"]


def test_rows_have_the_fields_that_the_release_knows() -> None:
    from vitessctl.rehearsal.tablet_rpc import QueryResult
    from vitessctl.rehearsal.vtctld.legacy.rows import rows_json

    nothing = QueryResult(fields=[], rows=[], rows_affected=1, insert_id=0)
    at = {name: list(json.loads(rows_json(nothing, releases.get(name)))) for name in ("2.1", "9", "12", "14", "24")}

    assert at["2.1"] == ["fields", "rows_affected", "insert_id", "rows", "extras"]
    assert at["9"] == ["fields", "rows_affected", "insert_id", "rows"]
    assert at["12"] == [*at["9"], "session_state_changes", "status_flags"]
    assert at["14"] == [*at["12"], "info"]
    assert at["24"][3] == "insert_id_changed"
