"""What a plan says of a probe that is to come."""

from __future__ import annotations

from tests.unit.render.clusters import minimal
from vitessctl.probe.check import announced
from vitessctl.render.render import render


def test_every_image_in_which_a_pod_runs_is_announced() -> None:
    """Also that of MySQL, in which a borrowed mysqlctld is asked."""
    said = announced(render(minimal(), "kubernetes"))

    assert said.startswith("--probe first runs quay.io/coreos/etcd:v3.5.17, vitess/lite:v24, mysql:8.4.8 in ")
