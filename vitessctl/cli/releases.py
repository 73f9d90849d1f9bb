"""`vitessctl releases`: what is known of each release of Vitess, for those who plan an upgrade."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vitessctl.cli import options
from vitessctl.cli.printing import print_json
from vitessctl.errors import UsageError

if TYPE_CHECKING:
    from vitessctl.releases import Release

EXAMPLE = "Example:  vitessctl releases --output json"

app = typer.Typer(
    help="What is known of each Vitess release: a table, one of them (show), two beside each other (diff).",
    epilog=EXAMPLE,
    rich_markup_mode=None,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Name = Annotated[str, typer.Argument(metavar="RELEASE", help="A release: 24, 2.1, 25-dev.")]
Component = Annotated[
    str, typer.Option("--component", metavar="NAME", help="A program, to name all its flags: vttablet, vtgate, vtorc.")
]


@app.callback()
def _table(context: typer.Context, output: options.OutputFormat = options.Output.text) -> None:
    if context.invoked_subcommand is not None:
        context.default_map = {context.invoked_subcommand: {"output": output.value}}
        return
    from vitessctl import releases
    from vitessctl.report.releases import table_lines
    from vitessctl.report.releases_data import table_data

    names = releases.names()
    _print(table_lines(names), table_data(names) if output is options.Output.json else None)


@app.command("show", epilog="Example:  vitessctl releases show 17 --component vttablet")
def show(name: Name, component: Component = "", output: options.OutputFormat = options.Output.text) -> None:
    """Show all that is known of one release; with --component also the flags of that one."""
    from vitessctl import releases
    from vitessctl.report.releases import flag_lines, release_lines
    from vitessctl.report.releases_data import release_data

    release = releases.get(name)
    if component:
        _checked(component, (release,))
    if output is options.Output.json:
        return _print((), release_data(release, component))
    lines = [*release_lines(release), *(flag_lines(release, component) if component else ())]
    return _print(lines, None)


@app.command("diff", epilog="Example:  vitessctl releases diff 17 21 --component vttablet")
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The release that runs now.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="A newer one.")],
    component: Component = "",
    output: options.OutputFormat = options.Output.text,
) -> None:
    """Show what an upgrade changes: behaviour, flags added, removed and spelled otherwise, other defaults."""
    from vitessctl.releases.compare import flag_changes
    from vitessctl.report.releases import SERVERS, difference_lines
    from vitessctl.report.releases_data import difference_data

    path = _path(old, new)
    if component:
        _checked(component, (path[0], path[-1]))
    wanted = [component] if component else [each for each in SERVERS if path[-1].flags(each)]
    changes = {each: flag_changes(each, path[0].name, path[-1].name) for each in wanted}
    named = [component] if component else []
    data = difference_data(path, changes) if output is options.Output.json else None
    _print(difference_lines(path, changes, named), data)


def _path(old: str, new: str) -> list[Release]:
    """Every release from the one to the other."""
    from vitessctl import releases

    first, last = releases.get(old), releases.get(new)
    if first.order >= last.order:
        raise UsageError(
            f"{new} is not newer than {old}",
            why="what changes is told from the older release to the newer one",
            fix=f"vitessctl releases diff {new} {old}" if first.order > last.order else "name two releases",
        )
    return [first, *map(releases.get, releases.between(old, new)), last]


def _checked(component: str, ends: tuple[Release, ...]) -> None:
    """Refuse a component that none of the releases has."""
    from vitessctl.releases import knowledge
    from vitessctl.spec.words import did_you_mean, listed

    known = knowledge.packaged().flags
    if any(release.flags(component) for release in ends):
        return
    there = component in known
    raise UsageError(
        f"Vitess {listed([release.name for release in ends])} has no {component}",
        why="it is there in other releases" if there else f"known are {listed(known, 'and')}",
        fix="" if there else did_you_mean(component, known),
    )


def _print(lines: Iterable[str], data: dict[str, Any] | None) -> None:
    if data is not None:
        print_json(data)
        return
    for line in lines:
        typer.echo(line)
