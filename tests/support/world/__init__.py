"""A strict Vitess in memory: what the stages see, with time that only moves when somebody waits.

Modelled on what real Vitess 24 was measured to do. What the real servers refuse, this one refuses, in their
words; what they do not notice, this one does not notice either.
"""

from tests.support.world.clusters import a_cluster, documents_of, tablet_alias
from tests.support.world.runs import Outcome, context_of, down, open_world, up
from tests.support.world.session import Killed, Session
from tests.support.world.world import World

__all__ = [
    "Killed",
    "Outcome",
    "Session",
    "World",
    "a_cluster",
    "context_of",
    "documents_of",
    "down",
    "open_world",
    "tablet_alias",
    "up",
]
