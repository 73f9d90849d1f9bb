"""From a declared table and the one that is there to their differences."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.schema.column import quoted
from vitessctl.schema.compare_columns import changed_column
from vitessctl.schema.difference import REWRITTEN, Difference
from vitessctl.schema.table import Check, ForeignKey, Key, Table

_GONE = "the values in it would be gone"
_OPTIONS = {
    "engine": ("ENGINE", "the table would be moved to another storage engine"),
    "charset": ("DEFAULT CHARACTER SET", ""),
    "collation": ("COLLATE", ""),
    "comment": ("COMMENT", ""),
    "row_format": ("ROW_FORMAT", ""),
}


def differences(wanted: Table, found: Table) -> tuple[Difference, ...]:
    """All differences, in the order in which one ALTER TABLE makes them."""
    return (
        *_dropped_keys(wanted, found),
        *_columns(wanted, found),
        *_keys(wanted, found),
        *_foreign_keys(wanted, found),
        *_checks(wanted, found),
        *_options(wanted, found),
        *_partitions(wanted, found),
    )


def _columns(wanted: Table, found: Table) -> Iterator[Difference]:
    name = wanted.name
    for column in found.columns:
        if wanted.column(column.name) is None:
            clause = f"DROP COLUMN {quoted(column.name)}"
            yield Difference(name, f"drop column {column.name}", column.declaration, "", clause, _GONE)
    for place, column in enumerate(wanted.columns):
        there = found.column(column.name)
        if there is not None:
            yield from changed_column(name, column, there)
            continue
        clause = f"ADD COLUMN {column.declaration}{_position(wanted, place, found)}"
        yield Difference(name, f"add column {column.name}", "", column.declaration, clause)


def _position(wanted: Table, place: int, found: Table) -> str:
    """Nothing where it comes last, which MySQL does without touching a row."""
    if all(found.column(later.name) is None for later in wanted.columns[place:]):
        return ""
    return f" AFTER {quoted(wanted.columns[place - 1].name)}" if place else " FIRST"


def _dropped_keys(wanted: Table, found: Table) -> Iterator[Difference]:
    for key in found.keys:
        if any(_same_key(each, key) for each in wanted.keys) or _serves_foreign_key(key, wanted):
            continue
        again = _replaced(key, wanted)
        clause = "DROP PRIMARY KEY" if key.kind == "primary" else f"DROP KEY {quoted(key.name)}"
        if again is None or key.kind != "index" or again.kind != "index":
            yield Difference(wanted.name, f"drop {_called(key)}", key.declaration, "", clause, _why_kept(key))
        else:
            yield Difference(wanted.name, f"drop {_called(key)}", key.declaration, again.declaration, clause)


def _why_kept(key: Key) -> str:
    if key.kind in ("primary", "unique"):
        return "nothing would refuse a second row of the same values any more"
    return "queries may need it"


def _replaced(key: Key, wanted: Table) -> Key | None:
    """The declared key of the same name."""
    return next((each for each in wanted.keys if each.name and each.name.lower() == key.name.lower()), None)


def _same_key(declared: Key, there: Key) -> bool:
    """By name if it has one, else by its columns. Of expressions only that there are any is compared."""
    if declared.kind != there.kind or (declared.name and declared.name.lower() != there.name.lower()):
        return False
    same = (declared.parts, declared.others) == (there.parts, there.others)
    return same or (_functional(declared) and _functional(there))


def _functional(key: Key) -> bool:
    return any(part.startswith("(") for part in key.parts)


def _serves_foreign_key(key: Key, wanted: Table) -> bool:
    """MySQL makes an index for each foreign key that has none."""
    return key.kind == "index" and any(key.parts[: len(f.columns)] == f.columns for f in wanted.foreign_keys)


def _keys(wanted: Table, found: Table) -> Iterator[Difference]:
    for key in wanted.keys:
        if not any(_same_key(key, each) for each in found.keys):
            yield Difference(wanted.name, f"add {_called(key)}", "", key.declaration, f"ADD {key.declaration}")


def _called(key: Key) -> str:
    if key.kind == "primary":
        return "primary key"
    kind = "index" if key.kind == "index" else f"{key.kind} index"
    return f"{kind} {key.name or '(' + ', '.join(key.parts) + ')'}"


def _foreign_keys(wanted: Table, found: Table) -> Iterator[Difference]:
    def same(one: ForeignKey, other: ForeignKey) -> bool:
        return (one.columns, one.refers_to, one.actions) == (other.columns, other.refers_to, other.actions)

    for key in found.foreign_keys:
        if not any(same(key, each) for each in wanted.foreign_keys):
            why = "nothing would refuse rows that refer to nothing any more"
            clause = f"DROP FOREIGN KEY {quoted(key.name)}"
            yield Difference(wanted.name, f"drop foreign key {key.name}", key.declaration, "", clause, why)
    for key in wanted.foreign_keys:
        if not any(same(key, each) for each in found.foreign_keys):
            called = key.name or f"({', '.join(key.columns)})"
            clause = f"ADD {key.declaration}"
            yield Difference(wanted.name, f"add foreign key {called}", "", key.declaration, clause)


def _checks(wanted: Table, found: Table) -> Iterator[Difference]:
    def same(one: Check, other: Check) -> bool:
        return (one.text, one.enforced) == (other.text, other.enforced)

    for check in found.checks:
        if not any(same(check, each) for each in wanted.checks):
            clause = f"DROP CHECK {quoted(check.name)}"
            yield Difference(wanted.name, f"drop check {check.name}", check.declaration, "", clause, REWRITTEN)
    for check in wanted.checks:
        if not any(same(check, each) for each in found.checks):
            why = f"{REWRITTEN}; MySQL before 8.0.16 has no checks"
            called = check.name or f"({check.text})"
            clause = f"ADD {check.declaration}"
            yield Difference(wanted.name, f"add check {called}", "", check.declaration, clause, why)


def _options(wanted: Table, found: Table) -> Iterator[Difference]:
    for option, value in wanted.options.items():
        there = found.options.get(option, "")
        if there.lower() == value.lower() if option != "comment" else there == value:
            continue
        word, held = _OPTIONS[option]
        said = "'" + value.replace("'", "''") + "'" if option == "comment" else value
        yield Difference(wanted.name, f"set {option}", there, value, f"{word} = {said}", held)


def _partitions(wanted: Table, found: Table) -> Iterator[Difference]:
    if wanted.partitions != found.partitions:
        why = "partitions are not changed by vitessctl: an ALTER TABLE of your own has to do it"
        yield Difference(wanted.name, "change partitions", found.partitions, wanted.partitions, "", why)
