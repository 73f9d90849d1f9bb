"""Finding the Kubernetes target for a command line."""

from __future__ import annotations

from collections.abc import Mapping

from vitessctl.model.cluster import Cluster
from vitessctl.targets.kubernetes.client import open_api
from vitessctl.targets.kubernetes.target import KubernetesTarget


def open_kubernetes(
    cluster: Cluster, context: str, environ: Mapping[str, str], *, look_ahead: bool = False
) -> KubernetesTarget:
    """The target on a kubeconfig context ("" for the current one), or on the cluster that this pod runs in.

    `look_ahead`: whether it begins at once to read what is there, since a plan is to come.
    """
    target = KubernetesTarget(cluster, open_api(context or None, environ=environ))
    if look_ahead:
        target.look_ahead()
    return target
