"""Answers for programs."""

from __future__ import annotations

import pytest

from vitessctl.cli.printing import print_json


def test_one_object_a_line_and_words_as_they_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"who": "Zoë", "rows": [1, 2]})

    assert capsys.readouterr().out == '{"who": "Zoë", "rows": [1, 2]}\n'
