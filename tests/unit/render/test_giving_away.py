"""What a tablet's pod asks vtctld by itself: before it starts, and before it stops."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.render.clusters import minimal, production
from vitessctl import releases
from vitessctl.model.cluster import Cluster
from vitessctl.render import vtctl_by_http
from vitessctl.render.documents import Document, of_stage
from vitessctl.render.render import render

TABLET = "StatefulSet/guestbook-vttablet-zone1-0000000100"


def tablets(cluster: Cluster) -> dict[str, dict[str, Any]]:
    """The pod of every tablet."""
    documents: tuple[Document, ...] = render(cluster, "kubernetes")
    found = [each for each in documents if each.component == "vttablet" and each.kind == "StatefulSet"]
    return {each.label: each.data["spec"]["template"]["spec"] for each in found}


def waiting(cluster: Cluster) -> dict[str, Any]:
    container: dict[str, Any] = tablets(cluster)[TABLET]["initContainers"][-1]
    assert container["name"] == "keyspace"
    return container


def before_stop(pod: dict[str, Any]) -> list[str]:
    hook: dict[str, Any] = pod["containers"][0].get("lifecycle", {})
    return hook["preStop"]["exec"]["command"] if hook else []


@pytest.mark.parametrize(
    ("release", "words"),
    [
        ("24", ["--avoid-primary=zone1-0000000100", "--wait-replicas-timeout=4s", "messages/0"]),
        ("14", ["-keyspace_shard=messages/0", "-avoid_tablet=zone1-0000000100", "-wait_replicas_timeout=4s"]),
        ("10", ["-keyspace_shard=messages/0", "-avoid_master=zone1-0000000100", "-wait_replicas_timeout=4s"]),
        ("2.1", ["-keyspace_shard=messages/0", "-avoid_master=zone1-0000000100", "-wait_slave_timeout=4s"]),
        ("2.2", ["-keyspace_shard=messages/0", "-avoid_master=zone1-0000000100", "-wait_slave_timeout=4s"]),
    ],
)
def test_a_primary_gives_its_role_away_in_its_releases_words(release: str, words: list[str]) -> None:
    client = releases.get(release).admin_client
    without = list(vtctl_by_http.command("guestbook-vtctld", 15000))
    by = [f"/vt/bin/{client}", "--server=guestbook-vtctld:15999"] if client else without
    assert before_stop(tablets(minimal(release))[TABLET]) == ["timeout", "6", *by, "PlannedReparentShard", *words]


def test_only_where_another_tablet_can_take_the_role() -> None:
    for label, pod in tablets(production()).items():
        args = pod["containers"][0]["args"]
        assert bool(before_stop(pod)) == ("--init-tablet-type=replica" in args), label
    (keyspace,) = minimal().keyspaces
    (shard,) = keyspace.shards
    alone = replace(keyspace, shards=(replace(shard, tablets=shard.tablets[:1]),))
    assert before_stop(tablets(minimal(keyspaces=(alone,)))[TABLET]) == []


def test_the_stop_ends_well_within_its_grace() -> None:
    pod = tablets(minimal())[TABLET]
    assert int(before_stop(pod)[1]) < 10 < pod["terminationGracePeriodSeconds"]
    assert "--onterm-timeout=1s" in pod["containers"][0]["args"]


@pytest.mark.parametrize("release", releases.names())
def test_tablets_wait_for_their_keyspace_in_their_pod(release: str) -> None:
    documents = render(minimal(release), "kubernetes")
    assert TABLET in [each.label for each in of_stage(documents, "mysql")]
    assert not of_stage(documents, "tablets")
    names = [container["name"] for container in tablets(minimal(release))[TABLET]["initContainers"]]
    assert names[-2:] == ["mysqld", "keyspace"]


def test_no_word_of_the_spec_is_in_the_shells_text() -> None:
    container = waiting(minimal())
    assert container["command"][:2] == ["sh", "-c"]
    assert container["command"] == waiting(minimal(name="guestbook", namespace="x"))["command"]
    assert "messages" not in container["command"][2]
    assert container["args"] == [
        "/vt/bin",
        "mysqlctld",
        "/vt/shared",
        "guestbook-vtctld",
        "15999",
        "/vt/vtdataroot/vt_0000000100.keyspace",
        "messages",
        "messages/0",
        '"primary_alias":{"cell":"zone1","uid":100}',
        "/vt/bin/vtctldclient",
        "--server=guestbook-vtctld:15999",
    ]
    assert '"master_alias":{"cell":"zone1","uid":100}' in waiting(minimal("11"))["args"]
    assert waiting(minimal("2.1"))["args"][:2] == ["guestbook-vtctld", "15000"], "its client speaks HTTP"


LED_BY_IT = '{"shard": {"primary_alias": {\n  "cell":  "zone1",\n  "uid": 100\n}}}'
LED_BY_ANOTHER = LED_BY_IT.replace("100", "1001")
NO_NODE = "rpc error: code = Unknown desc = node doesn't exist: /vitess/global/keyspaces/messages"


class Waiting:
    """The container's command on this machine, with a client that gives the answers of a file, one after the other.

    An answer that begins with `!` is an error. Somebody listens where vtctld would, unless `port` says where else.
    """

    def __init__(self, folder: Path, *answers: str, port: int | None = None) -> None:
        self.vtctld = socket.create_server(("127.0.0.1", 0))
        self.lends, self.shared = folder / "vitess", folder / "shared"
        for each in (self.lends, self.shared):
            each.mkdir()
        (self.lends / "mysqlctld").write_text("a program")
        self.mark = folder / "mark of a tablet"
        self.asked = folder / "asked"
        for number, answer in enumerate(answers, 1):
            (folder / str(number)).write_text(answer)
        program = folder / "client"
        program.write_text(CLIENT)
        program.chmod(0o755)
        command, args = waiting(minimal())["command"], waiting(minimal())["args"]
        lent = [str(self.lends), "mysqlctld", str(self.shared)]
        at = ["127.0.0.1", str(port or self.vtctld.getsockname()[1])]
        words = [*command, *lent, *at, str(self.mark), "my $(keyspace)", *args[7:9], str(program), "--server=x"]
        self.process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)

    def ends(self) -> tuple[int, str]:
        """Exit code and what it said."""
        with self.vtctld:
            _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said

    def was_asked(self) -> list[str]:
        """Every command line of the client."""
        return self.asked.read_text().splitlines() if self.asked.exists() else []


CLIENT = """#!/bin/sh
cd "$(dirname "$0")"
IFS=,
echo "$*" >> asked
answer=$(cat "$(wc -l < asked | tr -d ' ')" 2>/dev/null || echo '!nobody answers')
case "$answer" in
  !*) echo "${answer#!}" >&2; exit 1 ;;
  *) echo "$answer" ;;
