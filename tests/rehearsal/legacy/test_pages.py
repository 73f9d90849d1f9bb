"""Which pages a release's servers have, and what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.rehearsal.control.rig import KEYSPACE, ONE, rig
from tests.rehearsal.data.shard import shard
from vitessctl import releases
from vitessctl.rehearsal.servenv.process import Process
from vitessctl.rehearsal.vtctld.legacy.http import over_http
from vitessctl.rehearsal.vttablet.pages import add_pages

HAS = {
    "/debug/status": "..",
    "/debug/vars": "..",
    "/metrics": "2.2..",
    "/debug/liveness": "4..",
}


@pytest.mark.parametrize("release", releases.names())
def test_the_common_pages(release: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITESSCTL_RELEASE", release)
    process = Process("mysqlctld", [])

    for path, since in HAS.items():
        assert (process.web.answer(path).status == 200) == releases.get(release).within(since), path
    assert ("BuildVersion" in process.vars.current()) == releases.get(release).within("19..")


@pytest.mark.parametrize(
    ("release", "health", "healthz"),
    [
        ("2.1", (200, "not ok"), "500 internal server error: agent not healthy: "),
        ("6", (500, "not ok: operation not allowed"), "500 internal server error: agent not healthy: "),
        ("9", (500, "not ok: operation not allowed"), "500 internal server error: vttablet is not serving\n"),
        ("24", (500, "not ok: Code: CLUSTER_EVENT"), "500 internal server error: vttablet is not serving\n"),
    ],
)
def test_a_tablet_whose_shard_never_had_a_primary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, release: str, health: tuple[int, str], healthz: str
) -> None:
    monkeypatch.setenv("VITESSCTL_RELEASE", release)
    with shard(tmp_path, 1) as members:
        process = Process("mysqlctld", [])  # any server's: only its pages are looked at
        add_pages(process, members[0].tablet, members[0].queries)

        page, ready = process.web.answer("/debug/health"), process.web.answer("/healthz")
        assert (page.status, page.body[: len(health[1])]) == health
        assert (ready.status, ready.body[: len(healthz)]) == (500, healthz)

        members[0].manager.init_primary(semi_sync=False)
        assert process.web.answer("/debug/health").body == "ok"
        assert process.web.answer("/healthz").body == "ok\n"


def test_commands_over_http() -> None:
    made = rig()
    made.release = releases.get("2.1")

    listed = json.loads(over_http(made.context(), b'["ListAllTablets", "zone1"]').body)
    refused = json.loads(over_http(made.context(), b'["GetKeyspace", "none"]').body)
    logged = json.loads(
        over_http(made.context(), f'["InitShardMaster", "-force", "{KEYSPACE}/0", "{ONE}"]'.encode()).body
    )

    assert (listed["Error"], listed["Output"].splitlines()[0].split()[:4]) == ("", [ONE, KEYSPACE, "0", "master"])
    assert refused == {"Error": "node doesn't exist", "Output": ""}
    assert "initializing master on" in logged["Output"]
    assert over_http(made.context(), b"nonsense").status == 500
