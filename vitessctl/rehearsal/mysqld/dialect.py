"""MySQL's dialect as the translator wants it: parsed by sqlglot, printed for SQLite.

Functions are parsed by name only, without sqlglot's own idea of what they mean, so that each is MySQL's own
(functions.py). Identifiers are printed in backticks: SQLite would take an unknown name in double quotes for a
string, and a misspelt column would go unnoticed.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.dialects.sqlite import SQLite
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError, TokenError, UnsupportedError
from sqlglot.tokens import Token, TokenType  # type: ignore[attr-defined]  # re-exported

from vitessctl.rehearsal.mysqld.errors import MySqlError, unsupported
from vitessctl.rehearsal.mysqld.words import first_word

logging.getLogger("sqlglot").setLevel(logging.ERROR)
_AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG")
_SPECIAL_TEXT = "CAST CONVERT EXTRACT TRIM GROUP_CONCAT VALUES POSITION SUBSTRING SUBSTR CHAR"
_SPECIAL_SYNTAX = tuple(_SPECIAL_TEXT.split())


class MySqlSource(MySQL):
    """MySQL with every ordinary function left as it is written."""

    class Parser(MySQL.Parser):  # type: ignore[misc, valid-type]  # a class, whatever its annotation says
        """Knows the aggregates, and functions whose arguments have a syntax of their own."""

        FUNCTIONS = {name: MySQL.Parser.FUNCTIONS[name] for name in _AGGREGATES}  # noqa: RUF012
        FUNCTION_PARSERS = {  # noqa: RUF012
            name: parser for name, parser in MySQL.Parser.FUNCTION_PARSERS.items() if name in _SPECIAL_SYNTAX
        }
        NO_PAREN_FUNCTION_PARSERS = {"CASE": MySQL.Parser.NO_PAREN_FUNCTION_PARSERS["CASE"]}  # noqa: RUF012


class SqliteTarget(SQLite):
    """SQLite with identifiers in backticks."""

    class Tokenizer(SQLite.Tokenizer):
        """Only backticks quote a name."""

        IDENTIFIERS = ["`"]  # noqa: RUF012


_STATEMENT_TEXT = """
select insert update delete replace create alter drop truncate with table values show describe desc explain set use
begin start commit rollback savepoint release lock unlock rename analyze optimize call do
"""
_STATEMENT_WORDS = frozenset(_STATEMENT_TEXT.split())


def parse(sql: str) -> exp.Expression:
    """One statement. MySqlError 1064 for what is not SQL, 1235 for what sqlglot cannot read."""
    if first_word(sql) not in _STATEMENT_WORDS and not sql.lstrip().startswith("("):
        raise MySqlError(1064, sql.strip())
    try:
        statements = sqlglot.parse(sql, dialect=MySqlSource)
    except ParseError as error:
        raise MySqlError(1064, _remainder(sql, error)) from None
    except TokenError:
        raise MySqlError(1064, sql.strip()) from None
    found = [statement for statement in statements if statement is not None]
    if len(found) != 1:
        raise MySqlError(1064, sql.partition(";")[2].strip())
    if isinstance(found[0], exp.Command):
        raise unsupported(sql.strip()[:200])
    return cast(exp.Expression, found[0])


def _remainder(sql: str, error: ParseError) -> str:
    """The statement from the place where reading stopped."""
    details = error.errors[0] if error.errors else {}
    start = str(details.get("start_context") or "")
    highlight = str(details.get("highlight") or "")
    at = sql.find(start + highlight)
    return sql[at + len(start) :].strip() if at >= 0 and highlight else sql.strip()


def to_sqlite(expression: exp.Expression) -> str:
    """The SQLite text of a rewritten statement; 1235 for what SQLite has no words for."""
    try:
        return expression.sql(dialect=SqliteTarget, identify=True, unsupported_level=ErrorLevel.IGNORE, comments=False)
    except (UnsupportedError, SqlglotError) as error:
        raise unsupported(str(error)) from None


def select_texts(sql: str) -> list[str]:
    """The source text of each item of the outermost SELECT: MySQL heads unnamed columns with it."""
    tokens = MySqlSource().tokenize(sql)
    first = _outermost_select(tokens)
    items: list[str] = []
    depth = 0
    start = tokens[first].end + 1 if first is not None else 0
    for token in tokens[first + 1 :] if first is not None else []:
        depth += (token.token_type is TokenType.L_PAREN) - (token.token_type is TokenType.R_PAREN)
        if depth < 0 or (depth == 0 and token.token_type in _ENDS_OF_LIST):
            return [*items, sql[start : token.start].strip()]
        if depth == 0 and token.token_type is TokenType.COMMA:
            items.append(sql[start : token.start].strip())
            start = token.end + 1
    return [*items, sql[start:].strip()] if first is not None else []


def _outermost_select(tokens: Sequence[Token]) -> int | None:
    """The place of the SELECT that is in the fewest parentheses, the first of those."""
    depth = 0
    found: list[tuple[int, int]] = []
    for place, token in enumerate(tokens):
        depth += (token.token_type is TokenType.L_PAREN) - (token.token_type is TokenType.R_PAREN)
        if token.token_type is TokenType.SELECT:
            found.append((depth, place))
    return min(found)[1] if found else None


_ENDS_OF_LIST = {
    TokenType.FROM,
    TokenType.WHERE,
    TokenType.GROUP_BY,
    TokenType.ORDER_BY,
    TokenType.LIMIT,
    TokenType.UNION,
    TokenType.SEMICOLON,
    TokenType.HAVING,
    TokenType.INTO,
}
