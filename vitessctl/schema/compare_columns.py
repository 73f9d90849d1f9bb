"""From a declared column and the one that is there to what an ALTER TABLE has to change of it."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.schema.difference import REWRITTEN, Difference
from vitessctl.schema.table import Column
from vitessctl.schema.types import WIDER_CHARSETS, keeps_every_value

_NULLS = "rows in which it is NULL would be refused, or get another value"


def changed_column(table: str, wanted: Column, found: Column) -> Iterator[Difference]:
    """One difference, or none. It is held if any part of it can lose something."""
    reasons = list(_reasons(wanted, found))
    if reasons:
        held = "; ".join(dict.fromkeys(reason for reason in reasons if reason))
        clause = f"MODIFY COLUMN {wanted.declaration}"
        yield Difference(table, f"change column {wanted.name}", found.declaration, wanted.declaration, clause, held)


def _reasons(wanted: Column, found: Column) -> Iterator[str]:
    """For each fact that differs, why it is held; "" if it is not."""
    if wanted.type != found.type:
        lost = f"{found.type} has values that {wanted.type} cannot hold"
        yield "" if keeps_every_value(found.type, wanted.type) else lost
    if wanted.charset and wanted.charset != found.charset:
        lost = f"not every character of {found.charset or 'the old character set'} is one of {wanted.charset}"
        yield "" if (found.charset, wanted.charset) in WIDER_CHARSETS else lost
    if wanted.collation and wanted.collation != found.collation:
        yield "other values would count as equal, which unique indexes feel" if found.collation else ""
    if wanted.generated != found.generated:
        yield REWRITTEN if wanted.generated and found.generated else "the values in it would be gone"
    if not wanted.implied:
        yield from _server_chosen(wanted, found)
    if wanted.auto_increment != found.auto_increment or wanted.comment != found.comment:
        yield ""
    if wanted.others != found.others:
        yield ""


def _server_chosen(wanted: Column, found: Column) -> Iterator[str]:
    if wanted.nullable != found.nullable:
        yield "" if wanted.nullable else _NULLS
    if wanted.default != found.default:
        yield REWRITTEN if wanted.default.startswith("(") and found.default.startswith("(") else ""
    if wanted.on_update != found.on_update:
        yield ""
