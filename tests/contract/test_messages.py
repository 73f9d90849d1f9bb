"""The messages read what real servers wrote, completely, and write the same bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.message import Message

from tests.contract.cases import hexadecimal, load
from vitessctl.vtctld.methods import EXECUTE_VTCTL_COMMAND, METHODS
from vitessctl.vtctld.proto import topodata_pb2, vschema_pb2, vtctldata_pb2

MODULES = {"topodata": topodata_pb2, "vschema": vschema_pb2, "vtctldata": vtctldata_pb2}


def message_class(full_name: str) -> type[Message]:
    package, _, name = full_name.partition(".")
    found: type[Message] = getattr(MODULES[package], name)
    return found


@pytest.mark.parametrize("case", load("messages"))
def test_bytes_of_real_servers_are_read_completely(case: dict[str, Any]) -> None:
    kind, wire = message_class(case["message"]), hexadecimal(case["bytes"])
    read = kind.FromString(wire)
    assert json.loads(json_format.MessageToJson(read, preserving_proto_field_name=True)) == case["content"]


@pytest.mark.parametrize("case", load("messages"))
def test_the_same_content_is_written_with_the_same_fields(case: dict[str, Any]) -> None:
    kind, wire = message_class(case["message"]), hexadecimal(case["bytes"])
    written = json_format.ParseDict(case["content"], kind())
    assert written == kind.FromString(wire)
    assert written.ByteSize() == len(wire), "only the order of a map's entries may differ"


def test_a_field_that_is_not_known_is_kept() -> None:
    throttler_config = bytes.fromhex("4a020801")
    record = topodata_pb2.Keyspace.FromString(throttler_config)
    record.durability_policy = "none"
    assert record.SerializeToString() == bytes.fromhex("42046e6f6e65") + throttler_config


def test_methods_have_the_paths_that_servers_listen_on() -> None:
    assert METHODS["GetCellInfoNames"].path == "/vtctlservice.Vtctld/GetCellInfoNames"
    assert METHODS["ExecuteFetchAsDBA"].request is vtctldata_pb2.ExecuteFetchAsDBARequest
    assert METHODS["ExecuteFetchAsDBA"].response is vtctldata_pb2.ExecuteFetchAsDBAResponse
    assert {method.kind for method in METHODS.values()} == {"unary"}
    assert EXECUTE_VTCTL_COMMAND.path == "/vtctlservice.Vtctl/ExecuteVtctlCommand"
    assert EXECUTE_VTCTL_COMMAND.kind == "server_stream"


def test_every_request_has_its_method() -> None:
    requests = {name.removesuffix("Request") for name in vtctldata_pb2.DESCRIPTOR.message_types_by_name}
    requests = {name for name in requests if f"{name}Request" in vtctldata_pb2.DESCRIPTOR.message_types_by_name}
    assert requests - set(METHODS) == {"ExecuteVtctlCommand"}


@pytest.mark.parametrize(
    ("modules", "unwanted"),
    [
        ("vitessctl.diagnose, vitessctl.vtctld.interface, vitessctl.vtctld.errors", "grpc google.protobuf"),
        ("vitessctl.vtctld.convert, vitessctl.vtctld.methods, vitessctl.vtctld.refusal", "grpc"),
    ],
)
def test_what_starts_fast_does_not_import_what_is_slow(modules: str, unwanted: str) -> None:
    program = f"import sys, {modules}; print([name for name in {unwanted.split()!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
