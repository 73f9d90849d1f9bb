"""The JSON bodies of tablet_rpc, and gRPC's codes by the names that Go prints."""

from __future__ import annotations

import json
from typing import Any

import grpc


def encode(value: Any) -> bytes:
    """A JSON body; surrogate escapes survive as escapes."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def decode(body: bytes) -> Any:
    """What `encode` was given."""
    return json.loads(body)


def go_name(code: grpc.StatusCode) -> str:
    """`DEADLINE_EXCEEDED` is `DeadlineExceeded`, as error texts of Vitess have it."""
    words = "Canceled" if code is grpc.StatusCode.CANCELLED else code.name.title().replace("_", "")
    return "OK" if words == "Ok" else words


STATUS_CODES: dict[str, grpc.StatusCode] = {go_name(code): code for code in grpc.StatusCode}
"""gRPC's codes by those names."""
