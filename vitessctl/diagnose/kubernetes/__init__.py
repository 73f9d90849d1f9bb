"""From what an API server says of a workload to a verdict: ready, waiting for what, or doomed and why.

Pure: objects are plain dicts, time is a number. `causes.yaml` is the table of causes.
"""

from __future__ import annotations

from vitessctl.diagnose.kubernetes.judge import Judgement, explain_wait, workload_verdict
from vitessctl.diagnose.kubernetes.sight import Counts, KubernetesObject, Logs, Sight

__all__ = ["Counts", "Judgement", "KubernetesObject", "Logs", "Sight", "explain_wait", "workload_verdict"]
