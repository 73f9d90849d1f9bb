"""A real Kubernetes with the images of the stand-ins on its node, and `vitessctl` as a person calls it."""

from __future__ import annotations

import os

import pytest

from tests.e2e_kubernetes.command import Vitessctl
from tests.testbed import fixtures
from tests.testbed.fixtures import Bed
from tests.testbed.image_recipes.__main__ import build
from tests.testbed.image_recipes.names import image_names

NEXT_IMAGE = "vitess/lite:v24.0.3"
"""What a cluster is rolled to."""


bare_bed = fixtures.bed
namespace = fixtures.namespace


@pytest.fixture(scope="session")
def bed(bare_bed: Bed) -> Bed:
    """A cluster whose node has every image that the inventories name; one that somebody brings has to have them."""
    if bare_bed.cluster is not None:
        real = bool(os.environ.get("VITESS_BIN") and os.environ.get("MYSQL_ROOT"))
        bare_bed.cluster.import_image(build([*image_names(real), NEXT_IMAGE], real))
    return bare_bed


@pytest.fixture
def vitessctl(bed: Bed, namespace: str) -> Vitessctl:
    """The command, for a namespace of the test's own."""
    return Vitessctl(bed, namespace)
