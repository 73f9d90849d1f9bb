"""Command lines of real servers, from the oldest release to the newest, are taken; misspelled ones are not."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from vitessctl import releases
from vitessctl.rehearsal.etcd import options
from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.flags import Flags, Parser, load_types

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "command_lines.yaml").read_text())


def parse(program: str, release: str, words: list[str]) -> Flags:
    known = releases.get(release)
    parser = Parser(
        accepts=lambda flag: known.accepts(program, flag),
        dashed=known.within("23.."),
        go=known.flag_parser == "go",
        types=load_types(),
    )
    return parser.parse(words)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['program']} {case['release']}")
def test_taken(case: dict[str, Any]) -> None:
    flags = parse(case["program"], case["release"], shlex.split(case["line"]))

    assert {name: flags.text(name) for name in case["values"]} == case["values"]
    given = sum(word.startswith("-") for word in shlex.split(case["line"]))
    assert len(flags.values) == given


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['program']} {case['release']}")
def test_with_one_letter_more_refused(case: dict[str, Any]) -> None:
    words = shlex.split(case["line"])
    first = next(index for index, word in enumerate(words) if word.startswith("-"))
    words[first] += "x"

    with pytest.raises(StartError) as caught:
        parse(case["program"], case["release"], words)

    assert words[first].lstrip("-") in caught.value.text
    assert caught.value.code == (2 if releases.get(case["release"]).flag_parser == "go" else 1)


def test_etcds() -> None:
    found = options.parse(
        [
            *("--name", "etcd-1", "--data-dir=/d"),
            *("--listen-client-urls", "http://127.0.0.1:2379,http://127.0.0.2:2379"),
            *("--advertise-client-urls", "http://127.0.0.1:2379"),
            *("--listen-peer-urls", "http://127.0.0.1:2380"),
            *("--initial-cluster", "etcd-0=http://127.0.0.1:1,etcd-1=http://127.0.0.1:2380"),
            *("--auto-compaction-mode", "revision", "--auto-compaction-retention=1000"),
        ]
    )

    assert found == options.Options(
        name="etcd-1",
        data_dir="/d",
        client=("127.0.0.1", 2379),
        metrics=None,
        peer=("127.0.0.1", 2380),
        members={"etcd-0": "127.0.0.1:1", "etcd-1": "127.0.0.1:2380"},
        advertised_client="http://127.0.0.1:2379",
    )


def test_etcds_defaults() -> None:
    found = options.parse([])

    assert (found.name, found.data_dir) == ("default", "default.etcd")
    assert (found.client, found.peer) == (("localhost", 2379), ("localhost", 2380))
    assert found.members == {"default": "localhost:2380"}


@pytest.mark.parametrize("url", ["nowhere", "http://host", "http://host:port"])
def test_an_etcd_url_without_a_port(url: str) -> None:
    with pytest.raises(StartError, match="host:port"):
        options.first_address(url)
