"""How every command answers programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer


def print_json(data: Mapping[str, Any]) -> None:
    """One object on a line of its own."""
    import json

    typer.echo(json.dumps(data, ensure_ascii=False))
