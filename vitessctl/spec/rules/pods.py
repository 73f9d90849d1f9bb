"""What people add to pods must not take the place of what is ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vitessctl.spec.node import Path
from vitessctl.spec.rules.finding import Finding, finding
from vitessctl.spec.view import View
from vitessctl.spec.words import listed

OWN_PREFIXES = ("vitessctl.io/", "app.kubernetes.io/")
"""Prefixes of our own labels: selectors, pruning and status go by them."""
OWN_NAMES: Mapping[str, frozenset[str]] = {
    "containers": frozenset(
        {"etcd", "vtctld", "mysqlctld", "mysqld", "keyspace", "vttablet", "vtorc", "vtgate", "application"},
    ),
    "volumes": frozenset({"data", "run", "tmp", "shared", "settings", "users"}),
    "env": frozenset({"POD_NAME", "VTROOT", "VTDATAROOT", "VT_MYSQL_ROOT", "EXTRA_MY_CNF"}),
}
"""By field of a pod, the names that our templates use."""
OWN_FOLDERS = (
    "/vt/vtdataroot",
    "/vt/run",
    "/vt/bin",
    "/vt/shared",
    "/vt/vitessctl",
    "/vt/secrets/vtgate",
    "/var/lib/etcd",
)
"""Folders in which the containers keep data, sockets, programs and settings."""


def pods_leave_ours_alone(view: View) -> Iterator[Finding]:
    """Names, labels and folders that are ours are not given away."""
    for path, pod in _pods(view):
        yield from _labels(view, path, pod)
        for field, own in OWN_NAMES.items():
            yield from _names(view, (*path, field), pod.get(field, ()), own)
        yield from _mounts(view, (*path, "volume_mounts"), pod.get("volume_mounts", ()))


def mounts_have_volumes(view: View) -> Iterator[Finding]:
    """A mount names a volume that the same pod has: one from the same place or from one that it inherits from."""
    known = {volume["name"] for _, pod in _pods(view) for volume in pod.get("volumes", ())}
    for path, pod in _pods(view):
        for index, mount in enumerate(pod.get("volume_mounts", ())):
            if mount["name"] not in known | OWN_NAMES["volumes"]:
                where = (*path, "volume_mounts", index, "name")
                fix = "add it under volumes:, beside volume_mounts"
                yield finding(view, where, f"there is no volume {mount['name']}", "Kubernetes refuses such a pod", fix)


def autoscaled_gates_have_requests(view: View) -> Iterator[Finding]:
    """The use of CPU is measured against what is requested."""
    for cell, settings in view.cells.items():
        path = ("cells", cell, "vtgate", "autoscale")
        scale = settings.get("vtgate", {}).get("autoscale")
        if scale is None:
            continue
        if "replicas" in settings["vtgate"]:
            what = f"the vtgate of {cell} has replicas and autoscale"
            yield finding(view, path, what, "autoscale decides how many there are", "remove one of them", at_key=True)
        if scale.get("min", 1) > scale["max"]:
            yield finding(view, path, f"autoscale of {cell} has a min above its max", fix="write the smaller as min")
        if not _requests_cpu(view.spec.data.get("resources", "none")):
            why = "Kubernetes compares the CPU use with the request, and does nothing where there is none"
            yield finding(
                view, path, "autoscale needs a CPU request of vtgate", why, "add resources: recommended", at_key=True
            )


def _requests_cpu(resources: Any) -> bool:
    gate = resources if isinstance(resources, str) else resources.get("vtgate", "none")
    return gate == "recommended" or (isinstance(gate, Mapping) and "cpu" in gate.get("requests", {}))


def _pods(view: View) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every place where a spec adds to pods."""
    for component, pod in view.spec.data.get("components", {}).items():
        yield ("components", component), pod
    for cell, settings in view.cells.items():
        yield ("cells", cell, "pod"), settings.get("pod", {})
        yield ("cells", cell, "vtgate", "pod"), settings.get("vtgate", {}).get("pod", {})
    for keyspace in view.keyspaces:
        for pool in keyspace.pools:
            yield (*pool.path, "pod"), pool.pod
    for name, settings in view.applications.items():
        yield ("applications", name, "pod"), settings.get("pod", {})


def _labels(view: View, path: Path, pod: Mapping[str, Any]) -> Iterator[Finding]:
    for field in ("labels", "annotations"):
        for key in pod.get(field, ()):
            if key.startswith(OWN_PREFIXES):
                why = "vitessctl tells by it what belongs to the cluster"
                where = (*path, field, key)
                yield finding(view, where, f"{key} is a name of our own", why, "choose another prefix", at_key=True)


def _names(view: View, path: Path, entries: Any, own: frozenset[str]) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        name = entry["name"]
        if name in own:
            why = f"our own are {listed(sorted(own), 'and')}"
            yield finding(view, (*path, index, "name"), f"{name} is a name of our own", why, "choose another name")
        elif name in seen:
            yield finding(view, (*path, index, "name"), f"{name} is there twice", fix="remove one of them")
        seen.add(name)


def _mounts(view: View, path: Path, mounts: Any) -> Iterator[Finding]:
    for index, mount in enumerate(mounts):
        folder = str(mount["mountPath"]).rstrip("/")
        if folder in ("", "/tmp") or any(_within(folder, own) or _within(own, folder) for own in OWN_FOLDERS):
            why = "it would hide data, programs or settings that the container needs"
            where = (*path, index, "mountPath")
            yield finding(view, where, f"{mount['mountPath']} is a folder of our own", why, "choose another folder")


def _within(folder: str, above: str) -> bool:
    return folder == above or folder.startswith(f"{above}/")
