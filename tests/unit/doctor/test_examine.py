"""Looking: each source by itself, and whatever hangs or lies, a look comes back."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.world import a_cluster, context_of, open_world
from tests.support.world.ground import DISK, WorldGround
from tests.unit.doctor.looking import FIRST, SECOND, THIRD, TOOL, diagnosed, texts
from vitessctl.doctor import asking, examine
from vitessctl.doctor.diagnosis import looker
from vitessctl.errors import UnreachableError
from vitessctl.model.cluster import Topology
from vitessctl.run.http import Answer
from vitessctl.targets.ground import Expiry, Volume
from vitessctl.vtctld.errors import DeadlineError, SqlError
from vitessctl.vtctld.records import CellRecord, QueryResult

CERTIFICATE = (Path(__file__).parents[1] / "targets" / "certificates" / "chain.pem").read_bytes()


def test_everything_that_can_be_seen() -> None:
    found = diagnosed(open_world(), WorldGround(kubernetes="v1.34.4", tool="0.1.0"))
    seen = found.case.examined

    assert (found.health, found.findings, found.steps) == ("ready", (), ())
    assert seen.versions == dict.fromkeys(("vtctld", "vtgate/zone1", "vtorc/zone1", FIRST, SECOND, THIRD), "24.0.4")
    assert (seen.ground, seen.written_by) == ("v1.34.4", "0.1.0")
    assert seen.volumes == (DISK,)
    assert seen.binlogs == dict.fromkeys((FIRST, SECOND, THIRD), 2000)
    assert {each.name for each in seen.expiries} == {
        f"the TLS certificate of MySQL of {alias}" for alias in (FIRST, SECOND, THIRD)
    }
    assert {each.name for each in seen.readings} == {
        FIRST, SECOND, THIRD, "vtctld", "vtgate/zone1", "vtorc/zone1", "etcd-0",
    }  # fmt: skip
    assert all(each.least <= 0.0 <= each.most for each in seen.readings), "all of them are this machine's"
    assert seen.etcd["etcd-0"] == asking.EtcdNumbers("3.5.30", 49152, 40960, 2 * 1024**3)
    assert seen.unseen == ()


def test_what_hangs_is_named_and_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GROUND_SECONDS", "VOLUME_SECONDS"):
        monkeypatch.setattr(examine, name, 0.2)
    end = threading.Event()

    def hang() -> Volume:
        end.wait()
        return DISK

    ground = WorldGround(disks={"slow": hang, "quick": lambda: replace(DISK, name="quick")})
    monkeypatch.setattr(ground, "expiries", hang)
    begun = time.monotonic()
    try:
        found = diagnosed(open_world(), ground)
    finally:
        end.set()

    assert time.monotonic() - begun < 5
    assert not found.healthy
    assert texts(found)["unanswered"] == [
        "the credentials could not be looked at: no answer within 0.2 s",
        "the disk of slow could not be looked at: no answer within 0.2 s",
    ]
    assert [each.name for each in found.case.examined.volumes] == ["quick"]


def test_what_may_not_be_looked_at_is_a_warning_with_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    ground = WorldGround()

    def forbidden() -> str:
        raise UnreachableError("we may not get configmaps", why="the API server says no", fix="have the Role made")

    monkeypatch.setattr(ground, "written_by", forbidden)
    found = diagnosed(open_world(), ground)

    assert texts(found) == {"not-examined": ["the cluster's record could not be looked at: the API server says no"]}
    assert found.findings[0].remedy == "have the Role made"
    assert found.healthy


def test_a_mysql_that_answers_nothing_of_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.world.examining.run", lambda *_: QueryResult(("nonsense",), (("?",),)))
    found = diagnosed(open_world())

    said = texts(found)["not-examined"]
    assert any(each.startswith(f"the clock of {FIRST} could not be looked at: its answer is not und") for each in said)
    assert len(said) == 9, "clock, binary logs and certificate of each of three tablets"


def test_without_binary_logs_there_is_nothing_to_say_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = SqlError("no", why="You are not using binary logging (errno 1381)")
    monkeypatch.setattr(examine.asking, "binlogs", lambda context, alias: (_ for _ in ()).throw(refusal))

    assert diagnosed(open_world()).case.examined.binlogs == {}


def test_servers_that_are_silent_are_said_by_status_alone() -> None:
    world = open_world()
    world.frozen.add(("vtgate", "zone1"))
    found = diagnosed(world)

    assert list(texts(found)) == ["vtgate-silent"]
    assert "vtgate/zone1" not in found.case.examined.versions


def test_the_address_of_a_cell_is_seen_where_the_topology_cannot_be_read() -> None:
    """vtctld goes to the cell's own topology for tablets, and hangs where the record names nobody."""
    world = open_world()
    world.topology.cells["zone1"] = CellRecord("zone1", "127.0.0.1:9", "/vitess/zone1")
    world.broken_calls["GetTablets"] = DeadlineError("no", why="no answer within 3 s")
    found = diagnosed(world)

    assert texts(found)["cell-address"] == [
        "cell zone1: has the topology server at 127.0.0.1:9, the spec says 127.0.0.1:15010"
    ]
    assert [(step.fix, step.subject, step.refusal) for step in found.steps] == [("cell-record", "cell zone1", "")]


