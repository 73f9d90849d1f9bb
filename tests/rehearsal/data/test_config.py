"""A mysqld's folder and its settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitessctl.rehearsal.mysqld.config import (
    Config,
    is_on,
    read_config,
    server_uuid,
    tablet_folder,
    write_folder,
)
from vitessctl.rehearsal.mysqld.waits import WAITS, wait


def test_a_new_folder(folder: Path) -> None:
    place = tablet_folder(str(folder), 100)
    assert place == folder / "vt_0000000100"
    write_folder(place, place / "mysql.sock", 17100, "")
    config = read_config(place / "my.cnf")
    assert config == Config(place, place / "mysql.sock", 17100, config.server_id)
    assert 0 < config.server_id < 2**31
    assert config.super_read_only
    assert config.read_only
    assert config.data_file == place / "data/ibdata.sqlite"
    assert config.lock_file == place / "mysql.sock.lock"
    assert config.pid_file == place / "mysql.pid"
    assert config.log_name == "vt-0000000100-bin"
    for name in ("data", "bin-logs", "relay-logs", "innodb/data", "innodb/logs", "tmp"):
        assert (place / name).is_dir()
    text = (place / "my.cnf").read_text()
    assert "No MySQL runs here" in text or "no MySQL runs here" in text
    assert "skip_replica_start" in text
    assert not (place / "my.cnf.new").exists(), "it appears whole"


def test_two_folders_are_two_servers(folder: Path) -> None:
    made = []
    for uid in (100, 101):
        place = tablet_folder(str(folder), uid)
        write_folder(place, place / "mysql.sock", 17000 + uid, "")
        made.append(read_config(place / "my.cnf"))
    assert made[0].server_id != made[1].server_id
    assert server_uuid(made[0]) != server_uuid(made[1])


def test_a_uuid_stays_and_is_made_anew_when_its_file_is_gone(folder: Path) -> None:
    write_folder(folder, folder / "mysql.sock", 17100, "")
    config = read_config(folder / "my.cnf")
    first = server_uuid(config)
    assert server_uuid(config) == first
    assert len(first) == 36
    config.uuid_file.unlink()
    second = server_uuid(config)
    assert second != first
    assert server_uuid(config) == second


@pytest.mark.parametrize(
    ("extra", "read_only", "super_read_only", "port"),
    [
        ("", True, True, 17100),
        ("super-read-only = OFF", True, False, 17100),
        ("super_read_only=0\nread-only=off", False, False, 17100),
        ("[mysqld]\n# port = 1\nport=3307\n", True, True, 3307),
        ("  port  =  3308  \n;port=9", True, True, 3308),
        ("performance_schema=OFF\ninnodb_buffer_pool_size=32M", True, True, 17100),
    ],
)
def test_what_is_put_behind_wins(folder: Path, extra: str, read_only: bool, super_read_only: bool, port: int) -> None:
    write_folder(folder, folder / "mysql.sock", 17100, extra)
    config = read_config(folder / "my.cnf")
    assert (config.read_only, config.super_read_only, config.port) == (read_only, super_read_only, port)


@pytest.mark.parametrize("missing", ["server-id", "port", "socket"])
def test_a_setting_that_is_needed(folder: Path, missing: str) -> None:
    write_folder(folder, folder / "mysql.sock", 17100, "")
    path = folder / "my.cnf"
    kept = [line for line in path.read_text().splitlines() if not line.startswith(f"{missing} =")]
    path.write_text("\n".join(kept))
    with pytest.raises(ValueError, match=f"sets no {missing.replace('-', '_')}"):
        read_config(path)


def test_no_file(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_config(folder / "my.cnf")


@pytest.mark.parametrize(
    ("written", "on"),
    [("ON", True), ("1", True), ("yes", True), ("'true'", True), ("OFF", False), ("0", False), ("", False)],
)
def test_yes_and_no(written: str, on: bool) -> None:
    assert is_on(written) is on


def test_waits_are_short_unless_the_real_ones_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITESSCTL_REHEARSAL_TIMES", "real")
    assert {name: wait(name) for name in WAITS} == {name: slow for name, (slow, _) in WAITS.items()}
    monkeypatch.setenv("VITESSCTL_REHEARSAL_TIMES", "fast")
    assert {name: wait(name) for name in WAITS} == {name: fast for name, (_, fast) in WAITS.items()}
    assert all(fast <= slow for slow, fast in WAITS.values())


@pytest.mark.parametrize(
    ("extra", "host"),
    [("", "0.0.0.0"), ("bind-address=127.0.0.1\n", "127.0.0.1"), ("bind_address = *\n", "0.0.0.0")],
)
def test_it_listens_everywhere_unless_it_is_told_otherwise(folder: Path, extra: str, host: str) -> None:
    """As MySQL does: in a pod the other pods' replicas must reach it."""
    write_folder(folder, folder / "mysql.sock", 3306, extra)

    assert read_config(folder / "my.cnf").host == host
