"""`vitessctl drill`: kill something for real while rows are written, and say what that cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from vitessctl.cli import options
from vitessctl.cli.grouped import grouped
from vitessctl.cli.printing import print_as
from vitessctl.cli.session import SpecOptions, Where, context_of, documents_of, load_for, open_target
from vitessctl.drills.names import Name
from vitessctl.errors import ConflictError, ExitCode, UsageError

if TYPE_CHECKING:
    from vitessctl.drills.conduct import Look
    from vitessctl.drills.report import Report
    from vitessctl.drills.wanted import Wanted
    from vitessctl.model.cluster import Cluster, Shard
    from vitessctl.run.context import Context
    from vitessctl.run.events import Listener
    from vitessctl.sql.session import Place
    from vitessctl.status.observed import Observed
    from vitessctl.status.report import Status
    from vitessctl.targets.kubernetes.target import KubernetesTarget
    from vitessctl.targets.local import LocalTarget

EXAMPLE = "Example:  vitessctl drill kill-primary -i inventories/minimal -e drills=allowed --rehearse"


@grouped
def command(
    drill: Annotated[Name, typer.Argument(metavar="DRILL", help=f"One of {', '.join(name.value for name in Name)}.")],
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    keyspace: Annotated[
        str,
        typer.Option(
            "--keyspace",
            metavar="KEYSPACE[/SHARD]",
            help="Where rows are written, and whose tablets are hit. Default: the first shard of the first keyspace.",
        ),
    ] = "",
    node: Annotated[
        str, typer.Option("--node", metavar="NAME", help="Of drain-node. Default: the node of the shard's primary.")
    ] = "",
    timeout: Annotated[
        str, typer.Option("--timeout", metavar="DURATION", help="How long healing may take: 90s, 5m.")
    ] = "5m",
    anyway: Annotated[bool, typer.Option("--anyway", help="Also on a cluster that is not healthy.")] = False,
    output: options.OutputFormat = options.Output.text,
    yes: options.Yes = False,
    verbose: options.Verbose = 0,
) -> None:
    """Kill servers for real while rows are written and read through vtgate; report the outage, rows lost, time to heal.

    The spec has to say `drills: allowed`. Exit code 3: not healed in time. 8: acknowledged rows are lost.
    """  # fmt: skip
    from vitessctl.cli.up import listener_of
    from vitessctl.drills.catalogue import DRILLS
    from vitessctl.drills.victims import refuse
    from vitessctl.run.events import RunStarted

    seconds = _seconds(timeout)
    cluster, name = load_for(spec_options, where)
    shard = _shard(cluster, keyspace)
    with open_target(cluster, name, where) as target:
        refuse(cluster, DRILLS[drill], target.name)
        run = context_of(cluster, target, documents_of(cluster, target.name, spec_options))
        listener = listener_of(output, verbose)
        listener(RunStarted(0.0, f"drill {drill.value}", cluster.name, target.name))
        look = _looker(run, target)

        def chosen() -> Wanted:
            return _wanted(run, drill, shard, look, node, anyway, seconds)

        wanted = chosen()
        _show(wanted, output)
        _approve(yes)
        _carry_out(run, target, wanted, chosen, look, listener, output)


def _seconds(text: str) -> float:
    from vitessctl.model.durations import seconds

    try:
        return seconds(text)
    except ValueError as error:
        raise UsageError(f"--timeout {text} is no duration", why=str(error), fix="write 90s, or 5m") from None


def _shard(cluster: Cluster, word: str) -> Shard:
    """The shard that is meant; of a keyspace its first."""
    from vitessctl.heal.shards import chosen_shards

    return chosen_shards(cluster, word)[0]


def _looker(run: Context, target: LocalTarget | KubernetesTarget) -> Look:
    from vitessctl.status.judge import judge
    from vitessctl.status.observe import observe

    def look() -> tuple[Observed, Status]:
        observed = observe(run)
        return observed, judge(run.cluster, target.name, observed, target.published)

    return look


def _wanted(run: Context, name: Name, shard: Shard, look: Look, node: str, anyway: bool, seconds: float) -> Wanted:
    """The drill as the cluster stands now, with a table of its own."""
    from dataclasses import replace

    from vitessctl.drills.catalogue import DRILLS
    from vitessctl.drills.wanted import TABLE, wanted
    from vitessctl.run.runs import time_text, utc_now

    found = wanted(run.cluster, run.release, DRILLS[name], shard, look(), node, anyway)
    moment = re.sub(r"\W", "", time_text(utc_now())).lower()
    return replace(found, seconds=seconds, table=f"{TABLE}_{moment}")


def _show(wanted: Wanted, output: options.Output) -> None:
    from vitessctl.report.drill import wanted_data, wanted_lines

    print_as(output, wanted, wanted_data, wanted_lines)


def _approve(yes: bool) -> None:
    from vitessctl.cli.confirm import confirmed

    if not confirmed("Kill this?", yes):
        typer.echo("Nothing was done.")
        raise typer.Exit(int(ExitCode.ERROR))


def _carry_out(
    run: Context,
    target: LocalTarget | KubernetesTarget,
    wanted: Wanted,
    chosen: Callable[[], Wanted],
    look: Look,
    listener: Listener,
    output: options.Output,
) -> None:
    """Under the lock; what did not go well is raised within it, so that the history has it."""
    from dataclasses import replace

    from vitessctl.drills.conduct import Conductor
    from vitessctl.drills.ends import end_of
    from vitessctl.run.clock import SystemClock
    from vitessctl.run.runs import utc_now
    from vitessctl.targets.base import Run

    found: list[Wanted] = []

    def again() -> str:
        """Nobody else changes anything now."""
        now = chosen()
        if _labels(now) != _labels(wanted):
            raise _moved(wanted, now)
        found.append(replace(now, table=wanted.table))
        return ""

    held = Run(f"drill {wanted.drill.name.value}", run.documents, listener, run.cancelled, plan=again)
    with target.changing(held) as heard:
        report = Conductor(run, found[-1], look, _connect(run, target), SystemClock(), utc_now, heard).conduct()
        _show_report(report, output)
        if (error := end_of(report)) is not None:
            raise error


def _connect(run: Context, target: LocalTarget | KubernetesTarget) -> Callable[[str], Place]:
    from vitessctl.cli.sql import gate
    from vitessctl.drills.clients import ANSWER_SECONDS

    return lambda keyspace: gate(target, run.cluster, keyspace, None, ANSWER_SECONDS)


def _moved(before: Wanted, now: Wanted) -> ConflictError:
    return ConflictError(
        "the cluster changed meanwhile; nothing was killed",
        where=before.shard.path,
        why=f"{_labels(before)} was to be killed, but now it would be {_labels(now)}",
        fix="look again, and run the same command once more",
    )


def _labels(wanted: Wanted) -> str:
    return ", ".join(each.label for each in wanted.victims)


def _show_report(report: Report, output: options.Output) -> None:
    from vitessctl.report.drill import report_data, report_lines

    print_as(output, report, report_data, report_lines)
