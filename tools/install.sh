#!/bin/sh
# Installs this checkout, with what it needs, into a virtual environment: tools/install.sh VENV EXTRAS [PIN_FILE]
#
#   tools/install.sh .venv rehearsal            what `make up` needs
#   tools/install.sh .venv rehearsal,dev        what `make test` needs
#
# uv does it, which comes from the same index as everything else: from empty caches it takes a sixth of pip's time,
# mostly because it downloads side by side. pip does it where uv has no build for this machine, does not get through,
# or would not know the index that pip is configured with.
set -eu
cd "$(dirname "$0")/.."
venv=$1 extras=$2 pins=${3:-tools/constraints.txt}
python=$venv/bin/python

with_uv() {
    if $python -m pip config list | grep -q index-url; then return 1; fi
    if [ -x "$venv/bin/uv" ] || $python -m pip install --quiet --disable-pip-version-check \
        --only-binary=:all: -c tools/constraints.txt uv; then
        "$venv/bin/uv" pip install --quiet --python "$python" -c "$pins" -b tools/constraints.txt -e ".[$extras]"
    else
        return 1
    fi
}

with_uv || $python -m pip install --quiet --disable-pip-version-check -c "$pins" -e ".[$extras]"

# uv leaves bytecode to the first import, and the first import is ten servers that start at once (and never happens
# where PYTHONDONTWRITEBYTECODE is set). What none of them loads stays as it is: the Kubernetes client alone is 70 MB.
packages=$($python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
unused='/(Crypto|aiohttp|dateutil|kubernetes|mypy|oauthlib|optimizer|pip|pkg_resources|pydantic|pygments|requests|'
unused=$unused'setuptools|tests?|urllib3|websocket|yarl)/'
$python -m compileall -q -j 0 -x "$unused" "$packages" || true
case $extras in *dev* | *test*) own="vitessctl tests" ;; *) own=vitessctl ;; esac
# shellcheck disable=SC2086
$python -m compileall -q -j 0 $own || true
