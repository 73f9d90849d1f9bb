"""Layers and the docker-archive that holds them: what `ctr images import` reads without a registry.

Each layer is a tar in the cache, made once for the same inputs. An archive holds several images; a layer that they
share is in it once.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import py_compile
import tarfile
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.testbed.image_recipes.entries import Entry, complete, key_of
from tests.testbed.image_recipes.tidying import ARCHIVES, LAYERS, tidy, used

VERSION: Final = "2"
"""Counts the ways in which this module has written layers; a new one makes the cache's old layers void."""
ARCHITECTURES: Final = {"x86_64": "amd64", "aarch64": "arm64"}
_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class Layer:
    """A layer that is in the cache."""

    tar: Path
    digest: str
    """sha256 of the tar, in hexadecimal."""


@dataclass(frozen=True)
class Image:
    """A name, layers from the bottom up, and what containers of it start with."""

    name: str
    layers: Sequence[Layer]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    command: Sequence[str] = ()
    """What a container runs that is told nothing else."""
    folder: str = ""
    """Where it starts."""

    def config(self) -> bytes:
        """The image's configuration, as Docker writes it."""
        settings: dict[str, Any] = {"Env": [f"{name}={value}" for name, value in self.environment.items()]}
        if self.user:
            settings["User"] = self.user
        if self.command:
            settings |= {"Cmd": list(self.command), "WorkingDir": self.folder}
        config = {
            "architecture": ARCHITECTURES[os.uname().machine],
            "os": "linux",
            "config": settings,
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer.digest}" for layer in self.layers]},
        }
        return json.dumps(config, sort_keys=True).encode()


def layer(entries: Iterable[Entry], cache: Path) -> Layer:
    """The layer of these entries: out of the cache, or written into it."""
    wanted = complete(entries)
    tar = cache / "layers" / f"{VERSION}-{key_of(wanted)}.tar"
    digest = tar.with_suffix(".sha256")
    if not used(digest):
        tar.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(tar, lambda stream: _write_layer(wanted, stream))
        _write_whole(digest, lambda stream: stream.write(_sha256(tar).encode()))
        tidy(tar.parent, digest.suffix, LAYERS)
    return Layer(tar, digest.read_text())


def write(images: Sequence[Image], cache: Path) -> Path:
    """The archive of these images: out of the cache, or written into it."""
    manifest, blobs = (
        _manifest(images),
        {hashlib.sha256(config).hexdigest(): config for config in map(Image.config, images)},
    )
    path = cache / "archives" / f"{VERSION}-{hashlib.sha256(manifest).hexdigest()[:32]}.tar"
    if not used(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        layers = {each.digest: each for image in images for each in image.layers}
        _write_whole(path, lambda stream: _write_archive(manifest, blobs, layers, stream))
        tidy(path.parent, path.suffix, ARCHIVES)
    return path


def _manifest(images: Sequence[Image]) -> bytes:
    entries = [
        {
            "Config": f"{hashlib.sha256(image.config()).hexdigest()}.json",
            "RepoTags": [image.name],
            "Layers": [f"{layer.digest}/layer.tar" for layer in image.layers],
        }
        for image in images
    ]
    return json.dumps(entries).encode()


def _write_archive(manifest: bytes, configs: Mapping[str, bytes], layers: Mapping[str, Layer], stream: Any) -> None:
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, Entry("/manifest.json", content=manifest))  # first: who looks for names need not read the layers
        for digest, content in configs.items():
            _add(tar, Entry(f"/{digest}.json", content=content))
        for digest, each in layers.items():
            _add(tar, Entry(f"/{digest}/layer.tar", source=each.tar))


def _write_layer(entries: Sequence[Entry], stream: Any) -> None:
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for entry in entries:
            _add(tar, entry)


def _add(tar: tarfile.TarFile, entry: Entry) -> None:
    about = tarfile.TarInfo(entry.path.lstrip("/"))
    about.mode, about.uid, about.gid = entry.mode, entry.owner, entry.owner
    if entry.source is not None and entry.compiles:
        _add(tar, Entry(entry.path, content=compiled(entry.source)))
    elif entry.source is not None:
        stat = entry.source.stat()
        about.size, about.mtime = stat.st_size, int(stat.st_mtime)  # compiled Python files know their source by these
        with entry.source.open("rb") as source:
            tar.addfile(about, source)
    elif entry.content is not None:
        about.size = len(entry.content)
        tar.addfile(about, io.BytesIO(entry.content))
    elif entry.link is not None:
        about.type, about.linkname = tarfile.SYMTYPE, entry.link
        tar.addfile(about)
    else:
        about.type = tarfile.DIRTYPE
        tar.addfile(about)


def compiled(source: Path) -> bytes:
    """A Python module compiled; Python does not look whether it is newer than its source."""
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    with tempfile.TemporaryDirectory() as folder:
        draft = str(Path(folder, "module.pyc"))
        py_compile.compile(str(source), draft, dfile=source.name, doraise=True, quiet=2, invalidation_mode=mode)
        return Path(draft).read_bytes()


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _write_whole(path: Path, fill: Any) -> None:
    """Write a file that appears only when it is complete."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as stream:
            fill(stream)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
