"""The first trial's whole story on this machine, with the newest Vitess and with 2.1: see tests/story/steps.py."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import TARGETS, require_real, short_folder
from tests.story.on_one_machine import OnOneMachine
from tests.story.release import RELEASES
from tests.story.steps import Step
from tests.story.telling import Telling, each_step
from tests.story.trial import Trial
from tests.support.real import release_of, waits_for_a_replica

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module", params=TARGETS)
def story_flag(request: pytest.FixtureRequest) -> str:
    if request.param == "--local":
        require_real()
    return str(request.param)


@pytest.fixture(scope="module", params=RELEASES)
def story(request: pytest.FixtureRequest, story_flag: str) -> Iterator[Telling]:
    durable = True
    if story_flag == "--local":
        if release_of(Path(os.environ["VITESS_BIN"])) != request.param:
            pytest.skip(f"real Vitess: VITESS_BIN does not hold {request.param}")
        durable = waits_for_a_replica(Path(os.environ.get("VT_MYSQL_ROOT", "/usr")))
    with short_folder() as folder:
        place = OnOneMachine(folder, story_flag, RELEASES[request.param], durable)
        telling = Telling(Trial(place))
        try:
            yield telling
        finally:
            telling.print_figures(f"Vitess {request.param}, {story_flag}")
            place.remove()


@each_step
def test_the_story(story: Telling, step: Step) -> None:
    story.tell(step)
