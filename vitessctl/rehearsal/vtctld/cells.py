"""Calls about cells."""

from __future__ import annotations

from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.vtctld.call import Call, Handlers
from vitessctl.vtctld.proto import vtctldata_pb2 as pb


def names(call: Call, request: pb.GetCellInfoNamesRequest) -> pb.GetCellInfoNamesResponse:
    """All cells."""
    return pb.GetCellInfoNamesResponse(names=call.topology.cell_names())


def get(call: Call, request: pb.GetCellInfoRequest) -> pb.GetCellInfoResponse:
    """One cell."""
    return pb.GetCellInfoResponse(cell_info=call.topology.cell(request.cell))


def add(call: Call, request: pb.AddCellInfoRequest) -> pb.AddCellInfoResponse:
    """Add a cell; its root must be given."""
    if not request.cell_info.root:
        raise Refused("CellInfo.Root must be non-empty")
    call.topology.create_cell(request.name, request.cell_info)
    return pb.AddCellInfoResponse()


def update(call: Call, request: pb.UpdateCellInfoRequest) -> pb.UpdateCellInfoResponse:
    """Change the fields that are given; adds the cell if need be."""
    info = call.topology.update_cell(request.name, request.cell_info)
    return pb.UpdateCellInfoResponse(name=request.name, cell_info=info)


def delete(call: Call, request: pb.DeleteCellInfoRequest) -> pb.DeleteCellInfoResponse:
    """Remove a cell that has no tablets; with force any."""
    call.topology.cell(request.name)
    if not request.force and call.topology.tablets_of_cell(request.name):
        raise Refused(f"cell {request.name} still has tablets; use force to delete it anyway")
    call.topology.delete_cell(request.name)
    return pb.DeleteCellInfoResponse()


HANDLERS: Handlers = {
    "GetCellInfoNames": names,
    "GetCellInfo": get,
    "AddCellInfo": add,
    "UpdateCellInfo": update,
    "DeleteCellInfo": delete,
}
