"""Making a failure happen in a namespace of its own, and what a person saw of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.e2e_kubernetes.command import Ran, Vitessctl
from tests.e2e_kubernetes.failures import Failure, hog
from tests.testbed.fixtures import Bed

HOG_IMAGE = "vitess/lite:v24.0.4"
_FAILED = re.compile(r"^ *[\d.]+s +\w+ +failed after (?P<seconds>[\d.]+) s", re.MULTILINE)


def attempt(failure: Failure, bed: Bed, namespace: str, folder: Path) -> Ran:
    """`up` of what must fail, in a namespace that holds nothing yet."""
    prepare(failure, bed, namespace)
    return Vitessctl(bed, namespace, failure.inventory(folder), failure.extra)("up")


def prepare(failure: Failure, bed: Bed, namespace: str) -> None:
    """Label the namespace, and make what has to be in it before."""
    if failure.namespace:
        bed.kubectl("label", "namespace", namespace, *(f"{key}={value}" for key, value in failure.namespace.items()))
    objects = [made(each, bed) for each in failure.objects]
    if objects:
        bed.kubectl("-n", namespace, "create", "-f", "-", stdin=yaml.safe_dump_all(objects))


def made(written: Mapping[str, Any], bed: Bed) -> Mapping[str, Any]:
    """An object as it is, or a hog as large as the node lets it be."""
    if "hog" not in written:
        return written
    return hog(written["hog"], free(bed), HOG_IMAGE)


def free(bed: Bed) -> dict[str, str]:
    """What the first node can give."""
    node = json.loads(bed.kubectl("get", "nodes", "-o", "json"))["items"][0]
    return dict(node["status"]["allocatable"])


def clear(bed: Bed, namespaces: Sequence[str]) -> None:
    """Take the machine back at once: what is deleted gently keeps running for half a minute."""
    for namespace in namespaces:
        bed.kubectl("delete", "namespace", namespace, "--wait=false")
        bed.kubectl("-n", namespace, "delete", "pods", "--all", "--grace-period=0", "--force", "--wait=false")


def told_after(ran: Ran) -> float:
    """Seconds that the stage which failed took until it said so; that of the whole command if none was begun."""
    found = _FAILED.search(ran.screen)
    return float(found["seconds"]) if found else ran.seconds
