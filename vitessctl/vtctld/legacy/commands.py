"""Command lines of the legacy service, by the table commands.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources

import yaml

from vitessctl.releases import Release

Table = Mapping[str, Mapping[str, Sequence[str]]]


def command(release: Release, call: str, **values: str) -> list[str]:
    """The words of a call in a release. KeyError if the release has no command for it, or a value is missing.

    >>> from vitessctl import releases
    >>> command(releases.get("6"), "start_replication", alias="zone1-0000000100")
    ['StartSlave', 'zone1-0000000100']
    """
    return list(_filled(words_of(release, call), values))


def words_of(release: Release, call: str) -> Sequence[str]:
    """The words of a call with their placeholders; the first is the command's name."""
    for text, words in table()[call].items():
        if release.within(text):
            return words
    raise KeyError(f"Vitess {release.name} has no command for {call}")


def _filled(words: Sequence[str], values: Mapping[str, str]) -> Iterator[str]:
    """A flag with nothing behind its equals sign is left out: an empty value may mean something else than none."""
    for word in words:
        filled = word.format_map(values)
        if not (word.startswith("--") and filled.endswith("=") and filled != word):
            yield filled


@cache
def table() -> Table:
    """The rows of commands.yaml."""
    text = resources.files("vitessctl.vtctld.legacy").joinpath("commands.yaml").read_text(encoding="utf-8")
    content: Table = yaml.safe_load(text)
    return content
