"""The images of the stand-ins, unpacked and run: with nothing of this machine but its kernel."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.testbed.image_recipes import standins
from tests.testbed.image_recipes.__main__ import build, main
from tests.testbed.image_recipes.interpreter import closure
from tests.testbed.image_recipes.names import image_names
from tests.testbed.image_recipes.real import NoBinaries
from tests.testbed.image_recipes.real import images as real_images
from vitessctl import releases
from vitessctl.rehearsal.launch import PROGRAMS

VITESS, OLDEST, MYSQL, ETCD = "vitess/lite:v24.0.4", "vitess/lite:v2.1", "mysql:8.4.8", "quay.io/coreos/etcd:v3.5.17"
can_enter = pytest.mark.skipif(os.geteuid() != 0, reason="only root can enter an image")


@pytest.fixture(scope="session")
def images() -> Iterator[dict[str, list[tarfile.TarFile]]]:
    """The layers of every image, from the bottom up."""
    with ExitStack() as opened:
        whole = opened.enter_context(tarfile.open(build(image_names())))
        manifest = json.loads(whole.extractfile("manifest.json").read())  # type: ignore[union-attr]
        yield {
            image["RepoTags"][0]: [
                opened.enter_context(tarfile.open(fileobj=whole.extractfile(name))) for name in image["Layers"]
            ]
            for image in manifest
        }


@pytest.fixture(scope="session")
def root(images: dict[str, list[tarfile.TarFile]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Vitess's newest image unpacked, and what the oldest has of its own below /oldest."""
    unpacked = tmp_path_factory.mktemp("image")
    unpacked.chmod(0o755)
    for layer in images[VITESS]:
        layer.extractall(unpacked, filter="fully_trusted")
    images[OLDEST][-1].extractall(unpacked / "oldest", filter="fully_trusted")
    add_devices(unpacked)
    return unpacked


def add_devices(root: Path) -> None:
    """The two that every container has and every program expects."""
    (root / "dev").mkdir(exist_ok=True)
    for name, minor in (("null", 3), ("urandom", 9)):
        os.mknod(root / "dev" / name, stat.S_IFCHR | 0o666, os.makedev(1, minor))


def enter(root: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program of an image as the pods' user."""
    words = ["chroot", "--userspec=999:999", str(root), *command]
    environ = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", **variables}
    return subprocess.run(words, env=environ, capture_output=True, text=True, timeout=60, check=False)


def test_the_images_are_those_that_the_inventories_ask_for() -> None:
    assert image_names() == [VITESS, OLDEST, MYSQL, ETCD]
    assert image_names(real=True) == [VITESS, MYSQL, ETCD]


def test_every_program_is_at_its_real_path(images: dict[str, list[tarfile.TarFile]]) -> None:
    where = {
        VITESS: {f"vt/bin/{name}" for name in standins.VITESS_PROGRAMS},
        OLDEST: {"vt/bin/mysqlctld", "usr/bin/mysql", "usr/sbin/mysqld", "vt/config/mycnf/master_mysql56.cnf"},
        MYSQL: {"usr/bin/mysql", "usr/sbin/mysqld"},
        ETCD: {"usr/local/bin/etcd", "usr/local/bin/etcdctl"},
    }
    for name, paths in where.items():
        assert paths <= set(images[name][-1].getnames()), name
    assert "usr/bin/mysql" not in images[VITESS][-1].getnames(), "a vitess/lite of today holds no MySQL"
    assert {Path(path).name for paths in where.values() for path in paths} >= PROGRAMS.keys()


def test_what_is_copied_from_image_to_image_finds_the_same_python(images: dict[str, list[tarfile.TarFile]]) -> None:
    """mysqlctld runs in the image of MySQL: both stand on the same layers."""
    lower = {name: [layer.getnames() for layer in layers[:-1]] for name, layers in images.items()}

    assert lower[VITESS] == lower[MYSQL] == lower[ETCD] == lower[OLDEST]
    assert "usr/local/bin/python3" in lower[MYSQL][0]
    assert "bin/cp" in lower[VITESS][0]


@can_enter
def test_a_server_is_as_strict_as_its_images_release(root: Path) -> None:
    newest = enter(root, "/vt/bin/vtctld", "--service_map=grpc-vtctl", "--nope")
    oldest = enter(root, "/oldest/vt/bin/vtctld", "--config-file-not-found-handling=ignore")

    assert (newest.returncode, newest.stderr.splitlines()[1]) == (1, "Error: unknown flag: --nope")
    assert oldest.returncode == 2
    assert oldest.stderr.startswith("flag provided but not defined: -config-file-not-found-handling")


@can_enter
@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["sh", "-c", "test -d /vt/vtdataroot && timeout 5 sleep 0 && cat /etc/passwd"], 0),
        (["cp", "/vt/bin/mysqlctld", "/tmp"], 0),
        (["timeout", "0.1", "sleep", "5"], 124),
        (["/vt/bin/vtctldclient", "--server", "localhost:1", "--action-timeout", "50ms", "GetKeyspaces"], 1),
        (["python3", "-I", "-c", "import ssl, sqlite3, grpc, xxhash, mysql_mimic, Crypto.Cipher.DES3"], 0),
    ],
)
def test_small_programs_and_libraries_are_there(root: Path, command: list[str], code: int) -> None:
    done = enter(root, *command)

    assert done.returncode == code, done.stderr


@can_enter
def test_nothing_is_compiled_at_a_start(root: Path) -> None:
    """An image is read-only: what it does not bring compiled is compiled again by every process."""
    code = """
import os, sys
import vitessctl.rehearsal.vttablet.server
specs = [module.__spec__ for module in sys.modules.values() if getattr(module, "__spec__", None)]
print([each.name for each in specs if each.cached and not os.path.exists(each.cached)])
"""
    done = enter(root, "python3", "-I", "-c", code)

    assert done.stdout.strip() == "[]", done.stderr


def test_all_images_together_are_small() -> None:
    assert build(image_names()).stat().st_size < 160 << 20


def test_a_tag_that_names_no_release_is_refused() -> None:
    assert standins.release_of("vitess/lite:v22.0.1") == "22"
    with pytest.raises(ValueError, match="vitess/lite:latest names no release"):
        standins.release_of("vitess/lite:latest")
    with pytest.raises(releases.UnknownReleaseError):
        standins.release_of("vitess/lite:v99.0.0")


def test_what_a_package_requires_comes_along_and_its_extras_do_not() -> None:
    assert "sqlglot" in closure(["mysql-mimic"])
    assert closure(["no-such-distribution"]) == set()


def test_real_servers_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(NoBinaries, match="VITESS_BIN names no folder that holds vttablet"):
        real_images([VITESS], tmp_path, {})
    (tmp_path / "vttablet").touch()
    with pytest.raises(NoBinaries, match="MYSQL_ROOT names no folder that holds usr/sbin/mysqld"):
        real_images([VITESS], tmp_path, {"VITESS_BIN": str(tmp_path)})


def test_the_command_prints_archive_and_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--image", ETCD, str(tmp_path)]) == 0

    archive, *names = capsys.readouterr().out.splitlines()
    assert Path(archive).parent == tmp_path
    assert tarfile.is_tarfile(archive)
    assert names == [ETCD]
