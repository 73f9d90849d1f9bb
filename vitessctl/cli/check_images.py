"""`vitessctl check-images`: whether the images are what the rendered documents take them for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vitessctl.cli import options
from vitessctl.cli.grouped import grouped
from vitessctl.cli.printing import print_json
from vitessctl.cli.session import SpecOptions, Where, documents_of, load_for, open_target, other_ways

if TYPE_CHECKING:
    from vitessctl.probe.checked import Checked

EXAMPLE = "Example:  vitessctl check-images -i inventories/minimal --local"


@grouped
def command(
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    output: options.OutputFormat = options.Output.text,
    verbose: options.Verbose = 0,
) -> None:
    """Run each image once with its help flag, and compare it with what would be rendered. Applies nothing.

    On Kubernetes that takes a short-lived pod for each image, in the cluster's namespace. Exit code 5: they differ.
    """
    from vitessctl.probe.check import check

    cluster, name = load_for(spec_options, where, new=True)
    with open_target(cluster, name, where) as target, other_ways(where):
        checked = check(cluster, documents_of(cluster, name, spec_options), target)
    show(checked, output)
    checked.raise_errors()


def show(checked: Checked, output: options.Output) -> None:
    """Print what was checked; the differences are left to `raise_errors`."""
    if output is options.Output.json:
        print_json(checked.data)
        return
    from vitessctl.report.images import image_lines
    from vitessctl.report.screen import console

    out = console()
    for text, style in image_lines(checked):
        out.print(text, style=style)
