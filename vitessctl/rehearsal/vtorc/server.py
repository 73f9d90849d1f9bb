"""The stand-in for vtorc: the loop, and the pages that tell what it sees."""

from __future__ import annotations

import json
import threading
from typing import Final

from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.pages import redirect
from vitessctl.rehearsal.servenv.process import Process
from vitessctl.rehearsal.servenv.times import asked
from vitessctl.rehearsal.servenv.web import Page
from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_records import Topology, open_topology
from vitessctl.rehearsal.vtctld.tablets import Tablets
from vitessctl.rehearsal.vtorc.analysis import DESCRIPTIONS, Problem
from vitessctl.rehearsal.vtorc.recovery import Settings
from vitessctl.rehearsal.vtorc.watcher import COUNTERS, Watcher

WAIT_REPLICAS: Final = 30.0
CELL_REQUIRED: Final = "25-dev.."
ANALYSIS_PAGES: Final = {"15..23": "/api/replication-analysis", "23..": "/api/detection-analysis"}


def main(arguments: list[str]) -> int:
    """Run until SIGTERM. StartError for what stops a real vtorc from starting."""
    process = Process("vtorc", arguments)
    topology = open_topology(process.flags)
    _check_cell(process, topology)
    flags = process.flags
    settings = Settings(
        wait=asked(flags.seconds("wait-replicas-timeout", WAIT_REPLICAS)),
        prevent_cross_cell=flags.true("prevent-cross-cell-failover"),
        emergency=flags.true("allow-emergency-reparent", True),
    )
    watcher = Watcher(topology, Tablets(), flags.words("clusters-to-watch"), settings, process.log)
    watcher.recovering = flags.true("allow-recovery", True)
    _register(process, watcher)
    process.listen_http()
    threading.Thread(target=watcher.run, daemon=True).start()
    process.signals.wait()
    watcher.stop()
    process.web.close()
    return 0


def _check_cell(process: Process, topology: Topology) -> None:
    """From release 24 --cell must be a cell; without it 24 warns, later ones refuse."""
    cell = process.flags.text("cell")
    if cell:
        try:
            topology.cell(cell)
        except TopologyError as error:
            text = f"Code: FAILED_PRECONDITION\nfailed to validate cell {cell}: {error}"
            raise StartError(f"Failed to start vtorc: {text}") from None
    elif process.release.within(CELL_REQUIRED):
        raise StartError("--cell is required", usage=True)
    elif process.release.accepts("vtorc", "cell"):
        process.log.warning("--cell will become a required vtorc flag in v25 and up")


def _register(process: Process, watcher: Watcher) -> None:
    pages, variables = process.web.pages, process.vars
    pages["/debug/health"] = lambda: health(watcher)
    pages["/healthz"] = pages["/"] = lambda: redirect("/debug/status")
    pages["/api/problems"] = lambda: problems_page(watcher.found)
    for releases, path in ANALYSIS_PAGES.items():
        if process.release.within(releases):
            pages[path] = lambda: analysis_page(watcher.found)
    pages["/api/disable-global-recoveries"] = lambda: _switch(watcher, False)
    pages["/api/enable-global-recoveries"] = lambda: _switch(watcher, True)
    variables["DetectedProblems"] = lambda: {problem.key: 1 for problem in watcher.found}
    variables["DiscoveriesFail"] = lambda: watcher.failed_looks
    variables["PendingRecoveries"] = lambda: sum(problem.actionable for problem in watcher.found)
    for name in COUNTERS:
        variables[name] = lambda name=name: dict(watcher.counts[name])


def health(watcher: Watcher) -> Page:
    """500 until the first round is done."""
    state = {"Healthy": watcher.healthy, "LastReported": watcher.last_reported}
    return Page(json.dumps(state, indent=1) + "\n", 200 if watcher.healthy else 500, "application/json")


def problems_page(found: tuple[Problem, ...]) -> Page:
    """The tablets that have one; `null` when all is well."""
    shown = [{"Alias": problem.alias, "Problem": problem.code} for problem in found]
    return Page(json.dumps(shown or None), content_type="application/json")


def analysis_page(found: tuple[Problem, ...]) -> Page:
    """Every problem with what vtorc thinks of it; `null` when all is well."""
    shown = [
        {
            "AnalyzedInstanceAlias": problem.alias,
            "AnalyzedKeyspace": problem.keyspace,
            "AnalyzedShard": problem.shard,
            "Analysis": problem.code,
            "Description": DESCRIPTIONS[problem.code],
            "IsActionableRecovery": problem.actionable,
        }
        for problem in found
    ]
    return Page(json.dumps(shown or None), content_type="application/json")


def _switch(watcher: Watcher, recovering: bool) -> Page:
    watcher.recovering = recovering
    word = "enabled" if recovering else "disabled"
    return Page(f"Global recoveries {word}\n")
