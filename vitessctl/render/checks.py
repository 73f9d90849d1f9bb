"""Rendered text parsed back and checked before anything is done with it."""

from __future__ import annotations

import configparser
from collections.abc import Mapping

from vitessctl.errors import TemplateError


def program(text: str, name: str, template: str) -> Mapping[str, str]:
    """The settings of the one `[program:NAME]` section; TemplateError if the text is anything else.

    Parsed with the rules of supervisor's own parser, but with duplicates refused.
    """
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"), strict=True)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise _not_a_program(template, str(error).replace("\n", " ")) from error
    sections = [*parser.sections(), *(["DEFAULT"] if parser.defaults() else [])]
    expected = f"program:{name}"
    if sections != [expected]:
        raise _not_a_program(template, f"it has to hold the section [{expected}] alone, and has {sections}")
    settings = dict(parser[expected])
    if not settings.get("command"):
        raise _not_a_program(template, f"[{expected}] has no command")
    return settings


def _not_a_program(template: str, why: str) -> TemplateError:
    return TemplateError("the rendered supervisor program is not right", where=template, why=why)
