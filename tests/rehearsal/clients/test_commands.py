"""Command lines of vtctldclient as requests, and answers as it prints them."""

from __future__ import annotations

import pytest

from vitessctl import releases
from vitessctl.rehearsal.clients.commands import COMMANDS, request, shown
from vitessctl.rehearsal.clients.vtctlclient import apart
from vitessctl.rehearsal.clients.vtctldclient import render
from vitessctl.rehearsal.clients.words import CommandLine, UsageError, split
from vitessctl.rehearsal.servenv.flagset import FlagError
from vitessctl.vtctld.methods import METHODS
from vitessctl.vtctld.proto import topodata_pb2 as topodata

KINDS = {"server": "text", "action-timeout": "duration", "compact": "bool"}


def test_a_planned_reparent_with_all_its_flags() -> None:
    flags = {
        "new-primary": "zone1-0000000102",
        "avoid-primary": "zone1-0000000100",
        "wait-replicas-timeout": "1m2.5s",
        "allow-cross-cell-promotion": "true",
    }
    message = request("PlannedReparentShard", CommandLine(("ks/-80",), flags))

    assert (message.keyspace, message.shard) == ("ks", "-80")
    assert (message.new_primary.uid, message.avoid_primary.uid) == (102, 100)
    assert (message.wait_replicas_timeout.seconds, message.wait_replicas_timeout.nanos) == (62, 500_000_000)
    assert message.allow_cross_cell_promotion
    assert not message.HasField("expected_primary")


def test_a_flag_that_is_not_given_has_its_default() -> None:
    words = ("zone1-0000000102", "set global super_read_only = 0; drop table t")
    message = request("ExecuteMultiFetchAsDBA", CommandLine(words, {"disable-binlogs": "true"}))

    assert (message.tablet_alias.uid, message.max_rows, message.disable_binlogs) == (102, 10000, True)
    assert request("ExecuteFetchAsDBA", CommandLine(words, {"max-rows": "1"})).max_rows == 1


def test_rows_are_printed_as_a_table_and_no_rows_as_nothing() -> None:
    field, row = {"name": "a"}, {"lengths": [2, -1], "values": b"42"}
    answer = METHODS["ExecuteMultiFetchAsDBA"].response(
        results=[{}, {"fields": [field, {"name": "b"}], "rows": [row]}],
    )

    assert render("ExecuteMultiFetchAsDBA", answer).splitlines() == [
        "+----+------+",
        "| a  | b    |",
        "+----+------+",
        "| 42 | NULL |",
        "+----+------+",
    ]


def test_a_list_is_given_with_commas() -> None:
    assert list(request("GetTablets", CommandLine((), {"cell": "zone1,zone2"})).cells) == ["zone1", "zone2"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_a_call_of_vtctld_with_these_fields(name: str) -> None:
    command, method = COMMANDS[name], METHODS[name]
    places = [part for word in command.words for part in word.split("/")]
    places += [command.fields.get(flag, flag.replace("-", "_")) for flag in command.flags]

    assert set(places) <= set(method.request.DESCRIPTOR.fields_by_name)
    assert not command.answer or command.answer in method.response.DESCRIPTOR.fields_by_name


def test_flags_may_stand_anywhere() -> None:
    line = split(["--compact", "Get", "--server=a:1", "ks", "--action-timeout", "5s"], KINDS)

    assert line == CommandLine(("Get", "ks"), {"compact": "true", "server": "a:1", "action-timeout": "5s"})


@pytest.mark.parametrize(
    ("arguments", "text"),
    [(["--nope"], "unknown flag: --nope"), (["--server"], "flag needs an argument: --server")],
)
def test_a_bad_command_line(arguments: list[str], text: str) -> None:
    with pytest.raises(UsageError, match=text):
        split(arguments, KINDS)


@pytest.mark.parametrize("release", ["2.2", "9", "14"])
def test_the_legacy_client_takes_one_dash_until_14_and_keeps_the_commands_flags(release: str) -> None:
    words = ["-server", "a:1", "--action_timeout=5s", "-logtostderr", "Reparent", "-keyspace_shard", "ks/0"]

    assert apart(words, releases.get(release)) == (
        {"server": "a:1", "action-timeout": "5s", "logtostderr": "true"},
        ["Reparent", "-keyspace_shard", "ks/0"],
    )


@pytest.mark.parametrize(
    ("release", "word", "text"),
    [
        ("14", "-nosuch", "flag provided but not defined: -nosuch"),
        ("15", "--nosuch", "unknown flag: --nosuch"),
        ("24", "-server=a:1", "unknown shorthand flag: 's' in -server=a:1"),
    ],
)
def test_and_ends_as_its_release_does(release: str, word: str, text: str) -> None:
    with pytest.raises(FlagError) as caught:
        apart([word], releases.get(release))

    assert str(caught.value) == text


def test_a_message_is_shown_with_what_it_does_not_say() -> None:
    tablet = topodata.Tablet(alias=topodata.TabletAlias(cell="zone1", uid=7), type=topodata.RDONLY, port_map={"vt": 1})
    seen = shown(tablet)

    assert seen["alias"] == {"cell": "zone1", "uid": 7}
    assert seen["type"] == "RDONLY"
    assert seen["port_map"] == {"vt": 1}
    assert seen["primary_term_start_time"] is None
    assert seen["mysql_port"] == 0
