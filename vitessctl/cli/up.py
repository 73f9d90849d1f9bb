"""`vitessctl up`: bring the cluster up, or on from where it stands."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, NoReturn, Optional

import typer

from vitessctl import garbage
from vitessctl.cli import options
from vitessctl.cli.grouped import grouped
from vitessctl.cli.session import SpecOptions, Where, context_of, documents_of, load_for, open_target, other_ways
from vitessctl.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from vitessctl.plan.plan import Plan
    from vitessctl.run.context import Context
    from vitessctl.run.events import Listener

EXAMPLE = "Example:  vitessctl up -i inventories/minimal --rehearse"


Prune = Annotated[
    bool, typer.Option("--prune", help="Also stop what is not in the spec any more; its data stays.")
]  # fmt: skip
Check = Annotated[
    bool, typer.Option("--check", help="Show the plan and change nothing, as `plan` does.")
]  # fmt: skip
PlanDigest = Annotated[
    str, typer.Option("--plan", metavar="DIGEST", help="Do this only if the plan is still that one, as shown.")
]
Allow = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--allow", metavar="DANGER", help="Allow what loses data or takes much away; the plan names it."),
]
Probe = Annotated[
    bool,
    typer.Option(
        "--probe",
        help="First run each image once with its help flag, as check-images does; apply nothing if one differs.",
    ),
]


@grouped
def command(
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    prune: Prune = False,
    check: Check = False,
    diff: options.Diff = False,
    plan_digest: PlanDigest = "",
    allow: Allow = None,
    probe: Probe = False,
    output: options.OutputFormat = options.Output.text,
    yes: options.Yes = False,
    verbose: options.Verbose = 0,
) -> None:
    """Bring the cluster up in order, waiting for each part. Safe to run again: it changes just what differs."""
    if check and probe:
        _refuse_both()
    cluster, name = load_for(spec_options, where, new=True)
    with open_target(cluster, name, where, look_ahead=True) as target:
        with garbage.left_alone(keep=True), other_ways(where):
            run = context_of(cluster, target, documents_of(cluster, name, spec_options), prune)
            plan = _planned(run, wanted=name == "kubernetes" or check or diff or bool(plan_digest), probe=probe)
        if plan is not None and (check or diff or _asks(plan, yes)):
            from vitessctl.cli.plan import show

            show(plan, output, diff=diff)
        if check:
            return
        if plan is not None:
            _approve(plan, plan_digest, yes, allow or ())
        digest = plan_digest or (plan.digest if plan and _asks(plan, yes) else "")
        _bring_up(run, plan, digest, listener_of(output, verbose), probe)
        if output is options.Output.text:
            from vitessctl.cli.next_steps import next_steps

            for line in next_steps(cluster, target, spec_options, where):
                typer.echo(line)


def _refuse_both() -> NoReturn:
    raise UsageError(
        "--check and --probe exclude each other",
        why="--check changes nothing, and --probe runs the images, on Kubernetes in pods",
        fix="take --check to see the plan; to look only at the images: vitessctl check-images",
    )


def _planned(run: Context, *, wanted: bool, probe: bool) -> Plan | None:
    """On one machine looking ahead costs as much as looking: nobody waits for it unless it was asked for."""
    from vitessctl.run.foresee import make_plan

    plan = make_plan(run) if wanted else None
    return _with_probe(plan, run) if plan and probe and run.target.name == "kubernetes" else plan


def _with_probe(plan: Plan, run: Context) -> Plan:
    """The pods of a probe are no documents, but they are made: a person who is asked has to know."""
    from dataclasses import replace

    from vitessctl.probe.check import announced

    return replace(plan, notes=(*plan.notes, announced(run.documents)))


def _asks(plan: Plan, yes: bool) -> bool:
    from vitessctl.cli.confirm import somebody_there

    return not plan.is_empty and not yes and somebody_there()


def _approve(plan: Plan, digest: str, yes: bool, allowed: Sequence[str]) -> None:
    from vitessctl.cli.confirm import approved
    from vitessctl.plan.safety import changed

    if digest:
        changed(plan, digest)
    if not plan.is_empty and not approved(plan, yes=yes, allowed=allowed):
        typer.echo("Nothing was changed.")
        raise typer.Exit(int(ExitCode.ERROR))


def _again(run: Context, approved: str) -> Callable[[], str]:
    """Looks once more when nobody else can change anything: what was approved is what is done, or nothing is."""

    def look() -> str:
        from vitessctl.plan.safety import changed
        from vitessctl.run.foresee import make_plan

        if approved:
            run.target.look_again()
            changed(make_plan(run), approved)
        return approved

    return look


def _bring_up(context: Context, plan: Plan | None, digest: str, listener: Listener, probe: bool) -> None:
    """`plan`: what was looked at before, if anything was; `digest`: which plan has to be the one that is done."""
    from vitessctl.run.engine import Engine
    from vitessctl.run.events import RunStarted
    from vitessctl.run.stages import STAGES
    from vitessctl.run.surplus import name_surplus
    from vitessctl.targets.base import Run

    pending = probe or plan is None or not plan.is_empty
    run = Run("up", context.documents, listener, context.cancelled, pending, _again(context, digest), probes=probe)
    listener(RunStarted(0.0, run.command, context.cluster.name, context.target.name))
    with context.target.changing(run) as heard:
        if probe:
            _probe(context, heard)
        if plan is None and not context.prune:
            name_surplus(context, heard)
        Engine(context, STAGES, heard).run()


def _probe(context: Context, listener: Listener) -> None:
    """Raises ImagesDiffer, before anything else is applied."""
    from vitessctl.probe.check import check
    from vitessctl.run.events import Notice

    checked = check(context.cluster, context.documents, context.target, context.cancelled)
    for note in checked.notes:
        listener(Notice(0.0, note))
    checked.raise_errors()
    listener(Notice(0.0, checked.summary))


def listener_of(output: options.Output, verbose: int) -> Listener:
    """The reader of events that the person asked for."""
    if output is options.Output.json:
        from vitessctl.report.jsonlines import JsonLines

        return JsonLines(sys.stdout)
    from vitessctl.report.screen import Screen, console

    return Screen(console(), verbose)
