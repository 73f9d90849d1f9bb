"""InitShardPrimary, the old way to make a first primary.

Without force it only confirms a primary that is one already. With force it resets replication on every tablet and makes
the named one primary whatever it holds: every other history is forgotten, rows that only others have stay there as if
nothing had happened, and nothing reports it. That is what real vtctld does; vitessctl itself never forces.
"""

from __future__ import annotations

from vitessctl.rehearsal.servenv.times import seconds
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.topology_names import Refused, alias_text
from vitessctl.rehearsal.vtctld.reparent import Place, Shard, joined, journal_time, read_shard
from vitessctl.rehearsal.vtctld.tablets import ask_all
from vitessctl.vtctld.proto import topodata_pb2 as topodata


def init_shard_primary(place: Place, elected: str, force: bool, wait: float) -> None:
    """Do it, with the shard's lock held. Refused and TabletError in Vitess's words, `master` until 11."""
    word = place.release.primary_type if place.release else "primary"
    shard = read_shard(place, "")
    place.events.lines.clear()  # the real call says nothing of the policy
    if elected not in shard.tablets:
        raise Refused(f"{word}-elect tablet {elected} is not in the shard")
    for problem in _problems(shard, elected, word):
        if not force:
            raise Refused(f"{word}-elect tablet {elected} {problem}, use -force to proceed anyway")
        place.events.warning(f"{word}-elect tablet {elected} {problem}, proceeding anyway as -force was used")
    _reset_all(place, shard, wait)
    place.events.info(f"initializing {word} on {elected}")
    primary = shard.tablets[elected]
    position = place.patient(primary, wait).init_primary(shard.policy.ackers > 0)
    _attach_all(place, shard, primary, position, wait, word)
    place.topology.update_shard(place.keyspace, place.shard, lambda record: _name(record, primary))


def _problems(shard: Shard, elected: str, word: str) -> list[str]:
    """What speaks against it, in the order in which vtctld looks."""
    primaries = {alias for alias, tablet in shard.tablets.items() if tablet.type == topodata.PRIMARY}
    found = {
        f"is not the shard {word}": shard.primary_alias != elected,
        f"is not a {word} in the shard": elected not in primaries,
        f"is not the only {word} in the shard": bool(primaries - {elected}),
    }
    return [text for text, holds in found.items() if holds]


def _reset_all(place: Place, shard: Shard, wait: float) -> None:
    def reset(alias: str, tablet: topodata.Tablet) -> None:
        place.events.info(f"resetting replication on tablet {alias}")
        place.tablets.client(tablet, min(wait, seconds("remote_operation"))).reset_replication()

    answers = ask_all(shard.tablets, reset)
    if answers.errors:
        text = "tablet {alias} ResetReplication failed (either fix it, or Scrap it): {error}"
        raise Refused(joined(answers.errors, text))


def _attach_all(place: Place, shard: Shard, primary: topodata.Tablet, position: str, wait: float, word: str) -> None:
    elected = alias_text(primary.alias)
    place.events.info(f"populating reparent journal on new {word} {elected}")

    def attach(alias: str, tablet: topodata.Tablet) -> None:
        place.events.info(f"initializing replica {alias}")
        place.patient(tablet, wait).init_replica(
            elected, primary.mysql_hostname, primary.mysql_port, position, shard.acknowledges(primary, tablet)
        )

    answers = ask_all(shard.others(elected), attach)
    try:
        client = place.patient(primary, wait)
        client.populate_reparent_journal(journal_time(), f"InitShard{word.title()}", elected, position)
    except TabletError as error:
        raise Refused(f"failed to PopulateReparentJournal on {word}: {error}") from None
    if answers.errors:
        raise Refused(joined(answers.errors, "tablet {alias} InitReplica failed: {error}"))


def _name(record: topodata.Shard, primary: topodata.Tablet) -> bool:
    changed = record.primary_alias != primary.alias
    record.primary_alias.CopyFrom(primary.alias)
    return changed
