"""Everything that keeps a cluster from coming up, made to happen on a real Kubernetes: cause and remedy are told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e_kubernetes.conftest import has_real_servers
from tests.e2e_kubernetes.failures import Failure, failures
from tests.e2e_kubernetes.runs import Runs, told_after, wrote
from tests.testbed.fixtures import Bed


def marked(failure: Failure) -> pytest.ParameterSet:
    """A case with its marks: what only real servers do, and what not every `make test` has the time for."""
    marks = [pytest.mark.real] if failure.real else [] if failure.default else [pytest.mark.slow]
    return pytest.param(failure, id=failure.name, marks=marks)


@pytest.fixture(scope="session")
def runs(bed: Bed, request: pytest.FixtureRequest) -> Iterator[Runs]:
    """All failures that this session looks at, begun at once."""
    chosen = [item.callspec.params["failure"] for item in request.session.items if _is_case(item)]
    begun = Runs(bed, [failure for failure in chosen if can_fail(failure)])
    yield begun
    begun.close()


def can_fail(failure: Failure) -> bool:
    """Whether what runs in the pods can fail so."""
    return has_real_servers() or not failure.real


def _is_case(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and item.function is test_cause_and_remedy_are_on_the_screen


@pytest.mark.timeout(600)
@pytest.mark.parametrize("failure", [marked(failure) for failure in failures()])
def test_cause_and_remedy_are_on_the_screen(failure: Failure, request: pytest.FixtureRequest) -> None:
    if not can_fail(failure):
        pytest.skip("the stand-ins do not fail so: it takes images of real Vitess and MySQL (VITESS_BIN, MYSQL_ROOT)")
    ran = request.getfixturevalue("runs").of(failure)
    assert ran.code == failure.exit, ran.screen
    for text in (failure.cause, failure.fix, failure.evidence):
        assert text in ran.words, f"nothing says {text!r}:\n{ran.screen}"
    assert wrote(ran) is not failure.refused, ran.screen
    assert told_after(ran, failure.cause) <= failure.told, ran.screen
