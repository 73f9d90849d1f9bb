"""What `doctor` says of a cluster: its findings and `status`'s together, and what `--fix` would do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from vitessctl.doctor import checks
from vitessctl.doctor.catalogue import worst_first
from vitessctl.doctor.examine import cell_looks, cells_of, examine
from vitessctl.doctor.examined import Case, Examined
from vitessctl.doctor.fixing import Step, steps
from vitessctl.errors import VitessctlError
from vitessctl.run.context import Context
from vitessctl.status.catalogue import Finding, Severity
from vitessctl.status.judge import judge
from vitessctl.status.looks import Looks
from vitessctl.status.observe import observe
from vitessctl.status.observed import Observed
from vitessctl.status.report import Status
from vitessctl.status.view import MAX_LAG, View
from vitessctl.targets.ground import Ground, Jam

JAMS_SECONDS = 5.0


@dataclass(frozen=True)
class Diagnosis:
    """One look with everything that was found."""

    status: Status
    """What `status` says, with its own findings alone."""
    case: Case
    findings: tuple[Finding, ...]
    """Of both, the worst first."""
    steps: tuple[Step, ...]
    """In the order in which `--fix` does them; those that it refuses are among them."""

    @property
    def healthy(self) -> bool:
        """No error, and nothing unknown."""
        return all(each.severity is Severity.WARNING for each in self.findings)

    @property
    def health(self) -> str:
        """`ready, 2 warnings`, in the words of `status`."""
        return replace(self.status, ready=self.healthy, findings=self.findings).health

    @property
    def to_do(self) -> tuple[Step, ...]:
        """What `--fix` does."""
        return tuple(step for step in self.steps if not step.refusal)

    def step_of(self, finding: Finding) -> Step | None:
        """What `--fix` knows of a finding."""
        return next((s for s in self.steps if s.subject == finding.subject and finding.id in s.findings), None)


Look = Callable[[], Diagnosis]


def diagnose(case: Case, status: Status) -> Diagnosis:
    """Judge what was seen. Pure."""
    findings = worst_first((*status.findings, *checks.findings(case)))
    return Diagnosis(status, case, findings, steps(case, findings))


def looker(context: Context, ground: Ground, tool: str, max_lag: float = MAX_LAG, whole: bool = True) -> Look:
    """What looks, over the same connections each time. `tool`: the version of this vitessctl.

    `whole`: whether at everything, or just at what `--fix` can do something about, which is quicker.
    """
    cluster, target = context.cluster, context.target

    def look() -> Diagnosis:
        target.look_again()
        observed, examined = seen()
        view = View(cluster, observed, target.name, max_lag)
        status = judge(cluster, target.name, observed, target.published, max_lag)
        return diagnose(Case(view, examined, context.topology_address, tool), status)

    def everything() -> tuple[Observed, Examined]:
        return examine(context, ground, lambda: observe(context))

    def what_can_be_fixed() -> tuple[Observed, Examined]:
        with Looks(JAMS_SECONDS) as looks:
            cells = cell_looks(context, looks)
            return observe(context), Examined(time.time(), jams=_jams(ground), cells=cells_of(cells))

    seen = everything if whole else what_can_be_fixed
    return look


def _jams(ground: Ground) -> tuple[Jam, ...]:
    """None where they cannot be seen: then nothing is done to them."""
    with Looks(JAMS_SECONDS) as looks:
        try:
            return tuple(looks.at("pods that hang", ground.jams, JAMS_SECONDS).result())
        except VitessctlError:
            return ()
