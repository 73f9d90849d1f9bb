#!/usr/bin/env bash
# The unit, golden and contract tests with the oldest dependencies that pyproject.toml allows, which tools/lowest.txt
# pins (tools/constraints.sh writes it).
#
#   tools/lowest.sh                   in .venv-lowest, which PYTHON makes if it is not there
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x .venv-lowest/bin/pip ] || "${PYTHON:-python3}" -m venv .venv-lowest
tools/install.sh .venv-lowest rehearsal,test tools/lowest.txt
.venv-lowest/bin/python -m pytest tests/unit tests/golden tests/contract -n 2 -q -m "not real"
