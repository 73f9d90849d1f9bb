"""Where an API server has an object: paths, from the table of kinds alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from vitessctl.targets.kubernetes.interface import Kind


def collection(kind: Kind, namespace: str) -> str:
    """The path of all objects of a kind in a namespace, `/apis/apps/v1/namespaces/shop/statefulsets`."""
    root = f"/apis/{kind.api_version}" if "/" in kind.api_version else f"/api/{kind.api_version}"
    if not kind.namespaced:
        return f"{root}/{kind.plural}"
    if not namespace:
        raise ValueError(f"{kind.name} is asked for by namespace; all namespaces at once would need a ClusterRole")
    return f"{root}/namespaces/{quote(namespace, safe='')}/{kind.plural}"


def item(kind: Kind, namespace: str, name: str, subresource: str = "") -> str:
    """The path of one object, or of its subresource such as `log`."""
    if not name:
        raise ValueError(f"a {kind.name} without a name would be all of them")
    path = f"{collection(kind, namespace)}/{quote(name, safe='')}"
    return f"{path}/{subresource}" if subresource else path


def with_query(path: str, query: Sequence[tuple[str, str]]) -> str:
    """The path with its parameters; one that is given twice (`command`) stays twice."""
    return f"{path}?{urlencode(query)}" if query else path


def selector(labels: Mapping[str, str]) -> str:
    """A label selector that asks for all of these."""
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
