#!/usr/bin/env bash
# The unit and contract tests with the oldest dependencies that pyproject.toml allows, pinned in tools/lowest.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x .venv-lowest/bin/python ] || "${PYTHON:-python3}" -m venv .venv-lowest
.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check -r tools/lowest.txt -e '.[rehearsal]'
.venv-lowest/bin/python -m pytest tests/unit tests/golden tests/contract -n 2 -q -m "not real"
