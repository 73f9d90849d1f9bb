"""Durability policies: who may be primary, and whose acknowledgement a commit needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.vtctld.proto import topodata_pb2 as topodata


@dataclass(frozen=True)
class Policy:
    """One policy."""

    ackers: int
    """How many replicas must have a transaction before it is acknowledged."""
    rdonly_acks: bool = False
    cross_cell: bool = False
    """Only replicas of other cells count."""

    def promotable(self, tablet: topodata.Tablet) -> bool:
        """Whether it may become primary."""
        return tablet.type in (topodata.PRIMARY, topodata.REPLICA)

    def acknowledges(self, primary: topodata.Tablet, replica: topodata.Tablet) -> bool:
        """Whether a replica acknowledges for that primary."""
        kinds = (topodata.PRIMARY, topodata.REPLICA, *([topodata.RDONLY] if self.rdonly_acks else []))
        far_enough = not self.cross_cell or primary.alias.cell != replica.alias.cell
        return self.ackers > 0 and replica.type in kinds and far_enough

    def can_work(self, primary: topodata.Tablet, reached: Sequence[topodata.Tablet]) -> bool:
        """Whether that tablet could commit as primary with only the reached tablets."""
        return primary in reached and len(self._acknowledging(primary, reached)) >= self.ackers

    def revoked(self, reached: Sequence[topodata.Tablet], everyone: Sequence[topodata.Tablet]) -> bool:
        """Whether nobody who was not reached can still commit anything."""
        return all(self._revoked_for(tablet, reached, everyone) for tablet in everyone if self.promotable(tablet))

    def _revoked_for(
        self, tablet: topodata.Tablet, reached: Sequence[topodata.Tablet], everyone: Sequence[topodata.Tablet]
    ) -> bool:
        left = len(self._acknowledging(tablet, everyone)) - len(self._acknowledging(tablet, reached))
        return tablet in reached or left < self.ackers

    def _acknowledging(self, primary: topodata.Tablet, tablets: Iterable[topodata.Tablet]) -> list[topodata.Tablet]:
        return [tablet for tablet in tablets if tablet.alias != primary.alias and self.acknowledges(primary, tablet)]


POLICIES: Final[dict[str, Policy]] = {
    "none": Policy(0),
    "semi_sync": Policy(1),
    "cross_cell": Policy(1, cross_cell=True),
    "semi_sync_with_rdonly_ack": Policy(1, rdonly_acks=True),
    "cross_cell_with_rdonly_ack": Policy(1, rdonly_acks=True, cross_cell=True),
}


def policy_of(topology: Topology, keyspace: str) -> tuple[str, Policy]:
    """A keyspace's policy and its name; none where nothing is set. Refused for a word that is no policy."""
    name = topology.keyspace(keyspace).durability_policy or "none"
    if name not in POLICIES:
        raise Refused(f"durability policy {name} not found")
    return name, POLICIES[name]
