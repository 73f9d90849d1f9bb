"""Which dialect a release's vtctld is spoken to in, and what is loaded for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from vitessctl import releases
from vitessctl.vtctld.client import connect
from vitessctl.vtctld.legacy.service import LegacyService
from vitessctl.vtctld.service import VtctldService

PROGRAM = """
import sys
from vitessctl.releases import get
from vitessctl.vtctld.client import connect
connect("127.0.0.1:1", get("24")).close()
print(*(name for name in sys.modules if "vtctld" in name))
"""


@pytest.mark.parametrize(("release", "dialect"), [("2.1", LegacyService), ("24", VtctldService)])
def test_the_dialect_is_the_releases(release: str, dialect: type) -> None:
    vtctld = connect("127.0.0.1:1", releases.get(release))
    vtctld.close()

    assert type(vtctld) is dialect


def test_the_old_dialect_is_loaded_for_old_releases_only() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

    found = run.stdout.split()
    assert "vitessctl.vtctld.service" in found
    assert [name for name in found if "legacy" in name] == []
