"""The addresses of a bed, and the interfaces that carry them.

Host and nodes share one bridge, which lives in the network namespace of node 1. Every bed has an index, and its own
addresses follow from it. The index is claimed by making the host's interface, which the kernel does for one bed only
and undoes by itself when the node's namespace ends.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from tests.testbed.processes import BedError, run

BEDS = 16
"""How many beds a machine can have at once: as many as there are sets of addresses."""


@dataclass(frozen=True)
class Network:
    """The addresses of the bed with this index."""

    index: int

    @property
    def name(self) -> str:
        """Of the host's interface, and of the bed's cgroups."""
        return f"tb{self.index}"

    @property
    def host(self) -> str:
        """The host's address on the bridge."""
        return f"10.219.{self.index}.1"

    def node(self, number: int) -> str:
        """A node's address; nodes count from 1. The API server is at node 1's, port 6443."""
        return f"10.219.{self.index}.{10 + number}"

    @property
    def services(self) -> str:
        """The range of ClusterIPs."""
        return f"10.{96 + self.index}.0.0/16"

    @property
    def api_service(self) -> str:
        """The ClusterIP of the Service `kubernetes`."""
        return f"10.{96 + self.index}.0.1"

    @property
    def pods(self) -> str:
        """The range of all pods' addresses."""
        return f"10.{160 + self.index}.0.0/16"

    def pods_of(self, number: int) -> str:
        """The range of one node's pods."""
        return f"10.{160 + self.index}.{number}.0/24"


def claim() -> Network:
    """The first index that is free, claimed by making the host's interface of its name; BedError if none is."""
    for index in range(BEDS):
        network = Network(index)
        command = ["ip", "link", "add", network.name, "type", "veth", "peer", "name", f"{network.name}n"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode == 0:
            return network
        if "File exists" not in done.stderr:
            raise BedError(f"{' '.join(command)} failed: {done.stderr.strip()}")
    raise BedError(f"{BEDS} test beds run on this machine already: stop one with make testbed-down")


def release(network: Network) -> None:
    """Remove the host's interface, and with it every route of the bed; no error if it is gone."""
    subprocess.run(["ip", "link", "delete", network.name], capture_output=True)


def connect_first_node(network: Network, pid: int) -> None:
    """Give node 1 its bridge and the host its routes. `pid` is a process in the node's network namespace."""
    end = f"{network.name}n"
    address = network.node(1)
    run(["ip", "link", "set", end, "netns", str(pid)])
    # A bridge without a MAC of its own takes that of its ports: when node 2 ended, the host lost the API for 5 s.
    _batch(
        [
            "link set lo up",
            f"link add nodes address 02:00:0a:db:{network.index:02x}:01 type bridge",
            f"link set {end} master nodes up",
            f"address add {address}/24 dev nodes",
            "link set nodes up",
            *_routes(network, "nodes"),
        ],
        pid,
    )
    _batch([f"address add {network.host}/24 dev {network.name}", f"link set {network.name} up"])
    _batch([f"route add {cidr} via {address}" for cidr in (network.services, network.pods_of(1))])


def connect_node(network: Network, number: int, pid: int, first: int) -> None:
    """Plug another node into node 1's bridge, and tell all where its pods are."""
    address = network.node(number)
    _batch([f"link add node{number} type veth peer name nodes netns {pid}"], first)
    _batch([f"link set node{number} master nodes up"], first)
    _batch(
        [
            "link set lo up",
            f"address add {address}/24 dev nodes",
            "link set nodes up",
            *_routes(network, "nodes"),
            f"route add {network.pods_of(1)} via {network.node(1)}",
        ],
        pid,
    )
    route = f"route replace {network.pods_of(number)} via {address}"
    _batch([route], first)
    _batch([route])


def disconnect_node(number: int, first: int) -> None:
    """Unplug a node that ended; the kernel would do it too, but some time later."""
    subprocess.run(["nsenter", "-t", str(first), "-n", "ip", "link", "delete", f"node{number}"], capture_output=True)


def _routes(network: Network, device: str) -> list[str]:
    """ClusterIPs need a route before they are translated; the rest is unreachable, so that image pulls fail at once."""
    return [f"route add {network.services} dev {device}", "route add unreachable default"]


def _batch(lines: Sequence[str], pid: int | None = None) -> None:
    inside = ["nsenter", "-t", str(pid), "-n"] if pid else []
    run([*inside, "ip", "-batch", "-"], stdin="\n".join(lines) + "\n")
