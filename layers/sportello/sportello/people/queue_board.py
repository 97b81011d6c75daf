"""How each queue stands now: who waits, who is there to take them, when it opens and closes.

A queue costs eight calls at the most, however many wait, and the agents are read once for all.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import NamedTuple

from sportello.aws.several_at_once import several_at_once
from sportello.conversation.terms import ServiceTerms
from sportello.hours.day_probe import OpenMoment, probe_moment
from sportello.hours.settings import OpeningHoursSettings
from sportello.inbox.lists import Amount, counted_up_to
from sportello.model import Instant, Model
from sportello.people.announcing import Announcing
from sportello.people.reachability import rings_nobody
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import QueueSettings
from sportello.routing.presence import Presence
from sportello.table.agents.agent_list import Roster
from sportello.table.desk_table import DeskTable
from sportello.table.inbox.inbox_standing import Lane
from sportello.table.inbox.inbox_table import due_until, stretches
from sportello.table.items import Waiting
from sportello.table.settings.settings_store import SettingsStore

_AT_WORK: AbstractSet[Presence] = frozenset(Presence) - {Presence.OFFLINE}


class PeopleThere(Model):
    """Agents of a queue: `at_work` are not offline, `with_room` could be asked now.

    With `is_least` there are more agents than were looked at.
    """

    at_work: int
    available: int
    with_room: int
    is_least: bool


class HoursNow(Model):
    """As of now, by the queue's own calendar; both instants are None where it never opens."""

    calendar: str
    is_open: bool
    next_opening: Instant | None
    next_closing: Instant | None


class WaitAhead(Model):
    """What somebody would be told who came now: a range in seconds, and their position."""

    low_seconds: float
    high_seconds: float
    position: int


class QueueStanding(Model):
    """`overdue` is what people have, or wait for them, and is late.

    `expected_wait` is None where nobody would be told one, `hours` where the calendar is gone.
    """

    queue: str
    waiting: Amount
    longest_waiting_since: Instant | None
    expected_wait: WaitAhead | None
    people: PeopleThere
    hours: HoursNow | None
    overdue: Amount


class _Moment(NamedTuple):
    """What all queues of a board have in common."""

    now: datetime
    terms: ServiceTerms
    endpoints: AgentEndpointSettings
    at_work: Counter[str]
    available: Counter[str]
    everybody_is_known: bool
    calendars: Mapping[str, OpenMoment]


class QueueBoard:
    def __init__(self, table: DeskTable, settings: SettingsStore) -> None:
        self._table = table
        self._settings = settings
        self._announcing = Announcing(table, settings)

    def standings(self, names: Sequence[str], now: datetime) -> list[QueueStanding]:
        """Tell how some queues of the settings stand."""
        if not names:
            return []
        moment = self._moment(names, now)
        return several_at_once(lambda name: self._standing(name, moment), names, few=1)

    def _moment(self, names: Sequence[str], now: datetime) -> _Moment:
        self._settings.read_together(QueueSettings, OpeningHoursSettings, AgentEndpointSettings)
        queues = self._settings.get(QueueSettings)
        hours = self._settings.get(OpeningHoursSettings)
        roster = self._table.agents.roster()
        in_use = {queues.queues[name].calendar for name in names} & hours.calendars.keys()
        return _Moment(
            now=now,
            terms=ServiceTerms(opening_hours=hours, queues=queues),
            endpoints=self._settings.get(AgentEndpointSettings),
            at_work=_serving(roster, queues.handoff_queue, now, _AT_WORK),
            available=_serving(roster, queues.handoff_queue, now, frozenset({Presence.AVAILABLE})),
            everybody_is_known=roster.is_whole,
            calendars={name: probe_moment(hours.calendars[name], now) for name in in_use},
        )

    def _standing(self, queue: str, moment: _Moment) -> QueueStanding:
        longest = self._table.queues.waiting_longest(queue)
        everybody = None if longest.there_are_more else longest.customers
        since = (each.since for each in longest.customers)
        return QueueStanding(
            queue=queue,
            waiting=Amount(count=len(longest.customers), is_least=longest.there_are_more),
            longest_waiting_since=min(since, default=None),
            expected_wait=self._expected(queue, everybody, moment),
            people=self._people(queue, moment),
            hours=self._hours(queue, moment),
            overdue=self._overdue(queue, moment.now),
        )

    def _people(self, queue: str, moment: _Moment) -> PeopleThere:
        there = counted_up_to(lambda most: self._table.lines.count_seats(queue, most))
        return PeopleThere(
            at_work=moment.at_work[queue],
            available=moment.available[queue],
            with_room=there.count,
            is_least=there.is_least or not moment.everybody_is_known,
        )

    def _hours(self, queue: str, moment: _Moment) -> HoursNow | None:
        name = moment.terms.queue(queue).calendar
        now = moment.calendars.get(name)
        if now is None:
            return None
        return HoursNow(
            calendar=name,
            is_open=now.is_open,
            next_opening=now.next_opening,
            next_closing=now.next_closing,
        )

    def _overdue(self, queue: str, now: datetime) -> Amount:
        late = [
            part
            for lane in (Lane.QUEUE, Lane.AGENT)
            for part in stretches(queue, lane, until=due_until(now))
        ]
        return counted_up_to(lambda most: sum(self._table.inbox.count(part, most) for part in late))

    def _expected(
        self, queue: str, everybody: Sequence[Waiting] | None, moment: _Moment
    ) -> WaitAhead | None:
        terms = moment.terms
        available = moment.available[queue]
        if rings_nobody(terms.queues, queue, moment.endpoints, lambda: available > 0):
            return None
        staffed = terms.staffing(queue, moment.now)
        expected = self._announcing.for_newcomer(queue, staffed, moment.now, everybody)
        if expected is None:
            return None
        return WaitAhead(
            low_seconds=expected.low_seconds,
            high_seconds=expected.high_seconds,
            position=expected.position,
        )


def _serving(
    roster: Roster, handoff_queue: str, now: datetime, presences: AbstractSet[Presence]
) -> Counter[str]:
    """Count the agents of each queue by how they are at work; without queues it is handoffs'."""
    return Counter(
        queue
        for agent in roster.agents
        if agent.work.presence_at(now) in presences
        for queue in agent.queues or (handoff_queue,)
    )
