"""The wheel holds everything: it is built, installed into an empty folder, and used from somewhere else."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(REPOSITORY)],
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return folder


def run(installed: Path, elsewhere: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "vitessctl", *words]
    return subprocess.run(command, cwd=elsewhere, env=environment, capture_output=True, text=True, timeout=60)


def test_templates_inventories_and_examples_are_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    assert [name for name in packed if "__pycache__" in name] == []
    for folder in ("templates", "inventories", "examples"):
        for path in (REPOSITORY / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"vitessctl/_data/{path.relative_to(REPOSITORY)}" in packed


def test_data_files_are_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    kept = {".json", ".yaml", ".proto", ".md", ".txt", ".j2"}
    for path in (REPOSITORY / "vitessctl").rglob("*"):
        if path.is_file() and path.suffix in kept and "__pycache__" not in path.parts:
            assert str(path.relative_to(REPOSITORY)) in packed


def test_it_is_the_installed_code_that_runs(installed: Path, tmp_path: Path) -> None:
    where = (
        "import vitessctl, vitessctl.render.packaged as packaged; "
        "print(vitessctl.__file__); print(packaged.packaged_folder('templates'))"
    )
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", where], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    for line in done.stdout.splitlines():
        assert line.startswith(str(installed))


@pytest.mark.parametrize("target", ["kubernetes", "local"])
def test_an_installed_vitessctl_renders_what_a_checkout_renders(installed: Path, tmp_path: Path, target: str) -> None:
    assert run(installed, tmp_path, "init", "mine").returncode == 0
    assert run(installed, tmp_path, "validate", "-i", "mine").returncode == 0

    from_wheel = run(installed, tmp_path, "render", "-i", "mine", "--target", target)
    from_checkout = run(REPOSITORY, tmp_path, "render", "-i", "mine", "--target", target)

    assert from_wheel.returncode == 0, from_wheel.stderr
    assert from_wheel.stdout == from_checkout.stdout
    assert "vttablet" in from_wheel.stdout
