"""Which reparent it has to be, to whom, and what could be lost by it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from vitessctl.errors import UsageError, VitessctlError
from vitessctl.heal.candidates import Candidate, beside_living_primary, without_primary
from vitessctl.heal.look import SeenShard
from vitessctl.model.durability import acknowledgers
from vitessctl.model.gtid import parse_gtid_set
from vitessctl.plan.safety import Danger, Hazard
from vitessctl.releases import Release
from vitessctl.spec.words import counted

ASKS_EVERY_TABLET = "18.."
"""From here on a planned reparent asks each tablet of the shard first, and fails if one does not answer."""


class Mode(str, Enum):
    """How a tablet is made primary."""

    PLANNED = "planned"
    """The primary hands over: it stops taking writes, the new one gets the last of them, then leads."""
    EMERGENCY = "emergency"
    """The primary is given up, and the new one leads with what the tablets that answer have."""
    FIRST = "first"
    """Nobody leads, so nobody has to hand over."""


@dataclass(frozen=True)
class Reparent:
    """What is about to be done."""

    shard: str
    """`keyspace/shard`."""
    mode: Mode
    why: str
    """Why that mode, in a sentence."""
    old: str
    """The primary's alias, "" for none."""
    new: str
    candidates: tuple[Candidate, ...]
    hazards: tuple[Hazard, ...]
    given_up: tuple[str, ...] = ()
    """Tablets that do not answer, beside the old primary."""


class CannotReparent(VitessctlError):
    """No tablet can be made primary, or the one that was named cannot."""

    def __init__(self, shard: str, what: str, why: str, fix: str, candidates: Sequence[Candidate]) -> None:
        super().__init__(
            f"{what}; nothing was changed",
            where=shard,
            why=why,
            fix=fix,
            evidence=[f"{each.alias} {says(each)}" for each in candidates],
        )


def says(candidate: Candidate) -> str:
    """What stands against a candidate, or that nothing does."""
    found = [candidate.unfit] if candidate.unfit else []
    if candidate.lacks.sources:
        found.append(f"lacks {counted(candidate.lacks.count(), 'transaction')}: {candidate.lacks}")
    if candidate.errant.sources:
        number = counted(candidate.errant.count(), "transaction")
        found.append(f"has {number} that the primary lacks: {candidate.errant}")
    return "; ".join(found) or "has everything"


def choose(seen: SeenShard, release: Release, *, to: str = "", emergency: bool = False) -> Reparent:
    """Decide mode and tablet. UsageError for a tablet that is not there, CannotReparent where nobody can lead."""
    mode, why = _mode(seen, emergency)
    if seen.record is None or (to and to not in seen.tablets):
        raise _not_there(seen, to)
    candidates = beside_living_primary(seen) if mode is Mode.PLANNED else without_primary(seen)
    if mode is Mode.PLANNED and to != seen.primary:
        _refuse_silence(seen, release, candidates)
    if mode is Mode.FIRST:
        _refuse_unknown(seen, candidates)
    chosen = _named(seen, to, mode, candidates) if to else _best(seen, mode, candidates)
    silent = [] if mode is Mode.PLANNED else _silent(seen)
    return Reparent(
        shard=seen.shard.path,
        mode=mode,
        why=why,
        old=seen.primary,
        new=chosen.alias,
        candidates=candidates,
        hazards=tuple(_hazards(seen, release, mode, chosen)),
        given_up=tuple(silent),
    )


def _mode(seen: SeenShard, emergency: bool) -> tuple[Mode, str]:
    if not seen.primary:
        return Mode.FIRST, "nobody is its primary"
    if not seen.answers(seen.primary):
        error = seen.tablets[seen.primary].error if seen.primary in seen.tablets else "it has no record any more"
        return Mode.EMERGENCY, f"its primary {seen.primary} does not answer ({error})"
    if emergency:
        return Mode.EMERGENCY, f"you want it although its primary {seen.primary} lives"
    return Mode.PLANNED, f"its primary {seen.primary} lives and can hand over"


def _not_there(seen: SeenShard, to: str) -> UsageError:
    if seen.record is None:
        return UsageError(f"{seen.shard.path} is not in the topology", fix="bring it up first: vitessctl up")
    return UsageError(
        f"{to} is no tablet of {seen.shard.path}", fix=f"name one of its tablets: {', '.join(seen.tablets)}"
    )


def _silent(seen: SeenShard) -> list[str]:
    """Tablets other than the primary that are in the topology and do not answer."""
    return [alias for alias in seen.records if alias != seen.primary and not seen.answers(alias)]


