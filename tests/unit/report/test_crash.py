"""The report of an internal error: enough to find the bug, and none of what `-e` brought in."""

from __future__ import annotations

import stat
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl import __version__
from vitessctl.report.crash import write_report
from vitessctl.report.hidden import harmless


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def report_of(words: list[str], message: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The report of an error with that message, raised by a command line of those words."""
    monkeypatch.setattr(sys, "argv", ["vitessctl", *words])
    try:
        raise KeyError(message)
    except KeyError as error:
        return write_report(error).read_text(encoding="utf-8")


def test_it_tells_the_versions_the_command_and_where_it_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    text = report_of(["up", "-i", "inventories/minimal", "--rehearse"], "no such stage", monkeypatch)

    lines = text.splitlines()
    assert lines[0].startswith(f"vitessctl {__version__}, Python {sys.version.split()[0]}, ")
    assert lines[1] == "command: vitessctl up -i inventories/minimal --rehearse"
    assert "Traceback (most recent call last):" in lines
    assert "    raise KeyError(message)" in lines
    assert lines[-1] == "KeyError: 'no such stage'"


def test_only_its_owner_can_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["vitessctl"])

    path = write_report(ValueError("x"))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.name.startswith("vitessctl-report-")


SECRET = "hunter2-and-more"


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["up", "-e", f"users.app.password={SECRET}"], "up -e users.app.password=…"),
        (["up", f"-eusers.app.password={SECRET}"], "up -e users.app.password=…"),
        (["up", f"-e=password={SECRET}"], "up -e password=…"),
        (["up", "--extra-vars", f"password={SECRET}"], "up -e password=…"),
        (["up", f"--extra-vars=password={SECRET}"], "up -e password=…"),
        (["up", "-vye", f"password={SECRET}"], "up -e password=…"),
        (["up", "-e", f"password = {SECRET}"], "up -e …"),
        (["up", "-e", f'{{"password": "{SECRET}"}}'], "up -e …"),
        (["up", "-e", f'{{"users": [{{"name": "app", "password":"{SECRET}"}}]}}'], "up -e …"),
        (["up", "-e", f"{{password: {SECRET}}}"], "up -e …"),
        (["up", "-e", f"password: {SECRET}"], "up -e …"),
        (["up", "-e", "a=1", "-e", f"password={SECRET}"], "up -e a=… -e password=…"),
    ],
)
def test_no_secret_of_the_command_line_is_in_it(
    words: list[str], command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = report_of(words, f"bad value {SECRET!r} in {words!r}", monkeypatch)

    assert SECRET not in text
    assert text.splitlines()[1] == f"command: vitessctl {command}"


@pytest.mark.parametrize("words", [["up", "-e", "@vars.yaml"], ["up", "--image", "vtgate=reg.local:5000/vtgate:v24"]])
def test_what_is_no_secret_stays(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert report_of(words, "x", monkeypatch).splitlines()[1] == f"command: vitessctl {' '.join(words)}"


def test_the_causes_of_an_error_are_in_it_and_as_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["vitessctl", "up", "-e", f"password={SECRET}"])
    try:
        try:
            raise ValueError(f"cannot read {SECRET}")
        except ValueError as cause:
            raise RuntimeError("it broke") from cause
    except RuntimeError as error:
        text = write_report(error).read_text(encoding="utf-8")

    assert "ValueError: cannot read …" in text
    assert "RuntimeError: it broke" in text


def test_a_short_value_does_not_garble_places(monkeypatch: pytest.MonkeyPatch) -> None:
    text = report_of(["up", "-e", "replicas=3"], "got 3 of 3", monkeypatch)

    assert f'File "{__file__}", line ' in text
    assert text.splitlines()[-1] == "KeyError: 'got … of …'"


def test_nothing_is_hidden_where_nothing_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["vitessctl", "up", "-e"])

    assert harmless("any text") == "any text"


@given(st.text(alphabet="abcXYZ019!$%&*()-_=+.,:/ {}[]'\"", min_size=4, max_size=30))
def test_whatever_the_password_it_is_hidden(secret: str) -> None:
    """As one word, or in the pieces that a map was cut into."""
    before = sys.argv
    sys.argv = ["vitessctl", "up", "-e", f"password={secret}"]
    try:
        assert not secret.strip() or secret.strip() not in harmless(f"it was >{secret}< here")
    finally:
        sys.argv = before
