"""Templates are found in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

import vitessctl
from vitessctl.errors import VitessctlError
from vitessctl.render.packaged import packaged_folder


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that vitessctl seems to be installed in."""
    package = tmp_path / "site-packages" / "vitessctl"
    package.mkdir(parents=True)
    monkeypatch.setattr(vitessctl, "__file__", str(package / "__init__.py"))
    packaged_folder.cache_clear()
    yield package
    packaged_folder.cache_clear()


def test_a_checkout_has_them_beside_the_package() -> None:
    packaged_folder.cache_clear()
    assert packaged_folder("templates") == Path(vitessctl.__file__).resolve().parents[1] / "templates"
    assert (packaged_folder("templates") / "local" / "etcd.conf.j2").is_file()
    assert (packaged_folder("templates") / "kubernetes" / "etcd-statefulset.yaml.j2").is_file()


def test_an_installed_package_has_them_inside(installed: Path) -> None:
    inside = installed / "_data" / "templates"
    inside.mkdir(parents=True)
    (installed.parent / "templates").mkdir()
    assert packaged_folder("templates") == inside


def test_a_broken_installation_says_so(installed: Path) -> None:
    with pytest.raises(VitessctlError) as caught:
        packaged_folder("inventories")
    assert caught.value.what == "the folder inventories of vitessctl itself is missing"
    assert caught.value.where == str(installed)
    assert caught.value.fix == "install vitessctl again"
