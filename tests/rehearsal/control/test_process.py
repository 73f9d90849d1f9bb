"""What every server has before it does anything: flags of its release, a log, pages, ports, signals, a topology."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import grpc
import pytest

from tests.rehearsal.control.memory_etcd import add_keyspace
from tests.rehearsal.control.programs import ROOT, EtcdMember, free_port, topo_flags
from tests.rehearsal.control.rig import ONE, THREE, TWO, rig
from vitessctl.rehearsal.servenv import process as module
from vitessctl.rehearsal.servenv import times
from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.flags import Flags
from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.servenv.process import Process, report, run
from vitessctl.rehearsal.servenv.rpc import RpcServer
from vitessctl.rehearsal.tablet_client import TabletClient, open_channel
from vitessctl.rehearsal.tablet_rpc import MANAGER_SERVICE, TabletError
from vitessctl.rehearsal.tablet_server import manager_handler
from vitessctl.rehearsal.topology import open_store
from vitessctl.rehearsal.topology_records import Topology, by_shard, open_topology
from vitessctl.rehearsal.vtctld.events import Events
from vitessctl.rehearsal.vtctld.reparent import current_primary, wait_seconds
from vitessctl.rehearsal.vtorc.view import read_shards
from vitessctl.vtctld.proto import logutil_pb2 as logutil
from vitessctl.vtctld.proto import topodata_pb2 as topodata
from vitessctl.vtctld.proto import vttime_pb2 as vttime


@pytest.fixture(autouse=True)
def root_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITESSCTL_REHEARSAL_ROOT", "1")
    monkeypatch.delenv("VITESSCTL_RELEASE", raising=False)


@pytest.mark.parametrize(("component", "refuses"), [("vttablet", True), ("vtgate", True), ("mysqlctld", False)])
def test_who_refuses_root(component: str, refuses: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VITESSCTL_REHEARSAL_ROOT")
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    try:
        module.refuse_root(component)
        refused = False
    except StartError:
        refused = True

    assert refused is refuses


def test_another_user_is_never_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VITESSCTL_REHEARSAL_ROOT")
    monkeypatch.setattr(os, "geteuid", lambda: 12345)

    module.refuse_root("vtctld")


def test_the_version_names_the_release_and_the_rehearsal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITESSCTL_RELEASE", "22")

    found = Process("vtctld", ["--grpc_port", "7"])

    assert found.version == "22.0.0-REHEARSAL"
    assert found.vars.current()["BuildVersion"] == "22.0.0-REHEARSAL"
    assert found.grpc_address() == ("", 7)


def test_a_process_serves_its_pages_on_its_port() -> None:
    port = free_port()
    found = Process("vtctld", ["--bind-address", "127.0.0.1", "--port", str(port)])

    found.listen_http()

    assert found.web.address == ("127.0.0.1", port)
    found.web.close()


def test_a_signal_ends_the_wait() -> None:
    found = Process("vtctld", [])
    found.signals.hold()
    threading.Timer(0.05, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()

    found.signals.wait()


def test_a_signal_that_another_thread_takes_ends_the_wait_too() -> None:
    """Under load the kernel's choice is now and then a thread that grpc just started; the main thread slept on."""
    code = """
import signal, threading, time
from vitessctl.rehearsal.servenv.process import Signals

def take() -> None:
    time.sleep(0.5)  # longer than the main thread needs to be in its wait
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
    time.sleep(60)

found = Signals()
threading.Thread(target=take, daemon=True).start()
found.wait()
print("woken")
"""

    assert run_python(code).stdout == "woken\n"


def test_a_signal_ends_what_does_not_serve_yet() -> None:
    """A vtgate that waits for tablets, a vttablet that waits for my.cnf: they must not outlast their grace period."""
    code = "import os, signal; from vitessctl.rehearsal.servenv.process import Signals; Signals()"
    done = run_python(f"{code}; os.kill(os.getpid(), signal.SIGTERM); print('lives')")

    assert (done.returncode, done.stdout) == (-signal.SIGTERM, "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a process the first of its kind")
def test_the_first_process_of_a_container_ends_too() -> None:
    """The kernel gives it no default action: without a handler SIGTERM would do nothing."""
    code = "import os, signal; from vitessctl.rehearsal.servenv.process import die_of_signals; die_of_signals()"
    done = run_python(f"{code}; os.kill(os.getpid(), signal.SIGTERM); print('lives')", "unshare", "--pid", "--fork")

    assert (done.returncode, done.stdout) == (2, "")


def run_python(code: str, *before: str) -> subprocess.CompletedProcess[str]:
    command = [*before, sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


def test_the_exit_code_is_mains_or_the_start_errors(capsys: pytest.CaptureFixture[str]) -> None:
    def fails(arguments: list[str]) -> int:
        raise StartError("panic: no", code=2)

    assert run("vtctld", lambda arguments: len(arguments), ["a", "b", "c"]) == 3
    assert run("vtctld", fails, []) == 2
    assert '"msg":"panic: no"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "starts"),
    [
        (StartError("why", usage=True), "Error: why\nUsage:\n  vtctld [flags]\n\n{"),
        (StartError("why", usage=True, logged=False), "why\nUsage:\n  vtctld [flags]\n\n"),
        (StartError("why"), '{"time":'),
        (StartError("why", logged=False), ""),
    ],
)
def test_how_a_start_error_is_printed(error: StartError, starts: str, capsys: pytest.CaptureFixture[str]) -> None:
    report("vtctld", error)

    printed = capsys.readouterr().err
    assert printed.startswith(starts)
    assert bool(printed) is bool(starts)


