"""One difference between a table of the spec and the same table of a tablet."""

from __future__ import annotations

from dataclasses import dataclass

from vitessctl.schema.column import quoted

REWRITTEN = "MySQL rewrites expressions when it shows them, so this may be no difference"


@dataclass(frozen=True)
class Difference:
    """What is wanted and what is there."""

    table: str
    what: str
    """Begins with a verb: `add column author`, `change column body`."""
    before: str
    """As it is there; empty: not there."""
    after: str
    """As it is declared; empty: not declared."""
    clause: str
    """What ALTER TABLE has to be told, or the whole CREATE TABLE or DROP TABLE; empty: no statement does it."""
    held: str = ""
    """Why it is only done when it was allowed by name; empty: nothing can be lost by it."""

    @property
    def is_whole(self) -> bool:
        """Whether the clause is a statement of its own."""
        return self.clause.lstrip().upper().startswith(("CREATE ", "DROP TABLE "))


def statements(differences: tuple[Difference, ...]) -> tuple[str, ...]:
    """What makes the differences go: new tables first, then one ALTER TABLE a table, then what is dropped."""
    wholes = [each.clause for each in differences if each.is_whole]
    tables = dict.fromkeys(each.table for each in differences if each.clause and not each.is_whole)
    alters = []
    for table in tables:
        clauses = [e.clause for e in differences if e.table == table and e.clause and not e.is_whole]
        alters.append(f"ALTER TABLE {quoted(table)} {', '.join(clauses)}")
    drops = [clause for clause in wholes if clause.lstrip().upper().startswith("DROP ")]
    return (*(clause for clause in wholes if clause not in drops), *alters, *drops)
