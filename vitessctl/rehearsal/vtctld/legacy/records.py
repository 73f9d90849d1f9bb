"""Records as a release's legacy service prints them.

`records.json` says for each message which fields it has in which release, in the order of the real one, under which
name, and what stands there: a field of the message, or a value that never changes here. The printed form is protobuf's
JSON with every field, enumerations as numbers, long integers as strings.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from vitessctl.releases import Release

_LONG: Final = (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64)
NO_BYTES_ARE_NULL: Final = "..10"
"""Bytes that are empty are null there, later an empty text."""
NO_MYSQL_ADDRESS: Final = "..2.1"
"""These keep MySQL's port with the other ports, and know no address of MySQL's own."""

LEAVES_OUT_NOTHING: Final = "..2.1"
"""Their library prints every plain value, but no list, map, bytes or message that is empty."""


def proto_json(message: Message, release: Release, more: Mapping[str, Any] | None = None) -> str:
    """A message as protobuf prints it, one field a line. `more` has values that are in no field, by their marks."""
    found = fields_of(message, release, more or {}, long_as_text=True)
    return json_text(_without_nothing(found) if release.within(LEAVES_OUT_NOTHING) else found)


def json_text(value: Any) -> str:
    """JSON as the service prints it."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def go_fields(message: Message, release: Release, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A message as Go's own JSON has it: no empty fields, long integers as numbers."""
    found: dict[str, Any] = _filled(fields_of(message, release, more or {}, long_as_text=False))
    return found


def fields_of(message: Message, release: Release, more: Mapping[str, Any], long_as_text: bool) -> dict[str, Any]:
    """Names and values of the fields that the release has."""
    found = {
        name: _value(message, source, release, more, long_as_text)
        for name, source, range_ in _layout(message)
        if release.within(range_)
    }
    if message.DESCRIPTOR.name == "Tablet" and release.within(NO_MYSQL_ADDRESS):
        tablet: Any = message
        found["port_map"] |= {"mysql": tablet.mysql_port} if tablet.mysql_port else {}
    return found


def _value(message: Any, source: Any, release: Release, more: Mapping[str, Any], long_as_text: bool) -> Any:
    if not isinstance(source, str) or not source:
        return source
    if source in more:
        return more[source]
    about = message.DESCRIPTOR.fields_by_name[source]
    value = getattr(message, source)
    if hasattr(value, "keys"):
        about = about.message_type.fields_by_name["value"]
        return {key: _one(value[key], about, release, long_as_text) for key in sorted(value)}
    if hasattr(value, "extend"):
        return [_one(each, about, release, long_as_text) for each in value]
    if about.message_type and not message.HasField(source):
        return None
    return _one(value, about, release, long_as_text)


def _one(value: Any, about: Any, release: Release, long_as_text: bool) -> Any:
    if isinstance(value, Message):
        return fields_of(value, release, {}, long_as_text)
    if isinstance(value, bytes):
        if not value and release.within(NO_BYTES_ARE_NULL):
            return None
        return base64.b64encode(value).decode()
    return str(value) if long_as_text and about.cpp_type in _LONG else value


def _filled(value: Any) -> Any:
    """Without what is empty. A message that is there stays, even with nothing in it: Go has a pointer to it."""
    if isinstance(value, list):
        return [_filled(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _filled(each) for name, each in value.items() if each or isinstance(each, dict)}


def _without_nothing(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_nothing(each) for each in value]
    if not isinstance(value, dict):
        return value
    shown = {name: _without_nothing(each) for name, each in value.items()}
    return {name: each for name, each in shown.items() if each not in (None, [], {})}


def _layout(message: Message) -> Sequence[tuple[str, Any, str]]:
    known = _layouts().get(message.DESCRIPTOR.full_name)
    return known or [(each.name, each.name, "..") for each in message.DESCRIPTOR.fields]


@cache
def _layouts() -> Mapping[str, Sequence[tuple[str, Any, str]]]:
    with open(os.path.join(os.path.dirname(__file__), "records.json"), encoding="ascii") as data:
        return {name: [(a, b, c) for a, b, c in rows] for name, rows in json.load(data).items()}
