"""The program as a process of its own: what it imports, signals, a reader that goes away; and any words at all."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.live import REPOSITORY
from tests.unit.cli.conftest import MINIMAL, Cli, run

HEAVY = ("grpc", "kubernetes", "rich", "supervisor", "pymysql", "google.protobuf")
IMPORTS = """
import json, sys
from vitessctl.cli.main import main
sys.argv = ["vitessctl", *json.loads(sys.argv[1])]
try:
    main()
except SystemExit as ended:
    print(json.dumps({"code": ended.code, "modules": sorted(sys.modules)}), file=sys.stderr)
"""


def environment() -> dict[str, str]:
    """Ours, without options of the program."""
    return {name: value for name, value in os.environ.items() if not name.startswith("VITESSCTL_")}


def modules_of(*words: str) -> tuple[int, set[str]]:
    """The exit code of a command, and every module that it imported."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS, json.dumps(words)],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=environment(),
        timeout=60,
    )
    told = json.loads(done.stderr.splitlines()[-1])
    return int(told["code"]), set(told["modules"])


@pytest.fixture(scope="module")
def of_typer() -> frozenset[str]:
    """What typer itself imports: before 0.17, that is rich."""
    code = "import sys, typer; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return frozenset(done.stdout.split())


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--help",), 0),
        (("--version",), 0),
        (("up", "--help"), 0),
        (("status", "--help"), 0),
        (("up", "--bogus"), 5),
        (("up",), 5),
        (("validate", "-i", str(MINIMAL)), 0),
        (("validate", "-i", "nowhere"), 5),
        (("render", "-i", str(MINIMAL)), 0),
        (("render", "-i", str(MINIMAL), "--target", "local"), 0),
        (("releases",), 0),
        (("releases", "show", "17", "--component", "vttablet"), 0),
        (("releases", "diff", "17", "21"), 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_what_needs_no_cluster_imports_nothing_heavy(
    words: tuple[str, ...], code: int, of_typer: frozenset[str]
) -> None:
    found, modules = modules_of(*words)

    assert found == code
    assert [name for name in HEAVY if name in modules - of_typer] == []


@pytest.mark.parametrize("words", [("--help",), ("up", "--help"), ("up", "--bogus")], ids=" ".join)
def test_help_does_not_even_read_yaml_or_templates(words: tuple[str, ...], of_typer: frozenset[str]) -> None:
    _, modules = modules_of(*words)

    assert [name for name in ("yaml", "jinja2", "jsonschema", "concurrent.futures") if name in modules - of_typer] == []


def start(*words: str, code: str = "from vitessctl.cli.main import main; main()") -> subprocess.Popen[str]:
    """The program, running."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env=environment(),
    )


def test_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vitessctl", "--version"], capture_output=True, text=True, cwd=REPOSITORY, check=True
    )

    assert done.stdout.startswith("vitessctl ")


WAITS = """
import sys, threading
from vitessctl.cli import up
from vitessctl.cli.main import main

class Target:
    name = "rehearsal"
    def __enter__(self): return self
    def __exit__(self, *error): pass
    def changing(self, run):
        print("waiting", flush=True)
        for _ in range(60):  # in short pieces, as a run waits: a signal just before a wait is heard after it
            threading.Event().wait(1)

up.open_target = lambda *place, look_ahead: Target()
main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize("output", ["text", "json"])
def test_an_interrupt_is_130_and_says_how_to_go_on(number: signal.Signals, output: str) -> None:
    process = start("up", "-i", str(MINIMAL), "--rehearse", "--output", output, code=WAITS)
    assert process.stdout is not None
    while process.stdout.readline() != "waiting\n":
        assert process.poll() is None
    begun = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=30)

    assert process.returncode == 130
    assert time.monotonic() - begun < 10
    said = "What runs keeps running. The same command goes on from here."
    if output == "text":
        assert err.splitlines() == ["interrupted", f"  fix: {said}"]
    else:
        assert json.loads(out.splitlines()[-1])["fix"] == said
        assert err == ""


def test_a_reader_that_goes_away_is_no_success_and_no_traceback() -> None:
    process = start("render", "-i", str(MINIMAL))
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()

    assert process.wait(timeout=30) == 1
    assert err == ""


# Any words at all


# Without connect: it would run the words.
COMMANDS = (
    *("validate", "render", "init", "plan", "check-images", "up", "status", "logs", "history", "down"),
    *("--help", "--version", "bogus"),
)
# Without slashes: a folder that is made stays below the test's own. Without NUL, which no command line can hold.
texts = st.text(alphabet=st.characters(exclude_characters="/\0"), max_size=8)
values = st.one_of(
    st.sampled_from(["cluster=x", "cells=[]", "keyspaces={", "local.base_port=1", "users=[{}]", "vars.a={{ vars.a }}"]),
    st.sampled_from(["@", "@nowhere", "=", "", "-", "--", "{{", "{% raw", "é=ü", "json", "text", "local", "minimal"]),
    texts,
    st.builds("{}={}".format, texts, texts),
)
options = st.one_of(
    st.sampled_from([["-v"], ["--yes"], ["--local"], ["--rehearse"], ["--show-secrets"], ["--help"], ["-h"]]),
    st.builds(
        lambda option, value: [option, value],
        st.sampled_from(["-e", "--image", "--output", "--state-dir", "--delete-data", "--target", "-o", "--bogus"]),
        values,
    ),
    st.builds(lambda value: [value], values),
)
words = st.builds(
    lambda command, named, rest: [command, *(["-i", str(MINIMAL)] if named else []), *itertools.chain(*rest)],
    st.sampled_from(COMMANDS),
    st.booleans(),
    st.lists(options, max_size=4),
)
KNOWN_CODES = (0, 1, 3, 4, 5, 6)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words)
def test_whatever_is_typed_there_is_no_traceback(cli: Cli, machine: object, words: list[str]) -> None:
    result = run(*words)

    said = result.out + result.err
    assert result.code in KNOWN_CODES
    assert "Traceback" not in said
    assert "has a bug" not in said
    assert Path.cwd().name == "here"