def test_a_topology_is_opened_with_the_flags(etcd: EtcdMember) -> None:
    found = Process("vtctld", topo_flags(etcd.client))

    topology = open_topology(found.flags)

    assert topology.store.root == "/vitess/global"
    assert isinstance(topology.cell_names(), (tuple, list))


def test_opening_does_not_take_longer_than_it_should(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(times.TIMES, "topo_open", (0.3, 0.3))
    flags = Flags(
        {
            "topo-implementation": "etcd2",
            "topo-global-server-address": "127.0.0.1:1",
            "topo-global-root": "/v",
        }
    )
    began = time.monotonic()

    with pytest.raises(StartError, match="context deadline exceeded"):
        open_store(flags)

    assert 0.25 < time.monotonic() - began < 5


def test_everything_in_two_reads(topology: Topology) -> None:
    add_keyspace(topology, "ks", "semi_sync", "-80", "80-")
    add_keyspace(topology, "bare", "")
    for alias, cell in ((1, "zone1"), (2, "zone2")):
        topology.save_tablet(
            topodata.Tablet(alias=topodata.TabletAlias(cell=cell, uid=alias), keyspace="ks", shard="-80")
        )

    found = topology.everything()

    assert sorted(found.keyspaces) == ["bare", "ks"]
    assert found.keyspaces["ks"].durability_policy == "semi_sync"
    assert sorted(found.shards) == [("ks", "-80"), ("ks", "80-")]
    assert {key: len(group) for key, group in by_shard(found.tablets).items()} == {("ks", "-80"): 2}


def test_vtorc_looks_at_shards_of_keyspaces_with_a_policy(topology: Topology) -> None:
    add_keyspace(topology, "ks", "semi_sync", "-80", "80-")
    add_keyspace(topology, "bare", "", "0")

    assert [(view.keyspace, view.name) for view in read_shards(topology, ())] == [("ks", "-80"), ("ks", "80-")]
    assert [view.name for view in read_shards(topology, ("ks/80-",))] == ["80-"]


def primary(uid: int, term: int, kind: str = "PRIMARY") -> topodata.Tablet:
    alias = topodata.TabletAlias(cell="z", uid=uid)
    moment = vttime.Time(seconds=term) if term else None
    return topodata.Tablet(alias=alias, type=topodata.TabletType.Value(kind), primary_term_start_time=moment)


@pytest.mark.parametrize(
    ("tablets", "uid"),
    [
        ([], None),
        ([primary(1, 0, "REPLICA")], None),
        ([primary(1, 5)], 1),
        ([primary(1, 5), primary(2, 7)], 2),
        ([primary(1, 7), primary(2, 7)], None),
        ([primary(1, 5), primary(2, 9, "REPLICA")], 1),
    ],
)
def test_who_is_primary(tablets: list[topodata.Tablet], uid: int | None) -> None:
    found = current_primary({str(tablet.alias.uid): tablet for tablet in tablets})

    assert (found.alias.uid if found else None) == uid


@pytest.mark.parametrize(
    ("duration", "real"),
    [(None, 30.0), (vttime.Duration(), 30.0), (vttime.Duration(seconds=12, nanos=500_000_000), 12.5)],
)
def test_how_long_a_reparent_waits(duration: Any, real: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITESSCTL_REHEARSAL_TIMES", "real")
    assert wait_seconds(duration) == real

    monkeypatch.setenv("VITESSCTL_REHEARSAL_TIMES", "fast")
    assert 0 < wait_seconds(duration) < real


def test_events_are_kept_in_order_with_level_and_time(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    events = Events(log)

    events.info("first")
    events.warning("second")

    assert events.texts() == ["first", "second"]
    assert [line.level for line in events.lines] == [logutil.INFO, logutil.WARNING]
    assert events.lines[0].time.seconds > 1_700_000_000
    assert capsys.readouterr().err.count("\n") == 2


def test_the_calls_of_one_client_share_its_time() -> None:
    cluster = rig()
    server = RpcServer(4)
    server.add(MANAGER_SERVICE, manager_handler(ONE, cluster.tablet(ONE)))
    address = f"127.0.0.1:{server.listen('127.0.0.1', 0)}"
    client = TabletClient(open_channel(address), address, 0.5)
    client.ping()

    time.sleep(0.6)
    with pytest.raises(TabletError) as caught:
        client.ping()

    assert (caught.value.code, caught.value.text) == ("DeadlineExceeded", "context deadline exceeded")
    server.stop()


def test_stopping_a_server_frees_its_port_and_ends_its_calls() -> None:
    cluster = rig()
    server = RpcServer(4)
    server.add(MANAGER_SERVICE, manager_handler(TWO, cluster.tablet(TWO)))
    port = server.listen("127.0.0.1", 0)

    server.stop()

    with pytest.raises(TabletError):
        TabletClient(open_channel(f"127.0.0.1:{port}"), f"127.0.0.1:{port}", 0.2).ping()
    again = RpcServer(1)
    again.listen("127.0.0.1", port)
    again.stop()


def test_a_bug_in_a_tablet_is_an_unknown_error_and_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = rig()

    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cluster.tablet(THREE), "ping", broken)
    server = RpcServer(4)
    server.add(MANAGER_SERVICE, manager_handler(THREE, cluster.tablet(THREE)))
    address = f"127.0.0.1:{server.listen('127.0.0.1', 0)}"
    with grpc.insecure_channel(address) as channel:
        with pytest.raises(TabletError) as caught:
            TabletClient(channel, address, 5.0).ping()
        assert caught.value.code == "Unknown"
        assert TabletClient(channel, address, 5.0).primary_position()
    server.stop()
