"""The gRPC port of a stand-in."""

from __future__ import annotations

import socket
from concurrent import futures
from typing import Final

import grpc

from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.web import listen_error

SERVING: Final = b"\x08\x01"
"""grpc.health.v1.HealthCheckResponse{status: SERVING}, serialized."""
OPTIONS: Final = [
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", 64 << 20),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
]
"""Without so_reuseport=0 two servers share a port and neither notices."""


class RpcServer:
    """A gRPC server; every stream holds one of its threads, which start when they are needed."""

    def __init__(self, threads: int = 64, tells_health: bool = True) -> None:
        self._tells_health = tells_health
        self._pool = futures.ThreadPoolExecutor(threads)
        self._server = grpc.server(self._pool, options=OPTIONS)
        self._services: set[str] = {""}

    def add(self, service: str, handler: grpc.GenericRpcHandler) -> None:
        """Serve a service, and say in grpc.health.v1 that it is SERVING."""
        self._services.add(service)
        self._server.add_generic_rpc_handlers((handler,))

    def listen(self, host: str, port: int) -> int:
        """Open the port and serve; gives the port. StartError in Vitess's words if it is taken."""
        health = (_health(self._services),) if self._tells_health else ()
        self._server.add_generic_rpc_handlers((*health, _Unknown(self._services)))
        _check_free(host, port)
        try:
            bound = self._server.add_insecure_port(f"{host or '[::]'}:{port}")
        except RuntimeError:
            bound = 0
        if not bound:
            raise StartError(_taken(host, port, OSError(98, "Address already in use")))
        self._server.start()
        return int(bound)

    def stop(self, grace: float = 0.0) -> None:
        """Close the port, and cut what still runs after `grace` seconds."""
        self._server.stop(grace).wait(grace + 1.0)


def _check_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host or "0.0.0.0", port))
        except OSError as error:
            raise StartError(_taken(host, port, error)) from None


def _taken(host: str, port: int, error: OSError) -> str:
    return f"Cannot listen on port {port} for gRPC: {listen_error(host, port, error)}"


def _health(services: set[str]) -> grpc.GenericRpcHandler:
    def check(request: bytes, context: grpc.ServicerContext) -> bytes:
        if request[2:].decode() not in services:  # HealthCheckRequest is one short string: tag, length, name
            context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
        return SERVING

    methods = {"Check": grpc.unary_unary_rpc_method_handler(check)}
    return grpc.method_handlers_generic_handler("grpc.health.v1.Health", methods)


class _Unknown(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no types
    """Refuses every other call in Go's words."""

    def __init__(self, services: set[str]) -> None:
        self._services = services

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        _, service, method = handler_call_details.method.split("/", 2)
        known = service in self._services
        text = f"unknown method {method} for service {service}" if known else f"unknown service {service}"

        def refuse(request: bytes, context: grpc.ServicerContext) -> None:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, text)

        return grpc.unary_unary_rpc_method_handler(refuse)
