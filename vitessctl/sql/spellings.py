"""SHOW statements of replication, whose words MySQL changed: what one series calls so the other does not know. Pure.

SHOW REPLICA STATUS and SHOW REPLICAS came in 8.0.22, SHOW BINARY LOG STATUS in 8.2; the old words went in 8.4.
"""

from __future__ import annotations

from vitessctl.sql.tokens import tokens

PAIRS: tuple[tuple[str, str], ...] = (
    ("SHOW MASTER STATUS", "SHOW BINARY LOG STATUS"),
    ("SHOW SLAVE STATUS", "SHOW REPLICA STATUS"),
    ("SHOW SLAVE HOSTS", "SHOW REPLICAS"),
    ("SHOW MASTER LOGS", "SHOW BINARY LOGS"),
)
"""The old words and the new ones."""
SYNTAX_ERRORS = (1064, 1105, 1149)
"""MySQL's number for words that it does not know, and those that vtgate gives it."""


def other_spelling(statement: str) -> str:
    """The same statement in the other series' words; "" for one that has only one spelling."""
    found = [*tokens(statement)]
    for pair in PAIRS:
        for ours, other in (pair, pair[::-1]):
            words = ours.split()
            if [token.word for token in found[: len(words)]] == words:
                return other.lower() + statement[found[len(words) - 1].end :]
    return ""
