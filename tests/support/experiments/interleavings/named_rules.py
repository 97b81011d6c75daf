"""The design's rules by name, and how one is held."""

from collections.abc import Iterator
from contextlib import contextmanager

from sportello.conversation.events import OwnerKind
from support.experiments.explorer import RuleBroken

LOST = "rule 1: nothing is lost, nothing acted on twice"
ONCE = "rule 2: each effect is decided once"
VOICE = "rule 3: the bot never speaks over a person"
ORDER = "rule 4: arrival order does not matter, no status falls back"
CLOCKS = "rule 5: every clock is watched while it runs and ends as it should"
POLITE = "rule 6: one out-of-hours reply a closed period, within the reply budget"
HISTORY = "rule 7: the state is what the log makes of it"
ANSWERS = "rule 8: a turn is over only if an answer stands that arrived, or may have"
UNDELIVERED = "rule 8 besides: whose answer did not arrive hears of it, and it is on the list"
RUNG = "rule 15: whoever waits is being rung, or it is planned when"
OFFERED = "rule 19: one agent at a time is asked, each once a round, with room kept for them"
TURNS = "turns: one run at a time holds a turn"

PEOPLE = frozenset({OwnerKind.QUEUE, OwnerKind.AGENT})


@contextmanager
def during(move: str) -> Iterator[None]:
    """Say which move broke a rule."""
    try:
        yield
    except RuleBroken as broken:
        raise RuleBroken(broken.rule, broken.how, broken.move or move) from None


def hold(rule: str, holds: object, how: str) -> None:
    if not holds:
        raise RuleBroken(rule, how)
