"""Values in supervisor's files and in my.cnf."""

from __future__ import annotations

import re
import shlex
from typing import Any

from vitessctl.render.layout import Expanded
from vitessctl.render.marks import Quoted, ValueRefused, scalar_text, shown

_PLAIN = re.compile(r"[A-Za-z0-9/_.:@,+=-]+")
_EXPANDED = re.compile(r"((--[a-z0-9_.-]+|[A-Za-z_][A-Za-z0-9_]*)=)?%\(here\)s[A-Za-z0-9/_.-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CONTROL_BUT_SPACE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_COMMENT = re.compile(r"(\s)([;#])")


def plain(text: str) -> str:
    """The text, if it is one bare word of a supervisor file; ValueRefused otherwise."""
    pattern = _EXPANDED if isinstance(text, Expanded) else _PLAIN
    if pattern.fullmatch(text) is None:
        raise ValueRefused(f"{shown(text)} could be read as more than one word; write {{{{ value | q }}}}")
    return text


def quote(value: Any) -> Quoted:
    """One word of a supervisor command: safe from the INI parser, from %-expansion and from word splitting."""
    text = scalar_text(value)
    if isinstance(value, Expanded):
        return Quoted(f"'{plain(value)}'")
    if _CONTROL.search(text):
        raise ValueRefused(f"{shown(text)} holds a line break or control character, which a command line cannot carry")
    quoted = shlex.quote(text).replace("%", "%%")
    # supervisor replaces %(here)s before it undoes %%, and cuts a line at ' ;' and ' #'; a pair of quotes parts them.
    return Quoted(_COMMENT.sub(r"\1''\2", quoted.replace("%%(", "%%''(")))


def plain_cnf(text: str) -> str:
    """The text, if it is one word of a my.cnf; ValueRefused otherwise."""
    if _PLAIN.fullmatch(text) is None:
        raise ValueRefused(f"{shown(text)} could be read as more than a value of my.cnf")
    return text


def verbatim(value: Any) -> Quoted:
    """A whole text that the user wrote for just this file, as it is."""
    text = scalar_text(value)
    if _CONTROL_BUT_SPACE.search(text):
        raise ValueRefused(f"{shown(text)} holds a control character, which has no place in a text file")
    return Quoted(text)
