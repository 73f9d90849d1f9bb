"""Running a program of Vitess in the container of a component."""

from __future__ import annotations

from collections.abc import Sequence

from vitessctl.render.layout_kubernetes import FOLDERS
from vitessctl.targets.base import Pipes, ProgramMissing
from vitessctl.targets.kubernetes.faults import StreamFailed
from vitessctl.targets.kubernetes.interface import KubernetesApi

ABSENT = ("no such file or directory", "executable file not found")
"""What the container's runtime says of a program that the image does not have."""


def execute(api: KubernetesApi, namespace: str, pod: str, container: str, command: Sequence[str], pipes: Pipes) -> int:
    """Run it in that container; gives its exit code. The program is where the image has Vitess's.

    Raises ProgramMissing.
    """
    program = f"{FOLDERS.binaries}/{command[0]}"
    try:
        return api.run(namespace, pod, container, [program, *command[1:]], pipes)
    except StreamFailed as error:
        if program in error.why and any(text in error.why for text in ABSENT):
            raise ProgramMissing(command[0], f"Pod/{pod}", f"the image of its container {container} has none") from None
        raise