def test_of_a_cluster_that_was_never_started_only_what_keeps_it_from_coming_up() -> None:
    from tests.support.world import World

    fault = UnreachableError("port 15000 is in use", why="process 1 has it", fix="end that")
    found = diagnosed(World(), WorldGround(faults=[fault]))

    assert list(texts(found)) == ["nothing-runs", "in-the-way"]


def test_certificates_that_flags_name_are_read_where_their_server_runs() -> None:
    flags = {"vtgate": {"mysql_server_ssl_cert": "/tls/gate.pem", "mysql-server-ssl-key": "/tls/key", "grpc-ca": "x"}}
    cluster = a_cluster(extra_flags=flags)
    ground = WorldGround(files={"/tls/gate.pem": CERTIFICATE})
    found = looker(context_of(open_world(cluster), cluster), ground, TOOL)()

    assert found.case.examined.expiries[0].name == "the certificate of --mysql_server_ssl_cert of vtgate"


def test_a_file_that_holds_no_certificate() -> None:
    cluster = a_cluster(extra_flags={"vtctld": {"grpc_cert": "/tls/c.pem"}})
    found = looker(context_of(open_world(cluster), cluster), WorldGround(files={"/tls/c.pem": b"nothing"}), TOOL)()

    assert texts(found)["not-examined"][0].startswith("--grpc_cert of vtctld could not be looked at: this is no certif")


def test_external_members_of_etcd_are_asked_where_clients_are() -> None:
    cluster = a_cluster(topology=Topology(external=("etcd.example:2379",)))
    world = open_world()
    world.external_etcd.add("etcd.example:2379")
    asked: list[tuple[str, str]] = []
    context = context_of(world, cluster)
    before = context.get

    def get(address, path):  # type: ignore[no-untyped-def]
        asked.append((str(address), path))
        return before(address, path)

    context.get = get
    looker(context, WorldGround(), TOOL)()

    assert ("etcd.example:2379", "/metrics") in asked


def test_a_release_that_does_not_say_its_version() -> None:
    assert asking.version_of(Answer(200, '{"Uptime": 5}')) == ""
    assert asking.version_of(Answer(200, "not json")) == ""


def test_an_expiry_that_mysql_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "tests.support.world.examining.run",
        lambda world, alias, query: QueryResult(("Variable_name", "Value"), (("Ssl_server_not_after", ""),)),
    )

    assert asking.mysql_certificate(context_of(open_world(), a_cluster()), FIRST) == ()


def test_what_mysql_says_of_its_certificate() -> None:
    (found,) = asking.mysql_certificate(context_of(open_world(), a_cluster()), FIRST)

    assert found == Expiry(f"the TLS certificate of MySQL of {FIRST}", 0.0, 2_111_133_600.0, asking.MYSQL_RENEWS)
