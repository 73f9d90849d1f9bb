"""`vitessctl status`: what is there, beside what the spec wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import sleep
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from vitessctl.cli import options
from vitessctl.cli.grouped import grouped
from vitessctl.cli.printing import print_json
from vitessctl.cli.session import SpecOptions, Where, context_of, documents_of, load_for, open_target
from vitessctl.errors import ExitCode, UsageError, VitessctlError

if TYPE_CHECKING:
    from vitessctl.status.report import Status

EXAMPLE = "Example:  vitessctl status -i inventories/minimal --output json"
DEFAULT_SECONDS = 2.0


@grouped
def command(
    every: Annotated[
        Optional[float],  # noqa: UP045
        typer.Argument(metavar="[SECONDS]", min=0.1, help="With --watch or --web: how long from one look to the next."),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Look again and again until Ctrl-C.")] = False,
    max_lag: Annotated[
        float, typer.Option("--max-lag", metavar="SECONDS", min=0, help="From when on a lag is a warning.")
    ] = 30.0,
    web: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--web", metavar="PORT", min=0, max=65535, help="A page of this machine that follows it; 0: any."),
    ] = None,
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    output: options.OutputFormat = options.Output.text,
    verbose: options.Verbose = 0,
) -> None:
    """Show what is not as it should be, with its remedy, then components, shards, tablets and addresses.

    Exit code 3: not ready; warnings alone are 0. With --watch and --web, Ctrl-C ends it with 0.
    """
    if watch and web is not None:
        raise UsageError("--watch and --web exclude each other", fix="take one of them")
    if every is not None and not watch and web is None:
        raise UsageError(f"{every:g} is no option", fix=f"say --watch {every:g} to look every {every:g} seconds")
    with looker(spec_options, where, max_lag) as look:
        if web is not None:
            from vitessctl.cli.web import serve

            serve(look, web, every or DEFAULT_SECONDS)
            return
        if watch:
            _watch(look, every or DEFAULT_SECONDS, output, verbose)
            return
        status = look()
    _print(status, output, verbose)
    if not status.ready:
        raise typer.Exit(int(ExitCode.NOT_READY))


@contextmanager
def looker(spec_options: SpecOptions, where: Where, max_lag: float = 30.0) -> Iterator[Callable[[], Status]]:
    """What looks at the cluster, over the same connections each time."""
    from vitessctl.status.judge import judge
    from vitessctl.status.observe import observe

    cluster, name = load_for(spec_options, where)
    with open_target(cluster, name, where) as target:
        context = context_of(cluster, target, documents_of(cluster, target.name, spec_options))

        def look() -> Status:
            return judge(cluster, target.name, observe(context), target.published, max_lag)

        yield look


def _print(status: Status, output: options.Output, verbose: int) -> None:
    if output is options.Output.json:
        from vitessctl.report.status import status_data

        print_json(status_data(status))
    else:
        from vitessctl.report.screen import console
        from vitessctl.report.status import print_status

        print_status(status, console(), verbose)


def _watch(look: Callable[[], Status], seconds: float, output: options.Output, verbose: int) -> None:
    """Until Ctrl-C, which is how it is meant to end. Once it has seen the cluster, no error ends it."""
    from vitessctl.report.failure import failure_lines

    try:
        with _shown(seconds, output, verbose) as show:
            show(look())
            while True:
                sleep(seconds)
                try:
                    show(look())
                except VitessctlError as error:
                    typer.echo("\n".join(failure_lines(error)), err=True)
    except KeyboardInterrupt:
        return


@contextmanager
def _shown(seconds: float, output: options.Output, verbose: int) -> Iterator[Callable[[Status], None]]:
    from vitessctl.report.screen import console
    from vitessctl.report.watch import shown_by_change, shown_in_place

    out = console()
    if output is options.Output.json:
        yield lambda status: _print(status, output, verbose)
    elif out.is_terminal:
        with shown_in_place(out, seconds, verbose) as show:
            yield show
    else:
        with shown_by_change(out, verbose) as show:
            yield show
