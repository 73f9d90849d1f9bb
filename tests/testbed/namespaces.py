"""A node's own network, mounts, processes, names: what makes a folder of this machine a machine of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.testbed.processes import BedError, Process

PRIVATE = ("/run", "/var/log", "/var/lib", "/mnt", "/usr/libexec")
"""Folders that the node's programs write to under fixed names: empty ones of its own, gone with the node."""

SYSCTLS = {"vm/overcommit_memory": "1", "vm/panic_on_oom": "0", "kernel/panic": "10", "kernel/panic_on_oops": "1"}
"""What the kubelet sets for the whole machine. It finds files that say so already, and the machine is left alone."""


@dataclass(frozen=True)
class Namespaces:
    """`first` is the pid 1 of the node: when it is killed, every process and mount of the node ends."""

    holder: Process
    first: Process

    @classmethod
    def start(cls, name: str, pause: Path, keep_open: Sequence[int] = ()) -> Namespaces:
        """Make them; `keep_open` are files (locks) that stay open until the node ends."""
        kinds = ["--net", "--mount", "--pid", "--uts", "--ipc"]
        command = ["unshare", *kinds, "--fork", "--mount-proc", "--kill-child", "sh", "-ec", _script(name, pause)]
        started = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=keep_open,
        )
        assert started.stdout
        said = started.stdout.readline().decode()
        if said != "ready\n":
            raise BedError(f"this machine gives no namespaces: {said}{started.communicate()[0].decode()}".strip())
        started.stdout.close()
        return cls(Process.of(started.pid), Process.of(_child(started.pid)))

    @property
    def pid(self) -> int:
        """A process inside."""
        return self.first.pid

    def inside(self, command: Sequence[str]) -> list[str]:
        """The command line that runs a command inside; its paths must be absolute."""
        return ["nsenter", "-t", str(self.pid), "-n", "-m", "-p", "-u", "-i", *command]

    def path(self, inside: str) -> Path:
        """A file of the node as seen from outside."""
        return Path(f"/proc/{self.pid}/root{inside}")

    def kill(self) -> None:
        """End the node, as a power cut would."""
        self.first.kill()
        self.holder.kill()


def _script(name: str, pause: Path) -> str:
    """Runs as pid 1 and becomes `pause`."""
    lines = ["mount --make-rshared /", f"hostname {name}"]
    lines += [f"mount -t tmpfs tmpfs {folder}" for folder in PRIVATE if os.path.isdir(folder)]
    lines += ["mkdir -p /run/sysctl /run/lock /var/lib/kubelet"]
    for key, value in SYSCTLS.items():
        file = f"/run/sysctl/{key.replace('/', '.')}"
        lines += [f"echo {value} > {file}", f"mount --bind {file} /proc/sys/{key}"]
    lines += ["echo 1 > /proc/sys/net/ipv4/ip_forward", "echo ready", f"exec {pause} >/dev/null 2>&1"]
    return "\n".join(lines)


def _child(pid: int) -> int:
    """The only child of unshare."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
