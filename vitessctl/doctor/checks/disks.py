"""Room on the disks, and in etcd's store."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.doctor.catalogue import finding
from vitessctl.doctor.examined import Case, EtcdNumbers
from vitessctl.doctor.words import size
from vitessctl.status.catalogue import Finding
from vitessctl.targets.ground import Volume

FULL_SHARE, FULL_BYTES = 0.05, 2 * 1024**3
"""Both have to be undercut. A binary log is 1 GiB before MySQL begins the next one (max_binlog_size), and one more has
to find room; of a volume of 10 GiB the last twentieth still takes a day's writes of a small cluster."""
LOW_SHARE, LOW_BYTES = 0.15, 20 * 1024**3
INODES_FULL, INODES_LOW = 0.01, 0.05
BINLOGS_SHARE = 0.4
"""From then on binary logs take more than most rows do."""
QUOTA_FULL, QUOTA_LOW = 0.95, 0.8
FRAGMENTED_SHARE, FRAGMENTED_BYTES = 0.5, 256 * 1024**2


def findings(case: Case) -> Iterator[Finding]:
    """Of each file system, and of each member of etcd."""
    several = len(case.examined.volumes) > 1 or case.view.target == "kubernetes"
    for volume in case.examined.volumes:
        yield from _room(volume)
        yield from _files(volume)
        yield from _binlogs(case, volume, alone=several)
    for name, numbers in case.examined.etcd.items():
        yield from _store(name, numbers)


def _room(volume: Volume) -> Iterator[Finding]:
    words = {"free": size(volume.free), "size": size(volume.size), "path": volume.path}
    if volume.free < min(FULL_SHARE * volume.size, FULL_BYTES):
        yield finding("disk-full", volume.name, **words)
    elif volume.free < min(LOW_SHARE * volume.size, LOW_BYTES):
        yield finding("disk-low", volume.name, **words)


def _files(volume: Volume) -> Iterator[Finding]:
    words = {"free": volume.inodes_free, "count": volume.inodes, "path": volume.path}
    if volume.inodes and volume.inodes_free < INODES_FULL * volume.inodes:
        yield finding("inodes-used-up", volume.name, **words)
    elif volume.inodes and volume.inodes_free < INODES_LOW * volume.inodes:
        yield finding("inodes-low", volume.name, **words)


def _binlogs(case: Case, volume: Volume, alone: bool) -> Iterator[Finding]:
    """On a volume of its own those of one tablet; on a disk that all share, those of all."""
    sizes = case.examined.binlogs
    taken = sizes.get(volume.name, 0) if alone else sum(sizes.values())
    if volume.size and taken > BINLOGS_SHARE * volume.size:
        share = f"{100 * taken / volume.size:.0f}"
        yield finding("binlogs-large", volume.name, size=size(taken), share=share, path=volume.path)


def _store(name: str, numbers: EtcdNumbers) -> Iterator[Finding]:
    words = {"size": size(numbers.size), "quota": size(numbers.quota), "used": size(numbers.used)}
    if numbers.quota and numbers.size > QUOTA_FULL * numbers.quota:
        yield finding("etcd-quota-used-up", name, **words)
    elif numbers.quota and numbers.size > QUOTA_LOW * numbers.quota:
        yield finding("etcd-quota-low", name, **words)
    elif numbers.size > FRAGMENTED_BYTES and 0 < numbers.used < FRAGMENTED_SHARE * numbers.size:
        yield finding("etcd-fragmented", name, **words)
