"""The program: one typer command a file, and one place where errors become screen and exit code."""

from __future__ import annotations

import itertools
import os
import sys
from typing import Annotated, Any, NoReturn

import typer

from vitessctl import __version__
from vitessctl.cli import (
    check_images,
    connect,
    doctor,
    down,
    drill,
    history,
    init,
    interrupts,
    logs,
    plan,
    rebuild,
    releases,
    render,
    reparent,
    replication,
    schema,
    sql,
    status,
    tablets,
    topology,
    up,
    validate,
    vschema,
    vtctl,
)
from vitessctl.cli.printing import print_json
from vitessctl.errors import ExitCode, Interrupted, UsageError, VitessctlError

app = typer.Typer(
    name="vitessctl",
    help="Bring up and run Vitess from one cluster.yaml, on one machine or on Kubernetes.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vitessctl {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(int(ExitCode.SPEC))


_BRINGING_UP = (init, validate, render, plan, check_images, up)
_LOOKING = (status, doctor, tablets, topology, replication, sql, vtctl)
_RUNNING = (reparent, rebuild, drill, connect, logs, history, down)
for module in (*_BRINGING_UP, *_LOOKING, *_RUNNING):
    name = module.__name__.rpartition(".")[2].replace("_", "-")
    app.command(name, epilog=module.EXAMPLE)(module.command)
app.add_typer(releases.app, name="releases")
app.add_typer(schema.app, name="schema")
app.add_typer(vschema.app, name="vschema")


def main() -> NoReturn:
    """Run the program and exit with the code that docs/exit-codes.md names."""
    interrupts.install()
    try:
        code = app(prog_name="vitessctl", standalone_mode=False)
        if code == ExitCode.INTERRUPTED:
            raise KeyboardInterrupt  # Newer typers swallow it.
    except VitessctlError as error:
        code = _show(error)
    except (KeyboardInterrupt, typer.Abort):
        code = _show(Interrupted("interrupted", fix="What runs keeps running. The same command goes on from here."))
    except BrokenPipeError:
        # Whoever read the output went away, so the command may not have come to its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.ERROR
    except Exception as error:
        code = _usage(error) if hasattr(error, "format_message") else _bug(error)
    sys.exit(int(code or 0))


def _wants_json() -> bool:
    """Whether the answer was to be JSON; looked up by hand, as the command line may be what is wrong."""
    given = [word.removeprefix("--output=") for word in sys.argv[1:] if word.startswith("--output=")]
    given += [after for word, after in itertools.pairwise(sys.argv[1:]) if word == "--output"]
    return (given or [os.environ.get("VITESSCTL_OUTPUT", "")])[-1] == "json"


def _show(error: VitessctlError) -> ExitCode:
    from vitessctl.report.failure import failure_data, failure_lines

    if _wants_json():
        print_json(failure_data(error))
    else:
        for line in failure_lines(error):
            typer.echo(line, err=True)
    return error.exit_code


def _usage(error: Any) -> ExitCode:
    """A mistake on the command line, which typer found and knows how to show."""
    if _wants_json():
        return _show(UsageError(error.format_message(), where=getattr(error.ctx, "command_path", None)))
    error.show()
    return ExitCode.SPEC


def _bug(error: Exception) -> ExitCode:
    """Nothing that a person did: a report file in place of a traceback."""
    if sys.argv.count("-v") >= 3 or "-vvv" in sys.argv:
        raise error
    from vitessctl.report.crash import write_report
    from vitessctl.report.hidden import harmless

    try:
        where = f"what happened is written down in {write_report(error)}; please send it along with your spec"
    except OSError as full:
        where = f"what happened could not be written down: {full}"
    return _show(
        VitessctlError(
            f"vitessctl has a bug: {type(error).__name__}: {harmless(str(error))}",
            why=where,
            fix="nothing was left half-written; run the command again with -vvv to see more",
        )
    )
