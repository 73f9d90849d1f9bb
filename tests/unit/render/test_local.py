"""The local target's documents: supervisor programs and the files that they read."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace

import pytest

from tests.unit.render.clusters import minimal, production
from vitessctl.model.cluster import Local, Topology, User
from vitessctl.render.documents import Document, of_stage
from vitessctl.render.render import render


def by_label(documents: tuple[Document, ...]) -> dict[str, Document]:
    found = {document.label: document for document in documents}
    assert len(found) == len(documents), "two documents of one label"
    return found


def test_documents_come_in_the_order_of_the_stages() -> None:
    documents = render(minimal(), "local")
    assert [(document.stage, document.label, document.subject) for document in documents] == [
        ("etcd", "Program/etcd-0", "etcd-0"),
        ("vtctld", "Program/vtctld", ""),
        ("mysql", "File/config/my.cnf", ""),
        ("mysql", "Program/mysqlctld-zone1-0000000100", "zone1-0000000100"),
        ("mysql", "Program/mysqlctld-zone1-0000000101", "zone1-0000000101"),
        ("mysql", "Program/mysqlctld-zone1-0000000102", "zone1-0000000102"),
        ("tablets", "Program/vttablet-zone1-0000000100", "zone1-0000000100"),
        ("tablets", "Program/vttablet-zone1-0000000101", "zone1-0000000101"),
        ("tablets", "Program/vttablet-zone1-0000000102", "zone1-0000000102"),
        ("vtorc", "Program/vtorc-zone1", "zone1"),
        ("vtgate", "Program/vtgate-zone1", "zone1"),
    ]
    assert [document.component for document in of_stage(documents, "mysql")] == ["mysqlctld"] * 4


@pytest.mark.parametrize("release", ["2.1", "14"])
def test_releases_without_vtorc_have_none(release: str) -> None:
    assert not of_stage(render(minimal(release), "local"), "vtorc")


def test_init_sql_is_written_where_mysqlctld_has_to_be_given_it() -> None:
    old = by_label(render(minimal("2.1"), "local"))
    assert "CREATE USER 'vt_dba'@'localhost';" in old["File/config/init_db.sql"].text
    assert "'--init_db_sql_file=%(here)s/config/init_db.sql'" in old["Program/mysqlctld-zone1-0000000100"].text
    assert "File/config/init_db.sql" not in by_label(render(minimal("24"), "local"))


def test_somebody_elses_etcd_is_not_started() -> None:
    documents = render(minimal(topology=Topology(external=("10.0.0.1:2379",))), "local")
    assert not of_stage(documents, "etcd")
    assert "--topo-global-server-address=10.0.0.1:2379" in by_label(documents)["Program/vtctld"].text


def test_a_programs_settings_are_its_data() -> None:
    settings = by_label(render(minimal(), "local"))["Program/vttablet-zone1-0000000101"].data
    command = shlex.split(settings["command"])
    assert command[0] == "vttablet"
    assert "--tablet-path=zone1-0000000101" in command
    assert "--mysqlctl-socket=%(here)s/run/mysqlctl-0000000101.sock" in command
    assert {key: value for key, value in settings.items() if key != "command"} == {
        "environment": 'VTDATAROOT="%(here)s/data",VITESSCTL_RELEASE="24"',
        "directory": "%(here)s",
        "priority": "40",
        "autostart": "false",
        "autorestart": "true",
        "startsecs": "1",
        "startretries": "1000",
        "stopsignal": "TERM",
        "stopwaitsecs": "15",
        "redirect_stderr": "true",
        "stdout_logfile": "%(here)s/log/vttablet-zone1-0000000101.log",
        "stdout_logfile_maxbytes": "10MB",
        "stdout_logfile_backups": "1",
    }


@pytest.mark.parametrize("release", ["18", "24"])
def test_every_server_listens_on_the_loopback_address_alone(release: str) -> None:
    for document in render(production(release), "local"):
        if document.kind != "Program":
            continue
        flags = dict(word.lstrip("-").split("=", 1) for word in shlex.split(document.data["command"])[1:])
        listening = {flag: value for flag, value in flags.items() if "bind" in flag or flag.startswith("listen")}
        assert listening, document.label
        for value in listening.values():
            assert value == "127.0.0.1" or value.startswith("http://127.0.0.1:"), document.label


def test_no_two_servers_share_a_port() -> None:
    taken: list[str] = []
    for document in render(replace(production(), extra_flags={}), "local"):
        for word in shlex.split(document.data.get("command", "")):
            flag, _, value = word.partition("=")
            if flag in ("--port", "--grpc-port", "--mysql-port", "--mysql-server-port"):
                taken.append(value)
            elif flag.startswith("--listen"):
                taken.append(value.rpartition(":")[2])
    assert len(taken) == len(set(taken)) == 9 + 2 + 8 * 3 + 2 + 2 * 3


def test_users_are_a_secret_file() -> None:
    document = by_label(render(production(), "local"))["File/config/vtgate-users.json"]
    assert document.secret
    assert document.stage == document.component == "vtgate"
    assert json.loads(document.text) == {
        "app": [{"Password": "correct horse"}],
        "reader": [{"Password": "battery: 'staple'"}],
    }
    assert not any(
        other.secret for other in render(production(), "local") if other is not document and other.kind != "File"
    )


def test_the_oldest_release_takes_one_password_a_user() -> None:
    document = by_label(render(minimal("2.1", users=(User("a", 'p"w'),)), "local"))["File/config/vtgate-users.json"]
    assert json.loads(document.text) == {"a": {"Password": 'p"w'}}


def test_a_password_is_nowhere_but_in_its_file() -> None:
    texts = [document.text for document in render(production(), "local") if not document.secret]
    assert not any("correct horse" in text for text in texts)


def test_the_lean_mysql_settings_can_be_replaced_but_not_the_address() -> None:
    lean = by_label(render(minimal(), "local"))["File/config/my.cnf"].text
    own = by_label(render(minimal(local=Local(my_cnf="[mysqld]\nsql_mode = 'ANSI'")), "local"))[
        "File/config/my.cnf"
    ].text
    tail = (
        "\n# Nobody but this machine may connect, whatever stands above: MySQL listens on all interfaces by default.\n"
        "[mysqld]\nbind-address=127.0.0.1\nloose_mysqlx=OFF\n"
    )
    assert "innodb_buffer_pool_size=32M" in lean
    assert lean.endswith(tail)
    assert own == "[mysqld]\nsql_mode = 'ANSI'\n" + tail
