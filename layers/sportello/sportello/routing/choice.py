"""Who is given a conversation, and why: of the seats of a queue, the one that fits best. Pure."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from sportello.model import Instant, Model
from sportello.routing.line import InLine
from sportello.routing.seats import Seat
from sportello.routing.settings import QueueRouting


class Reason(StrEnum):
    """Why an agent is asked, or is not."""

    LAST_AGENT = "last_agent"
    LONGEST_IDLE = "longest_idle"
    LEAST_LOADED = "least_loaded"
    LATER_IN_ORDER = "later_in_order"
    NO_ROOM = "no_room"
    PASSED_BY = "passed_by"
    OTHER_LANGUAGE = "other_language"
    BELOW_SKILL = "below_skill"
    OVERFLOW_NOT_YET = "overflow_not_yet"


class Considered(Model):
    """One agent who was thought of, and what spoke for or against them."""

    agent_id: str
    reason: Reason


class Choice(Model):
    """`agent_id` is empty where nobody fits; `others` are the first few of whom it was not."""

    agent_id: str = ""
    reason: Reason | None = None
    others: tuple[Considered, ...] = ()


def choose_agent(
    waiting: InLine, seats: Iterable[Seat], routing: QueueRouting, now: Instant
) -> Choice:
    """Choose who is asked next; seats of another queue than the conversation's are its overflow."""
    raise NotImplementedError


def choose_conversation(
    seat: Seat, line: Sequence[InLine], routing: QueueRouting, now: Instant
) -> InLine | None:
    """Choose what an agent with room is given next: the first in line whom they may take."""
    raise NotImplementedError


def next_relaxation(waiting: InLine, routing: QueueRouting, now: Instant) -> Instant | None:
    """Return when, by the passing of time alone, more agents may next be asked."""
    raise NotImplementedError
