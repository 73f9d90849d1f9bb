"""Legacy commands that compare what is written with what is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.vtctld import inspection
from vitessctl.rehearsal.vtctld.legacy.job import Job, Work
from vitessctl.vtctld.proto import logutil_pb2 as logutil
from vitessctl.vtctld.proto import vtctldata_pb2 as pb

FOUND: Final = "some validation errors - see log"


def validate(job: Job) -> None:
    """Validate"""
    found = inspection.validate(job.call, pb.ValidateRequest(ping_tablets=job.true("ping-tablets")))
    _tell(job, [line for each in found.results_by_keyspace.values() for line in _of_keyspace(each)])


def validate_keyspace(job: Job) -> None:
    """ValidateKeyspace"""
    request = pb.ValidateKeyspaceRequest(keyspace=job.words[0], ping_tablets=job.true("ping-tablets"))
    _tell(job, list(_of_keyspace(inspection.validate_keyspace(job.call, request))))


def validate_shard(job: Job) -> None:
    """ValidateShard: pings unless told otherwise."""
    keyspace, shard = job.shard(job.words[0])
    ping = job.true("ping-tablets", default=True)
    request = pb.ValidateShardRequest(keyspace=keyspace, shard=shard, ping_tablets=ping)
    _tell(job, list(inspection.validate_shard(job.call, request).results))


def _of_keyspace(found: pb.ValidateKeyspaceResponse) -> Iterable[str]:
    yield from found.results
    for shard in found.results_by_shard.values():
        yield from shard.results


def _tell(job: Job, lines: list[str]) -> None:
    """Findings are log lines; that there are any is the error."""
    for line in lines:
        job.output.add(logutil.ERROR, line.replace("primary", job.release.primary_type))
    if lines:
        raise Refused(FOUND)


COMMANDS: Final[Mapping[str, Work]] = {
    "Validate": validate,
    "ValidateKeyspace": validate_keyspace,
    "ValidateShard": validate_shard,
}
