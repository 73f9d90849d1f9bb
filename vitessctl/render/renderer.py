"""One template and its values to text, with every failure as a TemplateError."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vitessctl.errors import TemplateError
from vitessctl.render.environment import environment
from vitessctl.render.failures import template_error
from vitessctl.render.packaged import packaged_folder
from vitessctl.render.raw import Raw, split
from vitessctl.render.syntaxes import ending_of


class Renderer:
    """Renders templates of one target; a user's file wins over ours of the same name."""

    def __init__(self, target: str, templates: Sequence[Path] = ()) -> None:
        packaged = packaged_folder("templates")
        self._target = target
        self._folders = (*templates, packaged)
        for folder in templates:
            refuse_strangers(folder / target, packaged / target)

    def name(self, file: str) -> str:
        """A template's name in messages and in Document.template: `local/vtgate.conf.j2`."""
        return f"{self._target}/{file}"

    def raw(self, file: str, context: Mapping[str, Any]) -> Raw:
        """The rendered text and the values in it; TemplateError if it cannot be rendered."""
        try:
            return split(environment(ending_of(file), self._folders).run(self.name(file), context))
        except Exception as error:  # templates are the user's programs: anything may come out of them
            raise template_error(error, self.name(file), context) from error


def refuse_strangers(users: Path, packaged: Path) -> None:
    """TemplateError for a user's template that stands for none of ours, as it would silently do nothing.

    Names that begin with an underscore are free: they are for what the user's templates include.
    """
    known = sorted(path.name for path in packaged.iterdir())
    for path in sorted(users.glob("*.j2")) if users.is_dir() else ():
        if path.name in known or path.name.startswith("_"):
            continue
        close = difflib.get_close_matches(path.name, known, n=1)
        raise TemplateError(
            f"{path.name} takes the place of no template",
            where=str(path),
            why=f"the templates are {', '.join(known)}",
            fix=f"did you mean {close[0]}?" if close else "a file that others include starts with an underscore",
        )
