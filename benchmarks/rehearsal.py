"""A whole rehearsal: `up` from nothing to the first row, a second `up`, `down`. Run: python -m benchmarks.rehearsal"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pymysql

from benchmarks.timing import wall


def main(runs: int = 3) -> None:
    figures: dict[str, list[float]] = {"up": [], "first row": [], "second up": [], "down": []}
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="vb") as folder:
            for name, seconds in once(Path(folder)).items():
                figures[name].append(seconds)
    for name, seconds in figures.items():
        print(f"{name:<10} median {statistics.median(seconds):5.2f} s   of {', '.join(f'{s:.2f}' for s in seconds)}")


def once(folder: Path) -> dict[str, float]:
    common = [
        "-i",
        "inventories/minimal",
        "--rehearse",
        "--state-dir",
        str(folder / "s"),
        "-e",
        "local.base_port=17000",
    ]
    ours = [sys.executable, "-m", "vitessctl"]
    begun = time.perf_counter()
    try:
        up = wall([*ours, "up", *common])
        write_row([*ours, "status", *common, "--output", "json"])
        first_row = time.perf_counter() - begun
        second = wall([*ours, "up", *common])
    finally:
        down = wall([*ours, "down", *common, "--delete-data", "minimal"])
    return {"up": up, "first row": first_row, "second up": second, "down": down}


def write_row(status: list[str]) -> None:
    answer = json.loads(subprocess.run(status, capture_output=True, check=True).stdout)
    host, port = answer["vtgate"][0]["mysql"].split(":")
    keyspace = answer["shards"][0]["keyspace"]
    connection = pymysql.connect(host=host, port=int(port), user="root", database=keyspace, autocommit=True)
    with connection, connection.cursor() as cursor:
        cursor.execute("create table benchmark (id bigint primary key, words varchar(40))")
        cursor.execute("insert into benchmark values (1, 'first')")


if __name__ == "__main__":
    main()
