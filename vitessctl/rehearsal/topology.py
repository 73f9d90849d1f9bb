"""The topology server as Vitess uses it: etcd behind directories of records.

Global records live under --topo-global-root, a cell's own under the root that its CellInfo names (the stand-ins keep
them in the same etcd, whatever address the CellInfo names, unless it names another one). `TopologyError` carries
the texts that real servers give.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from enum import Enum
from typing import Final

import grpc

from vitessctl.rehearsal.etcd.client import EtcdClient, EtcdError, EtcdWatch, prefix_end
from vitessctl.rehearsal.etcd.proto import etcd_pb2 as pb
from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.flags import Flags
from vitessctl.rehearsal.servenv.times import seconds

IMPLEMENTATION: Final = "etcd2"


class Reason(Enum):
    """Why a topology call failed, as its text begins."""

    EXISTS = "node already exists"
    ABSENT = "node doesn't exist"
    CHANGED = "bad node version"
    TIMEOUT = "deadline exceeded"
    NOT_EMPTY = "node not empty"


class TopologyError(Exception):
    """A topology call that failed; str() is the text of the real one."""

    def __init__(self, reason: Reason, path: str) -> None:
        super().__init__(f"{reason.value}: {path}")
        self.reason = reason
        self.path = path


class Store:
    """Directories and files in etcd. Paths are absolute; a file's version is the revision that wrote it last."""

    def __init__(self, etcd: EtcdClient, root: str, deadline: float = 0.0) -> None:
        self.etcd = etcd
        self.root = root.rstrip("/")
        self._deadline = deadline
        """On time.monotonic(); 0 gives every call the time of a remote operation."""

    def within(self, time_left: float) -> Store:
        """The same store for calls that together may take `time_left` seconds."""
        return Store(self.etcd, self.root, time.monotonic() + time_left)

    def path(self, name: str) -> str:
        """The absolute path of a name below the root."""
        return f"{self.root}/{name}"

    def read(self, path: str) -> tuple[bytes, int]:
        """A file's content and version; ABSENT if there is none."""
        try:
            found = self.etcd.get(path.encode(), self.time_left())
        except EtcdError as error:
            raise _failed(error, path) from None
        if found is None:
            raise TopologyError(Reason.ABSENT, path)
        return found.value, found.mod_revision

    def read_all(self, prefix: str) -> dict[str, bytes]:
        """Every file below a prefix (which ends in a slash) in one call, by path."""
        request = pb.RangeRequest(key=prefix.encode(), range_end=prefix_end(prefix.encode()))
        try:
            return {pair.key.decode(): pair.value for pair in self.etcd.range(request, self.time_left()).kvs}
        except EtcdError as error:
            raise _failed(error, prefix) from None

    def create(self, path: str, content: bytes) -> None:
        """Write a file that is not there yet; EXISTS if it is."""
        compare = pb.Compare(key=path.encode(), target=pb.Compare.VERSION, result=pb.Compare.EQUAL, version=0)
        if not self._put_if(compare, path, content):
            raise TopologyError(Reason.EXISTS, path)

    def update(self, path: str, content: bytes, version: int | None = None) -> None:
        """Write a file, created if need be; with a version CHANGED if it has another one."""
        if version is None:
            self._put(path, content)
            return
        compare = pb.Compare(key=path.encode(), target=pb.Compare.MOD, result=pb.Compare.EQUAL, mod_revision=version)
        if not self._put_if(compare, path, content):
            raise TopologyError(Reason.CHANGED, path)

    def delete(self, path: str) -> None:
        """Remove a file; ABSENT if there is none."""
        try:
            deleted = self.etcd.delete(path.encode(), self.time_left())
        except EtcdError as error:
            raise _failed(error, path) from None
        if not deleted:
            raise TopologyError(Reason.ABSENT, path)

    def names(self, directory: str) -> Sequence[str]:
        """What a directory holds, sorted; ABSENT if nothing is below it."""
        prefix = f"{directory.rstrip('/')}/"
        try:
            keys = self.etcd.keys(prefix.encode(), self.time_left())
        except EtcdError as error:
            raise _failed(error, directory) from None
        if not keys:
            raise TopologyError(Reason.ABSENT, directory)
        return sorted({key.decode()[len(prefix) :].partition("/")[0] for key in keys})

    def watch(self, path: str) -> EtcdWatch:
        """Changes of one file, or of everything below a path that ends in a slash, from now on."""
        key = path.encode()
        return self.etcd.watch(key, prefix_end(key) if path.endswith("/") else b"")

    def time_left(self) -> float:
        """Seconds that the next call may take."""
        return self._deadline - time.monotonic() if self._deadline else seconds("remote_operation")

    def _put(self, path: str, content: bytes) -> None:
        try:
            self.etcd.put(path.encode(), content, self.time_left())
        except EtcdError as error:
            raise _failed(error, path) from None

    def _put_if(self, compare: pb.Compare, path: str, content: bytes) -> bool:
        put = pb.RequestOp(request_put=pb.PutRequest(key=path.encode(), value=content))
        try:
            return self.etcd.txn(pb.TxnRequest(compare=[compare], success=[put]), self.time_left()).succeeded
        except EtcdError as error:
            raise _failed(error, path) from None


def open_store(flags: Flags) -> Store:
    """The store of a server's --topo flags, once it answers. StartError with the texts of the real servers."""
    address = flags.text("topo-global-server-address")
    root = flags.text("topo-global-root")
    if not address:
        raise StartError("topo-global-server-address must be configured")
    if not root:
        raise StartError("topo-global-root must be non-empty")
    implementation = flags.text("topo-implementation")
    opening = f"Failed to open topo server ({implementation},{address},{root})"
    if implementation != IMPLEMENTATION:
        raise StartError(f"{opening}: no such topology implementation {implementation}")
    return Store(_reachable(address, opening), root)


def _reachable(address: str, opening: str) -> EtcdClient:
    etcd = EtcdClient(address)
    try:
        etcd.get(b"/", seconds("topo_open"))
    except EtcdError:
        raise StartError(f"{opening}: context deadline exceeded") from None
    return etcd


def _failed(error: EtcdError, path: str) -> Exception:
    slow = (grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE)
    return TopologyError(Reason.TIMEOUT, path) if error.code in slow else error
