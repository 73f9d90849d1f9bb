#!/bin/sh
# Writes tools/constraints.txt and tools/lowest.txt anew, for every Python that is supported: the newest of everything,
# and the oldest that pyproject.toml allows. Where a version dropped a Python, another line with a marker holds the
# last one that had it.
#
#   tools/constraints.sh              needs .venv (make test) and the package index
set -eu
cd "$(dirname "$0")/.."
resolve() { .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.10 --no-header --no-annotate "$@"; }

# uv itself is not among what vitessctl needs: it installs it.
echo uv | resolve --extra rehearsal --extra dev --extra browser pyproject.toml - --output-file tools/constraints.txt

# Only vitessctl's own dependencies are old here. What runs the tests is as above.
grep -E '^(hypothesis|pytest|pytest-timeout|pytest-xdist)==' tools/constraints.txt |
    resolve --resolution lowest-direct --extra rehearsal --extra test pyproject.toml - --output-file tools/lowest.txt
