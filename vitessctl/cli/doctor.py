"""`vitessctl doctor`: every check that there is, and the fixes that cannot do any harm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vitessctl.cli import options
from vitessctl.cli.grouped import grouped
from vitessctl.cli.printing import print_json
from vitessctl.cli.session import SpecOptions, Where, context_of, documents_of, ground_of, load_for, open_target
from vitessctl.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from vitessctl.doctor.carrying_out import Outcome
    from vitessctl.doctor.diagnosis import Diagnosis, Look
    from vitessctl.run.context import Context
    from vitessctl.targets.ground import Ground

EXAMPLE = "Example:  vitessctl doctor -i inventories/minimal --fix"


@grouped
def command(
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    fix: Annotated[
        bool, typer.Option("--fix", help="Do what is safe, one by one, and look after each whether it helped.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="With --fix: only show what would be done.")] = False,
    max_lag: Annotated[
        float, typer.Option("--max-lag", metavar="SECONDS", min=0, help="From when on a lag is a warning.")
    ] = 30.0,
    output: options.OutputFormat = options.Output.text,
    yes: options.Yes = False,
    verbose: options.Verbose = 0,
) -> None:
    """Find everything that is wrong: status, what up would stumble over, versions, clocks, disks, certificates.

    Exit code 3: not healthy; warnings alone are 0. What --fix does cannot lose a row or a volume.
    """
    if check and not fix:
        raise UsageError("--check goes with --fix", fix="leave it out: without --fix nothing is changed anyway")
    from vitessctl import __version__
    from vitessctl.doctor.diagnosis import looker
    from vitessctl.run.clock import SystemClock

    cluster, name = load_for(spec_options, where)
    with open_target(cluster, name, where) as target:
        run = context_of(cluster, target, documents_of(cluster, target.name, spec_options))
        ground, clock = ground_of(target), SystemClock()
        look = looker(run, ground, __version__, max_lag)
        seen_at = clock.now()
        found = look()
        _print(found, output, verbose)
        if fix and _to_be_done(found, output, check, yes):
            quick = looker(run, ground, __version__, max_lag, whole=False)
            _carry_out(run, ground, quick, found, seen_at, output)
            found = look()
            _print(found, output, verbose)
    if not found.healthy:
        raise typer.Exit(int(ExitCode.NOT_READY))


def _print(found: Diagnosis, output: options.Output, verbose: int) -> None:
    from vitessctl.report.doctor import diagnosis_data, diagnosis_lines

    if output is options.Output.json:
        print_json(diagnosis_data(found))
        return
    from vitessctl.report.screen import console

    out = console()
    for line, style in diagnosis_lines(found, out.width if out.is_terminal else 0, verbose):
        out.print(line, style=style)


def _to_be_done(found: Diagnosis, output: options.Output, check: bool, yes: bool) -> bool:
    """Whether something is to be done, and a person who sits there wants it."""
    from vitessctl.cli.confirm import confirmed
    from vitessctl.report.doctor import step_lines

    text = output is options.Output.text
    lines = list(step_lines(found))
    if text:
        typer.echo("")
        for line in ["--fix does this, in this order:", *lines] if lines else ["There is nothing that --fix could do."]:
            typer.echo(line)
    if check or not lines:
        return False
    if not confirmed("Do this?", yes):
        typer.echo("Nothing was changed.")
        return False
    return True


def _carry_out(
    run: Context, ground: Ground, look: Look, found: Diagnosis, seen_at: float, output: options.Output
) -> None:
    from vitessctl.doctor.carrying_out import Healer
    from vitessctl.run import events
    from vitessctl.run.clock import SystemClock
    from vitessctl.targets.base import Run

    clock = SystemClock()
    held = Run("doctor", run.documents, lambda event: None, run.cancelled)
    with run.target.changing(held) as heard:
        run.acted = lambda stage, action, changed: heard(
            events.ActionTaken(clock.now() - seen_at, stage, action, changed)
        )
        for outcome in Healer(run, ground, look, clock).carry_out(found, seen_at):
            _tell(outcome, output)
    if output is options.Output.text:
        typer.echo("")


def _tell(outcome: Outcome, output: options.Output) -> None:
    from vitessctl.report.doctor import outcome_data, outcome_line

    if output is options.Output.json:
        print_json(outcome_data(outcome))
        return
    from vitessctl.report.screen import console

    line, style = outcome_line(outcome)
    console().print(line, style=style)
