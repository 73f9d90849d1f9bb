"""One long story of a vtctld without tablets, told alike by all four pairs of real servers and stand-ins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
import yaml
from google.protobuf import json_format

from tests.support.real import REAL, STAND_INS, Programs, etcd, server_folder, vtctld
from vitessctl.vtctld.methods import METHODS

STORY = yaml.safe_load((Path(__file__).parent / "cases" / "vtctld_without_tablets.yaml").read_text())
SECONDS = 20.0
PAIRS = [
    pytest.param((STAND_INS, STAND_INS), id="stand-ins"),
    pytest.param((STAND_INS, REAL), id="a real vtctld on the stand-in etcd", marks=pytest.mark.real),
    pytest.param((REAL, STAND_INS), id="the stand-in vtctld on a real etcd", marks=pytest.mark.real),
    pytest.param((REAL, REAL), id="both real", marks=pytest.mark.real),
]


class Told:
    """A vtctld that is told the story."""

    def __init__(self, address: str, etcd_address: str) -> None:
        self._channel = grpc.insecure_channel(address)
        self._etcd = etcd_address

    def answer(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        """What it answers, in the story's form."""
        method = METHODS[name]
        known = json.loads(json.dumps(request).replace("{etcd}", self._etcd))
        message = json_format.ParseDict(known, method.request())
        call = self._channel.unary_unary(method.path, method.request.SerializeToString, method.response.FromString)
        try:
            response = call(message, timeout=SECONDS, wait_for_ready=True)
        except grpc.RpcError as error:
            code = error.code().name
            return {"error": error.details()} if code == "UNKNOWN" else {code: error.details()}
        shown = json_format.MessageToDict(response, preserving_proto_field_name=True)
        return {"response": json.loads(json.dumps(shown).replace(self._etcd, "{etcd}"))}


@pytest.fixture
def told(request: pytest.FixtureRequest) -> Iterator[Told]:
    below, above = request.param
    assert isinstance(below, Programs)
    with (
        server_folder(below) as first,
        server_folder(above) as second,
        etcd(below, first) as store,
        vtctld(above, second, store.address) as admin,
    ):
        yield Told(admin.address, store.address)


@pytest.mark.parametrize("told", PAIRS, indirect=True)
def test_the_story(told: Told) -> None:
    differences = []
    for number, step in enumerate(STORY):
        wanted = {name: step[name] for name in ("response", "error") if name in step}
        got = told.answer(step["call"], step.get("request", {}))
        if got != wanted:
            differences.append((number, step["call"], step.get("request"), wanted, got))

    assert differences == []
