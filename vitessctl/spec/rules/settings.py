"""Settings that exclude or need each other."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.releases.image import tag_of
from vitessctl.spec.rules.finding import Finding, finding
from vitessctl.spec.view import View


def one_topology_server(view: View) -> Iterator[Finding]:
    """Either an etcd of our own, or somebody else's."""
    if view.spec.has("topology", "etcd") and view.spec.has("topology", "external"):
        yield finding(
            view,
            ("topology", "external"),
            "topology has etcd and external",
            why="etcd: is one that is started for this cluster, external: one that is there already",
            fix="remove one of them",
            at_key=True,
        )


def users_differ(view: View) -> Iterator[Finding]:
    """One password for one name."""
    seen: set[str] = set()
    for index, user in enumerate(view.spec.data.get("users", ())):
        if user["name"] in seen:
            yield finding(
                view,
                ("users", index, "name"),
                f"the user {user['name']} is there twice",
                why="only one of the passwords would count",
                fix="remove one of them",
            )
        seen.add(user["name"])


def one_place_of_users(view: View) -> Iterator[Finding]:
    """Either users of ours, or a Secret of somebody else."""
    if view.spec.has("users_secret") and view.spec.data.get("users"):
        yield finding(
            view,
            ("users_secret",),
            "there are users and users_secret",
            why="vtgate reads one file of users: the one of this Secret, or the one that is made of users",
            fix="remove one of them",
            at_key=True,
        )


def users_have_passwords(view: View) -> Iterator[Finding]:
    """On one machine no password is made, and there are no Secrets."""
    for index, user in enumerate(view.spec.data.get("users", ())):
        if "password" not in user:
            what = f"the user {user['name']} has no password"
            fix = f"add password: \"{{{{ env('{user['name'].upper()}_PASSWORD') }}}}\""
            yield finding(view, ("users", index), what, "one is made on Kubernetes only", fix)
    if view.spec.has("users_secret"):
        fix = "write the users under users:"
        yield finding(view, ("users_secret",), "there are no Secrets on one machine", fix=fix, at_key=True)


def operator_has_a_version(view: View) -> Iterator[Finding]:
    """An etcd operator wants the version by itself, so the image needs a tag; a digest cannot be said to it."""
    image = view.images.get("etcd", "")
    if not image or not view.spec.has("topology", "etcd", "operator"):
        return
    why = "it is told a version, not an image"
    if not tag_of(image):
        fix = "write the image with a tag, like quay.io/coreos/etcd:v3.5.17"
        yield finding(view, ("images", "etcd"), "an etcd operator needs a tag here", why, fix)
    elif "@" in image:
        what = "an etcd operator cannot be given a digest"
        yield finding(view, ("images", "etcd"), what, why, fix=f"write {image.partition('@')[0]}")


def service_fields_fit(view: View) -> Iterator[Finding]:
    """Kubernetes refuses a node port, or a load balancer's class, on a Service that has none."""
    ports: dict[int, str] = {}
    for cell, settings in view.cells.items():
        vtgate = settings.get("vtgate", {})
        service = vtgate.get("service", "ClusterIP")
        path = ("cells", cell, "vtgate")
        if "node_port" in vtgate and service == "ClusterIP":
            yield finding(view, (*path, "node_port"), *_needs("node_port", "NodePort or LoadBalancer"), at_key=True)
        if "load_balancer_class" in vtgate and service != "LoadBalancer":
            field = "load_balancer_class"
            yield finding(view, (*path, field), *_needs(field, "LoadBalancer"), at_key=True)
        port = vtgate.get("node_port")
        if port in ports:
            what = f"node port {port} is taken by the vtgate of {ports[port]}"
            yield finding(view, (*path, "node_port"), what, "a node has each port once", "choose another one")
        if port is not None:
            ports.setdefault(port, cell)


def _needs(field: str, service: str) -> tuple[str, str, str]:
    word = service.partition(" ")[0]
    return f"{field} needs service: {service}", "a Service of another type has none", f"add service: {word}"


def sidecar_name_is_possible(view: View) -> Iterator[Finding]:
    """Before 17 Vitess keeps its tables in _vt."""
    release = view.oldest_release("vtctld", "vttablet")
    if release is None or release.has_sidecar_name:
        return
    for keyspace in view.keyspaces:
        if keyspace.settings.get("sidecar_database", "_vt") != "_vt":
            yield finding(
                view,
                (*keyspace.path, "sidecar_database"),
                f"Vitess {release.name} has no other sidecar database than _vt",
                why="the name can be chosen from release 17 on",
                fix="remove this",
            )
