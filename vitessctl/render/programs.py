"""Rendered supervisor programs to their settings, checked on the way.

As in yamlmoulds, what differs between programs of one kind are values alone, so each text around the
values is parsed once, with tokens in their places.
"""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from functools import lru_cache

from vitessctl.render.raw import Raw, filled, holds_tokens, not_legal, pieces_of, token

REMEMBERED = 64
"""Parsed texts that are kept, for all renderings of this process."""
Template = Mapping[str, tuple[tuple[str, ...], tuple[int, ...]]]


def settings_of(raw: Raw, name: str, template: str) -> Mapping[str, str]:
    """The settings of the one `[program:NAME]` section; TemplateError if the text is anything else."""
    parts = _parsed(raw.literals, template)
    settings = {option: filled(*pieces, raw.values) for option, pieces in parts.items()}
    section = settings.pop("")
    if section != f"program:{name}":
        raise not_legal(template, f"it has to hold the section [program:{name}], and holds [{section}]")
    return settings


@lru_cache(maxsize=REMEMBERED)
def _parsed(literals: tuple[str, ...], template: str) -> Template:
    """The settings with tokens in the places of values; the section's name is under the empty key.

    Parsed with the rules of supervisor's own parser, but duplicates are refused.
    """
    if holds_tokens(literals):
        raise not_legal(template, "the template holds characters of Unicode's private use area")
    tokens = tuple(token(number) for number in range(len(literals) - 1))
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"), strict=True)
    try:
        parser.read_string(Raw(literals, (), tokens).text)
    except configparser.Error as error:
        raise not_legal(template, " ".join(str(error).split())) from error
    sections = [*parser.sections(), *(["DEFAULT"] if parser.defaults() else [])]
    if len(sections) != 1:
        raise not_legal(template, f"it has to hold one section [program:NAME], and holds {len(sections)}")
    settings = parser[sections[0]]
    if not settings.get("command"):
        raise not_legal(template, "the program has no command")
    return {"": pieces_of(sections[0]), **{option: pieces_of(value) for option, value in settings.items()}}
