"""The first trial's whole story on a real Kubernetes, with the newest Vitess and with 2.1: see tests/story/steps.py.

Runs on stand-ins, and on real Vitess where VITESS_BIN and MYSQL_ROOT name it, in a namespace for each release.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.e2e_kubernetes.conftest import has_real_servers
from tests.story.on_kubernetes import OnKubernetes
from tests.story.release import RELEASES, told_with
from tests.story.telling import tell
from tests.story.trial import Trial
from tests.support.real import release_of, waits_for_a_replica
from tests.testbed.fixtures import Bed
from tests.testbed.image_recipes import guestbook
from tests.testbed.image_recipes.__main__ import cache_folder

pytestmark = pytest.mark.timeout(900)


@pytest.mark.parametrize("name", told_with("24"))
def test_the_story(name: str, bed: Bed, namespace: str) -> None:
    durable, servers = True, "stand-ins"
    if has_real_servers():
        if release_of(Path(os.environ["VITESS_BIN"])) != name:
            pytest.skip(f"real Vitess: VITESS_BIN does not hold {name}")
        durable, servers = waits_for_a_replica(Path(os.environ["MYSQL_ROOT"]) / "usr"), "real servers"
    if bed.cluster is None:
        pytest.skip("the guestbook's Service is reached from its node, and this one is somebody's")
    bed.cluster.import_image(guestbook.archive("vitessctl-guestbook:1", cache_folder()))
    place = OnKubernetes(bed, namespace, RELEASES[name], durable)
    try:
        tell(Trial(place), f"Vitess {name} on Kubernetes, {servers}")
    finally:
        place.remove()
