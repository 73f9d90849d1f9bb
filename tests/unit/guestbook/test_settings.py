"""The settings are what vitessctl's templates give to every application."""

from __future__ import annotations

from pathlib import Path

import pytest
from guestbook.settings import NotTold, Settings, from_environment

from vitessctl.model.build import build
from vitessctl.render.applications import variables
from vitessctl.render.layout_kubernetes import KubernetesLayout
from vitessctl.render.layout_local import LocalLayout
from vitessctl.render.packaged import packaged_folder
from vitessctl.spec import load

TOLD = {"VTGATE_HOST": "gate", "VTGATE_PORT": "3306", "VTGATE_PRIMARY": "m@primary", "VTGATE_REPLICA": "m@replica"}


def test_the_least_that_has_to_be_told() -> None:
    settings = from_environment(TOLD)
    assert settings == Settings("gate", 3306, "m@primary", "m@replica")
    assert (settings.host, settings.port, settings.password()) == ("*", 8080, "")


@pytest.mark.parametrize("name", sorted(TOLD))
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(NotTold, match=f"{name} is not set"):
        from_environment({key: value for key, value in TOLD.items() if key != name})


def test_the_inventory_tells_it_everything_on_both_targets() -> None:
    cluster = build(load(packaged_folder("inventories") / "guestbook"))
    (application,) = cluster.applications

    here = from_environment(variables(cluster, application, LocalLayout(cluster)))
    there = from_environment(variables(cluster, application, KubernetesLayout(cluster)))

    assert (here.host, here.vtgate_host, here.vtgate_port) == ("127.0.0.1", "127.0.0.1", 15301)
    assert (there.host, there.vtgate_host, there.vtgate_port) == ("*", "guestbook-vtgate-zone1", 3306)
    assert (here.user, here.primary, here.replica) == (there.user, there.primary, there.replica)
    assert there.password_file == Path("/vt/secrets/vtgate/password")
