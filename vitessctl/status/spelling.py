"""The words of remedies as a release spells them: spellings.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import yaml

from vitessctl.releases import Release
from vitessctl.status.catalogue import Finding


@dataclass(frozen=True)
class Spelling:
    """One row; see the head of the file."""

    words: re.Pattern[str]
    releases: Mapping[str, str]


@cache
def spellings() -> Sequence[Spelling]:
    """The table, in its order."""
    text = resources.files("vitessctl.status").joinpath("spellings.yaml").read_text(encoding="utf-8")
    return tuple(Spelling(re.compile(row["words"]), row["releases"]) for row in yaml.safe_load(text))


def spelled(finding: Finding, release: Release) -> Finding:
    """The same, with its remedy in the words of a release."""
    remedy = finding.remedy
    for spelling in spellings():
        for text, words in spelling.releases.items():
            if release.within(text):
                remedy = spelling.words.sub(words, remedy)
    return finding if remedy == finding.remedy else replace(finding, remedy=remedy)
