"""Applications: the health page of each answers with status 200.

They start last, when tables are there and vtgate serves, so that a program that ends where it finds no database comes
up as well.
"""

from __future__ import annotations

from vitessctl.model.applications import COMPONENT, Application
from vitessctl.run.context import Context
from vitessctl.run.reasons import together
from vitessctl.run.stage import Stage
from vitessctl.targets.base import Verdict

SHOWN = 200
"""Characters of a health page that are shown."""


def converge(context: Context) -> Verdict:
    """Ready when every application is."""
    wanted = [application for application in context.cluster.applications if application.replicas]
    faults = {each.name: fault for each in wanted if (fault := _fault(context, each))}
    if faults:
        return Verdict.waiting(together(faults))
    return Verdict.done(f"{', '.join(each.name for each in wanted) or 'none'} answer{'s' if len(wanted) == 1 else ''}")


def _fault(context: Context, application: Application) -> str:
    if context.target.known_ready(COMPONENT, application.name):
        return ""
    answer = context.get(context.target.address(COMPONENT, application.name, "http"), application.health)
    if answer.ok:
        return ""
    said = " ".join(answer.text.split())[:SHOWN]
    if not answer.status:
        return said
    return f"{application.health} gives HTTP status {answer.status}{f': {said}' if said else ''}"


def applies(context: Context) -> bool:
    """Only where the spec has any."""
    return bool(context.cluster.applications)


STAGE = Stage("applications", ("schema", "vtgate"), "the applications to serve", converge, applies)
