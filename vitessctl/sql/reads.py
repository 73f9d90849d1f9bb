"""Whether a statement only reads. What is not known to do so does not. Pure.

A statement reads if its first word says so and none of its words can make it write: `WITH ... DELETE`, `INTO
OUTFILE`, `FOR UPDATE`, `NEXT VALUE FROM` a sequence of Vitess, EXPLAIN of a write (Vitess runs it to explain it), or a
function that is not one of MySQL's own (a stored function may write). It has to be a read both with and without
backslash escapes, as only the server knows which of them it is in.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources

import yaml

from vitessctl.errors import UsageError
from vitessctl.sql.tokens import Kind, Token, tokens

QUERIES = ("SELECT", "WITH", "TABLE", "VALUES")
ALWAYS = ("SHOW", "USE", "HELP", "CHECKSUM")
EXPLAINS = ("EXPLAIN", "DESCRIBE", "DESC", "VEXPLAIN")
_EXPLAIN_OPTIONS = ("EXTENDED", "PARTITIONS", "PLAN", "QUERIES", "ALL", "TRACE", "KEYS", "ANALYZE")
_LONGEST_DESCRIBE = 5
"""Tokens of `schema.table 'column'`."""


def is_read(statement: str) -> bool:
    """Whether one statement can only read. Raises UsageError where its quotes or a comment are not closed."""
    if not _reads([*tokens(statement)]):
        return False
    try:
        return _reads([*tokens(statement, backslash_escapes=False)])
    except UsageError:  # a server that takes it so refuses it
        return True


def _reads(found: Sequence[Token]) -> bool:
    if any(token.kind in (Kind.EXECUTED, Kind.END) for token in found):
        return False
    begin = next((index for index, token in enumerate(found) if token.text != "("), len(found))
    first, rest = (found[begin].word if begin < len(found) else ""), found[begin + 1 :]
    if first in ALWAYS:
        return not any(token.word == "INTO" for token in rest)
    if first in EXPLAINS:
        return _explains_a_read(rest)
    return first in QUERIES and not _writes(found)


def _explains_a_read(rest: Sequence[Token]) -> bool:
    """Of a query, or of a table and perhaps a column of it."""
    words = list(rest)
    while words and words[0].word in (*_EXPLAIN_OPTIONS, "FORMAT"):
        del words[: 3 if words[0].word == "FORMAT" else 1]
    first = next((token.word for token in words if token.text != "("), "")
    if first in QUERIES:
        return _reads(words)
    plain = all(token.kind in (Kind.WORD, Kind.QUOTED) or token.text == "." for token in words)
    return 0 < len(words) <= _LONGEST_DESCRIBE and plain and not _writes(words)


def _writes(found: Sequence[Token]) -> bool:
    return any(_can_write(found, index) for index in range(len(found)))


def _can_write(found: Sequence[Token], index: int) -> bool:
    """Whether a token can make a query write."""
    token = found[index]
    before, after = _at(found, index - 1), _at(found, index + 1)
    if after.text == "(" and _may_be_called(token):
        return not (_is_known_before_parenthesis(token, before) or _is_named(found, index))
    if before.text == ".":
        return False
    if token.word == "FOR":
        return after.word in ("UPDATE", "SHARE")
    if token.word == "NEXT":
        return after.word in ("VALUE", "VALUES") or after.kind is Kind.NUMBER or after.text == ":"
    if token.word == "SET":
        return before.word not in ("CHARACTER", "CHAR")
    return token.word in words_of("writing")


def _may_be_called(token: Token) -> bool:
    """Whether it is a name: a string before a parenthesis calls nothing."""
    return token.kind is Kind.WORD or (token.kind is Kind.QUOTED and token.text[0] == "`")


def _is_known_before_parenthesis(token: Token, before: Token) -> bool:
    if before.text == ".":  # a function of some schema is nobody's but the user's
        return False
    if token.word in words_of("writing"):
        return token.word in words_of("writing_or_function")
    return token.word in words_of("functions") or token.word in words_of("before_parentheses")


def _is_named(found: Sequence[Token], index: int) -> bool:
    """Whether the query itself gives that name: `AS t (a, b)`, or `t (a, b) AS (SELECT ...)` after WITH."""
    if _at(found, index - 1).word in ("AS", "WITH", "RECURSIVE"):
        return True
    depth, end = 0, index + 1
    while end < len(found):
        depth += {"(": 1, ")": -1}.get(found[end].text, 0)
        end += 1
        if not depth:
            break
    return _at(found, end).word == "AS" and _at(found, end + 1).text == "("


_NOTHING = Token(Kind.SYMBOL, "", 0, 0)


def _at(found: Sequence[Token], index: int) -> Token:
    return found[index] if 0 <= index < len(found) else _NOTHING


@cache
def words_of(name: str) -> frozenset[str]:
    """One of the lists of words.yaml, in capitals."""
    text = resources.files("vitessctl.sql").joinpath("words.yaml").read_text(encoding="utf-8")
    return frozenset(str(yaml.safe_load(text)[name]).upper().split())
