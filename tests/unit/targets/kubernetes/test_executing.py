"""Programs of Vitess that are run in the container of a component."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.unit.targets.kubernetes.test_podlogs import a_pod
from vitessctl.targets.base import Pipes, ProgramMissing
from vitessctl.targets.kubernetes.executing import execute
from vitessctl.targets.kubernetes.faults import StreamFailed
from vitessctl.targets.kubernetes.interface import Executed

RUNTIME = 'OCI runtime exec failed: exec: "/vt/bin/vtctldclient": stat /vt/bin/vtctldclient: no such file or directory'


def a_namespace() -> FakeApi:
    api = FakeApi(namespaces=["prod"])
    api.put(a_pod("vtctld-0", "vtctld"))
    return api


def run(api: FakeApi, folder: Path) -> tuple[int, str]:
    screen = folder / "screen"
    with screen.open("wb") as out:
        pipes = Pipes(None, out.fileno(), out.fileno())
        code = execute(api, "prod", "vtctld-0", "vtctld", ["vtctldclient", "GetTablets"], pipes)
    return code, screen.read_text()


def test_the_program_is_where_the_image_has_vitess(tmp_path: Path) -> None:
    api, ran = a_namespace(), []

    def answer(pod: str, container: str, command: Sequence[str]) -> Executed:
        ran.append((pod, container, list(command)))
        return Executed(3, "zone1-0000000100\n", "careful\n")

    api.on_execute(answer)

    assert run(api, tmp_path) == (3, "zone1-0000000100\ncareful\n")
    assert ran == [("vtctld-0", "vtctld", ["/vt/bin/vtctldclient", "GetTablets"])]


@pytest.mark.parametrize(("why", "raised"), [(RUNTIME, ProgramMissing), ("the pod is gone", StreamFailed)])
def test_an_image_without_the_program_is_told_from_a_pod_that_is_gone(
    why: str, raised: type[Exception], tmp_path: Path
) -> None:
    def answer(pod: str, container: str, command: Sequence[str]) -> Executed:
        raise StreamFailed("run vtctldclient", "Pod/vtctld-0", why)

    api = a_namespace()
    api.on_execute(answer)

    with pytest.raises(raised):
        run(api, tmp_path)
