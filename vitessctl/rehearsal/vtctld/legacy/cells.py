"""Legacy commands about cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.vtctld.legacy.job import Job, Work
from vitessctl.rehearsal.vtctld.legacy.records import proto_json
from vitessctl.vtctld.proto import topodata_pb2 as topodata

ROOT_REQUIRED: Final = (("4..10", "root must be non-empty"), ("11..", "CellInfo.Root must be non-empty"))
"""Before that a cell may be without a root."""
NO_CELL: Final = "the <cell> argument is required for the AddCellInfo command"
"""From 4 to 10 this is said only of a command that has a root, so that the words are counted here."""


def add(job: Job) -> None:
    """AddCellInfo"""
    info = topodata.CellInfo(server_address=job.text("server_address"), root=job.text("root"))
    for range_, text in ROOT_REQUIRED:
        if not info.root and job.release.within(range_):
            raise Refused(text)
    if len(job.words) != 1:
        raise Refused(NO_CELL)
    job.call.topology.create_cell(job.words[0], info)


def update(job: Job) -> None:
    """UpdateCellInfo"""
    info = topodata.CellInfo(server_address=job.text("server_address"), root=job.text("root"))
    job.call.topology.update_cell(job.words[0], info)


def delete(job: Job) -> None:
    """DeleteCellInfo"""
    name, topology = job.words[0], job.call.topology
    info = topology.cell(name)
    used = sorted({f"{tablet.keyspace}/{tablet.shard}" for tablet in topology.tablets_of_cell(name)} if info else ())
    if used and not job.true("force"):
        if job.release.within("..3"):
            hint = "Use 'vtctl RemoveShardCell' to remove unused cells in a Shard"
            raise Refused(f"cell {name} is used by shard {used[0]}, cannot remove it. {hint}")
        dash = "--force" if job.release.within("14..") else "-force"
        hint = f"Before deleting, delete keyspace with DeleteKeyspace, or use {dash} to continue anyway."
        raise Refused(f"cell {name} has serving keyspaces. {hint}")
    topology.delete_cell(name)


def names(job: Job) -> None:
    """GetCellInfoNames"""
    job.output.write("\n".join(job.call.topology.cell_names()) + "\n")


def get(job: Job) -> None:
    """GetCellInfo"""
    job.output.write(proto_json(job.call.topology.cell(job.words[0]), job.release))


COMMANDS: Final[Mapping[str, Work]] = {
    "AddCellInfo": add,
    "UpdateCellInfo": update,
    "DeleteCellInfo": delete,
    "GetCellInfoNames": names,
    "GetCellInfo": get,
}
