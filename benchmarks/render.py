"""How long rendering 1,000 tablets takes. Run: python -m benchmarks.render"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import wall

SPEC = """
cluster: large
image: vitess/lite:v24.0.4
cells: [zone1]
keyspaces:
  big: {shards: 250, tablets: {replica: 4}}
"""


def main(runs: int = 5) -> None:
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "cluster.yaml"
        spec.write_text(SPEC)
        for target in ("kubernetes", "local"):
            out = str(Path(folder) / target)
            command = [sys.executable, "-m", "vitessctl", "render", "-i", str(spec), "--target", target, "-o", out]
            seconds = statistics.median(wall(command) for _ in range(runs))
            documents = sum(path.is_file() for path in Path(out).rglob("*"))
            print(f"render of 1,000 tablets for {target:<11} {seconds:5.2f} s, {documents} documents")


if __name__ == "__main__":
    main()
