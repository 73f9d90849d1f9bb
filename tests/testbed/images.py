"""Container images without a registry: docker-archives made from folders.

An archive holds one layer. The same folder gives the same bytes: names sorted, times zero, so that an image that
did not change has the same id and need not be imported again. Its manifest.json comes first, so that reading an
archive's names does not read its layer.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = (0, 0)
"""Owner of every file that is not named: uid and gid."""


@dataclass(frozen=True)
class Settings:
    """How a container of the image starts; the words of Docker's image config."""

    entrypoint: Sequence[str] = ()
    command: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    working_folder: str = "/"

    def config(self) -> dict[str, object]:
        """The `config` object of an image's JSON."""
        return {
            "Entrypoint": list(self.entrypoint),
            "Cmd": list(self.command),
            "Env": [f"{name}={value}" for name, value in self.environment.items()],
            "User": self.user,
            "WorkingDir": self.working_folder,
        }


@dataclass(frozen=True)
class Manifest:
    """What an archive says of its image: its names, and an id that changes with its content."""

    references: tuple[str, ...]
    config: str


def write_archive(
    archive: Path,
    references: Sequence[str],
    root: Path,
    settings: Settings | None = None,
    owners: Mapping[str, tuple[int, int]] | None = None,
) -> Path:
    """Make `archive` out of the files under `root`, named `references` (`vitess/lite:v24.0.4`).

    `owners` gives uid and gid by path in the image without a leading slash; what lies below a path has its owner too.
    Symbolic links are kept as they are; hard links become files of their own.
    """
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        layer = Path(folder) / "layer.tar"
        _write_layer(layer, root, owners or {})
        config = _config(_digest(layer), settings or Settings())
        name = hashlib.sha256(config).hexdigest() + ".json"
        manifest = [{"Config": name, "RepoTags": list(references), "Layers": ["layer.tar"]}]
        made = Path(folder) / "archive.tar"
        with tarfile.open(made, "w") as tar:
            _add(tar, "manifest.json", json.dumps(manifest).encode())
            _add(tar, name, config)
            tar.add(layer, "layer.tar", filter=_cleaner({}))
        os.replace(made, archive)
    return archive


def read_manifest(archive: Path) -> Manifest:
    """The names in an archive of one image; ValueError if it is none that this module or `docker save` makes."""
    (manifest,) = read_manifests(archive)
    return manifest


def read_manifests(archive: Path) -> tuple[Manifest, ...]:
    """The names of every image in an archive; ValueError as of read_manifest."""
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.name == "manifest.json" and (file := tar.extractfile(member)):
                return tuple(Manifest(tuple(image["RepoTags"]), image["Config"]) for image in json.load(file))
    raise ValueError(f"{archive} has no manifest.json: it is not a docker-archive")


def _write_layer(layer: Path, root: Path, owners: Mapping[str, tuple[int, int]]) -> None:
    with tarfile.open(layer, "w") as tar:
        for path in sorted(root.rglob("*")):
            tar.inodes = {}  # type: ignore[attr-defined]  # two names of one file must not become a hard link
            tar.add(path, str(path.relative_to(root)), recursive=False, filter=_cleaner(owners))


def _cleaner(owners: Mapping[str, tuple[int, int]]) -> Callable[[tarfile.TarInfo], tarfile.TarInfo]:
    def clean(info: tarfile.TarInfo) -> tarfile.TarInfo:
        info.uid, info.gid = _owner(info.name, owners)
        info.uname = info.gname = ""
        info.mtime = 0
        return info

    return clean


def _owner(path: str, owners: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    at = path
    while at:
        if at in owners:
            return owners[at]
        at = at.rpartition("/")[0]
    return ROOT


def _config(layer_digest: str, settings: Settings) -> bytes:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
    image = {
        "architecture": machine,
        "os": "linux",
        "config": settings.config(),
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer_digest}"]},
        "history": [{"created": "1970-01-01T00:00:00Z"}],
    }
    return json.dumps(image, sort_keys=True).encode()


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))
