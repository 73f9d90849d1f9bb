"""How long comparing 1,000 unchanged StatefulSets takes. Run: python -m benchmarks.compare

The best of several rounds, in seconds of this process: on a machine that others use, the rest is their time.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from tests.support import apiserver
from vitessctl.cli.session import SpecOptions, documents_of, load_cluster
from vitessctl.plan.compare import compare
from vitessctl.targets.base import Operation

OBJECTS = 1000


def main(rounds: int = 7) -> None:
    options = SpecOptions(Path("inventories/production"), (), ())
    documents = documents_of(load_cluster(options, "kubernetes"), "kubernetes", options)
    document = next(d for d in documents if d.kind == "StatefulSet" and d.component == "vttablet")
    live = apiserver.apply(None, document.data)
    pairs = [(json.loads(json.dumps(document.data)), json.loads(json.dumps(live))) for _ in range(OBJECTS)]
    best = min(once(pairs) for _ in range(rounds))
    size = len(json.dumps(live["metadata"]["managedFields"]))
    lines = document.text.count("\n")
    print(f"{OBJECTS} StatefulSets of {lines} lines, {size} bytes of managedFields each:")
    print(f"compared in {best * 1000:.0f} ms, {best / OBJECTS * 1e6:.0f} µs each")


def once(pairs: list[tuple[dict[str, object], dict[str, object]]]) -> float:
    """Seconds of processor for all of them."""
    begun = time.process_time()
    operations = {compare(desired, live).operation for desired, live in pairs}
    assert operations == {Operation.KEEP}
    return time.process_time() - begun


if __name__ == "__main__":
    main()
