"""What a rule has to say."""

from __future__ import annotations

from typing import NamedTuple

from vitessctl.errors import SpecError
from vitessctl.spec.node import Path
from vitessctl.spec.view import View


class Finding(NamedTuple):
    """An error and what in the spec it is about."""

    path: Path
    error: SpecError


def finding(view: View, path: Path, what: str, why: str = "", fix: str = "", *, at_key: bool = False) -> Finding:
    """A complaint about the value at `path`, or about its name where `at_key` is set."""
    root = view.spec.root
    place = root.key_place(path) if at_key else root.place_of(path)
    return Finding(path, SpecError(what, where=place, why=why, fix=fix))
