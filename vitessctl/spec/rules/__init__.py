"""Rules across fields: what the schema cannot say. One small function a rule, all of them in the table RULES."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vitessctl.spec.rules import (
    applications,
    durability,
    flags,
    images,
    local_ports,
    mysql,
    names,
    pods,
    resources,
    settings,
    shards,
    tablets,
    uids,
    vschemas,
)
from vitessctl.spec.rules.finding import Finding
from vitessctl.spec.spec import Spec
from vitessctl.spec.view import View

__all__ = ["KUBERNETES_RULES", "LOCAL_RULES", "RULES", "Finding", "findings"]

Rule = Callable[[View], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    names.kubernetes_names_differ,
    names.kubernetes_names_fit,
    names.clusters_stay_apart,
    images.every_component_has_an_image,
    images.release_is_told,
    images.release_is_known,
    images.release_and_tag_agree,
    images.components_are_near,
    images.images_hold_the_program,
    images.tablets_can_ask_vtctld,
    mysql.mysql_can_be_managed,
    images.vtorc_is_there,
    shards.ranges_are_sound,
    shards.ranges_cover_everything,
    tablets.one_form_of_pools,
    tablets.pools_name_cells,
    tablets.shards_have_a_replica,
    tablets.pools_differ,
    uids.uids_name_every_shard,
    uids.uids_do_not_collide,
    durability.policy_is_known,
    durability.one_policy_where_vtctld_has_it,
    durability.somebody_can_confirm,
    durability.there_is_another_cell,
    flags.flags_exist,
    flags.flags_are_given_once,
    flags.values_can_be_read,
    resources.requests_are_within_limits,
    resources.mysql_has_room,
    settings.one_topology_server,
    settings.users_differ,
    settings.one_place_of_users,
    settings.operator_has_a_version,
    pods.pods_leave_ours_alone,
    pods.mounts_have_volumes,
    pods.autoscaled_gates_have_requests,
    settings.service_fields_fit,
    settings.sidecar_name_is_possible,
    vschemas.vschemas_are_maps,
    vschemas.vschemas_fit_the_shards,
    applications.they_name_what_is_there,
    applications.variables_are_not_ours,
    applications.password_files_stand_alone,
    applications.requests_are_within_limits,
)
"""Every rule that holds on any target: from the spec to what is wrong with it."""

LOCAL_RULES: tuple[Rule, ...] = (
    local_ports.cells_have_own_ports,
    local_ports.tablets_have_own_ports,
    settings.users_have_passwords,
    applications.they_have_a_command,
    applications.they_have_own_ports,
)
"""What holds only for a cluster on one machine, where everything shares the ports."""

KUBERNETES_RULES: tuple[Rule, ...] = (applications.they_have_an_image,)
"""What holds only for a cluster on Kubernetes."""


def findings(spec: Spec, local: bool) -> Iterator[Finding]:
    """What the rules have against a spec whose shape is sound; with those for one machine, or for Kubernetes."""
    view = View(spec)
    for rule in (*RULES, *(LOCAL_RULES if local else KUBERNETES_RULES)):
        yield from rule(view)
