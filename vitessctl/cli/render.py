"""`vitessctl render`: the documents, without a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from vitessctl.cli import options
from vitessctl.cli.files import write
from vitessctl.cli.grouped import grouped
from vitessctl.cli.session import SpecOptions, documents_of, load_cluster

if TYPE_CHECKING:
    from vitessctl.render.documents import Document

EXAMPLE = "Example:  vitessctl render -i inventories/minimal --target kubernetes -o manifests/"


class RenderTarget(str, Enum):
    """What the documents are for."""

    kubernetes = "kubernetes"
    local = "local"


@grouped
def command(
    spec_options: SpecOptions = SpecOptions(),
    target: Annotated[RenderTarget, typer.Option(help="Where the documents are for.")] = RenderTarget.kubernetes,
    folder: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--output-dir", "-o", metavar="DIR", help="Write one file a document here, not to the screen."),
    ] = None,
    show_secrets: Annotated[
        bool, typer.Option("--show-secrets", help="Show secret documents on the screen, which are masked otherwise.")
    ] = False,
    verbose: options.Verbose = 0,
) -> None:
    """Render the documents, byte for byte the same every time. Needs no cluster."""
    cluster = load_cluster(spec_options, target.value)
    documents = documents_of(cluster, target.value, spec_options)
    if folder is None:
        typer.echo(screen_text(documents, target, show_secrets), nl=False)
        return
    for document in documents:
        write(folder / file_name(document, target), document.text, private=document.secret)
    typer.echo(f"{len(documents)} documents in {folder}")
    if verbose:
        for document in documents:
            typer.echo(f"  {file_name(document, target)}  from {document.template}")


def screen_text(documents: Sequence[Document], target: RenderTarget, show_secrets: bool) -> str:
    """All documents as one text: a YAML stream, or files one after the other with their names."""
    mark = "---\n# {}\n" if target is RenderTarget.kubernetes else "# {}\n"
    parts = []
    for document in documents:
        hidden = document.secret and not show_secrets
        text = "# not shown: it holds secrets; --show-secrets shows it\n" if hidden else document.text
        parts.append(mark.format(document.label) + text + ("" if text.endswith("\n") else "\n"))
    return "\n".join(parts) if target is RenderTarget.local else "".join(parts)


def file_name(document: Document, target: RenderTarget) -> str:
    """Where a document goes below the output folder."""
    if target is RenderTarget.kubernetes:
        return f"{document.stage}/{document.kind.lower()}-{document.name}.yaml"
    return f"{document.name}.program.conf" if document.kind == "Program" else document.name
