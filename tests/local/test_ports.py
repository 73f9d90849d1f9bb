"""A port that somebody else has is found before anything is started, with who has it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.local.support import Sandbox, a_cluster, program, wait_for
from vitessctl.render.documents import Document
from vitessctl.targets.local import ports, preflight
from vitessctl.targets.local.faults import PreflightError

LISTEN = "import socket, sys, time; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); time.sleep(600)"


def free_base() -> int:
    """A base port whose first ports nobody has now."""
    for base in range(17000, 31000, 20):
        if not ports.taken(range(base, base + 20)):
            return base
    raise RuntimeError("no free range of ports")


@contextmanager
def listening(port: int, host: str = "127.0.0.1", family: socket.AddressFamily = socket.AF_INET) -> Iterator[None]:
    """This process listens on a port."""
    with socket.socket(family) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((host, port))
        server.listen()
        yield


def vtctld(base: int) -> Document:
    return program("vtctld", f"sleep 1000 --port={base} --grpc-port={base + 1}")


def refusal(sandbox: Sandbox, base: int, *documents: Document) -> str:
    """What preflight says."""
    with pytest.raises(PreflightError) as caught:
        sandbox.target(a_cluster(base)).preflight(documents)
    return str(caught.value)


class TestConflict:
    def test_the_port_the_program_and_the_process_are_named(
        self, sandbox: Sandbox, started: Callable[[int], None]
    ) -> None:
        base = free_base()
        holder = subprocess.Popen([sys.executable, "-c", LISTEN, str(base)])
        started(holder.pid)
        wait_for("the listener", lambda: ports.taken([base]))

        said = refusal(sandbox, base, vtctld(base))

        command = f"{sys.executable} -c {LISTEN}"[:77]
        assert said == (
            f"port {base} is in use\n"
            f"  why: vtctld wants it, but process {holder.pid} ({command}...) has it\n"
            f"  fix: end that, or move all ports of this cluster, for example: -e local.base_port={base - 1000}"
        )

    def test_all_ports_of_one_holder_are_one_fault(self, sandbox: Sandbox) -> None:
        base = free_base()
        etcd = program("etcd-0", f"sleep 1 --listen-client-urls=http://127.0.0.1:{base + 10}", component="etcd")
        with listening(base), listening(base + 1), listening(base + 10):
            said = refusal(sandbox, base, etcd, vtctld(base))

        first, second, _ = said.splitlines()
        assert first == f"ports {base}, {base + 1} and {base + 10} are in use"
        assert second.startswith(f"  why: vtctld and etcd-0 want them, but process {os.getpid()} (")

    def test_another_cluster_is_named_by_its_folder(self, sandbox: Sandbox, other_sandbox: Sandbox) -> None:
        base = free_base()
        theirs = program("vtctld", f'{sys.executable} -c "{LISTEN}" {base}')
        other_sandbox.target().apply([theirs])
        wait_for("the listener", lambda: ports.taken([base]))

        said = refusal(sandbox, base, vtctld(base))

        assert f"vtctld wants it, but the cluster of vitessctl in {other_sandbox.state} has it" in said

    def test_a_process_that_may_not_be_seen(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        base = free_base()
        monkeypatch.setattr(ports, "_sockets", lambda _pid: set())
        with listening(base):
            said = refusal(sandbox, base, vtctld(base))
        assert "vtctld wants it, but somebody whom this user may not see has it" in said

    def test_our_own_running_program_is_none(self, sandbox: Sandbox) -> None:
        base = free_base()
        document = program("vtctld", f'{sys.executable} -c "{LISTEN}" {base}')
        target = sandbox.target(a_cluster(base))
        target.preflight([document])
        target.apply([document])
        wait_for("the listener", lambda: ports.taken([base]))

        target.preflight([document])

    def test_what_is_not_on_the_command_line_is_not_wanted(self, sandbox: Sandbox) -> None:
        base = free_base()
        with listening(base), listening(base + 1):
            sandbox.target(a_cluster(base)).preflight([program("vtctld", f"sleep 1 --port={base}7")])

    def test_another_components_address_is_not_wanted(self, sandbox: Sandbox) -> None:
        base = free_base()
        with listening(base + 10):
            document = program("vtctld", f"sleep 1 --topo-global-server-address=127.0.0.1:{base + 10}")
            sandbox.target(a_cluster(base)).preflight([document])

    def test_what_cannot_be_listened_on_for_want_of_rights(
        self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ports, "taken", lambda wanted: tuple(wanted))
        said = refusal(sandbox, 1000, program("vtctld", "sleep 1 --port=1000"))
        assert said.startswith("port 1000 is in use\n")


class TestListening:
    @pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
    def test_who_listens_there_or_everywhere_is_in_the_way(self, host: str) -> None:
        port = free_base()
        with listening(port, host):
            assert ports.taken([port, port + 1]) == (port,)
            assert ports.holders([port])[port].pid == os.getpid()

    def test_who_listens_on_another_address_is_not(self) -> None:
        port = free_base()
        with listening(port, "127.0.0.2"):
            assert ports.taken([port]) == ()
            assert ports.holders([port]) == {}

    def test_every_address_of_ipv6_is_in_the_way_too(self) -> None:
        if not socket.has_ipv6:
            pytest.skip("no IPv6 in this Python")
        port = free_base()
        with ExitStack() as stack:
            try:
                stack.enter_context(listening(port, "::", socket.AF_INET6))
            except OSError as error:
                pytest.skip(f"no IPv6 on this machine: {error}")
            assert ports.taken([port]) == (port,)
            assert ports.holders([port])[port].pid == os.getpid()

    def test_a_connection_is_no_listener(self) -> None:
        port = free_base()
        with listening(port), socket.create_connection(("127.0.0.1", port)) as connection:
            local = connection.getsockname()[1]
            assert ports.holders([local]) == {}

    def test_without_the_kernels_tables_nobody_is_known(self, monkeypatch: pytest.MonkeyPatch) -> None:
        port = free_base()
        monkeypatch.setattr(ports, "_TABLES", {"/proc/net/nothing": ()})
        with listening(port):
            assert ports.holders([port]) == {}


class TestUsedBy:
    @pytest.mark.parametrize(
        ("command", "used"),
        [
            (["vtctld", "--port=20000", "--grpc-port", "20001"], (20000, 20001)),
            (["vtctld", "--port=20000"], (20000,)),
            (["etcd", "--listen=http://127.0.0.1:20001"], (20001,)),
            (["vtctld", "--port=120000", "--other=200001"], ()),
            (["vtctld"], ()),
        ],
    )
    def test_ports_on_a_command_line(self, command: list[str], used: tuple[int, ...]) -> None:
        assert ports.used_by(command, {"http": 20000, "grpc": 20001}) == used

    def test_a_component_without_ports(self) -> None:
        assert ports.ports_of(20000, "vtadmin", "") == {}


class TestProposal:
    @pytest.mark.parametrize(("base", "proposed"), [(15000, 16000), (16000, 17000), (17000, 16000), (30000, 29000)])
    def test_another_base_port(self, base: int, proposed: int) -> None:
        assert preflight.other_base(base) == proposed


class TestDisk:
    def free(self, monkeypatch: pytest.MonkeyPatch, megabytes: int) -> None:
        usage = os.statvfs("/")
        assert usage.f_bavail >= 0
        monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": megabytes * 1024 * 1024})())

    def test_too_little_for_what_is_to_be_initialised(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free(monkeypatch, 700)
        documents = [program(f"mysqlctld-{n}", component="mysqlctld", subject=f"zone1-{n:010d}") for n in (100, 101)]

        assert refusal(sandbox, 15000, *documents) == (
            f"{sandbox.state}: the disk is nearly full: 700 MB free\n"
            "  why: this cluster wants 756 MB: 2 MySQL servers to initialise, and some room\n"
            "  fix: make room, or choose a folder on another disk with --state-dir"
        )

    def test_what_is_initialised_needs_no_more(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free(monkeypatch, 700)
        document = program("mysqlctld-100", component="mysqlctld", subject="zone1-0000000100")
        (sandbox.state / "data/vt_0000000100").mkdir(parents=True)
        (sandbox.state / ".vitessctl-state").touch()
        sandbox.target().preflight([document])

    def test_a_full_disk(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free(monkeypatch, 3)
        assert "this cluster wants 256 MB: logs and rows need room" in refusal(sandbox, 15000, program("vtctld"))


class TestAllAtOnce:
    def test_every_fault_in_one_error(self, sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from vitessctl.targets.local.binaries import Binaries

        base = free_base()
        TestDisk().free(monkeypatch, 3)
        target = sandbox.target(a_cluster(base), Binaries({}), "local")
        document = program("vtctld", f"vtctld --port={base}")
        with listening(base), pytest.raises(PreflightError) as caught:
            target.preflight([document])

        assert [fault.what for fault in caught.value.faults] == [
            "not found on this machine: vtctld",
            f"port {base} is in use",
            "the disk is nearly full: 3 MB free",
        ]
        text = str(caught.value)
        assert text.startswith("3 things on this machine are in the way:\nnot found on this machine: vtctld\n")
        assert not sandbox.state.exists(), "nothing is written before it is known to work"