esac
"""
KEYSPACE, SHARD = "--server=x,GetKeyspace,my $(keyspace)", "--server=x,GetShard,messages/0"


def test_it_asks_until_the_keyspace_is_there_and_says_once_why_it_waits(tmp_path: Path) -> None:
    run = Waiting(tmp_path, "!" + NO_NODE, "!" + NO_NODE, "{}", "!" + NO_NODE)
    assert run.ends() == (0, NO_NODE + "\n")
    assert run.mark.exists()
    assert run.was_asked() == [KEYSPACE, KEYSPACE, KEYSPACE, SHARD]


def test_an_empty_tablet_that_leads_its_shard_is_held_until_another_does(tmp_path: Path) -> None:
    run = Waiting(tmp_path, "{}", LED_BY_IT, "{}", LED_BY_IT, "{}", LED_BY_ANOTHER)
    assert run.ends() == (0, "held: its data is gone, and the topology names it primary of messages/0\n")
    assert run.was_asked() == [KEYSPACE, SHARD] * 3


def test_an_unclear_answer_about_the_shard_lets_nothing_start(tmp_path: Path) -> None:
    run = Waiting(tmp_path, "{}", "!connection refused", "{}", LED_BY_ANOTHER)
    assert run.ends() == (0, "connection refused\n")


def test_nobody_is_asked_before_somebody_listens(tmp_path: Path) -> None:
    """A client waits for a vtctld that is not there yet, and each costs a start while MySQL needs the processor."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    run = Waiting(tmp_path, "{}", LED_BY_ANOTHER, port=port)
    assert run.process.stderr is not None
    assert run.process.stderr.readline() == f"vtctld does not listen at 127.0.0.1:{port}: Connection refused\n"
    assert run.was_asked() == []

    with socket.create_server(("127.0.0.1", port)):
        assert run.ends() == (0, "")
    assert run.was_asked() == [KEYSPACE, SHARD]


def test_a_name_that_there_is_not_is_told_from_a_port_where_nobody_listens() -> None:
    command = waiting(minimal("14"))["command"]
    words = [*command, "no-such-host.invalid", "15999", "/no/mark", "messages", "messages/0", "x", "true"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        process.terminate()
        assert process.wait(20) == 143
    assert said.startswith("vtctld does not listen at no-such-host.invalid:15999: ")
    assert "name" in said.lower(), "as the resolver says it"


def test_where_packets_are_dropped_it_says_how_long_it_waited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    timeout = tmp_path / "bin" / "timeout"
    timeout.parent.mkdir()
    timeout.write_text("#!/bin/sh\nexit 124\n")
    timeout.chmod(0o755)
    monkeypatch.setenv("PATH", f"{timeout.parent}:{os.environ['PATH']}")
    run = Waiting(tmp_path, port=1)
    assert run.process.stderr is not None
    assert run.process.stderr.readline() == "vtctld does not listen at 127.0.0.1:1: no answer within 5 s\n"
    run.process.terminate()
    assert run.ends()[0] == 143


def test_without_bash_it_asks_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "cp", "mv", "cat", "wc", "tr", "touch", "timeout", "dirname", "sleep", "head"):
        found = shutil.which(name)
        assert found is not None, name
        (programs / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(programs))

    run = Waiting(tmp_path, "{}", LED_BY_ANOTHER, port=1)

    assert run.ends() == (0, "")


