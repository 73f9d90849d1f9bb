#!/usr/bin/env bash
# Runs every test layer that this machine can run, says which it skips and why, and fails if any fails.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTEST=".venv/bin/python -m pytest"

echo "== pure layers: unit, golden, property, contract"
$PYTEST tests/unit tests/golden tests/contract -n 2 -q -m "not real"

echo "== local target and stand-ins"
$PYTEST tests/local -q -m "not real"
$PYTEST tests/rehearsal -n 2 -q -m "not real"

echo "== whole clusters of stand-ins (rehearsal)"
$PYTEST tests/e2e -q -m "not real"

echo "== wheel: built, installed, run"
$PYTEST tests/wheel -q

if [ -n "${VITESS_BIN:-}" ]; then
  echo "== real Vitess from VITESS_BIN"
  $PYTEST tests -q -m real
else
  echo "== real Vitess: SKIPPED, because VITESS_BIN does not name a folder with its binaries"
fi
if [ ! -f tools/lowest.txt ]; then
  echo "== oldest dependencies: SKIPPED, because tools/lowest.txt, which pins them, is not written yet"
elif [ -x .venv-lowest/bin/python ] || [ "${CI:-}" = true ]; then
  echo "== oldest dependencies"
  tools/lowest.sh
else
  echo "== oldest dependencies: SKIPPED, because this is not CI; make lowest runs them"
fi
