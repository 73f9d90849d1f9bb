"""Images of real servers, from trees that look like them."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from tests.testbed.image_recipes.real import images

VITESS, MYSQL, ETCD = "vitess/lite:v24.0.4", "mysql:8.4.8", "quay.io/coreos/etcd:v3.5.17"
FILES = (
    "bin/vttablet", "bin/mysqlctld", "root/usr/sbin/mysqld", "root/usr/bin/mysql", "root/usr/bin/mysqladmin",
    "root/usr/bin/mysqld_safe", "root/usr/bin/etcd", "root/usr/bin/etcdctl", "root/usr/lib/mysql/plugin/semisync.so",
    "root/usr/lib/multiarch/libc.so.6", "root/usr/lib/multiarch/ld-linux-x86-64.so.2", "root/usr/share/mysql/a.sql",
    "root/usr/share/doc/mysql/README",
)  # fmt: skip


@pytest.fixture
def contents(tmp_path: Path) -> dict[str, dict[str, tarfile.TarInfo]]:
    """What the uppermost layer of each image holds, and what links lead to."""
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
        path.chmod(0o755)
    environ = {"VITESS_BIN": str(tmp_path / "bin"), "MYSQL_ROOT": str(tmp_path / "root")}
    found = {}
    for image in images([VITESS, MYSQL, ETCD], tmp_path / "cache", environ):
        with tarfile.open(image.layers[-1].tar) as tar:
            found[image.name] = {f"/{each.name}": each for each in tar}
    return found


def test_vitess_lies_in_vt_bin(contents: dict[str, dict[str, tarfile.TarInfo]]) -> None:
    assert {"/vt/bin/vttablet", "/vt/bin/mysqlctld", "/vt/vtdataroot"} <= contents[VITESS].keys()
    assert contents[VITESS]["/vt/vtdataroot"].uid == 999


def test_mysql_lies_where_its_interpreter_is_with_links_from_usr(
    contents: dict[str, dict[str, tarfile.TarInfo]], tmp_path: Path
) -> None:
    root, found = f"{tmp_path}/root", contents[MYSQL]

    assert found["/usr/sbin/mysqld"].linkname == f"{root}/usr/sbin/mysqld"
    assert found["/usr/bin/mysqladmin"].linkname == f"{root}/usr/bin/mysqladmin"
    assert found["/usr/lib/mysql"].linkname == f"{root}/usr/lib/mysql"
    links = [each for each in found.values() if each.issym()]
    assert {each.linkname for each in links} <= found.keys(), "every link leads somewhere"
    assert found[root].mode == 0o755, "all may enter, whatever this machine says"


def test_what_would_hide_a_dead_mysqld_stays_out(contents: dict[str, dict[str, tarfile.TarInfo]]) -> None:
    names = {Path(path).name for path in contents[MYSQL]}

    assert not names & {"mysqld_safe", "doc", "README"}


def test_etcd_comes_with_its_c_library(contents: dict[str, dict[str, tarfile.TarInfo]], tmp_path: Path) -> None:
    libraries = {f"{tmp_path}/root/usr/lib/multiarch/{name}" for name in ("libc.so.6", "ld-linux-x86-64.so.2")}

    assert {"/usr/local/bin/etcd", "/usr/local/bin/etcdctl"} | libraries <= contents[ETCD].keys()
