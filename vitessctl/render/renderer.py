"""One template and its values to text, with every failure as a TemplateError."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vitessctl.errors import TemplateError
from vitessctl.render.environment import ending_of, environment
from vitessctl.render.failures import template_error
from vitessctl.render.packaged import packaged_folder
from vitessctl.render.raw import Raw, split


class Renderer:
    """Renders templates of one target; a user's file wins over ours of the same name."""

    def __init__(self, target: str, templates: Sequence[Path] = ()) -> None:
        self._target = target
        self._folders = (*templates, packaged_folder("templates"))

    def name(self, file: str) -> str:
        """A template's name in messages and in Document.template: `local/vtgate.conf.j2`."""
        return f"{self._target}/{file}"

    def raw(self, file: str, context: Mapping[str, Any]) -> Raw:
        """The rendered text and the values in it; TemplateError if it cannot be rendered."""
        try:
            return split(environment(ending_of(file), self._folders).run(self.name(file), context))
        except TemplateError:
            raise
        except Exception as error:  # templates are the user's programs: anything may come out of them
            raise template_error(error, self.name(file), context) from error
