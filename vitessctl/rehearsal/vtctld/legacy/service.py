"""The legacy service: finds the command, reads its flags, and runs it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from vitessctl.rehearsal.etcd.client import EtcdError
from vitessctl.rehearsal.servenv.flagset import Dialect, FlagError, HelpAsked, Parsed, parse
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.vtctld.call import Call
from vitessctl.rehearsal.vtctld.legacy import cells, keyspaces, reparents, schemas, tablets, validations
from vitessctl.rehearsal.vtctld.legacy.catalogue import UNKNOWN, Command, find
from vitessctl.rehearsal.vtctld.legacy.job import Job, Output, Work
from vitessctl.releases import Release

WORK: Final[Mapping[str, Work]] = {
    **cells.COMMANDS,
    **keyspaces.COMMANDS,
    **tablets.COMMANDS,
    **reparents.COMMANDS,
    **schemas.COMMANDS,
    **validations.COMMANDS,
}
TELLS_UNKNOWN: Final = "..16"
"""These also print a line about a command that they do not have."""
BARE_ERRORS: Final = "..2.1"
"""Errors about the topology without the path that they are about."""
_PATH: Final = re.compile(r"(node doesn't exist|node already exists|bad node version|node not empty): /\S*")


def run(call: Call, words: Sequence[str], output: Output) -> None:
    """Run a command line; what it prints and logs is in `output`, also if it fails. Refused in vtctld's words."""
    release = call.release
    if not words:
        output.write("No command specified. Please see the list below:\n\n")
        raise Refused("no command was specified")
    try:
        command = find(release, words[0])
    except Refused as error:
        if str(error) == UNKNOWN and release.within(TELLS_UNKNOWN):
            output.write(f"Unknown command: {words[0]}\n")
        raise
    parsed = _parsed(release, command, list(words[1:]), output)
    if parsed is not None:
        _in_release_words(release, output, lambda: WORK[command.name](_job(call, command, parsed, output)))


def _job(call: Call, command: Command, parsed: Parsed, output: Output) -> Job:
    """The command with its words, if their number is right."""
    if not command.takes(len(parsed.words)) or (command.most == 2 and not command.fewest and len(parsed.words) == 1):
        raise Refused(command.refusal)
    return Job(call, output, parsed.words, dict(parsed.values))


def _parsed(release: Release, command: Command, words: list[str], output: Output) -> Parsed | None:
    """Flags and words; None where help was asked for and given. Go's own package also prints the usage."""
    dialect = Dialect(pflag=release.flag_parser == "pflag", long_reasons=release.within("..3"))
    try:
        return parse(words, command.flags.get, dialect)
    except HelpAsked as error:
        output.write(f"Usage: {command.name}\n")
        if dialect.pflag:
            return None
        raise Refused(str(error)) from None
    except FlagError as error:
        if not dialect.pflag:
            output.write(f"{error}\n")
            output.write(f"Usage: {command.name}\n")
        raise Refused(str(error)) from None


def _in_release_words(release: Release, output: Output, work: Callable[[], None]) -> None:
    try:
        work()
    except (Refused, TopologyError, TabletError, EtcdError) as error:
        if not release.within(BARE_ERRORS):
            raise
        for event in output.events:
            event.value = _bare(event.value)
        raise Refused(_bare(str(error))) from None


def _bare(text: str) -> str:
    return _PATH.sub(lambda match: match[1], text)
