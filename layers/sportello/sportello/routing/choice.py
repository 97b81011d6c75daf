"""Who is given a conversation, and why: of the seats of a queue, the one that fits best. Pure.

Whoever may take a conversation stays somebody who may: as it waits longer, more are asked and
nobody less. Of those who may, customers are served strictly by their place in line; that an agent
knows a customer decides between agents, and lets nobody jump the line.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sportello.model import Instant, Model
from sportello.routing.line import InLine
from sportello.routing.seats import Seat
from sportello.routing.settings import QueueRouting

OTHERS_TOLD = 10
"""An event keeps the choice for ever: the first few who might have been it explain it."""


class Reason(StrEnum):
    """Why an agent is asked, or is not.

    `other_language`, `below_skill` and `overflow` are also of agents who might be asked by now,
    while others are who fit better.
    """

    LAST_AGENT = "last_agent"
    LONGEST_IDLE = "longest_idle"
    LEAST_LOADED = "least_loaded"
    LATER_IN_ORDER = "later_in_order"
    NO_ROOM = "no_room"
    PASSED_BY = "passed_by"
    OTHER_LANGUAGE = "other_language"
    BELOW_SKILL = "below_skill"
    OVERFLOW = "overflow"
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


class _Fit(NamedTuple):
    """How well a seat fits: compared field by field, the lesser is the better."""

    not_last_agent: bool
    other_language: bool
    below_skill: bool
    overflow: int


class _Rank(NamedTuple):
    """The order of those who fit equally well; a seat just moved may be seen twice."""

    load: float
    idle_since: datetime
    skill: int
    agent_id: str
    overflow: int
    queue: str
    not_newest: int


def choose_agent(
    waiting: InLine, seats: Iterable[Seat], routing: QueueRouting, now: Instant
) -> Choice:
    """Choose who is asked next; seats of another queue than the conversation's are its overflow."""
    by_rank = sorted(seats, key=lambda seat: _rank(waiting, seat, routing))
    against = [(seat, why_not(waiting, seat, routing, now)) for seat in by_rank]
    able = [seat for seat, reason in against if reason is None]
    if not able:
        return Choice(others=_each_once(against))
    chosen = min(able, key=lambda seat: _fit(waiting, seat, routing))
    best = _fit(waiting, chosen, routing)
    others = _each_once(
        (seat, reason or _left_for(best, _fit(waiting, seat, routing)))
        for seat, reason in against
        if seat.agent_id != chosen.agent_id
    )
    reason = Reason(routing.order) if best.not_last_agent else Reason.LAST_AGENT
    return Choice(agent_id=chosen.agent_id, reason=reason, others=others)


def choose_conversation(
    seat: Seat, line: Sequence[InLine], routing: QueueRouting, now: Instant
) -> InLine | None:
    """Choose what an agent with room is given next: the first in line whom they may take."""
    able = (waiting for waiting in line if why_not(waiting, seat, routing, now) is None)
    return min(able, key=lambda waiting: (waiting.place, waiting.conversation_id), default=None)


def next_relaxation(waiting: InLine, routing: QueueRouting, now: Instant) -> Instant | None:
    """Return when, by the passing of time alone, more agents may next be asked."""
    return min((at for at in _relaxations(waiting, routing) if at > now), default=None)


def queues_asked(waiting: InLine, routing: QueueRouting, now: Instant) -> tuple[str, ...]:
    """Return the queues whose agents may be asked by now, the conversation's own first."""
    due = (to.queue for to in routing.overflow if _has_waited(waiting, to.after_seconds, now))
    return tuple(dict.fromkeys((waiting.queue, *due)))


def why_not(waiting: InLine, seat: Seat, routing: QueueRouting, now: Instant) -> Reason | None:
    """Return what forbids that an agent takes a conversation now; None if they may."""
    if seat.room < waiting.units:
        return Reason.NO_ROOM
    if seat.agent_id in waiting.passed_by:
        return Reason.PASSED_BY
    fit = _fit(waiting, seat, routing)
    if fit.other_language and not _has_waited(waiting, routing.language_relaxed_after_seconds, now):
        return Reason.OTHER_LANGUAGE
    if not seat.skill(waiting.channel) or (
        fit.below_skill and not _has_waited(waiting, routing.skill_relaxed_after_seconds, now)
    ):
        return Reason.BELOW_SKILL
    if seat.queue not in queues_asked(waiting, routing, now):
        return Reason.OVERFLOW_NOT_YET
    return None


def _fit(waiting: InLine, seat: Seat, routing: QueueRouting) -> _Fit:
    return _Fit(
        not_last_agent=not routing.last_agent_first or seat.agent_id != waiting.last_agent,
        other_language=not seat.speaks(waiting.language),
        below_skill=seat.skill(waiting.channel) < routing.least_skill,
        overflow=_overflow(waiting, seat, routing),
    )


def _overflow(waiting: InLine, seat: Seat, routing: QueueRouting) -> int:
    """Return 0 for a seat of the conversation's own queue, more the later another is named."""
    queues = [waiting.queue, *(to.queue for to in routing.overflow)]
    return queues.index(seat.queue) if seat.queue in queues else len(queues)


def _rank(waiting: InLine, seat: Seat, routing: QueueRouting) -> _Rank:
    return _Rank(
        load=seat.share if routing.order == "least_loaded" else 0.0,
        idle_since=seat.idle_since,
        skill=-seat.skill(waiting.channel),
        agent_id=seat.agent_id,
        overflow=_overflow(waiting, seat, routing),
        queue=seat.queue,
        not_newest=-seat.version,
    )


def _left_for(best: _Fit, fit: _Fit) -> Reason:
    """Return why an agent who might be asked comes after the one who is."""
    if fit.not_last_agent > best.not_last_agent:
        return Reason.LATER_IN_ORDER
    if fit.other_language > best.other_language:
        return Reason.OTHER_LANGUAGE
    if fit.below_skill > best.below_skill:
        return Reason.BELOW_SKILL
    return Reason.OVERFLOW if fit.overflow > best.overflow else Reason.LATER_IN_ORDER


def _each_once(considered: Iterable[tuple[Seat, Reason | None]]) -> tuple[Considered, ...]:
    """Return the first few, an agent of two queues with what is said of the first."""
    reasons: dict[str, Reason] = {}
    for seat, reason in considered:
        if reason is not None:
            reasons.setdefault(seat.agent_id, reason)
    first = list(reasons.items())[:OTHERS_TOLD]
    return tuple(Considered(agent_id=agent_id, reason=reason) for agent_id, reason in first)


def _has_waited(waiting: InLine, seconds: int | None, now: datetime) -> bool:
    return seconds is not None and now >= waiting.since + timedelta(seconds=seconds)


def _relaxations(waiting: InLine, routing: QueueRouting) -> Iterator[datetime]:
    """Yield when the conditions fall, those that exclude nobody left out."""
    seconds = [to.after_seconds for to in routing.overflow if to.queue != waiting.queue]
    if routing.least_skill > 1 and routing.skill_relaxed_after_seconds is not None:
        seconds.append(routing.skill_relaxed_after_seconds)
    if waiting.language and routing.language_relaxed_after_seconds is not None:
        seconds.append(routing.language_relaxed_after_seconds)
    for each in seconds:
        yield waiting.since + timedelta(seconds=each)
