"""Server side of tablet_rpc: turns an implementation into gRPC handlers for the tablet's port."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import grpc

from vitessctl.rehearsal.tablet_rpc import (
    MANAGER_METHODS,
    MANAGER_SERVICE,
    QUERY_METHODS,
    QUERY_SERVICE,
    QUERY_STREAMS,
    QueryService,
    TabletError,
    TabletManager,
)
from vitessctl.rehearsal.tablet_wire import STATUS_CODES, decode, encode


def manager_handler(alias: str, tablet: TabletManager) -> grpc.GenericRpcHandler:
    """Handlers of the admin calls; error texts get Vitess's `TabletManager.<Method> on <alias>: ` in front."""
    handlers = {
        name: _unary(getattr(tablet, method), f"TabletManager.{name} on {alias}: ")
        for name, method in MANAGER_METHODS.items()
    }
    return grpc.method_handlers_generic_handler(MANAGER_SERVICE, handlers)


def query_handler(service: QueryService) -> grpc.GenericRpcHandler:
    """Handlers of the query calls; error texts go out as they are."""
    handlers = {name: _unary(getattr(service, method), "") for name, method in QUERY_METHODS.items()}
    handlers |= {name: _stream(getattr(service, method)) for name, method in QUERY_STREAMS.items()}
    return grpc.method_handlers_generic_handler(QUERY_SERVICE, handlers)


def _unary(method: Callable[..., Any], prefix: str) -> grpc.RpcMethodHandler:
    def call(request: dict[str, Any], context: grpc.ServicerContext) -> Any:
        try:
            return method(**request)
        except TabletError as error:
            context.abort(STATUS_CODES[error.code], prefix + error.text)

    return grpc.unary_unary_rpc_method_handler(call, request_deserializer=decode, response_serializer=encode)


def _stream(method: Callable[..., Iterator[Any]]) -> grpc.RpcMethodHandler:
    def call(request: dict[str, Any], context: grpc.ServicerContext) -> Iterator[Any]:
        messages = method(**request)
        while context.is_active():
            try:
                yield next(messages)
            except StopIteration:
                return

    return grpc.unary_stream_rpc_method_handler(call, request_deserializer=decode, response_serializer=encode)
