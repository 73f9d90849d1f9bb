"""How tablets look: as a table that fits, and as JSON that leaves nothing out."""

from __future__ import annotations

from dataclasses import replace

from vitessctl.report.tablets import listing_data, listing_lines
from vitessctl.tablets.listing import Listing, TabletRow

UUID = "7195a0c0-e9d3-11f1-8000-02fc00000001"
PRIMARY = TabletRow(
    "zone1-0000000100", "messages", "0", "primary", True, 0.0, f"{UUID}:1-57", (), "h", {"vt": 15100, "grpc": 16100},
    "h:3306", 1774555976.0,
)  # fmt: skip
DEAD = TabletRow("zone1-0000000101", "messages", "0", "replica", None, None, None, ("vttablet does not answer",), "h")
EMPTY = TabletRow("zone1-0000000102", "messages", "0", "", False, 12.4, "", ("is not in the topology",))


def lines(*rows: TabletRow, **fields: str) -> list[str]:
    return list(listing_lines(replace(Listing("shop", "local", rows), **fields)))


def test_the_table() -> None:
    assert lines(PRIMARY, DEAD, EMPTY) == [
        "alias             shard       type     serving  lag   position        http     mysql   primary since",
        "zone1-0000000100  messages/0  primary  yes      0 s   7195a0c0…:1-57  h:15100  h:3306  2026-03-26T20:12:56Z",
        "zone1-0000000101  messages/0  replica  ?        -     ?               h        -       -",
        "zone1-0000000102  messages/0  -        NO       12 s  (empty)         -        -       -",
        "! zone1-0000000101: vttablet does not answer",
        "! zone1-0000000102: is not in the topology",
    ]


def test_a_long_position_is_cut_in_the_table_and_whole_in_json() -> None:
    row = replace(PRIMARY, position=",".join([f"{UUID}:1-57"] * 5))

    assert "7195a0c0…:1-57,7195a0c0…:1-57,7195a0c0……  h:15100" in lines(row)[1]
    assert listing_data(Listing("shop", "local", (row,)))["tablets"][0]["position"] == row.position


def test_why_the_topology_cannot_be_read_is_said() -> None:
    assert lines(topology_error="it hangs") == ["! the topology cannot be read: it hangs"]


def test_a_rehearsal_says_so() -> None:
    assert lines(PRIMARY, target="rehearsal")[0].startswith("REHEARSAL: stand-in servers")


def test_json_tells_what_is_not_known_from_what_is_not() -> None:
    data = listing_data(Listing("shop", "local", (PRIMARY, DEAD)))

    assert (data["type"], data["cluster"], data["target"], data["ready"]) == ("tablets", "shop", "local", False)
    assert data["tablets"][0] == {
        "alias": "zone1-0000000100",
        "cell": "zone1",
        "keyspace": "messages",
        "shard": "0",
        "type": "primary",
        "serving": True,
        "lag_seconds": 0.0,
        "position": f"{UUID}:1-57",
        "hostname": "h",
        "ports": {"vt": 15100, "grpc": 16100},
        "mysql": "h:3306",
        "primary_term_start": "2026-03-26T20:12:56Z",
        "differs": [],
    }
    dead = data["tablets"][1]
    assert [dead[key] for key in ("serving", "lag_seconds", "position", "primary_term_start")] == [None] * 4
    assert dead["differs"] == ["vttablet does not answer"]
