"""What every call makes of what a server does: table-driven, against a server that misbehaves as told."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.kubernetes.objects import config_map
from tests.support.kubernetes.server import ScriptedServer, Step, status
from vitessctl.errors import VitessctlError
from vitessctl.targets.kubernetes import connect, faults, kinds, transport
from vitessctl.targets.kubernetes.client import Client
from vitessctl.targets.kubernetes.requests import Requests
from vitessctl.targets.kubernetes.retry import Patience

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "requests.yaml").read_text())
_READ = config_map(a="1")
_READ["metadata"]["resourceVersion"] = "7"

CALLS: Mapping[str, Callable[[Client], Any]] = {
    "get": lambda api: api.get(kinds.CONFIG_MAP, "default", "settings"),
    "list": lambda api: [one["metadata"]["name"] for one in api.list(kinds.CONFIG_MAP, "default")],
    "apply": lambda api: api.apply(config_map(a="1"))["metadata"]["name"],
    "create": lambda api: api.create(config_map(a="1"))["metadata"]["name"],
    "replace": lambda api: api.replace(_READ)["metadata"]["name"],
    "delete": lambda api: api.delete(kinds.CONFIG_MAP, "default", "settings"),
    "evict": lambda api: api.evict("default", "settings", uid="7"),
    "logs": lambda api: list(api.logs("default", "p", "main", 5)),
}


class Naps:
    """Sleeps that take no time but pass it."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def clock(self) -> float:
        return time.monotonic() + sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def client(kubeconfig: str, naps: Naps, patience: Patience) -> Client:
    load = lambda: connect.load(None, kubeconfig, {})  # noqa: E731
    return Client(Requests(load, patience, naps.clock, naps.sleep, time_of_day=lambda: 1000.0))


def step(case: dict[str, Any]) -> Step:
    body = case.pop("status", None)
    if body is not None:
        details = body.pop("details", {})
        case["body"] = status(case["code"], **body, **details)
    return Step(**case)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_no_wrong_outcome_and_no_hang(case: dict[str, Any], tmp_path: Path) -> None:
    naps = Naps()
    slow = any(one.keys() & {"hang", "trickle", "trickle_headers"} for one in case["steps"])
    patience = Patience(request=1.0 if slow else 10.0, attempts=case.get("attempts", 8))
    with ScriptedServer([step(dict(one)) for one in case["steps"]]) as server:
        api = client(server.kubeconfig(tmp_path), naps, patience)
        began = time.monotonic()
        if "raises" in case:
            with pytest.raises(VitessctlError) as raised:
                CALLS[case["call"]](api)
            assert type(raised.value) is getattr(faults, case["raises"]), raised.value
            assert case.get("says", "") in str(raised.value)
            assert "secret-token" not in str(raised.value)
        else:
            assert CALLS[case["call"]](api) == case["gives"]
        assert time.monotonic() - began < 15.0
    assert [one.method for one in server.asked] == case["asked"]
    assert sum(api.counts.values()) == len(case["asked"])
    if "slept" in case:
        assert naps.slept == case["slept"]


def test_a_read_timeout_that_wakes_before_the_deadlines_timer_is_told_the_same() -> None:
    """Both are of the same length; on a busy machine either may come first."""
    late = transport.Deadline(0.0)  # its timer is never started

    with pytest.raises(transport.Cut) as cut, transport.explained(late, 30.0):
        raise TimeoutError("timed out")

    assert cut.value.why == "no whole answer within 30 s"
    assert late.passed
    assert not late.cut_off


def test_a_server_that_was_never_there_is_not_waited_for(tmp_path: Path) -> None:
    with ScriptedServer([]) as server:
        kubeconfig = server.kubeconfig(tmp_path)
    naps = Naps()
    with pytest.raises(faults.Unreachable) as raised:
        client(kubeconfig, naps, Patience()).list(kinds.POD, "default")
    assert raised.value.why == "connection refused"
    assert raised.value.where == server.url
    assert naps.slept == []
    assert raised.value.exit_code == 4


def test_a_server_that_was_there_is_waited_for(tmp_path: Path) -> None:
    naps = Naps()
    with ScriptedServer([Step(body={"items": []})]) as server:
        api = client(server.kubeconfig(tmp_path), naps, Patience())
        api.list(kinds.POD, "default")
    with pytest.raises(faults.Unreachable):
        api.list(kinds.POD, "default")
    assert len(naps.slept) == 7
    assert sum(naps.slept) < 30


def test_fresh_credentials_are_read_when_the_old_ones_are_not_taken(tmp_path: Path) -> None:
    steps = [Step(body={"items": []}), Step(401, status(401, "Unauthorized")), Step(body={"items": []})]
    with ScriptedServer(steps) as server:
        api = client(server.kubeconfig(tmp_path, token="old"), Naps(), Patience())
        api.list(kinds.POD, "default")
        server.kubeconfig(tmp_path, token="new")
        api.list(kinds.POD, "default")
    assert [one.headers["authorization"] for one in server.asked] == ["Bearer old", "Bearer old", "Bearer new"]


def test_nothing_is_asked_before_the_first_call(tmp_path: Path) -> None:
    with ScriptedServer([]) as server:
        api = client(server.kubeconfig(tmp_path), Naps(), Patience())
        assert (api.context_name, api.server, api.in_cluster) == ("scripted", server.url, False)
    assert server.asked == []


def test_an_apply_says_all_it_has_to(tmp_path: Path) -> None:
    with ScriptedServer([Step(body={"metadata": {}}), Step(body={"metadata": {}})]) as server:
        api = client(server.kubeconfig(tmp_path), Naps(), Patience())
        api.apply(config_map(a="1"))
        api.apply(config_map(a="1"), dry_run=True, force=True)
    first, second = server.asked
    path = "/api/v1/namespaces/default/configmaps/settings"
    assert first.path == f"{path}?fieldManager=vitessctl&fieldValidation=Strict&force=false"
    assert second.path == f"{path}?fieldManager=vitessctl&fieldValidation=Strict&force=true&dryRun=All"
    assert first.headers["content-type"] == "application/apply-patch+yaml"


def test_connections_are_used_again(tmp_path: Path) -> None:
    with ScriptedServer([Step(body={"items": []})] * 20) as server:
        api = client(server.kubeconfig(tmp_path), Naps(), Patience())
        for _ in range(20):
            api.list(kinds.POD, "default")
        assert len(server._connections) == 1


def test_a_log_is_followed_line_by_line(tmp_path: Path) -> None:
    with ScriptedServer([Step(body="one\ntwo\nlast", trickle=0.001)]) as server:
        api = client(server.kubeconfig(tmp_path), Naps(), Patience())
        assert list(api.follow("default", "p", "main", 10)) == ["one", "two", "last"]
    assert "follow=true" in server.asked[0].path


def test_a_log_that_cannot_be_followed(tmp_path: Path) -> None:
    missing = status(404, 'pods "p" not found', "NotFound", name="p", kind="pods")
    with ScriptedServer([Step(404, missing)]) as server:
        api = client(server.kubeconfig(tmp_path), Naps(), Patience())
        with pytest.raises(faults.NotThere, match="Pod/p"):
            list(api.follow("default", "p", "main", 10))
