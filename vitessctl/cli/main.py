"""The program: one typer command a file, and one place where errors become screen and exit code."""

from __future__ import annotations

import os
import sys
from typing import Annotated, NoReturn

import typer

from vitessctl import __version__
from vitessctl.cli import down, init, render, status, up, validate
from vitessctl.errors import ExitCode, VitessctlError

app = typer.Typer(
    name="vitessctl",
    help="Bring up and run Vitess from one cluster.yaml, on one machine or on Kubernetes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vitessctl {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


for module in (init, validate, render, up, status, down):
    name = module.__name__.rpartition(".")[2]
    app.command(name, epilog=module.EXAMPLE)(module.command)


def main() -> NoReturn:
    """Run the program and exit with the code that docs/exit-codes.md names."""
    try:
        code = app(standalone_mode=False)
    except VitessctlError as error:
        code = _show(error)
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("interrupted", err=True)
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.DONE
    except Exception as error:
        code = _unexpected(error)
    sys.exit(int(code or 0))


def _wants_json() -> bool:
    words = sys.argv[1:]
    pairs = zip(words, [*words[1:], ""], strict=True)
    named = any(word == "--output" and following == "json" for word, following in pairs)
    return named or "--output=json" in words or os.environ.get("VITESSCTL_OUTPUT") == "json"


def _show(error: VitessctlError) -> ExitCode:
    from vitessctl.report.failure import failure_data, failure_lines

    if _wants_json():
        import json

        typer.echo(json.dumps(failure_data(error), ensure_ascii=False))
    else:
        for line in failure_lines(error):
            typer.echo(line, err=True)
    return error.exit_code


def _unexpected(error: Exception) -> ExitCode:
    """A usage error that typer found, or else a bug of ours: then a report file instead of a traceback."""
    show = getattr(error, "show", None)
    if callable(show) and hasattr(error, "exit_code"):
        show()
        return ExitCode.SPEC
    if sys.argv.count("-v") >= 3 or "-vvv" in sys.argv:
        raise error
    from vitessctl.report.crash import write_report

    path = write_report(error)
    typer.echo(f"vitessctl has a bug: {type(error).__name__}: {error}", err=True)
    typer.echo(f"  what happened is written down in {path}; please send it along with your spec", err=True)
    typer.echo("  fix: nothing was left half-written; run the command again with -vvv to see more", err=True)
    return ExitCode.ERROR
