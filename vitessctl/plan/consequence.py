"""What a change means for data and for serving, in one sentence: the first rule that fits says it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vitessctl.targets.base import Change, Operation

_POD = r"spec\.template\b"
_CREATE, _UPDATE, _START = Operation.CREATE, Operation.UPDATE, Operation.START
_RECREATE, _DELETE, _CONFLICT = Operation.RECREATE, Operation.DELETE, Operation.CONFLICT


@dataclass(frozen=True)
class Rule:
    """An empty condition fits everything."""

    operation: Operation
    kind: str
    component: str
    path: str
    """A pattern that the path of one changed field begins with."""
    sentence: str

    def fits(self, change: Change) -> bool:
        """Whether the rule is about this change."""
        return (
            self.operation is change.operation
            and self.kind in ("", kind_of(change))
            and self.component in ("", change.component)
            and (not self.path or any(re.match(self.path, field.path) for field in change.fields))
        )


RULES = (
    Rule(_CONFLICT, "", "", "", "nothing of it is applied: somebody else owns what has to change"),
    # Processes of one machine.
    Rule(_CREATE, "Program", "mysqlctld", "", "initialises MySQL, or takes up the data that is there"),
    Rule(_CREATE, "Program", "", "", "starts it"),
    Rule(_START, "", "mysqlctld", "", "starts it again on its data"),
    Rule(_START, "", "", "", "starts it again"),
    Rule(_UPDATE, "Program", "etcd", "", "restarts it: admin commands wait, queries go on"),
    Rule(_UPDATE, "Program", "vtctld", "", "restarts it: queries do not notice"),
    Rule(_UPDATE, "Program", "mysqlctld", "", "restarts MySQL on its data; a shard that it leads is down meanwhile"),
    Rule(_UPDATE, "Program", "vttablet", "", "restarts it; a shard that it leads takes no writes meanwhile"),
    Rule(_UPDATE, "Program", "vtorc", "", "restarts it: no failover meanwhile"),
    Rule(_UPDATE, "Program", "vtgate", "", "restarts it: its connections break"),
    Rule(_UPDATE, "Program", "application", "", "restarts it: who uses it notices"),
    Rule(_UPDATE, "File", "", "", "no restart of what does not read it"),
    Rule(_CREATE, "File", "", "", "writes it"),
    Rule(_DELETE, "Program", "mysqlctld", "", "stops MySQL; its data is kept"),
    Rule(_DELETE, "Program", "vttablet", "", "gives its role away if it leads, then stops"),
    Rule(_DELETE, "Program", "", "", "stops it; its data is kept"),
    # Objects of Kubernetes: what loses data comes first.
    Rule(_DELETE, "PersistentVolumeClaim", "", "", "DELETES THE VOLUME and every row on it"),
    Rule(_RECREATE, "PersistentVolumeClaim", "", "", "DELETES THE VOLUME and every row on it, and makes an empty one"),
    Rule(
        _RECREATE, "StatefulSet", "", r"spec\.volumeClaimTemplates\[.*\.storage$",
        "recreates the StatefulSet and resizes the volume; its pod and its rows stay",
    ),
    Rule(_RECREATE, "StatefulSet", "", "", "recreates the StatefulSet; its pod and its volume stay"),
    Rule(_RECREATE, "Service", "", "", "deleted and made anew: its address changes, connections break"),
    Rule(_RECREATE, "Secret", "", "", "deleted and made anew; pods read it when they start"),
    Rule(_RECREATE, "Deployment", "", "", "deleted and made anew: all its pods stop first"),
    Rule(_RECREATE, "", "", "", "deleted and made anew"),
    Rule(_DELETE, "StatefulSet", "vttablet", "", "gives its role away if it leads, then stops; its volume is kept"),
    Rule(_DELETE, "StatefulSet", "", "", "stops its pods; their volumes are kept"),
    Rule(_DELETE, "Deployment", "vtgate", "", "stops the cell's vtgates: their connections break"),
    Rule(_DELETE, "Deployment", "", "", "stops its pods"),
    Rule(_DELETE, "Service", "vtgate", "", "its address goes: connections break"),
    Rule(_DELETE, "", "", "", "taken away; nothing restarts"),
    Rule(
        _UPDATE, "StatefulSet", "vttablet", _POD,
        "restarts the tablet; a primary gives its role away first: writers wait about a second",
    ),
    Rule(_UPDATE, "StatefulSet", "etcd", _POD, "restarts etcd, one member after the other: queries go on"),
    Rule(_UPDATE, "StatefulSet", "etcd", r"spec\.replicas", "changes the number of members; queries go on"),
    Rule(_UPDATE, "Deployment", "vtgate", _POD, "rolls vtgate one by one: each one's connections break once"),
    Rule(_UPDATE, "Deployment", "vtgate", r"spec\.replicas", "changes the number of vtgates; the others go on"),
    Rule(_UPDATE, "Deployment", "application", _POD, "rolls its pods one by one"),
    Rule(_UPDATE, "Deployment", "vtctld", _POD, "restarts vtctld: queries do not notice"),
    Rule(_UPDATE, "Deployment", "vtorc", _POD, "restarts vtorc: no failover for some seconds"),
    Rule(_UPDATE, "", "", _POD, "restarts its pods"),
    Rule(_UPDATE, "Service", "", r"spec\.(type|loadBalancerClass)", "its address may change"),
    Rule(_UPDATE, "Service", "", r"spec\.(ports|selector)", "connections by what changed break; no restart"),
    Rule(_UPDATE, "Secret", "vtgate", r"data", "no restart: vtgate reads it within a minute or two"),
    Rule(_UPDATE, "ConfigMap", "vttablet", r"data", "no restart: read when a tablet's MySQL starts next"),
    Rule(_UPDATE, "NetworkPolicy", "", r"spec", "no restart; it holds for new connections"),
    Rule(_UPDATE, "", "", "", "no restart"),
    Rule(_CREATE, "StatefulSet", "vttablet", "", "a new tablet; its volume is made, or taken up if it is there"),
    Rule(_CREATE, "StatefulSet", "", "", "new pods; their volumes are made, or taken up if they are there"),
    Rule(_CREATE, "Deployment", "", "", "new pods"),
    Rule(_CREATE, "Service", "", "", "a new address in the cluster"),
    Rule(_CREATE, "", "", "", "new; nothing restarts"),
)  # fmt: skip
"""In this order. Kinds are those of the templates of both targets."""


def consequence(change: Change) -> str:
    """What a change means; empty where nothing is done."""
    if change.operation is Operation.KEEP:
        return ""
    if change.operation is Operation.UPDATE and _only_ownership(change):
        return "no value changes: vitessctl becomes the owner of its fields"
    return next(rule.sentence for rule in RULES if rule.fits(change))


def _only_ownership(change: Change) -> bool:
    """On Kubernetes an update names its fields, unless it changes no value."""
    return kind_of(change) not in ("Program", "File") and not change.fields


def kind_of(change: Change) -> str:
    """`StatefulSet`, of the label `StatefulSet/shop-etcd`."""
    return change.label.partition("/")[0]
