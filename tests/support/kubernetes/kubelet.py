"""A kubelet for pods that run once, in memory: containers end at once with what their program prints.

kubelet = Kubelet(api, release="24")
kubelet.lack("vitess/lite:v24", "/vt/bin/vtorc")          # that program is not in the image
kubelet.refuse("vitess/lite:v24.0.99", "ErrImagePull", "…not found")
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.kubernetes.fake import FakeApi
from tests.support.printing import prints
from vitessctl.targets.kubernetes import kinds

STARTED = "2026-01-02T03:04:05Z"


@dataclass
class Kubelet:
    """What the images of a node do. A pod that names what it may not is an AssertionError."""

    api: FakeApi
    release: str = "24"
    seen: list[Mapping[str, Any]] = field(default_factory=list)
    """Every pod that it got, as it was created."""
    idle: bool = False
    """Whether it does nothing: pods stay as they are."""
    _lacking: set[tuple[str, str]] = field(default_factory=set)
    _refused: dict[str, tuple[str, str]] = field(default_factory=dict)
    _foreign: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.api.after(kinds.POD, self._written)

    def lack(self, image: str, program: str) -> None:
        """Take a program out of an image."""
        self._lacking.add((image, program))

    def refuse(self, image: str, reason: str, message: str) -> None:
        """Let an image not come."""
        self._refused[image] = (reason, message)

    def foreign(self, image: str) -> None:
        """Let an image be made for another kind of processor."""
        self._foreign.add(image)

    def _written(self, api: FakeApi, pod: Mapping[str, Any]) -> None:
        if "status" in pod or self.idle:
            return
        self.seen.append(pod)
        spec, metadata = pod["spec"], pod["metadata"]
        assert spec["restartPolicy"] == "Never", "a container that runs once is started again and again"
        assert spec["automountServiceAccountToken"] is False
        init = [self._lends(each, metadata) for each in spec.get("initContainers") or ()]
        ready = all("terminated" in status["state"] and not _code(status) for status in init)
        waits = {"waiting": {"reason": "PodInitializing"}}
        containers = [self._runs(each, metadata) if ready else _status(each, waits) for each in spec["containers"]]
        api.set_status(
            kinds.POD,
            metadata["namespace"],
            metadata["name"],
            {
                "phase": _phase([*init, *containers]),
                "startTime": STARTED,
                "conditions": [{"type": "PodScheduled", "status": "True"}],
                **({"initContainerStatuses": init} if init else {}),
                "containerStatuses": containers,
            },
        )

    def _lends(self, container: Mapping[str, Any], metadata: Mapping[str, Any]) -> Mapping[str, Any]:
        assert container["command"][0] == "cp", "only a copy is made beforehand"
        source = container["command"][1]
        if (container["image"], source) in self._lacking:
            self._print(metadata, container, f"cp: cannot stat '{source}': No such file or directory")
            return _status(container, _ended(1))
        return _status(container, self._waiting(container) or _ended(0))

    def _runs(self, container: Mapping[str, Any], metadata: Mapping[str, Any]) -> Mapping[str, Any]:
        [program], [argument] = container["command"], container["args"]
        if waiting := self._waiting(container):
            return _status(container, waiting)
        if (container["image"], program) in self._lacking:
            message = f'exec: "{program}": stat {program}: no such file or directory: unknown'
            return _status(container, _ended(128, "StartError", message))
        if container["image"] in self._foreign:
            self._print(metadata, container, f"exec {program}: exec format error")
            return _status(container, _ended(255))
        self._print(metadata, container, *prints(program, argument, self.release))
        return _status(container, _ended(0))

    def _waiting(self, container: Mapping[str, Any]) -> Mapping[str, Any] | None:
        reason, message = self._refused.get(container["image"], ("", ""))
        return {"waiting": {"reason": reason, "message": message}} if reason else None

    def _print(self, metadata: Mapping[str, Any], container: Mapping[str, Any], *lines: str) -> None:
        self.api.write_log(metadata["namespace"], metadata["name"], container["name"], *lines)


def _ended(code: int, reason: str = "", message: str = "") -> Mapping[str, Any]:
    reason = reason or ("Error" if code else "Completed")
    return {"terminated": {"exitCode": code, "reason": reason, **({"message": message} if message else {})}}


def _status(container: Mapping[str, Any], state: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"name": container["name"], "restartCount": 0, "state": dict(state)}


def _code(status: Mapping[str, Any]) -> int:
    return int(status["state"].get("terminated", {}).get("exitCode", 0))


def _phase(statuses: list[Mapping[str, Any]]) -> str:
    """A failed init container fails the pod, although its containers wait for ever."""
    failed = any(_code(status) for status in statuses)
    over = all("terminated" in status["state"] for status in statuses)
    initialising = any(status["state"].get("waiting", {}).get("reason") == "PodInitializing" for status in statuses)
    if failed and (over or initialising):
        return "Failed"
    return "Succeeded" if over else "Pending"
