"""Where things are on one machine and on Kubernetes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.render.clusters import minimal, production
from vitessctl.model.cluster import Cell, Local, Tablet, Topology
from vitessctl.model.ports import ServerPorts
from vitessctl.render.layout import Expanded
from vitessctl.render.layout_kubernetes import KubernetesLayout
from vitessctl.render.layout_local import LocalLayout

TABLET = Tablet("zone1", 100, "messages", "0", "replica", 0, "1Gi")


def test_one_machine_has_all_on_the_loopback_address_from_the_base_port_on() -> None:
    layout = LocalLayout(minimal(local=Local(base_port=20000)))
    assert layout.bind_address == "127.0.0.1"
    assert layout.topology_address() == "127.0.0.1:20010"
    assert layout.vtctld_ports() == ServerPorts(20000, 20001)
    assert layout.tablet_ports(TABLET) == ServerPorts(20800, 20801, 20802)
    assert layout.vtorc_ports(Cell("zone1")) == ServerPorts(20401)
    assert layout.vtgate_ports(Cell("zone1")) == ServerPorts(20101, 20201, 20301)
    assert layout.tablet_hostname(TABLET) == "127.0.0.1"


def test_one_machines_paths_are_the_same_on_every_machine() -> None:
    layout = LocalLayout(minimal())
    paths = (layout.backup_folder, layout.users_file, layout.init_db_sql_file, layout.mysqlctl_socket(TABLET))
    assert paths == (
        "%(here)s/backups",
        "%(here)s/config/vtgate-users.json",
        "%(here)s/config/init_db.sql",
        "%(here)s/run/mysqlctl-0000000100.sock",
    )
    assert all(isinstance(path, Expanded) for path in paths)


def test_three_members_of_one_machines_etcd_know_each_other() -> None:
    members = LocalLayout(minimal(topology=Topology(members=3))).etcd_members()
    assert [member.name for member in members] == ["etcd-0", "etcd-1", "etcd-2"]
    assert {member.initial_cluster for member in members} == {
        "etcd-0=http://127.0.0.1:15011,etcd-1=http://127.0.0.1:15014,etcd-2=http://127.0.0.1:15017"
    }
    assert members[2].listen_clients == members[2].advertise_clients == "http://127.0.0.1:15016"
    assert members[2].listen_metrics == "http://127.0.0.1:15018"
    assert members[2].data_folder == "%(here)s/data/etcd-2"


@pytest.mark.parametrize("make", [LocalLayout, KubernetesLayout])
def test_somebody_elses_etcd_is_used_as_it_is(make: type[LocalLayout] | type[KubernetesLayout]) -> None:
    layout = make(minimal(topology=Topology(external=("etcd-a:2379", "etcd-b:2379"))))
    assert layout.topology_address() == "etcd-a:2379,etcd-b:2379"
    assert layout.etcd_members() == ()


def test_kubernetes_has_a_service_a_name_and_the_usual_ports() -> None:
    layout = KubernetesLayout(minimal())
    assert layout.bind_address is None
    assert layout.backup_folder is None
    assert layout.topology_address() == "guestbook-etcd:2379"
    assert layout.tablet_name(TABLET) == "guestbook-vttablet-zone1-0000000100"
    assert layout.tablet_hostname(TABLET) == "guestbook-vttablet-zone1-0000000100-0.guestbook-vttablet"
    assert layout.mysqlctl_socket(TABLET) == "/vt/run/mysqlctl.sock"
    everything = {
        layout.vtctld_ports(),
        layout.tablet_ports(TABLET),
        layout.vtorc_ports(Cell("zone1")),
        layout.vtgate_ports(Cell("zone1")),
    }
    assert everything == {ServerPorts(15000, 15999, 3306)}


def test_an_etcd_pod_learns_its_name_when_it_starts() -> None:
    (member,) = KubernetesLayout(production()).etcd_members()
    assert member.name == "$(POD_NAME)"
    assert member.advertise_peers == "http://$(POD_NAME).shop-etcd-peer:2380"
    assert isinstance(member.name, Expanded)
    assert isinstance(member.advertise_clients, Expanded)
    assert member.initial_cluster == ",".join(
        f"shop-etcd-{number}=http://shop-etcd-{number}.shop-etcd-peer:2380" for number in range(3)
    )


def test_the_host_name_of_a_tablet_fits_into_old_mysql() -> None:
    assert len(KubernetesLayout(minimal()).tablet_hostname(TABLET)) <= 60


def test_mysqlctld_is_borrowed_where_mysql_has_an_image_of_its_own() -> None:
    own, borrowed = KubernetesLayout(minimal("19")), KubernetesLayout(minimal("20"))
    assert (own.borrows_mysqlctld, own.mysqlctld_folder) == (False, "/vt/bin")
    assert (borrowed.borrows_mysqlctld, borrowed.mysqlctld_folder) == (True, "/vt/shared")
    images = {**minimal().images, "mysqld": minimal().images["mysqlctld"]}
    assert not KubernetesLayout(replace(minimal(), images=images)).borrows_mysqlctld


def test_old_releases_need_their_mysql_flavours_settings() -> None:
    assert KubernetesLayout(minimal("2.1")).extra_my_cnf == ("/vt/config/mycnf/master_mysql56.cnf:/vt/vitessctl/my.cnf")
    assert KubernetesLayout(minimal("24")).extra_my_cnf == "/vt/vitessctl/my.cnf"
