"""The fixes: each says why it is not done to a subject ("" if it is), and does it. fixes.yaml has their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from vitessctl.doctor.examined import Case
from vitessctl.doctor.fixes import cells, pods, primaries, records, replicas
from vitessctl.run.context import Context
from vitessctl.status.catalogue import Finding
from vitessctl.targets.ground import Ground

Refusal = Callable[[Case, Sequence[Finding], str], str]
"""Why a subject is left alone."""
Act = Callable[[Context, Ground, Case, str], str]
"""Does it; gives what was done, in a sentence. Raises VitessctlError."""

REFUSALS: Mapping[str, Refusal] = {
    "cell-record": cells.refusal,
    "stuck-pod": pods.refusal,
    "stray-record": records.refusal,
    "source": replicas.refusal,
    "replication": replicas.refusal,
    "read-only": replicas.refusal_to_close,
    "semi-sync": primaries.refusal_of_semi_sync,
    "writable": primaries.refusal_to_open,
}
ACTS: Mapping[str, Act] = {
    "cell-record": cells.mend,
    "stuck-pod": pods.free,
    "stray-record": records.delete,
    "source": replicas.give_source,
    "replication": replicas.start,
    "read-only": replicas.close,
    "semi-sync": primaries.turn_semi_sync_on,
    "writable": primaries.open_for_writes,
}
