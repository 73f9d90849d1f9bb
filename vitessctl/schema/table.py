"""A table, as a CREATE TABLE describes it, in a form in which what means the same is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Column:
    """A column. `declaration` is what an ALTER TABLE has to say to make it so."""

    name: str
    type: str
    """`bigint unsigned`, `varchar(64)`, `enum('a','b')`: lower case, no display width, no alias."""
    declaration: str = field(compare=False)
    nullable: bool = True
    default: str = ""
    """`0`, `'text'`, `current_timestamp(6)`, `(an expression)`; empty: none, or NULL."""
    on_update: str = ""
    auto_increment: bool = False
    comment: str = ""
    charset: str = ""
    """Of its own or of its table, if one is said; empty: the server's."""
    collation: str = ""
    generated: str = ""
    """The expression, and `stored` or `virtual`."""
    others: tuple[str, ...] = ()
    """Attributes that are only compared as words: `invisible`, `srid 4326`."""
    implied: bool = False
    """Whether nullability, default and update follow from the server: a plain `timestamp`, before MySQL 8."""


@dataclass(frozen=True)
class Key:
    """An index: `primary`, `unique`, `index`, `fulltext` or `spatial`."""

    kind: str
    name: str
    """Empty where the server chooses it."""
    parts: tuple[str, ...]
    """`a`, `b(10)`, `c desc`, `(an expression)`."""
    declaration: str = field(compare=False)
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key."""

    name: str
    columns: tuple[str, ...]
    refers_to: str
    """`table (a, b)`."""
    actions: tuple[str, ...]
    """`on delete cascade`; what does nothing is left out."""
    declaration: str = field(compare=False)


@dataclass(frozen=True)
class Check:
    """A CHECK."""

    name: str
    text: str
    enforced: bool
    declaration: str = field(compare=False)


@dataclass(frozen=True)
class Table:
    """A table. `options` has only those that were said: engine, charset, collation, comment, row_format."""

    name: str
    columns: tuple[Column, ...]
    keys: tuple[Key, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    partitions: str = ""

    def column(self, name: str) -> Column | None:
        """The column of that name, in any case."""
        return next((column for column in self.columns if column.name.lower() == name.lower()), None)
