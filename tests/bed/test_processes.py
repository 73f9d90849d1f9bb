"""What an error shows of a program's log."""

from __future__ import annotations

from pathlib import Path

from tests.testbed.processes import last_lines

KUBELET = """\
I1126 19:16:48.066568      78 kubelet_node_status.go:75] "Attempting to register node" node="node1"
E1126 19:16:48.100000      78 kubelet_node_status.go:98] "Unable to register node"
E1126 19:16:48.147971      79 kubelet_node_status.go:404] "Error getting the current node from lister"
E1126 19:16:48.248918      79 kubelet_node_status.go:404] "Error getting the current node from lister"
E1126 19:16:48.349918       6 kubelet_node_status.go:404] "Error getting the current node from lister"
"""


def test_what_a_program_repeats_does_not_push_out_what_it_said_once(tmp_path: Path) -> None:
    log = tmp_path / "kubelet.log"
    log.write_text(KUBELET)
    assert last_lines(log, 2).splitlines() == [
        f"--- {log}",
        'E1126 19:16:48.100000      78 kubelet_node_status.go:98] "Unable to register node"',
        'E1126 19:16:48.349918       6 kubelet_node_status.go:404] "Error getting the current node from lister"',
    ]


def test_a_log_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "no log: " in last_lines(tmp_path / "kubelet.log")
