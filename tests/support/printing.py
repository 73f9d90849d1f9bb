"""What the programs of a release print of themselves, in memory: their help and their version."""

from __future__ import annotations

from collections.abc import Sequence

from vitessctl import releases
from vitessctl.rehearsal.servenv.flags import load_types
from vitessctl.rehearsal.servenv.help import go_usage, pflag_usage

ETCD = ("name", "data-dir", "listen-client-urls", "advertise-client-urls", "listen-peer-urls", "listen-metrics-urls")
ETCD_MORE = ("initial-advertise-peer-urls", "initial-cluster", "initial-cluster-state", "initial-cluster-token")
ETCD_COMPACTION = ("auto-compaction-mode", "auto-compaction-retention")


def prints(program: str, argument: str, release: str, mysql: str = "8.4.6") -> Sequence[str]:
    """The lines of `PROGRAM --help` or `PROGRAM --version`; KeyError for anything else."""
    component = program.rpartition("/")[2]
    return _PRINTERS[argument](component, release, mysql).splitlines()


def _help(component: str, release: str, mysql: str) -> str:
    if component == "etcd":
        return "".join(f"  --{flag} ''\n    Some words.\n" for flag in (*ETCD, *ETCD_MORE, *ETCD_COMPACTION))
    known = releases.get(release)
    assert known.flags(component), f"nobody asks {component} for its flags"
    write = go_usage if known.flag_parser == "go" else pflag_usage
    return write(component, known.flags(component), load_types())


def _version(component: str, release: str, mysql: str) -> str:
    said = {"etcd": "etcd Version: 3.5.17", "mysqld": f"/usr/sbin/mysqld  Ver {mysql} for Linux on x86_64"}
    return said.get(component, f"{component} version Version: {release}.0.1 (Git revision 1234 branch 'HEAD')")


_PRINTERS = {"--help": _help, "--version": _version}
