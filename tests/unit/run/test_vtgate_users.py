"""vtgate is asked as somebody who may connect; where nobody's password is known, what it sees has to do."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.support.world import a_cluster, context_of, open_world
from tests.support.world.stages import BY_NAME
from vitessctl.model.cluster import User
from vitessctl.run.context import Context
from vitessctl.run.query import Question
from vitessctl.targets.base import Address

APP = User("app", "s3cret")


@pytest.mark.parametrize(("known", "asked"), [((), [()]), ((APP,), [(APP,)]), (None, [])])
def test_as_whom_the_query_is_sent(
    monkeypatch: pytest.MonkeyPatch, known: Sequence[User] | None, asked: list[Sequence[User]]
) -> None:
    context: Context = context_of(open_world(), a_cluster())
    seen: list[Sequence[User]] = []

    def ping(address: Address, users: Sequence[User], question: Question) -> str:
        seen.append(users)
        return ""

    monkeypatch.setattr(context.target, "users", lambda: known)
    context.ping = ping

    assert BY_NAME["vtgate"].converge(context).ready
    assert seen == asked
