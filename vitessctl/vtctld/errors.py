"""What vtctld's refusals mean.

Every error that vtctld raises itself has the gRPC code UNKNOWN (measured on Vitess 24), so only the text tells.
`errors.yaml` is the table of texts; the classes here are what a caller can catch. Those that waiting can mend
are also NotReadyError, so that a gate goes on trying.
"""

from __future__ import annotations

from vitessctl.errors import NotReadyError, UnreachableError, VitessctlError


class VtctldError(VitessctlError):
    """A call to vtctld failed. Raised as itself where nothing more is known than the text."""

    rpc: str = ""
    """The call, such as PlannedReparentShard; empty before a call was made."""
    text: str = ""
    """What vtctld said, without the layers of `rpc error` around it and without SQL text."""


class NodeExistsError(VtctldError):
    """A record that was to be made is in the topology already."""


class NodeMissingError(VtctldError):
    """A record that is needed is not in the topology."""


class NotPrimaryError(VtctldError):
    """A tablet is not the primary of its shard, which the call needs it to be."""


class ExpectedPrimaryError(NotPrimaryError, NotReadyError):
    """The shard has another primary than `expected_primary` said: somebody else elected meanwhile."""


class NoTabletsError(VtctldError, NotReadyError):
    """No tablet of the shard can become its primary."""


class NotCaughtUpError(VtctldError, NotReadyError):
    """The tablet to be promoted does not have all transactions, and did not get them in time."""


class DivergedError(VtctldError):
    """Tablets hold transactions that the others do not: somebody has to choose."""


class RefusedError(VtctldError):
    """vtctld refuses what would do harm, such as deleting the record of a primary."""


class InvalidRequestError(VtctldError):
    """vtctld does not understand what it was asked: a bad name, SQL that does not parse, a bad VSchema."""


class TooManyRowsError(VtctldError):
    """A query gave more rows than the call allows."""


class DeadlineError(VtctldError, NotReadyError):
    """No answer in time. vtctld does not refuse calls about a dead tablet, it waits."""


class TabletUnreachableError(VtctldError, NotReadyError):
    """vtctld cannot connect to a vttablet."""


class TopologyUnavailableError(VtctldError, NotReadyError):
    """vtctld gets no, or only half an, answer from the topology server."""


class TopologyLockedError(VtctldError, NotReadyError):
    """Another action holds the lock of the keyspace or shard."""


class VtctldUnreachableError(VtctldError, UnreachableError):
    """vtctld itself is not there, or the connection to it broke."""


class ForbiddenError(VtctldError, UnreachableError):
    """vtctld wants a name and password, or refuses those it got."""


class UnimplementedError(VtctldError):
    """This vtctld does not have the call, or the service."""


class SqlError(VtctldError):
    """MySQL refused a statement."""

    errno: int = 0
    """MySQL's error number."""
    sqlstate: str = ""
    """Its five characters, such as 42S02."""


class MysqlUnavailableError(SqlError, NotReadyError):
    """A tablet's MySQL cannot be connected to."""


class UnacknowledgedError(SqlError, NotReadyError):
    """A write waited for a replica's acknowledgement until its time was over (semi-sync; MySQL error 3024)."""


class NoReplicationError(SqlError):
    """A tablet has no replication source."""


class SchemaChangeError(SqlError):
    """A DDL statement failed on some shards; `evidence` has a line for each."""

    failed: tuple[tuple[str, str], ...] = ()
    """Shard and what its MySQL said."""
