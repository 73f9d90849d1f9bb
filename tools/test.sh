#!/usr/bin/env bash
# Runs every test layer that this machine can run, says which it skips and why, and fails if any fails. At the end a
# table: how long each layer took, and what came of it; and what failed, once more, as of a run of an hour often the
# last screen is all that anybody still has.
set -uo pipefail
cd "$(dirname "$0")/.."
PYTHON=.venv/bin/python
OUTPUT=$(mktemp)
trap 'rm -f "$OUTPUT"' EXIT
rows=()
failures=()
failed=0

remember() { rows+=("$(printf '%-44s %6s   %s' "$1" "$2" "$3")"); }

# layer TITLE COMMAND...: run it; the last line that pytest prints is what came of it.
layer() {
  local title=$1 begun=$SECONDS status
  shift
  printf '\n== %s\n' "$title"
  "$@" 2>&1 | tee "$OUTPUT"
  status=${PIPESTATUS[0]}
  if [ "$status" -eq 0 ]; then
    remember "$title" "$((SECONDS - begun))" "$(summary)"
  else
    failed=1
    failures+=("$(printf '== what failed in: %s\n' "$title" && what_failed)")
    remember "$title" "$((SECONDS - begun))" "FAILED (exit code $status): $(summary)"
  fi
}

summary() { tail -n 1 "$OUTPUT" | sed -E 's/^=+ //; s/ in [0-9.]+s.*//'; }

# Which tests failed with which messages, whole screens of a failed command among them, and then pytest's own list of
# them; or the last lines, where pytest listed nothing.
what_failed() {
  if grep -q 'short test summary info' "$OUTPUT"; then
    grep -E '^(_{3,} .* _{3,}|E( .*)?)$' "$OUTPUT" | head -n 60
    sed '1,/short test summary info/d' "$OUTPUT" | head -n 40
  else
    tail -n 15 "$OUTPUT"
  fi
}

skip() { # TITLE WHY
  printf '\n== %s: SKIPPED, because %s\n' "$1" "$2"
  remember "$1" - "skipped: $2"
}

# `slow` is more of the same, for which not every run has the time: pytest tests/e2e tests/e2e_kubernetes -m slow
# `twice` is told by another test on another target: only CI runs both.
left_out="not real and not slow"
if [ "${CI:-}" != true ]; then left_out="$left_out and not twice"; fi
tests() { "$PYTHON" -m pytest -q -m "$left_out" "$@"; }

# bed NODES TITLE PYTEST...: a layer that needs a Kubernetes; one that somebody brings will do where it has nodes.
bed() {
  local nodes=$1 title=$2 why=
  shift 2
  if [ "$nodes" -eq 0 ] || [ -z "${VITESSCTL_E2E_CONTEXT:-}" ]; then
    why=$("$PYTHON" -c "from tests.testbed import unavailable; print(unavailable.reason($nodes) or '')") || why="it cannot be looked at"
  fi
  if [ -n "$why" ]; then skip "$title" "$why"; else layer "$title" tests "$@"; fi
}

layer "pure: unit, golden, property, contract, docs" tests -n 2 tests/unit tests/golden tests/contract tests/docs
layer "local target" tests -n 2 tests/local
layer "stand-ins" tests -n 2 tests/rehearsal
# Much of what follows is waiting. Workers take whole runs of neighbours, as tests of a module share a cluster.
layer "whole clusters of stand-ins (rehearsal)" tests -n 4 --dist worksteal tests/e2e
layer "wheel: built, installed, run" tests tests/wheel
layer "images for the test bed" tests tests/testbed/image_recipes/tests
if why=$(tools/browser.sh); then
  layer "browser: the guestbook in Chromium" tests tests/browser
else
  skip "browser: the guestbook in Chromium" "$why"
fi
bed 0 "a real API server" -n 2 tests/api
bed 1 "the test bed itself" tests/bed
# Each worker has a bed of its own; a cluster that somebody brings is one.
beds=(-n 2 --dist worksteal)
if [ -n "${VITESSCTL_E2E_CONTEXT:-}" ]; then beds=(-n 0); fi
bed 1 "whole clusters on a real Kubernetes" "${beds[@]}" tests/e2e_kubernetes

if [ -n "${VITESS_BIN:-}" ]; then
  layer "real Vitess from VITESS_BIN" "$PYTHON" -m pytest tests -q -m real
else
  skip "real Vitess" "VITESS_BIN does not name a folder with its binaries"
fi
if [ -x .venv-lowest/bin/python ] || [ "${CI:-}" = true ]; then
  layer "oldest dependencies" tools/lowest.sh
else
  skip "oldest dependencies" "this is not CI; make lowest runs them"
fi

printf '\n%-44s %6s   %s\n' layer seconds result
printf '%s\n' "${rows[@]}"
if [ "$failed" -ne 0 ]; then printf '\n%s\n' "${failures[@]}"; fi
exit "$failed"