def _refuse_silence(seen: SeenShard, release: Release, candidates: Sequence[Candidate]) -> None:
    silent = _silent(seen)
    if silent and release.within(ASKS_EVERY_TABLET):
        raise CannotReparent(
            seen.shard.path,
            f"{', '.join(silent)} does not answer, so its primary cannot hand over",
            f"Vitess {release.name} asks every tablet of the shard first, and waits for this one until it gives up",
            "bring it back (vitessctl up), or take its record away; in need --emergency does without it",
            candidates,
        )


def _refuse_unknown(seen: SeenShard, candidates: Sequence[Candidate]) -> None:
    """Without a primary, one that is silent may be the one with the rows."""
    silent = _silent(seen)
    if silent:
        raise CannotReparent(
            seen.shard.path,
            f"nobody is its primary, and {', '.join(silent)} does not say what it has",
            "it may be the one that has the rows",
            "bring it back first: vitessctl up",
            candidates,
        )


def _named(seen: SeenShard, to: str, mode: Mode, candidates: Sequence[Candidate]) -> Candidate:
    if to == seen.primary:
        if mode is Mode.PLANNED:
            return Candidate(to, "")
        raise UsageError(f"{to} is the primary that is to be replaced", fix="name another tablet, or none")
    chosen = next(each for each in candidates if each.alias == to)
    if chosen.unfit:
        raise CannotReparent(
            seen.shard.path, f"{to} cannot lead", f"it {chosen.unfit}", "name another tablet, or none", candidates
        )
    return chosen


def _best(seen: SeenShard, mode: Mode, candidates: Sequence[Candidate]) -> Candidate:
    """Complete ones first, then those that still get what they lack; in the primary's cell if there is one."""
    fit = [each for each in candidates if not each.unfit and not each.errant.sources]
    if mode is not Mode.PLANNED:
        fit = [each for each in fit if not each.lacks.sources]
    if not fit:
        raise _nobody(seen, mode, candidates)
    home = seen.primary.rpartition("-")[0]
    return min(fit, key=lambda each: (each.cell != home, each.lacks.count(), -each.transactions, each.alias))


def _nobody(seen: SeenShard, mode: Mode, candidates: Sequence[Candidate]) -> CannotReparent:
    if any(not each.unfit for each in candidates) and mode is not Mode.PLANNED:
        return CannotReparent(
            seen.shard.path,
            "no tablet has everything that the others have",
            "whoever leads, rows of another are lost",
            "decide whose rows count, look at the others' transactions, and name it: --to ALIAS --allow data-loss",
            candidates,
        )
    return CannotReparent(
        seen.shard.path,
        "no tablet can be made primary",
        "each has something against it",
        "mend one of them: vitessctl replication says how",
        candidates,
    )


def _hazards(seen: SeenShard, release: Release, mode: Mode, chosen: Candidate) -> Iterator[Hazard]:
    if mode is Mode.EMERGENCY:
        if seen.answers(seen.primary):
            yield Hazard(Danger.living_primary, f"{seen.primary} lives; what it writes meanwhile may be lost")
        yield from _unacknowledged(seen)
        if not release.emergency_reparent_looks_at_received:
            yield from _unapplied(seen, release)
    if mode is not Mode.PLANNED and chosen.lacks.sources:
        yield Hazard(
            Danger.data_loss,
            f"{chosen.alias} lacks {counted(chosen.lacks.count(), 'transaction')} that others have: {chosen.lacks}",
        )
    if chosen.errant.sources:
        yield Hazard(
            Danger.data_loss,
            f"{chosen.alias} has transactions that the primary lacks, which every tablet would get: {chosen.errant}",
        )


def _unacknowledged(seen: SeenShard) -> Iterator[Hazard]:
    """What a client was told is written, and nobody that answers may have."""
    acking = acknowledgers(seen.durability, seen.primary, seen.shard.tablets)
    if not acking:
        yield Hazard(
            Danger.data_loss,
            f"with durability {seen.durability} {seen.primary} waited for nobody: its last writes may be on its disk "
            "alone",
        )
    silent = [tablet.alias for tablet in acking if not seen.answers(tablet.alias)]
    if silent:
        yield Hazard(
            Danger.data_loss,
            f"{', '.join(silent)} does not answer, and may be the only one that has what {seen.primary} wrote last",
        )


def _unapplied(seen: SeenShard, release: Release) -> Iterator[Hazard]:
    """Until 7 what is received and not applied yet is thrown away (source of 2.1 and 7)."""
    for alias, tablet in seen.tablets.items():
        status = tablet.full_status
        received = status.replication.received if status and status.replication else ""
        if status and not parse_gtid_set(status.position).contains(parse_gtid_set(received)):
            yield Hazard(
                Danger.data_loss,
                f"{alias} has not applied all that it has received, which Vitess {release.name} would throw away; "
                "it is soon applied if nothing is wrong",
            )
