"""A stage: documents, what to do once they run, and when the next may begin."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from vitessctl.run.context import Context
from vitessctl.targets.base import Verdict


@dataclass(frozen=True)
class LeftUndone:
    """What differs from the spec and stays as it is, as a sentence."""

    why: str


@dataclass(frozen=True)
class Stage:
    """One step of the order.

    `converge` is called again and again until it says ready. It looks at what is, does what is missing (every
    act is idempotent and announced through `Context.acted`), and says what it still waits for. So a stage that
    was interrupted anywhere, or whose work was undone by somebody, is finished by calling it again.
    """

    name: str
    needs: tuple[str, ...]
    """Stages whose gates must be open before this one begins; nothing else orders the stages."""
    purpose: str
    """Completes 'waiting for …'."""
    converge: Callable[[Context], Verdict]
    applies: Callable[[Context], bool] = lambda context: True
    """Whether it has anything to do for this cluster; a stage that does not apply counts as done."""
    early: tuple[str, ...] | None = None
    """Stages after which what is new of its documents is applied already, where the target says that starting takes
    long. Empty: at once. None: nothing is applied before the stage begins."""
    early_kinds: tuple[str, ...] = ()
    """Of which kinds; empty: of all."""
    watches: tuple[str, ...] = ()
    """Stages whose documents bear on this one too: if one of them cannot come up, this stage says so."""
    answers: bool = False
    """Whether `converge` asks what the stage's documents start itself: once only that can have answered, nobody has to
    say so too. Not where others reach it through something that waits for more, as clients do vtgate."""
    foresee: Callable[[Context], Iterable[str | LeftUndone]] = lambda context: ()
    """What it would do to the topology and to schemas, as sentences that begin with a verb, and what it leaves undone.

    It reads through `Context.vtctld` and changes nothing; where there is no topology yet, it is given one that holds
    nothing. Documents are not its business.
    """
