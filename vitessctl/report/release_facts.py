"""What is said of each release, one short text a fact."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vitessctl.releases import Release

FACTS: Mapping[str, Callable[[Release], str]] = {
    "MySQL that it can manage": lambda release: ", ".join(release.mysql_series),
    "MySQL that is started": lambda release: (
        f"that of the Vitess image, {release.image_mysql}"
        if release.mysqld_in_image
        else f"{release.default_images['mysqld']}, an image of its own"
    ),
    "flags": lambda release: (
        f"{_spelling(release)}; one dash before them or two"
        if release.flag_parser == "go"
        else f"{_spelling(release)}; two dashes before them"
    ),
    "vtctld is asked by": lambda release: (
        "command lines (Vtctl/ExecuteVtctlCommand)" if release.rpc == "legacy" else "one call an operation (Vtctld)"
    ),
    "first primary by": lambda release: release.elects_with,
    "a reparent says which primary it replaces": lambda release: yes_or_no(release.has_expected_primary),
    "a primary is called": lambda release: release.primary_type,
    "MySQL clients can read at replicas": lambda release: yes_or_no(release.mysql_target_has_type),
    "durability policies": lambda release: ", ".join(release.durability_policies),
    "semi-sync is switched by": lambda release: (
        "a flag of vttablet" if release.durability_mechanism == "flag" else "the keyspace's durability policy"
    ),
    "vtorc": lambda release: "runs, in each cell" if release.has_vtorc else "does not run, it is not fit for use yet",
    "sidecar database": lambda release: "_vt, or a name of your own" if release.has_sidecar_name else "_vt",
    "MySQL's users are made by": lambda release: (
        "a file that mysqlctld is given" if release.init_db_sql_required else "what mysqlctld holds itself"
    ),
    "client in the image": lambda release: release.admin_client or "none",
    "the image's processes run as": lambda release: f"{release.image_user}; vitessctl says 999",
}
"""What is said of each release, in this order."""


def _spelling(release: Release) -> str:
    """How flags of several words are written, told by one that every release has."""
    if "_" in release.option("vtgate", "cells_to_watch"):
        return "as each was declared, most with underscores"
    return "with dashes, underscores are still taken" if release.accepts_underscores else "with dashes"


def yes_or_no(value: bool) -> str:
    """A fact that holds or not."""
    return "yes" if value else "no"
