"""A real Kubernetes with the images of the stand-ins on its node, and `vitessctl` as a person calls it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e_kubernetes.cluster import Cluster
from tests.e2e_kubernetes.command import INVENTORY, Vitessctl
from tests.support.kubernetes.proxy import NoCredentials, Proxy
from tests.support.order import first
from tests.testbed import fixtures
from tests.testbed.fixtures import Bed
from tests.testbed.image_recipes.__main__ import build
from tests.testbed.image_recipes.names import image_names

LONGEST = ("test_nothing_to_do", "test_story")
NEXT_IMAGE = "vitess/lite:v24.0.3"
"""What a cluster is rolled to."""


def has_real_servers() -> bool:
    """Whether the images are made of real Vitess, MySQL and etcd."""
    return bool(os.environ.get("VITESS_BIN") and os.environ.get("MYSQL_ROOT"))


bare_bed = fixtures.bed
namespace = fixtures.namespace


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that take minutes each do not begin last."""
    first(items, LONGEST)


@pytest.fixture(scope="session")
def bed(bare_bed: Bed) -> Bed:
    """A cluster whose node has every image that the inventories name; one that somebody brings has to have them."""
    if bare_bed.cluster is not None:
        real = has_real_servers()
        bare_bed.cluster.import_image(build([*image_names(real), NEXT_IMAGE], real))
    return bare_bed


@pytest.fixture
def vitessctl(bed: Bed, namespace: str) -> Vitessctl:
    """The command, for a namespace of the test's own."""
    return Vitessctl(bed, namespace)


@pytest.fixture(scope="module")
def cluster(bed: Bed) -> Iterator[Cluster]:
    """inventories/minimal in a namespace for all tests of a module; not up yet."""
    with fixtures.fresh_namespace(bed) as namespace:
        yield Cluster(bed, namespace, Vitessctl(bed, namespace, INVENTORY))


@pytest.fixture
def proxy(bed: Bed, tmp_path: Path) -> Iterator[Proxy]:
    """Between the command and the API server; the test is skipped where it cannot be that."""
    with ExitStack() as stack:
        try:
            made = stack.enter_context(Proxy.before(bed.kubeconfig, tmp_path))
        except NoCredentials as error:
            pytest.skip(f"a proxy cannot take the tool's place: {error}")
        yield made
