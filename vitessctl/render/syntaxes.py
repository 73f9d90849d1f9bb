"""Text formats of templates: how a bare value is checked, and which filters quote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vitessctl.render import conftext, yamltext
from vitessctl.render.marks import Fragment, Quoted, Structure, ValueRefused, shown


@dataclass(frozen=True)
class Syntax:
    """One text format: how a bare value is checked, and which filters quote."""

    plain: Callable[[str], str]
    filters: Mapping[str, Callable[..., Quoted | Structure | Fragment]]


def plain_json(text: str) -> str:
    """Nothing is plain in JSON."""
    raise ValueRefused(f"{shown(text)} is not JSON; write {{{{ value | json }}}}")


SYNTAXES: Mapping[str, Syntax] = {
    ".yaml.j2": Syntax(
        yamltext.plain,
        {"q": yamltext.quote, "json": yamltext.as_json, "pairs": yamltext.pairs, "items": yamltext.items},
    ),
    ".conf.j2": Syntax(conftext.plain, {"q": conftext.quote}),
    ".cnf.j2": Syntax(conftext.plain_cnf, {"verbatim": conftext.verbatim}),
    ".sql.j2": Syntax(conftext.plain_cnf, {}),
    ".password.j2": Syntax(conftext.plain_cnf, {"verbatim": conftext.verbatim}),
    ".json.j2": Syntax(plain_json, {"json": yamltext.json_text}),
}
"""By the ending of the template's name."""


def ending_of(template: str) -> str:
    """The ending that tells a template's text format; ValueError for an unknown one."""
    for ending in SYNTAXES:
        if template.endswith(ending):
            return ending
    raise ValueError(f"{template} does not end with any of {', '.join(SYNTAXES)}")
