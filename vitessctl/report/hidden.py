"""What `-e` brings in may be a password: the names of what it sets may be shown, values only where none can be one."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

HIDDEN = "…"
_OPTION = re.compile(r"(?P<option>-[vy]*e|--extra-vars)(?:=?(?P<value>.+))?", re.DOTALL)
_ASSIGNMENT = re.compile(r"(?P<key>[\w.-]+)=(?P<value>.*)", re.DOTALL)
_HARMLESS = frozenset(
    {"cluster", "namespace", "release", "image", "images", "local", "drills", "timeouts", "resources"}
)
"""Fields of cluster.yaml that hold no secret, whatever somebody writes there."""
_KEYSPACE = re.compile(r"keyspaces\.[\w-]+\.(durability|shards|schema|vschema)")
_SCALAR = re.compile(r"""[^\s{}\[\],"':]+""")


def shown(extra: str) -> str:
    """What `-e` was given, as it may be shown: `@file`, `key=…`, or nothing of a map."""
    if extra.startswith("@"):
        return extra
    assignment = _ASSIGNMENT.fullmatch(extra)
    return f"{assignment['key']}={HIDDEN}" if assignment else HIDDEN


def pasteable(extra: str) -> str:
    """The same for a line that a person is to paste: whole, where what it sets cannot be a secret."""
    assignment = _ASSIGNMENT.fullmatch(extra)
    key = assignment["key"] if assignment else ""
    return extra if key.partition(".")[0] in _HARMLESS or _KEYSPACE.fullmatch(key) else shown(extra)


def shown_command(words: Sequence[str]) -> Iterator[str]:
    """A command line as it may be shown."""
    for word, given in _given(words):
        yield word if given is None else f"-e {shown(given)}"


def harmless(text: str) -> str:
    """A text without any value that `-e` gave on the command line of this process."""
    for secret in sorted(_secrets(sys.argv[1:]), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", HIDDEN, text)
    return text


def _secrets(words: Sequence[str]) -> Iterator[str]:
    """Every value that `-e` gave: that of key=value, and each word of a map."""
    for _, given in _given(words):
        if given is None or given.startswith("@"):
            continue
        assignment = _ASSIGNMENT.fullmatch(given)
        text = assignment["value"] if assignment else given
        if text.strip():
            yield text.strip()
        yield from _SCALAR.findall(text)


def _given(words: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Each word with None; `-e` with what it gives, whether that is a word of its own or not."""
    left = iter(words)
    for word in left:
        option = _OPTION.fullmatch(word)
        yield word, None if option is None else option["value"] or next(left, "")
