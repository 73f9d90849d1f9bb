"""A life on a real Kubernetes: `up` from nothing to a row through vtgate's Service, a second `up`, `plan`, `down`.

Run as root: python -m benchmarks.up_kubernetes [RUNS]. The images hold the stand-ins; where VITESS_BIN and MYSQL_ROOT
are set, real Vitess and MySQL (see tests/testbed/image_recipes). All runs are on one bed; each begins with nothing.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pymysql

from benchmarks.kubernetes import CONTEXT, bed
from benchmarks.timing import wall
from tests.testbed.image_recipes.__main__ import build
from tests.testbed.image_recipes.names import image_names

ARGUMENTS = ["-i", "inventories/minimal", "--context", CONTEXT]
OURS = [sys.executable, "-m", "vitessctl"]
_ROW_SECONDS = 30.0


def main(runs: int = 3) -> None:
    figures: dict[str, list[float]] = {}
    real = bool(os.environ.get("VITESS_BIN") and os.environ.get("MYSQL_ROOT"))
    print(f"on {'real Vitess and MySQL' if real else 'stand-ins'}")
    with bed(nodes=1) as cluster:
        cluster.import_image(build(image_names(real), real))
        for _ in range(runs):
            for name, seconds in once().items():
                figures.setdefault(name, []).append(seconds)
    for name, seconds in figures.items():
        print(f"{name:<22} median {statistics.median(seconds):6.2f} s   of {', '.join(f'{s:.2f}' for s in seconds)}")


def once() -> dict[str, float]:
    """Seconds of each part; stages by their names, from the begin of `up` to the end of the stage."""
    begun = time.perf_counter()
    stages = bring_up()
    up = time.perf_counter() - begun
    write_row()
    first_row = time.perf_counter() - begun
    second = [wall([*OURS, "up", *ARGUMENTS, "--yes"]) for _ in range(3)]
    plan = [wall([*OURS, "plan", *ARGUMENTS]) for _ in range(3)]
    down = wall([*OURS, "down", *ARGUMENTS, "--yes", "--delete-data", "minimal"])
    last = {"second up": statistics.median(second), "plan": statistics.median(plan), "down": down}
    return {**{f"  {name}": seconds for name, seconds in stages.items()}, "up": up, "first row": first_row, **last}


def bring_up() -> dict[str, float]:
    """When each stage was ready, in seconds after the begin, as the events of `up` tell."""
    done = subprocess.run([*OURS, "up", *ARGUMENTS, "--yes", "--output", "json"], check=True, capture_output=True)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    return {event["stage"]: event["seconds"] for event in events if event["type"] == "stage_ready"}


@contextmanager
def connected() -> Iterator[tuple[str, int]]:
    """vtgate's Service, through `vitessctl connect`."""
    command = [*OURS, "connect", *ARGUMENTS, "--output", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        answer = json.loads(process.stdout.readline())
        try:
            yield answer["host"], answer["port"]
        finally:
            process.terminate()


def write_row() -> None:
    """Write one and read it back."""
    with connected() as (host, port):
        connection = pymysql.connect(
            host=host, port=port, user="root", database="messages", autocommit=True, connect_timeout=int(_ROW_SECONDS)
        )
        with connection, connection.cursor() as cursor:
            cursor.execute("create table benchmark (id bigint primary key, words varchar(40))")
            cursor.execute("insert into benchmark values (1, 'first')")
            cursor.execute("select words from benchmark where id = 1")
            assert cursor.fetchone() == ("first",)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
