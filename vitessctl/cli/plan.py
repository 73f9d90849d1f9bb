"""`vitessctl plan`: what `up` would do, without doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vitessctl import garbage
from vitessctl.cli import options
from vitessctl.cli.grouped import grouped
from vitessctl.cli.next_steps import same_cluster
from vitessctl.cli.printing import print_json
from vitessctl.cli.session import SpecOptions, Where, context_of, documents_of, load_for, open_target, other_ways
from vitessctl.errors import ExitCode

if TYPE_CHECKING:
    from vitessctl.plan.plan import Plan

EXAMPLE = "Example:  vitessctl plan -i inventories/minimal --rehearse --diff"


@grouped
def command(
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    diff: options.Diff = False,
    detailed: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 when changes are pending, 0 when none are.")
    ] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Plan also to stop what is not in the spec any more.")] = False,
    output: options.OutputFormat = options.Output.text,
    verbose: options.Verbose = 0,
) -> None:
    """Show what up would change, and what that means for data and for serving. Changes nothing."""
    from vitessctl.run.foresee import make_plan

    cluster, name = load_for(spec_options, where, new=True)
    with open_target(cluster, name, where, look_ahead=True) as target, garbage.left_alone(keep=True):
        documents = documents_of(cluster, target.name, spec_options)
        with other_ways(where):
            plan = make_plan(context_of(cluster, target, documents, prune))
        applies = f"vitessctl up {same_cluster(spec_options, target.name, where)}{' --prune' if prune else ''}"
    show(plan, output, command=f"{applies} --plan {plan.digest}", diff=diff)
    if detailed and not plan.is_empty:
        raise typer.Exit(int(ExitCode.CHANGES))


def show(plan: Plan, output: options.Output, *, command: str = "", diff: bool = False) -> None:
    """Print a plan as the person asked for it. `command` is what applies exactly this."""
    if output is options.Output.json:
        print_json({**plan.data, "apply": command})
        return
    from vitessctl.report.plan import print_plan
    from vitessctl.report.screen import console

    print_plan(plan, console(), command=command, diff=diff)
