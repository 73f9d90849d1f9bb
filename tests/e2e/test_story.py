"""The first trial's whole story on this machine, with the newest Vitess and with 2.1: see tests/story/steps.py."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.story.on_one_machine import OnOneMachine
from tests.story.release import RELEASES, told_with
from tests.story.telling import tell
from tests.story.trial import Trial
from tests.support.real import release_of, waits_for_a_replica

pytestmark = pytest.mark.timeout(900)


@pytest.mark.parametrize("name", told_with("2.1"))
def test_the_story(name: str, flag: str, state: Path) -> None:
    durable = True
    if flag == "--local":
        if release_of(Path(os.environ["VITESS_BIN"])) != name:
            pytest.skip(f"real Vitess: VITESS_BIN does not hold {name}")
        durable = waits_for_a_replica(Path(os.environ.get("VT_MYSQL_ROOT", "/usr")))
    place = OnOneMachine(state, flag, RELEASES[name], durable)
    try:
        tell(Trial(place), f"Vitess {name} on one machine, {flag}")
    finally:
        place.remove()
