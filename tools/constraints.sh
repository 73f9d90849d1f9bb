#!/bin/sh
# Writes tools/constraints.txt anew: the newest version of everything, for every Python that is supported. Where the
# newest dropped one of them, its line has a marker and another line holds the last version for it.
#
#   tools/constraints.sh              needs .venv (make test) and the package index
set -eu
cd "$(dirname "$0")/.."
uv=.venv/bin/uv
resolve() { "$uv" pip compile --quiet --upgrade --universal --python-version 3.10 --no-header --no-annotate "$@"; }

# uv itself is not among what vitessctl needs: it installs it.
echo uv | resolve --extra rehearsal --extra dev pyproject.toml - --output-file tools/constraints.txt
