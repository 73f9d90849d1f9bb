"""The command line itself: help, mistakes, exit codes, options from the environment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.live import REPOSITORY
from tests.unit.cli.conftest import MINIMAL, Cli, Machine
from vitessctl import __version__

COMMANDS = (
    *("init", "validate", "render", "plan", "check-images", "up", "status", "doctor", "tablets", "topology"),
    *("replication", "sql", "vtctl", "reparent", "rebuild", "drill"),
    *("connect", "logs", "history", "down", "releases", "schema", "vschema"),
)


def test_the_version(cli: Cli) -> None:
    assert cli("--version").out == f"vitessctl {__version__}\n"


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_lists_every_command(cli: Cli, option: str) -> None:
    result = cli(option)

    assert result.code == 0
    listed = [line.split()[0] for line in result.out.partition("Commands:")[2].splitlines() if line.strip()]
    assert tuple(listed) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_shows_an_example_and_fits_a_terminal(cli: Cli, command: str) -> None:
    result = cli(command, "--help")

    assert result.code == 0
    assert result.err == ""
    assert result.lines[0].startswith(f"Usage: vitessctl {command} ")
    assert f"Example:  vitessctl {command} " in result.out
    assert max(len(line) for line in result.lines) <= 80
    assert "\x1b" not in result.out


@pytest.mark.parametrize("command", COMMANDS)
def test_the_example_of_a_command_is_one_that_it_accepts(cli: Cli, command: str) -> None:
    """Its options exist; where it is about an inventory, that is one of ours."""
    example = cli(command, "--help").out.partition("Example:  vitessctl ")[2].split()
    options = [word for word in example if word.startswith("-")]

    assert options or command == "init"
    listed = cli(command, "--help").out
    for option in options:
        assert option in listed
    assert "inventories/minimal" in example or command in ("init", "releases")


@pytest.mark.parametrize("command", ["up", "status", "down"])
def test_the_example_of_a_command_works_as_it_stands(
    command: str, cli: Cli, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name after --delete-data is that of the inventory, too."""
    example = cli(command, "--help").out.partition("Example:  vitessctl ")[2].split()
    monkeypatch.chdir(REPOSITORY)
    cli("up", "-i", str(MINIMAL), "--rehearse")

    assert cli(*example).code == 0


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("init", {"--release", "--profile"}),
        ("validate", {"--inventory", "--extra-vars", "--image", "--output"}),
        ("render", {"--inventory", "--extra-vars", "--image", "--target", "--output-dir", "--show-secrets"}),
        ("up", {"--inventory", "--extra-vars", "--image", "--local", "--rehearse", "--state-dir", "--output", "--yes"}),
        ("status", {"--inventory", "--extra-vars", "--image", "--local", "--rehearse", "--state-dir", "--output"}),
        (
            "down",
            {"--inventory", "--extra-vars", "--image", "--local", "--rehearse", "--state-dir", "--output", "--yes"}
            | {"--delete-data"},
        ),
    ],
)
def test_a_commands_options(cli: Cli, command: str, options: set[str]) -> None:
    text = cli(command, "--help").out

    for option in {*options, "--verbose", "--help"}:
        assert f"{option} " in text.replace(",", " ") or f"{option}\n" in text, option


# Mistakes


MISTAKES = [
    ((), "Usage: vitessctl"),
    (("bogus",), "No such command 'bogus'."),
    (("up", "--bogus"), "No such option: --bogus"),
    (("up", "--rehears"), "No such option: --rehears"),
    (("validate", "-i"), "Option '-i' requires an argument."),
    (("status", "--output", "yaml"), "'yaml' is not one of"),
    (("render", "--target", "nomad"), "'nomad' is not one of"),
    (("init",), "Missing argument 'DIR'."),
    (("init", "x", "--profile", "huge"), "'huge' is not one of"),
    (("validate", "stray"), "stray"),
    (("validate",), "there is no cluster.yaml"),
    (("validate", "-i", "nowhere"), "there is no such file or folder"),
    (("render", "-i", "nowhere"), "there is no such file or folder"),
    (("up", "-i", "nowhere", "--rehearse"), "there is no such file or folder"),
    (("status", "-i", "nowhere"), "there is no such file or folder"),
    (("down", "-i", "nowhere"), "there is no such file or folder"),
    (("up", "-i", str(MINIMAL), "--context", "nosuch"), "no Kubernetes cluster is chosen"),
    (("up", "-i", str(MINIMAL), "--local", "--rehearse"), "--local and --rehearse exclude each other"),
    (("up", "-i", str(MINIMAL), "--local", "--context", "x"), "--local and --context exclude each other"),
    (("status", "-i", str(MINIMAL), "--local", "--rehearse"), "--local and --rehearse exclude each other"),
    (("down", "-i", str(MINIMAL), "--local", "--rehearse"), "--local and --rehearse exclude each other"),
    (("down", "-i", str(MINIMAL), "--delete-data", "guestbook"), "--delete-data guestbook is not this cluster's name"),
    (("down", "-i", str(MINIMAL), "--delete-data", ""), "is not this cluster's name"),
    (("validate", "-i", str(MINIMAL), "-e", "nosuchkey=1"), "nosuchkey"),
    (("validate", "-i", str(MINIMAL), "-e", "@nowhere.yaml"), "nowhere.yaml"),
    (("validate", "-i", str(MINIMAL), "-e", "{broken"), ""),
    (("validate", "-i", str(MINIMAL), "--image", "nosuch=vitess/lite:v24.0.4"), "nosuch"),
]


