"""What vtctldclient can ask, as data: the words and flags of each command, and what it prints of the answer."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from vitessctl.rehearsal.clients.words import CommandLine, UsageError
from vitessctl.rehearsal.servenv.flags import parse_duration
from vitessctl.rehearsal.topology_names import parse_alias
from vitessctl.vtctld.methods import METHODS

_LONG: Final = (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64)


@dataclass(frozen=True)
class Command:
    """One command. A flag's field is called like the flag, unless `fields` names another."""

    words: tuple[str, ...] = ()
    """Fields of the request; `keyspace/shard` is one word for two."""
    flags: Mapping[str, str] = field(default_factory=dict)
    """Flag to kind: text, words, number, alias, duration, bool."""
    answer: str = ""
    """The field of the answer to print; empty prints none of it."""
    fields: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    """Flag to the value that it has when it is not given."""


_REPARENT: Final = {"new-primary": "alias", "wait-replicas-timeout": "duration"}
_ALIAS: Final = ("tablet_alias",)
_FETCH: Final = {"max-rows": "number", "disable-binlogs": "bool", "reload-schema": "bool"}
_MOST_ROWS: Final = {"max-rows": "10000"}
COMMANDS: Final[Mapping[str, Command]] = {
    "CreateKeyspace": Command(("name",), {"durability-policy": "text", "force": "bool"}, "keyspace"),
    "EmergencyReparentShard": Command(
        ("keyspace/shard",), {**_REPARENT, "prevent-cross-cell-promotion": "bool"}, "events"
    ),
    "ExecuteFetchAsDBA": Command(("tablet_alias", "query"), _FETCH, "result", defaults=_MOST_ROWS),
    "ExecuteMultiFetchAsDBA": Command(("tablet_alias", "sql"), _FETCH, "results", defaults=_MOST_ROWS),
    "GetCellInfo": Command(("cell",), answer="cell_info"),
    "GetCellInfoNames": Command(answer="names"),
    "GetKeyspace": Command(("keyspace",), answer="keyspace"),
    "GetKeyspaces": Command(answer="keyspaces"),
    "GetShard": Command(("keyspace/shard_name",), answer="shard"),
    "GetTablet": Command(_ALIAS, answer="tablet"),
    "GetTablets": Command(
        (), {"keyspace": "text", "shard": "text", "cell": "words", "strict": "bool"}, "tablets", {"cell": "cells"}
    ),
    "PingTablet": Command(_ALIAS),
    "PlannedReparentShard": Command(
        ("keyspace/shard",),
        {
            **_REPARENT,
            "avoid-primary": "alias",
            "expected-primary": "alias",
            "tolerable-replication-lag": "duration",
            "allow-cross-cell-promotion": "bool",
        },
        "events",
    ),
    "SetKeyspaceDurabilityPolicy": Command(("keyspace",), {"durability-policy": "text"}, "keyspace"),
    "StartReplication": Command(_ALIAS),
    "StopReplication": Command(_ALIAS),
}


def request(name: str, line: CommandLine) -> Message:
    """The request of a command line (without the command's own word). UsageError, or Refused for a bad alias."""
    command = COMMANDS[name]
    message = METHODS[name].request()
    if len(line.words) != len(command.words):
        raise UsageError(f"accepts {len(command.words)} arg(s), received {len(line.words)}")
    for place, word in zip(command.words, line.words, strict=True):
        _set_word(message, place, word)
    for flag, value in {**command.defaults, **line.flags}.items():
        if flag in command.flags:
            place = command.fields.get(flag, flag.replace("-", "_"))
            _SETTERS[command.flags[flag]](message, place, value)
    return message


def _set_word(message: Message, place: str, word: str) -> None:
    if place == "tablet_alias":
        _set_alias(message, place, word)
    elif "/" not in place:
        setattr(message, place, word)
    elif word.count("/") == 1:
        for part, value in zip(place.split("/"), word.split("/"), strict=True):
            setattr(message, part, value)
    else:
        raise UsageError(f"invalid shard path: {word}")


def _set_alias(message: Message, place: str, value: str) -> None:
    getattr(message, place).CopyFrom(parse_alias(value))


def _set_duration(message: Message, place: str, value: str) -> None:
    total = parse_duration(value)
    part = getattr(message, place)
    part.seconds, part.nanos = int(total), int(total % 1 * 1e9)


_SETTERS: Final[Mapping[str, Callable[[Any, str, str], None]]] = {
    "text": setattr,
    "bool": lambda message, place, value: setattr(message, place, value == "true"),
    "number": lambda message, place, value: setattr(message, place, int(value)),
    "words": lambda message, place, value: getattr(message, place).extend(value.split(",")),
    "alias": _set_alias,
    "duration": _set_duration,
}


def shown(message: Message) -> dict[str, Any]:
    """A message as vtctldclient prints it: every field, names as in the .proto, enumerations by name."""
    return {each.name: _field(message, each) for each in message.DESCRIPTOR.fields}


def _field(message: Message, about: Any) -> Any:
    value = getattr(message, about.name)
    if hasattr(value, "keys"):
        return dict(value)
    if hasattr(value, "extend"):
        return [_one(each, about) for each in value]
    if about.message_type and not message.HasField(about.name):
        return None
    return _one(value, about)


def _one(value: Any, about: Any) -> Any:
    if isinstance(value, Message):
        return shown(value)
    if about.enum_type:
        return about.enum_type.values_by_number[value].name
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value) if about.cpp_type in _LONG else value
