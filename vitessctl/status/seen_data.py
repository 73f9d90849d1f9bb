"""What was seen as plain data, for `--output json`. Values that may be secret are not in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from vitessctl.status.observed import Observed, SeenServer, SeenTablet
from vitessctl.targets.base import Change, ComponentStatus

_VARIABLES = ("TabletAlias", "TabletType", "TabletStateName", "BuildVersion")
"""Of the hundreds of variables, those that say who answers and what it takes itself for."""


def of(observed: Observed) -> dict[str, Any]:
    """Every source, and why it did not answer where it did not."""
    return {
        "components": [_component(each) for each in observed.components],
        "components_error": observed.components_error,
        "pending": [_change(each) for each in observed.pending],
        "pending_error": observed.pending_error,
        "topology_error": observed.topology_error,
        "cells": _records(observed.cells),
        "keyspaces": _records(observed.keyspaces),
        "shards": [dataclasses.asdict(record) for record in observed.shards.values()],
        "shards_errors": dict(observed.shards_errors),
        "records": _records(observed.records),
        "tablets": {alias: _tablet(seen) for alias, seen in observed.tablets.items()},
        "vtgates": {cell: _vtgate(seen) for cell, seen in observed.vtgates.items()},
        "vtorcs": {cell: {"error": seen.error} for cell, seen in observed.vtorcs.items()},
        "etcd": {name: {"error": seen.error} for name, seen in observed.etcd.items()},
    }


def _records(records: Mapping[str, Any]) -> dict[str, Any]:
    return {name: dataclasses.asdict(record) for name, record in records.items()}


def _component(component: ComponentStatus) -> dict[str, Any]:
    data = {name: value for name, value in dataclasses.asdict(component).items() if name != "life"}
    return data | {"trouble": component.trouble.value if component.trouble else ""}


def _change(change: Change) -> dict[str, Any]:
    return {
        "operation": change.operation.value,
        "label": change.label,
        "fields": [field.path for field in change.fields],
        "conflicts": [dataclasses.asdict(conflict) for conflict in change.conflicts],
    }


def _tablet(seen: SeenTablet) -> dict[str, Any]:
    return {
        "variables": {name: seen.says[name] for name in _VARIABLES if name in seen.says},
        "page_error": seen.page_error,
        "full_status": dataclasses.asdict(seen.full_status) if seen.full_status else None,
        "error": seen.error,
        "tables": None if seen.tables is None else sorted(seen.tables),
        "tables_error": seen.tables_error,
    }


def _vtgate(seen: SeenServer) -> dict[str, Any]:
    return {"connections": dict(seen.connections), "error": seen.error, "query_error": seen.query_error}
