"""A whole bed: a control plane, with nodes or without, in a folder that goes when it stops."""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from tests.testbed import addons, build, cgroups, images, network, node_files, stores
from tests.testbed.api import Api
from tests.testbed.certificates import Authority
from tests.testbed.control_plane import ControlPlane, Ports
from tests.testbed.namespaces import Namespaces
from tests.testbed.network import Network
from tests.testbed.node import Node, node_name
from tests.testbed.processes import BedError, Daemon, Process, run, wait_for
from tests.testbed.state import NodeState, State
from tests.testbed.stopping import stop

BOOT = 90.0
"""Seconds that each step of a start may take; on a busy machine a whole start took 9."""

IMPORT = 300.0
"""Seconds that the import of an image may take; 765 MiB took 8."""


class Cluster:
    """A running bed. Use it in a `with`; or leave it running and stop it by its folder later."""

    def __init__(self, folder: Path, binaries: build.Binaries, fast_node_loss: bool) -> None:
        self.folder = folder
        self.binaries = binaries
        self.fast_node_loss = fast_node_loss
        self.nodes: dict[int, Node] = {}
        self.state = State()
        self._daemons: list[Daemon] = []
        self._plane: ControlPlane | None = None

    @classmethod
    def start(
        cls, folder: Path, nodes: int = 1, fast_node_loss: bool = False, api_server: Path | None = None
    ) -> Cluster:
        """Start a bed in `folder`, which must not exist or be empty.

        With `nodes=0` there are etcd, the API server and the controller manager only: it needs neither root nor
        namespaces, and pods stay pending. `api_server` is the program of another version than the bed's. BedError tells
        which part failed to start, with the end of its log; nothing is left then.
        """
        binaries = replace(build.binaries(nodes), api_server=api_server)
        folder = folder.resolve()
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise BedError(f"{folder} is not empty: a test bed runs there, or did; stop it first")
        cluster = cls(folder, binaries, fast_node_loss)
        try:
            cluster._boot(nodes)
        except BaseException:
            cluster.stop()
            raise
        return cluster

    @classmethod
    def attach(cls, folder: Path) -> Cluster:
        """The bed that runs in a folder, whoever started it; BedError if none does."""
        state = State.read(folder)
        if state is None or not state.running():
            raise BedError(f"no test bed runs in {folder}: start one with make testbed")
        cluster = cls(folder, build.binaries(len(state.nodes)), fast_node_loss=False)
        cluster.state = state
        if state.index is not None:
            net = Network(state.index)
            cluster._plane = cluster._plane_at(net)
            for number, each in state.nodes.items():
                namespaces = Namespaces(each.holder, each.first)
                cluster.nodes[number] = Node(number, net, namespaces, cluster.plane, Path(each.store))
        return cluster

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig; its context is `testbed`."""
        return self.plane.kubeconfig("admin")

    @property
    def plane(self) -> ControlPlane:
        """The control plane; BedError before the start got to it."""
        if self._plane is None:
            raise BedError("this bed has not been started")
        return self._plane

    @property
    def api(self) -> Api:
        """The API server, as the bed itself asks it."""
        return Api(self.plane.authority, self.plane.address, self.plane.ports.api)

    def import_image(self, archive: Path) -> None:
        """Give every node the images of a docker-archive, under their names; quick if the store has them already."""
        manifests = images.read_manifests(archive)
        for node in self.nodes.values():
            if not all(stores.has_image(node.store, manifest) for manifest in manifests):
                run(node.ctr(["images", "import", "--local", str(archive.resolve())]), timeout=IMPORT)
                for manifest in manifests:
                    stores.remember(node.store, manifest)

    def add_node(self) -> Node:
        """Start one more node and wait until it is Ready. Images are imported anew: its store is its own."""
        number = max(self.nodes) + 1
        node = self._make_node(number, stores.Store.claim())
        network.connect_node(node.network, number, node.namespaces.pid, self.nodes[1].namespaces.pid)
        self._start_node(node)
        return node

    def kill_node(self, number: int) -> None:
        """End a node as a power cut does. Its files stay: restart_node brings it back."""
        if number == 1:
            raise ValueError("node 1 holds the control plane")
        node = self.nodes[number]
        node.namespaces.kill()
        deadline = time.monotonic() + BOOT
        while node.namespaces.holder.alive():
            if time.monotonic() > deadline:
                raise BedError(f"{node.name} does not end")
            time.sleep(0.02)
        network.disconnect_node(number, self.nodes[1].namespaces.pid)
        self._forget(node)

    def _forget(self, node: Node) -> None:
        """Collect the programs that ended with a node."""
        ended = [daemon for daemon in self._daemons if daemon.log.is_relative_to(node.folder)]
        for daemon in ended:
            daemon.handle.wait(timeout=BOOT)
            self._daemons.remove(daemon)

    def restart_node(self, number: int) -> Node:
        """Start a killed node again on its old files, and wait until it is Ready."""
        store = stores.Store.reclaim(self.nodes[number].store)
        node = self._make_node(number, store)
        network.connect_node(node.network, number, node.namespaces.pid, self.nodes[1].namespaces.pid)
        self._start_node(node)
        return node

    def stop(self) -> None:
        """End it and remove its folder; nothing to do if it is stopped."""
        stop(self.folder)
        for daemon in self._daemons:
            daemon.handle.wait(timeout=BOOT)
        self._daemons.clear()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _boot(self, nodes: int) -> None:
        self.state.write(self.folder)
        if nodes == 0:
            self._boot_api_server()
            return
        self._boot_first_node()
        for _ in range(nodes - 1):
            self.add_node()

    def _boot_api_server(self) -> None:
        """Plain processes on the loopback address, on ports that are free."""
        authority = Authority(self.folder / "certificates")
        plane = ControlPlane(
            self.binaries,
            self.folder,
            authority,
            address="127.0.0.1",
            services="10.96.0.0/16",
            api_service="10.96.0.1",
            ports=Ports(*_free_ports(3)),
        )
        self._start_plane(plane)
        self._run([plane.start("kube-controller-manager", plane.controller_manager())])
        self._await_accounts()

    def _boot_first_node(self) -> None:
        net = network.claim()
        self.state.index = net.index
        self.state.write(self.folder)
        self._plane = self._plane_at(net)
        node = self._make_node(1, stores.Store.claim())
        network.connect_first_node(net, node.namespaces.pid)
        self._run([node.start_containerd()])
        self._start_plane(self.plane)
        self._run([self.plane.start("kube-controller-manager", self.plane.controller_manager())])
        self._run([self.plane.start("kube-scheduler", self.plane.scheduler()), *addons.start(self.plane)])
        self._start_node(node, containerd_runs=True)
        addons.create_storage_class(self.api)
        self._await_accounts()

    def _plane_at(self, net: Network) -> ControlPlane:
        """The control plane of node 1."""
        return ControlPlane(
            self.binaries,
            self.folder,
            Authority(self.folder / "certificates"),
            address=net.node(1),
            services=net.services,
            api_service=net.api_service,
            wrap=lambda command: self.nodes[1].namespaces.inside(command),
            fast_node_loss=self.fast_node_loss,
        )

    def _make_node(self, number: int, store: stores.Store) -> Node:
        net = Network(self.state.index or 0)
        try:
            namespaces = Namespaces.start(node_name(number), self.binaries.bin / "pause", keep_open=[store.lock])
        finally:
            store.release()
        node = Node(number, net, namespaces, self.plane, store.folder)
        self.nodes[number] = node
        self.state.nodes[number] = NodeState(namespaces.first, namespaces.holder, str(store.folder), node.cgroup)
        self.state.write(self.folder)
        cgroups.create(node.cgroup)
        return node

    def _start_plane(self, plane: ControlPlane) -> None:
        self._plane = plane
        plane.authority.create()
        plane.issue()
        self.state.kubeconfig = str(self.kubeconfig)
        self.state.write(self.folder)
        server = plane.start_server()
        self._run(server)
        wait_for("the API server does not serve", self.api.ready, server, BOOT)

    def _start_node(self, node: Node, containerd_runs: bool = False) -> None:
        started = [] if containerd_runs else [node.start_containerd()]
        node.issue()
        self._run(started)
        wait_for(f"containerd of {node.name} does not answer", node.containerd_answers, self._daemons, BOOT)
        self.import_image(self._pause_archive())
        if old := stores.outdated(node.store, run(node.ctr(["images", "list", "--quiet"])).split()):
            run(node.ctr(["images", "remove", "--sync", *old]), timeout=IMPORT)
        was_there = self.api.exists(f"/api/v1/nodes/{node.name}")
        before = self.api.last_sign_of(node.name) if was_there else None
        kubelet = node.start_kubelet()
        self._run(kubelet)
        wait_for(f"{node.name} is not Ready", lambda: self.api.node_ready(node.name, after=before), kubelet, BOOT)

    def _pause_archive(self) -> Path:
        archive = self.folder / "pause.tar"
        if not archive.exists():
            with tempfile.TemporaryDirectory() as root:
                (Path(root) / "pause").write_bytes((self.binaries.bin / "pause").read_bytes())
                (Path(root) / "pause").chmod(0o755)
                images.write_archive(
                    archive, [node_files.PAUSE_IMAGE], Path(root), images.Settings(entrypoint=["/pause"])
                )
        return archive

    def _run(self, daemons: Sequence[Daemon]) -> None:
        """Note them, so that a stop finds them. Those of a node end with its namespaces."""
        self._daemons += daemons
        if self.state.index is None:
            self.state.processes += [Process.of(daemon.handle.pid) for daemon in daemons]
            self.state.write(self.folder)

    def _await_accounts(self) -> None:
        """Pods can be made as soon as this is there."""
        path = "/api/v1/namespaces/default/serviceaccounts/default"
        wait_for("there is no default ServiceAccount", lambda: self.api.exists(path), self._daemons, BOOT)


def _free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports
