"""Command lines: the model's values behind the release's flags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.unit.render.clusters import minimal, production, wide
from vitessctl import releases
from vitessctl.errors import ExitCode
from vitessctl.model.cluster import Cell, Cluster, User
from vitessctl.releases import UnknownFlagError
from vitessctl.render.commandline import CommandLine, CommandLines, command_line
from vitessctl.render.facts import Subject
from vitessctl.render.layout import Layout
from vitessctl.render.layout_kubernetes import KubernetesLayout
from vitessctl.render.layout_local import LocalLayout

LAYOUTS = (LocalLayout, KubernetesLayout)


def subjects(cluster: Cluster, layout: Layout) -> Iterator[tuple[str, Subject]]:
    """Everything of a cluster that has a command line."""
    yield from (("etcd", member) for member in layout.etcd_members())
    yield ("vtctld", None)
    for tablet in cluster.tablets():
        yield from (("mysqlctld", tablet), ("vttablet", tablet))
    for cell in cluster.cells:
        yield from (
            (("vtorc", cell), ("vtgate", cell)) if releases.get(cluster.release).has_vtorc else (("vtgate", cell),)
        )


@pytest.mark.parametrize("name", releases.names())
@pytest.mark.parametrize("make", LAYOUTS)
@pytest.mark.parametrize("cluster", [minimal, production])
def test_every_line_holds_only_flags_of_its_release_in_its_spelling(name, make, cluster) -> None:  # type: ignore[no-untyped-def]
    made = replace(cluster(name), extra_flags={})
    release = releases.get(name)
    for component, subject in subjects(made, make(made)):
        line = command_line(made, component, subject, make(made))
        assert line.program == component
        assert len({flag for flag, _ in line.flags}) == len(line.flags)
        for flag, value in line.flags:
            assert release.accepts(component, flag), (component, flag)
            assert release.spelling(component, flag) == flag
            assert isinstance(value, str)
            assert value, (component, flag)


def vtgate(cluster: Cluster) -> CommandLine:
    return command_line(cluster, "vtgate", cluster.cells[0], LocalLayout(cluster))


def test_arguments_have_two_dashes_and_an_equals_sign() -> None:
    assert vtgate(minimal()).arguments[:5] == (
        "--topo-implementation=etcd2",
        "--topo-global-server-address=127.0.0.1:15010",
        "--topo-global-root=/vitess/global",
        "--cell=zone1",
        "--cells-to-watch=zone1",
    )
    assert vtgate(minimal("2.1")).arguments[:3] == (
        "--topo_implementation=etcd2",
        "--topo_global_server_address=127.0.0.1:15010",
        "--topo_global_root=/vitess/global",
    )


@pytest.mark.parametrize(
    ("release", "types"), [("2.1", "MASTER,REPLICA"), ("11", "MASTER,REPLICA"), ("12", "PRIMARY,REPLICA")]
)
def test_vtgate_waits_for_tablets_in_the_words_of_its_release(release: str, types: str) -> None:
    flags = dict(vtgate(minimal(release)).flags)
    assert flags[releases.get(release).option("vtgate", "tablet_types_to_wait")] == types


def test_each_vtgate_watches_all_cells() -> None:
    cluster = minimal(cells=(Cell("zone1"), Cell("zone2"), Cell("zone3")))
    assert dict(vtgate(cluster).flags)["cells-to-watch"] == "zone1,zone2,zone3"


@pytest.mark.parametrize(("tablets", "seconds"), [(5, "1s"), (50, "1s"), (55, "5s")])
def test_vtgate_looks_for_new_tablets_more_seldom_where_there_are_many(tablets: int, seconds: str) -> None:
    assert dict(vtgate(wide(tablets)).flags)["tablet-refresh-interval"] == seconds


def test_users_turn_authentication_on() -> None:
    without, having = dict(vtgate(minimal()).flags), dict(vtgate(minimal(users=(User("a", "b"),))).flags)
    assert without["mysql-auth-server-impl"] == "none"
    assert "mysql-auth-server-static-file" not in without
    assert having["mysql-auth-server-impl"] == "static"
    assert having["mysql-auth-server-static-file"] == "%(here)s/config/vtgate-users.json"
    assert having["mysql-auth-static-reload-interval"] == "30s"


@pytest.mark.parametrize(
    ("release", "durability", "flag"),
    [("2.1", "semi_sync", "true"), ("2.1", "none", None), ("14", "semi_sync", "true"), ("15", "semi_sync", None)],
)
def test_semi_sync_is_a_flag_until_the_durability_policy_alone_decides(
    release: str, durability: str, flag: str | None
) -> None:
    cluster = minimal(release)
    cluster = replace(cluster, keyspaces=(replace(cluster.keyspaces[0], durability=durability),))
    tablet = next(cluster.tablets())
    flags = dict(command_line(cluster, "vttablet", tablet, LocalLayout(cluster)).flags)
    assert flags.get("enable_semi_sync") == flag


def test_an_extra_flag_takes_the_place_of_ours_in_any_spelling() -> None:
    cluster = minimal(extra_flags={"vtgate": {"--enable_buffer": "false", "warn_payload_size": "1000"}})
    plain, changed = vtgate(minimal()).flags, vtgate(cluster).flags
    assert ("enable-buffer", "true") in plain
    assert changed == (
        *((flag, "false" if flag == "enable-buffer" else value) for flag, value in plain),
        ("warn-payload-size", "1000"),
    )


def test_an_extra_flag_that_the_release_lacks_says_where_it_went() -> None:
    cluster = minimal(extra_flags={"vttablet": {"enable_semi_sync": "true"}})
    with pytest.raises(UnknownFlagError) as caught:
        command_line(cluster, "vttablet", next(cluster.tablets()), LocalLayout(cluster))
    assert str(caught.value) == (
        "extra_flags.vttablet.enable_semi_sync: vttablet of Vitess 24 has no flag --enable_semi_sync\n"
        "  why: vttablet had --enable_semi_sync from 2.1 to 15, 16 dropped it; in its place the keyspace's durability "
        "policy\n"
        "  fix: remove the flag, use its successor, or choose an image of a release that has it"
    )
    assert caught.value.exit_code == ExitCode.SPEC


def test_an_extra_flag_of_etcd_may_be_one_that_nobody_here_knows() -> None:
    cluster = minimal(extra_flags={"etcd": {"--feature-gates": "x=true", "auto_compaction_retention": "10"}})
    layout = LocalLayout(cluster)
    flags = command_line(cluster, "etcd", layout.etcd_members()[0], layout).flags
    assert flags[-2:] == (("auto-compaction-retention", "10"), ("feature-gates", "x=true"))


def test_lines_of_one_cluster_share_their_work() -> None:
    cluster = minimal()
    lines = CommandLines(cluster, LocalLayout(cluster))
    first, second, _ = (lines.of("vttablet", tablet) for tablet in cluster.tablets())
    assert [flag for flag, _ in first.flags] == [flag for flag, _ in second.flags]
    assert dict(first.flags)["tablet-path"] == "zone1-0000000100"
    assert dict(second.flags)["tablet-path"] == "zone1-0000000101"


@pytest.mark.parametrize(("older", "newer"), [("22", "23"), ("14", "15"), ("23", "24")])
def test_in_the_middle_of_an_upgrade_each_component_gets_the_flags_of_its_own_image(older: str, newer: str) -> None:
    cluster = minimal(newer, other_releases={"vttablet": older})
    layout = KubernetesLayout(cluster)
    tablet, cell = next(cluster.tablets()), cluster.cells[0]
    for component, subject, release in (("vttablet", tablet, older), ("vtgate", cell, newer)):
        flags = [flag for flag, _ in command_line(cluster, component, subject, layout).flags]
        assert all(releases.get(release).spelling(component, flag) == flag for flag in flags)
        of_one = replace(cluster, release=release, other_releases={})
        alone = command_line(of_one, component, subject, KubernetesLayout(of_one))
        assert flags == [flag for flag, _ in alone.flags]


def test_on_one_machine_all_binaries_are_of_one_release() -> None:
    cluster = minimal("23", other_releases={"vtgate": "22"})
    assert "cells-to-watch" in dict(vtgate(cluster).flags)


@pytest.mark.parametrize(
    ("policies", "flag"),
    [(("none", "none"), None), (("none", "semi_sync"), "semi_sync"), (("cross_cell", "none"), "cross_cell")],
)
@pytest.mark.parametrize("release", ["12", "13", "14"])
def test_vtctld_of_13_alone_is_told_the_durability_policy(
    release: str, policies: tuple[str, str], flag: str | None
) -> None:
    (keyspace,) = minimal(release).keyspaces
    keyspaces = tuple(replace(keyspace, name=name, durability=name) for name in policies)
    cluster = minimal(release, keyspaces=keyspaces)
    flags = dict(command_line(cluster, "vtctld", None, LocalLayout(cluster)).flags)
    assert flags.get("durability_policy") == (flag if release == "13" else None)
