"""data/defaults.json beside the catalogue of flags."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from vitessctl import releases
from vitessctl.releases import defaults, knowledge, ranges, values

KNOWN = knowledge.packaged()
OLDER, NEWER = KNOWN.names[:13], KNOWN.names[14:-1]


@pytest.mark.parametrize("component", [name for name in defaults.packaged() if name != defaults.COMMON])
def test_what_is_said_of_a_flag_is_about_one_that_is_there(component: str) -> None:
    for key, by_range in defaults.packaged()[component].items():
        for text in by_range:
            for name in KNOWN.names:
                if ranges.holds(text, name, KNOWN.names):
                    assert key in KNOWN.accepted(component, name), (key, name)


@pytest.mark.parametrize("component", KNOWN.flags)
def test_a_default_is_one_that_the_flag_takes(component: str) -> None:
    for name in KNOWN.names:
        for flag in releases.get(name).flags(component):
            known = defaults.of_flag(component, name, flag)
            if known is not None and known.text is not None:
                assert values.parses(known.kind, known.text), (name, flag, known)


@pytest.mark.parametrize("name", NEWER)
def test_of_nearly_every_flag_of_a_newer_release_the_default_is_known(name: str) -> None:
    """What the help does not list, as it is deprecated, has none."""
    for component in ("vtctld", "mysqlctld", "vttablet", "vtgate"):
        flags = releases.get(name).flags(component)
        assert sum(defaults.of_flag(component, name, flag) is None for flag in flags) <= 14, component


@pytest.mark.parametrize("name", OLDER)
def test_of_most_flags_of_an_older_release_the_default_is_known(name: str) -> None:
    for component in ("vtctld", "mysqlctld", "vttablet", "vtgate"):
        flags = releases.get(name).flags(component)
        known = [defaults.of_flag(component, name, flag) for flag in flags]
        assert sum(found is not None and found.text is not None for found in known) > 0.65 * len(flags), component


PROGRAM = """
import json, sys
from vitessctl.releases import knowledge
read, files = knowledge.read, []
def spying(file):
    files.append(file)
    return read(file)
knowledge.read = spying
from vitessctl.cli.main import main
try:
    main()
except SystemExit:
    pass
print(json.dumps(files), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("words", "files"),
    [
        (["--help"], []),
        (["validate", "-i", "inventories/minimal"], ["facts", "flags", "options", "lines"]),
        (["releases", "show", "24"], ["facts", "flags", "options", "lines", "about"]),
        (["releases", "--output", "json"], ["facts", "flags", "options", "lines", "about"]),
    ],
)
def test_no_command_reads_more_than_it_needs(words: list[str], files: list[str]) -> None:
    command = [sys.executable, "-c", PROGRAM, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert sorted(set(json.loads(done.stderr.splitlines()[-1]))) == sorted(files)
