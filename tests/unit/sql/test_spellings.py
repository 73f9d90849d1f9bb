"""Words that MySQL changed."""

from __future__ import annotations

import pytest

from vitessctl.sql.reads import is_read
from vitessctl.sql.spellings import PAIRS, other_spelling


@pytest.mark.parametrize(
    ("statement", "other"),
    [
        ("show master status", "show binary log status"),
        ("SHOW /* a */ Binary LOG status", "show master status"),
        ("show slave status for channel 'a'", "show replica status for channel 'a'"),
        ("show replica status", "show slave status"),
        ("show slave hosts", "show replicas"),
        ("show replicas", "show slave hosts"),
        ("show master logs", "show binary logs"),
        ("show tables", ""),
        ("select 'show master status'", ""),
        ("show", ""),
    ],
)
def test_the_other_words(statement: str, other: str) -> None:
    assert other_spelling(statement) == other


def test_there_and_back_is_the_same_and_each_is_a_read() -> None:
    for pair in PAIRS:
        for words in pair:
            assert other_spelling(other_spelling(words)) == words.lower()
            assert is_read(words)
