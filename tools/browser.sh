#!/bin/sh
# Gets what the tests in a browser need, where that is possible: Debian's chromium with its driver, of one version, and
# selenium in the virtual environment, pinned like everything else. Says why not where it is not.
set -eu
cd "$(dirname "$0")/.."
if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        echo "chromium and chromedriver are not on PATH, and only root on Debian can have them installed here"
        exit 1
    fi
    {
        apt-get update
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium chromium-driver
    } >/dev/null 2>&1 || { echo "apt-get could not install chromium and chromium-driver"; exit 1; }
fi
.venv/bin/python -c 'import selenium' 2>/dev/null || tools/install.sh .venv rehearsal,dev,browser >/dev/null 2>&1 || {
    echo "selenium could not be installed into .venv"
    exit 1
}
