"""A durability policy that the shard can keep: else every write waits for ever."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl import releases
from vitessctl.releases import Release
from vitessctl.spec.rules.finding import Finding, finding
from vitessctl.spec.view import KeyspaceView, View
from vitessctl.spec.words import counted, did_you_mean, listed


def policy_is_known(view: View) -> Iterator[Finding]:
    """vtctld takes any word for a policy, and the shard is never repaired then."""
    release = view.oldest_release("vtctld", "vttablet", "vtorc")
    if release is None:
        return
    known = release.durability_policies
    for keyspace in view.keyspaces:
        if keyspace.durability not in known:
            yield finding(
                view,
                (*keyspace.path, "durability"),
                f"Vitess {release.name} does not know the durability policy {keyspace.durability}",
                why=f"it knows {listed(known, 'and')}{_elsewhere(keyspace.durability)}",
                fix=did_you_mean(keyspace.durability, known) or "choose one of them",
            )


def _elsewhere(policy: str) -> str:
    able = releases.having("durability_policies", policy)
    return f"; {policy} is there from Vitess {able[0]} on" if able else ""


def one_policy_where_vtctld_has_it(view: View) -> Iterator[Finding]:
    """Vitess 13 has one policy for all keyspaces, a flag of vtctld."""
    release = view.release_of("vtctld")
    if release is None or not _is_vtctlds(release):
        return
    kept = [keyspace for keyspace in view.keyspaces if keyspace.durability != "none"]
    for keyspace in kept[1:]:
        if keyspace.durability != kept[0].durability:
            yield finding(
                view,
                (*keyspace.path, "durability"),
                f"Vitess {release.name} cannot keep {keyspace.durability} beside {kept[0].durability}",
                why="its vtctld has one durability policy for all keyspaces; from 14 on each has its own",
                fix=f"write durability: {kept[0].durability}, or none",
            )


def _is_vtctlds(release: Release) -> bool:
    return any(entry["option"] == "durability_policy" for entry in release.line("vtctld"))


def somebody_can_confirm(view: View) -> Iterator[Finding]:
    """Semi-sync needs somebody beside the primary who confirms a write."""
    for keyspace in view.keyspaces:
        confirming = _confirming(keyspace)
        if keyspace.durability.startswith("semi_sync") and keyspace.replicas() > 0 and confirming < 2:
            yield finding(
                view,
                (*keyspace.path, "durability"),
                f"semi_sync needs 2 replica tablets in each shard, {keyspace.name} has {keyspace.replicas()}",
                why="a write waits until another replica confirms it, so alone it would wait for ever",
                fix="add a replica tablet, or write durability: none",
            )


def _confirming(keyspace: KeyspaceView) -> int:
    types = ("replica", "rdonly") if keyspace.durability.endswith("rdonly_ack") else ("replica",)
    return sum(pool.tablets for pool in keyspace.pools if pool.type in types)


def there_is_another_cell(view: View) -> Iterator[Finding]:
    """cross_cell waits for somebody in another cell than the primary's."""
    for keyspace in view.keyspaces:
        if not keyspace.durability.startswith("cross_cell"):
            continue
        types = ("replica", "rdonly") if keyspace.durability.endswith("rdonly_ack") else ("replica",)
        cells = {pool.cell for pool in keyspace.pools if pool.tablets and pool.type in types}
        if len(cells) < 2:
            found = counted(len(cells), "cell")
            yield finding(
                view,
                (*keyspace.path, "durability"),
                f"cross_cell needs replica tablets in 2 cells, {keyspace.name} has them in {found}",
                why="a write waits until a tablet in another cell than the primary's confirms it",
                fix="add tablets in another cell, or write durability: semi_sync",
            )
