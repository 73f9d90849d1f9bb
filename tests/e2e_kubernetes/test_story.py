"""The first trial's whole story on a real Kubernetes, with the newest Vitess and with 2.1: see tests/story/steps.py.

Runs on stand-ins, and on real Vitess where VITESS_BIN and MYSQL_ROOT name it, in a namespace for each release.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e_kubernetes.conftest import has_real_servers
from tests.story.on_kubernetes import OnKubernetes
from tests.story.release import RELEASES
from tests.story.steps import Step
from tests.story.telling import Telling, each_step
from tests.story.trial import Trial
from tests.support.real import release_of, waits_for_a_replica
from tests.testbed import fixtures
from tests.testbed.fixtures import Bed
from tests.testbed.image_recipes import guestbook
from tests.testbed.image_recipes.__main__ import cache_folder

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module", params=RELEASES)
def story(request: pytest.FixtureRequest, bed: Bed) -> Iterator[Telling]:
    durable = True
    if has_real_servers():
        if release_of(Path(os.environ["VITESS_BIN"])) != request.param:
            pytest.skip(f"real Vitess: VITESS_BIN does not hold {request.param}")
        durable = waits_for_a_replica(Path(os.environ["MYSQL_ROOT"]) / "usr")
    if bed.cluster is None:
        pytest.skip("the guestbook's Service is reached from its node, and this one is somebody's")
    bed.cluster.import_image(guestbook.archive("vitessctl-guestbook:1", cache_folder()))
    with fixtures.fresh_namespace(bed) as namespace:
        place = OnKubernetes(bed, namespace, RELEASES[request.param], durable)
        telling = Telling(Trial(place))
        try:
            yield telling
        finally:
            telling.print_figures(f"Vitess {request.param}, Kubernetes, {'real' if has_real_servers() else 'stand-ins'}")
            place.remove()


@each_step
def test_the_story(story: Telling, step: Step) -> None:
    story.tell(step)
