"""The stand-in for vtctld: both admin services over gRPC, and the pages of its HTTP port."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

import grpc

from vitessctl.rehearsal.etcd.client import EtcdError
from vitessctl.rehearsal.servenv.process import Process
from vitessctl.rehearsal.servenv.rpc import RpcServer
from vitessctl.rehearsal.servenv.web import Page
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.topology_records import Topology, open_topology
from vitessctl.rehearsal.vtctld import (
    cells,
    inspection,
    keyspaces,
    offered,
    records,
    reparent_calls,
    schema,
    tablet_calls,
)
from vitessctl.rehearsal.vtctld.call import Call, Handler, Handlers
from vitessctl.rehearsal.vtctld.tablets import Tablets
from vitessctl.vtctld.methods import EXECUTE_VTCTL_COMMAND, LEGACY_SERVICE, METHODS, SERVICE
from vitessctl.vtctld.proto import vtctldata_pb2 as pb

LONGEST_CALL: Final = 3600.0
HEALTH_SECONDS: Final = 3600.0
"""/debug/health hangs as long as etcd does."""
HAS_HEALTH: Final = "2.2.."
HAS_API: Final = "..17"
"""Since when vtctld has /debug/health, and until when it takes commands at /api/vtctl/ (17 does, 19 does not)."""
HANDLERS: Final[Handlers] = {
    **cells.HANDLERS,
    **keyspaces.HANDLERS,
    **records.HANDLERS,
    **tablet_calls.HANDLERS,
    **schema.HANDLERS,
    **inspection.HANDLERS,
    **reparent_calls.HANDLERS,
}


def main(arguments: list[str]) -> int:
    """Run until SIGTERM. StartError for what stops a real vtctld from starting."""
    process = Process("vtctld", arguments)
    topology = open_topology(process.flags)
    service = Service(process, topology)
    if process.release.within(HAS_HEALTH):
        process.web.pages["/debug/health"] = lambda: _health(topology)
    if process.release.within(HAS_API):
        process.web.receivers["/api/vtctl/"] = service.legacy_over_http
    server = RpcServer(tells_health=process.tells_health)
    wanted = process.flags.words("service-map")
    if "grpc-vtctld" in wanted and process.release.within(offered.SERVICE_SINCE):
        server.add(SERVICE, service.handler())
    if "grpc-vtctl" in wanted:
        server.add(LEGACY_SERVICE, service.legacy_handler())
    host, port = process.grpc_address()
    if port:
        server.listen(host, port)
    process.listen_http()
    process.signals.wait()
    process.web.close()
    server.stop()
    return 0


class Service:
    """The calls, each with its client's deadline."""

    def __init__(self, process: Process, topology: Topology) -> None:
        self._process = process
        self._topology = topology
        self._tablets = Tablets()

    def handler(self) -> grpc.GenericRpcHandler:
        """vtctlservice.Vtctld"""
        had = offered.calls(self._process.release)
        handlers = {
            name: grpc.unary_unary_rpc_method_handler(
                self._unary(name, HANDLERS[name]), method.request.FromString, method.response.SerializeToString
            )
            for name, method in METHODS.items()
            if name in had
        }
        return grpc.method_handlers_generic_handler(SERVICE, handlers)

    def legacy_handler(self) -> grpc.GenericRpcHandler:
        """vtctlservice.Vtctl"""
        method = EXECUTE_VTCTL_COMMAND
        handler = grpc.unary_stream_rpc_method_handler(
            self._legacy, method.request.FromString, method.response.SerializeToString
        )
        return grpc.method_handlers_generic_handler(LEGACY_SERVICE, {method.name: handler})

    def _unary(self, name: str, handler: Handler) -> Any:
        def answer(request: Any, context: grpc.ServicerContext) -> Any:
            offered.forget_newer(self._process.release, name, request)
            try:
                return handler(self._call(context), request)
            except (Refused, TopologyError, TabletError, EtcdError) as error:
                context.abort(grpc.StatusCode.UNKNOWN, str(error))

        return answer

    def _legacy(self, request: pb.ExecuteVtctlCommandRequest, context: grpc.ServicerContext) -> Iterator[Any]:
        """The events first, then the error if there is one.

        What knows the commands is loaded at the first of them: whoever has the newer service need not wait for it.
        """
        from vitessctl.rehearsal.vtctld.legacy import service as legacy
        from vitessctl.rehearsal.vtctld.legacy.job import Output

        output = Output()
        failure = ""
        try:
            legacy.run(self._call(context), list(request.args), output)
        except (Refused, TopologyError, TabletError, EtcdError) as error:
            failure = str(error)
        for event in output.events:
            yield pb.ExecuteVtctlCommandResponse(event=event)
        if failure:
            context.abort(grpc.StatusCode.UNKNOWN, failure)

    def legacy_over_http(self, body: bytes) -> Page:
        """The answer to a legacy command of somebody who does not say how long he waits."""
        from vitessctl.rehearsal.vtctld.legacy.http import over_http

        return over_http(self._within(LONGEST_CALL), body)

    def _call(self, context: grpc.ServicerContext) -> Call:
        return self._within(min(context.time_remaining() or LONGEST_CALL, LONGEST_CALL))

    def _within(self, left: float) -> Call:
        topology = self._topology.within(left)
        deadline = time.monotonic() + left
        return Call(topology, self._tablets, self._process.log, deadline, self._process.release)


def _health(topology: Topology) -> Page:
    with suppress(TopologyError, EtcdError):
        topology.within(HEALTH_SECONDS).keyspace_names()
        return Page("ok")
    return Page("not ok")
