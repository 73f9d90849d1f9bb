"""Names, UIDs and ports: decided by identity alone, the same for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.model.naming import (
    LOCAL_TABLET_SLOTS,
    TABLETS_PER_BLOCK,
    cell_number,
    local_tablet_slot,
    safe_shard,
    tablet_alias,
    tablet_block,
)
from vitessctl.model.ports import (
    DEFAULT_BASE_PORT,
    HIGHEST_OFFSET,
    EtcdPorts,
    ServerPorts,
    etcd_ports,
    tablet_ports,
    vtctld_ports,
    vtgate_ports,
    vtorc_ports,
)

NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1, max_size=10)
UIDS = st.integers(1, 2**32 - 1)


@pytest.mark.parametrize(
    ("identity", "block"),
    [
        (("zone1", "messages", "0", "replica", ""), 3703741600),
        (("zone2", "messages", "0", "replica", ""), 3850185500),
        (("zone1", "messages", "0", "rdonly", ""), 565781700),
        (("zone1", "messages", "-80", "replica", ""), 1632671200),
        (("zone1", "messages", "0", "replica", "big"), 1657059000),
        (("zone1", "messages0", "", "replica", ""), 2383355400),
    ],
)
def test_a_released_number_never_changes(identity: tuple[str, str, str, str, str], block: int) -> None:
    """These are in people's topology servers: another number would be another tablet."""
    assert tablet_block(*identity) == block


@given(NAMES, NAMES, NAMES, st.sampled_from(["replica", "rdonly"]), NAMES)
def test_a_block_has_room_for_its_tablets(cell: str, keyspace: str, shard: str, tablet_type: str, pool: str) -> None:
    first = tablet_block(cell, keyspace, shard, tablet_type, pool)
    assert first % TABLETS_PER_BLOCK == 0
    assert 0 < first <= first + TABLETS_PER_BLOCK - 1 < 2**32


@pytest.mark.parametrize(
    ("cell", "uid", "alias"),
    [("zone1", 100, "zone1-0000000100"), ("a-b", 4294967295, "a-b-4294967295"), ("z", 1, "z-0000000001")],
)
def test_alias(cell: str, uid: int, alias: str) -> None:
    assert tablet_alias(cell, uid) == alias


@pytest.mark.parametrize(
    ("name", "number"), [("zone1", 1), ("zone12", 12), ("us-east-1", 1), ("zone123", 23), ("z0", 0), ("zone01", 1)]
)
def test_a_cell_is_numbered_by_its_name(name: str, number: int) -> None:
    assert cell_number(name) == number


def test_a_cell_without_a_number_has_one_all_the_same() -> None:
    assert cell_number("test") == cell_number("test")
    assert 0 <= cell_number("test") < 100


@pytest.mark.parametrize(
    ("shard", "safe"), [("0", "0"), ("-", "x-x"), ("-80", "x-80"), ("80-", "80-x"), ("40-80", "40-80")]
)
def test_a_shard_where_no_dash_may_be_at_an_end(shard: str, safe: str) -> None:
    assert safe_shard(shard) == safe


def test_the_ports_of_the_documentation() -> None:
    base = DEFAULT_BASE_PORT
    assert vtctld_ports(base) == ServerPorts(http=15000, grpc=15001)
    assert etcd_ports(base, 0) == EtcdPorts(client=15010, peer=15011, metrics=15012)
    assert etcd_ports(base, 4) == EtcdPorts(client=15022, peer=15023, metrics=15024)
    assert vtgate_ports(base, "zone1") == ServerPorts(http=15101, grpc=15201, mysql=15301)
    assert vtorc_ports(base, "zone1") == ServerPorts(http=15401)
    assert tablet_ports(base, 100) == ServerPorts(http=15800, grpc=15801, mysql=15802)
    assert tablet_ports(base, 101) == ServerPorts(http=15803, grpc=15804, mysql=15805)


@given(UIDS)
def test_a_tablet_keeps_to_its_part_of_the_ports(uid: int) -> None:
    assert 0 <= local_tablet_slot(uid) < LOCAL_TABLET_SLOTS
    ports = tablet_ports(DEFAULT_BASE_PORT, uid)
    assert DEFAULT_BASE_PORT + 500 <= ports.http < ports.grpc < ports.mysql < DEFAULT_BASE_PORT + HIGHEST_OFFSET
    assert ports.mysql < 32768, "above, Linux gives ports to outgoing connections"


@given(UIDS.map(lambda uid: uid // 100 * 100), st.integers(0, 98))
def test_tablets_of_one_block_never_share_ports(first: int, index: int) -> None:
    one, other = tablet_ports(15000, first + index), tablet_ports(15000, first + index + 1)
    assert set(one).isdisjoint(other)


@given(st.sets(st.integers(0, LOCAL_TABLET_SLOTS - 1), min_size=2, max_size=20))
def test_chosen_uids_below_5000_never_share_ports(uids: set[int]) -> None:
    ports = [port for uid in uids for port in tablet_ports(15000, uid)]
    assert len(set(ports)) == len(ports)


def test_parts_do_not_share_ports() -> None:
    ports: list[int] = [*vtctld_ports(15000)[:2]]
    for member in range(5):
        ports += etcd_ports(15000, member)
    for number in range(100):
        ports += [*vtgate_ports(15000, f"zone{number}"), vtorc_ports(15000, f"zone{number}").http]
    ports += [port for uid in range(1, 5000) for port in tablet_ports(15000, uid)]
    assert len(set(ports)) == len(ports)
