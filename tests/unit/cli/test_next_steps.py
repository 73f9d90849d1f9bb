"""The lines to go on with lead to the same cluster, and hold no secret."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.world import Session, World, a_cluster
from tests.support.world.target import WorldTarget
from vitessctl.cli.next_steps import next_steps, same_cluster
from vitessctl.cli.session import SpecOptions, Where
from vitessctl.model.applications import Application
from vitessctl.model.cluster import User


def spec(inventory: str = "", extra: Sequence[str] = (), images: Sequence[str] = ()) -> SpecOptions:
    return SpecOptions(Path(inventory) if inventory else None, extra, images)


@pytest.mark.parametrize(
    ("options", "target", "where", "words"),
    [
        (spec(), "kubernetes", Where(), ""),
        (spec("shop"), "kubernetes", Where(), "-i shop"),
        (spec("shop"), "kubernetes", Where(context="prod"), "-i shop --context prod"),
        (spec("my shop"), "local", Where(local=True), "-i 'my shop' --local"),
        (spec("shop"), "rehearsal", Where(state_dir=Path("/tmp/s")), "-i shop --rehearse --state-dir /tmp/s"),
        (
            spec("shop", images=["vtgate=registry.example.com/vtgate:v24.0.4"]),
            "kubernetes",
            Where(),
            "-i shop --image vtgate=registry.example.com/vtgate:v24.0.4",
        ),
        # A value may be a secret; a port, a namespace and a durability policy are none.
        (spec("shop", ["local.base_port=17000"]), "local", Where(), "-i shop --local -e local.base_port=17000"),
        (
            spec("shop", ["namespace=shops", "keyspaces.messages.durability=none", "@more.yaml"]),
            "kubernetes",
            Where(),
            "-i shop -e namespace=shops -e keyspaces.messages.durability=none -e @more.yaml",
        ),
        (
            spec("shop", ["users={name: app, password: hunter2}", "topology.external.address=u:hunter2@etcd:2379"]),
            "kubernetes",
            Where(),
            "-i shop -e 'users=…' -e 'topology.external.address=…'",
        ),
        (
            spec("shop", ["keyspaces.messages.pools=hunter2"]),
            "kubernetes",
            Where(),
            "-i shop -e 'keyspaces.messages.pools=…'",
        ),
        (spec("shop", ["vars.password=hunter2"]), "kubernetes", Where(), "-i shop -e 'vars.password=…'"),
    ],
)
def test_the_same_cluster(options: SpecOptions, target: str, where: Where, words: str) -> None:
    assert same_cluster(options, target, where) == words


def lines(target: str, **changes: object) -> list[str]:
    cluster = a_cluster(**changes)
    return next_steps(cluster, WorldTarget(World(), Session(), target), spec("shop"), Where())


def test_on_kubernetes_a_command_opens_the_way() -> None:
    assert lines("kubernetes") == [
        "",
        "connect:          vitessctl connect -i shop",
        "look at it:       vitessctl status -i shop",
        "stop it:          vitessctl down -i shop",
    ]


def test_on_one_machine_every_cell_has_its_line() -> None:
    assert lines("rehearsal", cells=("zone1", "zone2")) == [
        "",
        "connect (zone1):  mysql -h 127.0.0.1 -P 15301 -u root",
        "connect (zone2):  mysql -h 127.0.0.1 -P 15302 -u root",
        "look at it:       vitessctl status -i shop --rehearse",
        "stop it:          vitessctl down -i shop --rehearse",
    ]


def test_with_users_the_client_asks_for_the_password() -> None:
    assert (
        lines("local", users=(User("app", "hunter2"),))[1] == "connect (zone1):  mysql -h 127.0.0.1 -P 15301 -u app -p"
    )


def test_every_application_has_its_address() -> None:
    site, office = Application("site", "zone1", "messages"), Application("office", "zone1", "messages", replicas=0)

    assert lines("local", applications=(site,))[2] == "site:             http://127.0.0.1:15077/"
    assert [line for line in lines("kubernetes", applications=(site, office)) if "application" in line] == [
        "site:             kubectl -n guestbook port-forward service/guestbook-application-site 8080"
    ]
