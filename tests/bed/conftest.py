"""The bed's fixtures, and an image to run on it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.testbed import build, images
from tests.testbed.fixtures import api_server, bed, namespace

__all__ = ["api_server", "bed", "namespace"]

ETCD_IMAGE = "testbed/etcd:3.6.7"


@pytest.fixture(scope="session")
def etcd_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of an image that holds etcd and etcdctl, and nothing else."""
    folder = tmp_path_factory.mktemp("etcd")
    root = folder / "root"
    root.mkdir()
    for program in (build.binaries().etcd, build.binaries().etcdctl):
        shutil.copy(program, root / program.name)
    settings = images.Settings(entrypoint=["/etcd"], environment={"PATH": "/"})
    return images.write_archive(folder / "etcd.tar", [ETCD_IMAGE], root, settings)
