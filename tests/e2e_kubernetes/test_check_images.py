"""Images that are not what the spec takes them for, found out by running each once in the cluster."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.e2e_kubernetes.command import Vitessctl
from tests.e2e_kubernetes.failures import CLUSTER
from tests.e2e_kubernetes.tool import Tool, ended, interrupt, until
from tests.testbed.fixtures import Bed
from tests.testbed.image_recipes import standins
from tests.testbed.image_recipes.__main__ import cache_folder
from tests.testbed.image_recipes.archive import layer, write
from tests.testbed.image_recipes.entries import Entry

OTHER = "vitess/lite:v24.0.22"
"""Its tag says 24, and in it is 22."""
POOR = "vitess/lite:v24.0.5"
"""It has no vtorc."""
ABSENT = "vitess/lite:v24.0.99"
"""Nobody has it."""


@pytest.fixture(scope="module")
def odd_images(bed: Bed) -> None:
    """The images that are not as they should be."""
    if bed.cluster is None:
        pytest.skip("a cluster that somebody brings does not have these images")
    cache = cache_folder()
    other, poor = standins.images(["vitess/lite:v22.0.1", POOR], cache)
    without_vtorc = layer([Entry("/vt/bin/.wh.vtorc", content=b"")], cache)
    found = [replace(other, name=OTHER), replace(poor, layers=[*poor.layers, without_vtorc])]
    bed.cluster.import_image(write(found, cache))


@pytest.fixture
def vitessctl(bed: Bed, namespace: str) -> Vitessctl:
    """The command for a small cluster."""
    return Vitessctl(bed, namespace, CLUSTER)


def left(bed: Bed, namespace: str) -> list[str]:
    """What is in the namespace, but for what Kubernetes puts there."""
    kinds = "pods,statefulsets,deployments,configmaps,leases"
    return bed.kubectl("-n", namespace, "get", kinds, "-o", "name").replace("configmap/kube-root-ca.crt\n", "").split()


def with_image(vitessctl: Vitessctl, image: str, *more: str) -> Vitessctl:
    return replace(vitessctl, extra=(f"image={image}", *more))


def test_right_images_are_right_and_nothing_is_left(vitessctl: Vitessctl, bed: Bed, namespace: str) -> None:
    ran = vitessctl("check-images").ok()

    assert "The images are what the documents take them for." in ran.screen
    assert "mysqlctld vitess/lite:v24.0.4 24.0.0-REHEARSAL 24" in ran.words, "the image of MySQL borrows it"
    assert "mysqld mysql:8.4.8 8.4.8-rehearsal - - ok" in ran.words
    assert "etcd quay.io/coreos/etcd:v3.5.17 3.5.17 - 12 checked ok" in ran.words
    assert "note:" not in ran.screen
    assert left(bed, namespace) == []


def test_up_goes_on_where_they_are_right(vitessctl: Vitessctl, bed: Bed, namespace: str) -> None:
    ran = vitessctl("up", "--probe").ok()

    assert "7 programs of 3 images were run, and take all" in ran.words
    assert ran.screen.index("7 programs") < ran.screen.index("+ StatefulSet/minimal-etcd")
    assert not [name for name in left(bed, namespace) if "probe" in name]
    status = vitessctl("status").ok()
    assert "probe" not in status.screen


def test_an_image_of_another_release_stops_up_before_anything_is_applied(
    vitessctl: Vitessctl, bed: Bed, namespace: str, odd_images: None
) -> None:
    ran = with_image(vitessctl, OTHER)("up", "--probe")

    assert ran.code == 5, ran.screen
    assert "vtctld has no flag --topo-implementation (it has --topo_implementation)" in ran.words
    assert f"image {OTHER}: it is Vitess 22.0.0-REHEARSAL, and the spec is for 24" in ran.words
    assert 'say `release: "22"` in the spec, or use an image of Vitess 24' in ran.words
    assert not [name for name in left(bed, namespace) if not name.startswith(("configmap/", "lease."))]


def test_a_program_that_the_image_lacks_is_named(
    vitessctl: Vitessctl, bed: Bed, namespace: str, odd_images: None
) -> None:
    ran = with_image(vitessctl, POOR)("check-images")

    assert ran.code == 3, ran.screen
    assert f"the image {POOR} has no program /vt/bin/vtorc to run" in ran.words
    assert f"vtgate {POOR} 24.0.0-REHEARSAL 24" in ran.words, "the others are checked all the same"
    assert left(bed, namespace) == []


def test_an_image_that_is_not_there_is_named_with_its_cause(vitessctl: Vitessctl, bed: Bed, namespace: str) -> None:
    never = [
        f"components.{name}.image_pull_policy=Never" for name in ("vtctld", "mysqld", "vttablet", "vtorc", "vtgate")
    ]
    ran = with_image(vitessctl, ABSENT, *never)("check-images")

    assert ran.code == 3, ran.screen
    assert f"the image {ABSENT} is not on node" in ran.words
    assert left(bed, namespace) == []


def test_ctrl_c_leaves_nothing_behind(bed: Bed, namespace: str) -> None:
    tool = Tool(bed, namespace, CLUSTER, extra=(f"image={ABSENT}",))
    process = tool.start("check-images")
    until(lambda: left(bed, namespace) or process.poll() is not None, "a pod was made")

    interrupt(process)
    code, screen = ended(process, 30)

    assert code == 130, screen
    assert left(bed, namespace) == []


def test_what_a_killed_run_left_is_removed_by_the_next(bed: Bed, namespace: str) -> None:
    tool = Tool(bed, namespace, CLUSTER)
    process = tool.of(f"image={ABSENT}").start("check-images")
    until(lambda: left(bed, namespace) or process.poll() is not None, "a pod was made")
    process.kill()
    ended(process)
    assert left(bed, namespace)

    tool("check-images").ok()

    assert left(bed, namespace) == []