def test_first_it_lends_mysqlctld_whole(tmp_path: Path) -> None:
    run = Waiting(tmp_path, "{}", LED_BY_ANOTHER)
    assert run.ends() == (0, "")
    assert [(each.name, each.read_text()) for each in run.shared.iterdir()] == [("mysqlctld", "a program")]


def test_what_it_cannot_lend_is_a_failure(tmp_path: Path) -> None:
    words = [*waiting(minimal())["command"], str(tmp_path), "mysqlctld", str(tmp_path), "the rest"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert f"{tmp_path}/mysqlctld" in done.stderr


def test_mysqlctld_starts_the_moment_it_is_there(tmp_path: Path) -> None:
    mysqld = tablets(minimal())[TABLET]["initContainers"][0]
    program = tmp_path / "mysqlctld"
    with subprocess.Popen([*mysqld["command"], str(program), "--a-flag"], stdout=subprocess.PIPE, text=True) as process:
        (tmp_path / "new").write_text('#!/bin/sh\necho "$0 $*"\n')
        (tmp_path / "new").chmod(0o755)
        (tmp_path / "new").rename(program)
        assert process.communicate(timeout=20)[0] == f"{program} --a-flag\n"


def test_a_mysql_that_waits_for_its_mysqlctld_stops_when_it_is_told_to(tmp_path: Path) -> None:
    mysqld = tablets(minimal())[TABLET]["initContainers"][0]
    words = ["bash", "-c", 'echo "$$"; exec "$@"', "it", *mysqld["command"], str(tmp_path / "never")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        until_it_sleeps(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 143


def until_it_sleeps(pid: int) -> None:
    """Until a shell's script has got to its `sleep`: before, it has no trap."""
    deadline = time.monotonic() + 20
    while not Path(f"/proc/{pid}/task/{pid}/children").read_text() and time.monotonic() < deadline:
        time.sleep(0.01)


IMPATIENT = """#!/bin/sh
[ "$2" != bash ] || exit 0
echo "$1" >> "$0.limits"
[ "$(wc -l < "$0.limits")" -gt 5 ] || exit 124
shift
exec "$@"
"""


def test_a_client_that_was_too_slow_gets_twice_as_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine where it takes more than 5 s to start, a tablet never started, and asking kept the machine busy."""
    timeout = tmp_path / "bin" / "timeout"
    timeout.parent.mkdir()
    timeout.write_text(IMPATIENT)
    timeout.chmod(0o755)
    monkeypatch.setenv("PATH", f"{timeout.parent}:{os.environ['PATH']}")

    code, said = Waiting(tmp_path, "{}", LED_BY_ANOTHER).ends()

    assert timeout.with_name("timeout.limits").read_text().split() == ["5", "10", "20", "40", "80", "80", "80"]
    assert code == 0
    assert said.splitlines() == [f"no answer of vtctld within {seconds} s" for seconds in (5, 10, 20, 40, 80)]


def test_with_the_mark_it_asks_nobody(tmp_path: Path) -> None:
    (tmp_path / "mark of a tablet").touch()
    run = Waiting(tmp_path)
    assert run.ends() == (0, "")
    assert run.was_asked() == []


def test_it_stops_when_it_is_told_to(tmp_path: Path) -> None:
    run = Waiting(tmp_path)
    deadline = time.monotonic() + 20
    while not run.was_asked() and time.monotonic() < deadline:
        time.sleep(0.01)
    run.process.send_signal(signal.SIGTERM)
    assert run.ends()[0] == 143


def test_a_mark_that_cannot_be_written_is_a_failure() -> None:
    command = waiting(minimal("14"))["command"]  # its image has MySQL, so nothing is lent
    with socket.create_server(("127.0.0.1", 0)) as vtctld:
        at = ["127.0.0.1", str(vtctld.getsockname()[1])]
        words = [*command, *at, "/proc/no/such/mark", "messages", "messages/0", "x", "true"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert "/proc/no/such/mark" in done.stderr


def test_a_tablet_of_an_older_release_speaks_in_its_own_words() -> None:
    cluster = minimal("15", other_releases={"vttablet": "14"})
    (command,) = {tuple(before_stop(pod)[2:5]) for pod in tablets(cluster).values()}
    assert command == ("/vt/bin/vtctlclient", "--server=guestbook-vtctld:15999", "PlannedReparentShard")


@pytest.mark.parametrize(("release", "flavor"), [("3", None), ("4", "MySQL56"), ("16", "MySQL80"), ("17", None)])
def test_a_vttablet_whose_image_holds_no_mysqld_is_told_its_flavour(release: str, flavor: str | None) -> None:
    container = tablets(minimal(release))[TABLET]["containers"][0]
    assert {each["name"]: each["value"] for each in container["env"]}.get("MYSQL_FLAVOR") == flavor
