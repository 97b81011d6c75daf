"""Who is asked for a conversation, or given it: read off the seats, and checked with the agent."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice, zip_longest
from typing import NamedTuple

from sportello.conversation.terms import ServiceTerms
from sportello.language.languages import languages
from sportello.model import Instant, Model
from sportello.people.placement.seating import Seating
from sportello.people.placement.unreadable import passed_over
from sportello.routing.choice import (
    Choice,
    choose_agent,
    choose_conversation,
    next_relaxation,
    queues_asked,
    why_not,
)
from sportello.routing.line import InLine
from sportello.routing.seats import Seat
from sportello.routing.settings import QueueRouting
from sportello.table.agents.agent_items import AgentRecord, RankedSeat
from sportello.table.desk import in_line
from sportello.table.desk_table import DeskTable
from sportello.table.items import Conversation

MOST_LOOKED_AT = 1_000
"""Of a line, by an agent who may take nobody of it: their own rounds bring up those behind."""

MOST_EXPLAINED = 50
"""Agents of each queue of whom it is told why it is them, or why it is not."""


class Chosen(Model):
    """An agent who is to be asked, as read, and why it is them."""

    record: AgentRecord
    choice: Choice


class Upcoming(NamedTuple):
    """Whom an agent is given next, and else when somebody in line may first be given to them."""

    waiting: InLine | None
    at: Instant | None


class Choosing:
    def __init__(self, table: DeskTable, seating: Seating) -> None:
        self._table = table
        self._seating = seating

    def agent_for(self, waiting: InLine, terms: ServiceTerms, now: datetime) -> Chosen | None:
        """Choose who is asked next; None while nobody may be, who is looked at in their time.

        A seat may be out of date: the agent is read whole before it is them, and their seats are
        put right.
        """
        routing = terms.queue(waiting.queue).routing
        seats = self._last_agents_seats(waiting, routing, now)
        unfit: set[str] = set()
        for page in self._pages(queues_asked(waiting, routing, now)):
            seats += page
            while True:
                able = [seat for seat in seats if seat.agent_id not in unfit]
                choice = choose_agent(waiting, able, routing, now)
                if not choice.agent_id:
                    break
                with passed_over(agent_id=choice.agent_id):
                    record = self._seating.seat(choice.agent_id, now)
                    own = [each.seat for each in self._seating.seats_of(record.agent, now)]
                    if choose_agent(waiting, own, routing, now).agent_id:
                        return Chosen(record=record, choice=choice)
                unfit.add(choice.agent_id)
        able = [seat for seat in seats if seat.agent_id not in unfit]
        self._look_later(waiting, able, routing, now)
        return None

    def explained(self, waiting: InLine, terms: ServiceTerms, now: datetime) -> Choice:
        """Choose by the seats as they are found: nobody is read whole, and none is put right.

        Of each queue that may ever be asked those in front are looked at, with room or without.
        """
        routing = terms.queue(waiting.queue).routing
        seats = self._last_agents_seats(waiting, routing, now)
        for queue in dict.fromkeys((waiting.queue, *(to.queue for to in routing.overflow))):
            seats += islice(self._table.lines.at_work(queue), MOST_EXPLAINED)
        return choose_agent(waiting, seats, routing, now)

    def _look_later(
        self, waiting: InLine, seats: Sequence[Seat], routing: QueueRouting, now: datetime
    ) -> None:
        """Have the best of those looked at who may be asked only later, when it is time.

        Where nobody might be, an agent who has room again looks at the line by themself.
        """
        queues = queues_asked(waiting, routing, now)
        at = next_relaxation(waiting, routing, now)
        while at is not None:
            more = [queue for queue in queues_asked(waiting, routing, at) if queue not in queues]
            seats = [*seats, *next(self._pages(more), [])]
            queues = (*queues, *more)
            choice = choose_agent(waiting, seats, routing, at)
            if choice.agent_id:
                with passed_over(agent_id=choice.agent_id):
                    self._table.agents.look_by(choice.agent_id, at)
                return
            at = next_relaxation(waiting, routing, at)

    def _last_agents_seats(
        self, waiting: InLine, routing: QueueRouting, now: datetime
    ) -> list[Seat]:
        """Return the seats of who had the conversation last, wherever in the queue they stand."""
        if not routing.last_agent_first or not waiting.last_agent:
            return []
        with passed_over(agent_id=waiting.last_agent):
            agent = self._table.agents.agent(waiting.last_agent)
            return [each.seat for each in self._seating.seats_of(agent, now)]
        return []

    def _pages(self, queues: Sequence[str]) -> Iterator[list[Seat]]:
        """Yield the front of all queues together, then what is behind."""
        lines = (self._table.lines.seats(queue) for queue in queues)
        for pages in zip_longest(*lines, fillvalue=()):
            yield list(chain.from_iterable(pages))

    def conversation_for(
        self,
        seats: Sequence[RankedSeat],
        queues: Mapping[str, QueueRouting],
        left_out: set[str],
        now: datetime,
    ) -> Upcoming:
        """Choose what an agent with room is given next: of all lines they may take from, the first.

        `left_out` are conversations that have been tried.
        """
        firsts: list[Upcoming] = []
        for each in seats:
            if each.stands:
                continue
            for queue, language in _lines(each.seat, queues):
                line = self._table.lines.line(queue, language)
                firsts.append(_first(each.seat, line, queues[queue], left_out, now))
        return Upcoming(
            waiting=min(
                (each.waiting for each in firsts if each.waiting),
                key=lambda waiting: (waiting.place, waiting.conversation_id),
                default=None,
            ),
            at=min((each.at for each in firsts if each.at), default=None),
        )


def in_line_next(conversation: Conversation, terms: ServiceTerms) -> InLine | None:
    """Return how a conversation stands in line, or will if the open offer is declined."""
    state = conversation.state
    offer = state.personal_offer
    if offer is None:
        return in_line(conversation, terms)
    passed_by = (*state.passed_by, offer.agent_id)
    declined = state.model_copy(update={"personal_offer": None, "passed_by": passed_by})
    return in_line(conversation.model_copy(update={"state": declined}), terms)


def _first(
    seat: Seat,
    pages: Iterable[Sequence[InLine]],
    routing: QueueRouting,
    left_out: set[str],
    now: datetime,
) -> Upcoming:
    looked_at = 0
    later: list[datetime] = []
    for page in pages:
        line = [each for each in page if each.conversation_id not in left_out]
        waiting = choose_conversation(seat, line, routing, now)
        if waiting is not None:
            return Upcoming(waiting, None)
        later += [at for each in line if (at := _may_take_at(seat, each, routing, now))]
        looked_at += len(page)
        if looked_at >= MOST_LOOKED_AT:
            break
    return Upcoming(None, min(later, default=None))


def _may_take_at(
    seat: Seat, waiting: InLine, routing: QueueRouting, now: datetime
) -> datetime | None:
    """Return when by the passing of time a seat may first be given somebody."""
    at = next_relaxation(waiting, routing, now)
    while at is not None and why_not(waiting, seat, routing, at) is not None:
        at = next_relaxation(waiting, routing, at)
    return at


def _lines(seat: Seat, queues: Mapping[str, QueueRouting]) -> Iterator[tuple[str, str]]:
    """Yield queue and language of the lines from which a seat may be given somebody."""
    for queue, routing in queues.items():
        if queue != seat.queue and all(to.queue != seat.queue for to in routing.overflow):
            continue
        for language in ("", *languages()):
            if seat.speaks(language) or routing.language_relaxed_after_seconds is not None:
                yield queue, language
