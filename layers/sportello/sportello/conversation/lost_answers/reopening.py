"""What is open again if an answer turns out not to have arrived. Pure."""

from collections.abc import Iterable

from sportello.conversation.events import TurnItem
from sportello.model import Instant
from sportello.sla.clocks import Clock
from sportello.stored import Stored


class StoppedClock(Stored):
    """A clock as it ran until an answer, in `queue`, ended it or let it pause."""

    clock: Clock
    at: Instant
    queue: str = ""


class Reopening(Stored):
    """How things stood before an answer.

    `items` are those that it answered, the flags are the state's of the same name.
    """

    items: tuple[TurnItem, ...] = ()
    clocks: tuple[StoppedClock, ...] = ()
    answered_by_person: bool = False
    answered_in_episode: bool = False
    people_since: Instant | None = None


def both(earlier: Reopening, later: Reopening | None) -> Reopening:
    """Return how things stood before two answers, of which neither has arrived."""
    if later is None:
        return earlier
    items = {item.item_id: item for item in (*earlier.items, *later.items)}
    return earlier.model_copy(
        update={
            "items": tuple(items.values()),
            "clocks": tuple(_first_of_each_name((*earlier.clocks, *later.clocks))),
        }
    )


def without(later: Reopening, arrived: Reopening) -> Reopening:
    """Return how things stood before an answer, as an earlier one has arrived after all."""
    answered = {item.item_id for item in arrived.items}
    went_on = {each.clock.generation for each in arrived.clocks}
    return later.model_copy(
        update={
            "items": tuple(i for i in later.items if i.item_id not in answered),
            "clocks": tuple(c for c in later.clocks if c.clock.generation not in went_on),
            "answered_by_person": True,
            "answered_in_episode": True,
        }
    )


def _first_of_each_name(clocks: Iterable[StoppedClock]) -> Iterable[StoppedClock]:
    first: dict[object, StoppedClock] = {}
    for stopped in clocks:
        first.setdefault(stopped.clock.name, stopped)
    return first.values()