@pytest.mark.parametrize(("words", "said"), MISTAKES, ids=[" ".join(words)[-60:] or "nothing" for words, _ in MISTAKES])
def test_a_mistake_ends_with_5_and_a_sentence_on_stderr(cli: Cli, words: tuple[str, ...], said: str) -> None:
    result = cli(*words)

    assert result.code == 5
    assert result.out == ""
    assert said in result.err.replace("\n", " ")
    assert "Traceback" not in result.err
    assert "has a bug" not in result.err


# Without a command there is help, and a mistake in --output decides itself how errors look.
AS_JSON = [(words, said) for words, said in MISTAKES if words and "--output" not in words]


@pytest.mark.parametrize(("words", "said"), AS_JSON, ids=[" ".join(words)[-60:] for words, _ in AS_JSON])
def test_the_same_as_json_is_one_object_on_stdout(
    cli: Cli, words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VITESSCTL_OUTPUT", "json")

    result = cli(*words)

    assert result.code == 5
    assert result.err == ""
    data = json.loads(result.out)
    errors = data["errors"] if data["type"] == "errors" else [data]
    assert all(error["type"] == "error" and error["exit_code"] == 5 for error in errors)
    assert any(said in error["what"] or said in error["why"] or said in error["where"] for error in errors)


def test_a_usage_error_names_the_command(cli: Cli) -> None:
    data = json.loads(cli("up", "--output", "json", "--bogus").out)

    assert data["where"] == "vitessctl up"
    assert data["what"].startswith("No such option: --bogus")


# The environment


def test_the_inventory_may_come_from_the_environment(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITESSCTL_INVENTORY", str(MINIMAL))

    assert cli("validate").out.startswith("minimal: the spec is right.")


def test_the_command_line_wins_over_the_environment(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITESSCTL_INVENTORY", "nowhere")
    monkeypatch.setenv("VITESSCTL_OUTPUT", "json")

    result = cli("validate", "-i", str(MINIMAL), "--output", "text")

    assert (result.code, result.out.startswith("minimal: the spec is right.")) == (0, True)
    assert cli("validate", "--output", "text").err != ""


@pytest.mark.parametrize("words", [("--output", "json"), ("--output=json",)])
def test_json_may_be_asked_for_in_either_form(cli: Cli, words: tuple[str, ...]) -> None:
    assert json.loads(cli("validate", *words).out)["type"] == "errors"


def test_the_last_output_on_the_command_line_counts(cli: Cli) -> None:
    assert json.loads(cli("validate", "--output", "text", "--output", "json").out)["type"] == "errors"
    assert cli("validate", "--output", "json", "--output", "text").out == ""


def test_output_state_folder_and_target_may_come_from_the_environment(
    cli: Cli, machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VITESSCTL_INVENTORY", str(MINIMAL))
    monkeypatch.setenv("VITESSCTL_OUTPUT", "json")
    monkeypatch.setenv("VITESSCTL_TARGET", "rehearsal")
    monkeypatch.setenv("VITESSCTL_STATE_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("VITESSCTL_YES", "1")

    result = cli("up")

    assert result.code == 0
    assert json.loads(result.lines[0]) == {"type": "version", "ui": "1.0"}
    assert machine.opened == [("minimal", "rehearsal", tmp_path / "elsewhere")]


@pytest.mark.parametrize(("word", "name"), [("--local", "local"), ("--rehearse", "rehearsal")])
def test_a_flag_wins_over_the_target_of_the_environment(
    cli: Cli, machine: Machine, monkeypatch: pytest.MonkeyPatch, word: str, name: str
) -> None:
    monkeypatch.setenv("VITESSCTL_TARGET", "kubernetes")

    cli("up", "-i", str(MINIMAL), word)

    assert [opened[1] for opened in machine.opened] == [name]


def test_without_an_inventory_it_is_the_cluster_yaml_that_is_here(cli: Cli) -> None:
    Path("cluster.yaml").write_text((MINIMAL / "cluster.yaml").read_text())

    assert cli("validate").code == 0


def test_an_inventory_is_a_folder_or_the_file(cli: Cli) -> None:
    assert cli("validate", "-i", str(MINIMAL)).out == cli("validate", "-i", str(MINIMAL / "cluster.yaml")).out
