"""Options that several commands share, each written once."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, Optional

import typer

# Typer reads these annotations at run time, so Optional stays: Python 3.10 cannot evaluate `Path | None` there
# through every supported typer.


class Output(str, Enum):
    """How a command answers."""

    text = "text"
    json = "json"


Inventory = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--inventory", "-i", envvar="VITESSCTL_INVENTORY", metavar="PATH",
        help="An inventory folder or a spec file. Default: ./cluster.yaml",
    ),
]  # fmt: skip
ExtraVars = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--extra-vars", "-e", metavar="KEY=VALUE|JSON|@FILE",
        help="Override the spec: key=value (dots go deeper), a JSON or YAML map, or @file. Wins over everything.",
    ),
]  # fmt: skip
Images = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--image", metavar="[COMPONENT=]REF",
        help="Override an image: vitess/lite:v24.0.4, or vtgate=registry.local:5000/vtgate:v24.0.4.",
    ),
]  # fmt: skip
OutputFormat = Annotated[
    Output, typer.Option("--output", envvar="VITESSCTL_OUTPUT", help="text for people, json for programs.")
]
Verbose = Annotated[
    int, typer.Option("--verbose", "-v", count=True, help="Show more; -vvv shows tracebacks of internal errors.")
]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", envvar="VITESSCTL_YES", help="Answer every question with yes.")
]  # fmt: skip
Diff = Annotated[
    bool, typer.Option("--diff", help="Show each field that changes, before and after.")
]  # fmt: skip
OnThisMachine = Annotated[
    bool, typer.Option("--local", help="This machine, with real Vitess and MySQL.")
]  # fmt: skip
Rehearse = Annotated[
    bool, typer.Option("--rehearse", help="This machine, with stand-in servers instead of Vitess.")
]  # fmt: skip
StateDir = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--state-dir", envvar="VITESSCTL_STATE_DIR", metavar="DIR",
        help="Where data, logs and sockets live. Default: a folder of the cluster's own in the XDG state folder.",
    ),
]  # fmt: skip
KubernetesContext = Annotated[
    str,
    typer.Option(
        "--context", metavar="NAME",
        help="Kubernetes, with this context of the kubeconfig. Default: VITESSCTL_CONTEXT, else the current one.",
    ),
]  # fmt: skip
