"""The whole check, over any target."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from vitessctl.model.cluster import Cluster
from vitessctl.probe.checked import Checked
from vitessctl.probe.judge import judge
from vitessctl.probe.programs import find
from vitessctl.probe.questions import ask
from vitessctl.render.documents import Document
from vitessctl.targets.base import Target


def check(
    cluster: Cluster, documents: Sequence[Document], target: Target, cancelled: threading.Event | None = None
) -> Checked:
    """Run every program of the documents once and compare. Raises what the target raises; differences are in it."""
    programs, hidden = find(documents)
    asked = ask(programs)
    answers = target.run_once([each.question for each in asked], cancelled or threading.Event())
    return judge(cluster, target.name, asked, answers, hidden)


def announced(documents: Sequence[Document]) -> str:
    """What a plan says of it, where it makes pods."""
    images = dict.fromkeys(image for program in find(documents)[0] for image in (program.image, program.runs_in))
    return (
        f"--probe first runs {', '.join(images)} in short-lived pods, with the help flag of each program, and removes"
        " them; nothing else is applied if they differ from what is rendered"
    )
