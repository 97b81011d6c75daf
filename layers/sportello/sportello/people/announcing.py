"""How long a customer will probably wait, worked out from the table and put into words."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sportello.conversation.commands import WaitNow
from sportello.conversation.events import OwnerKind
from sportello.conversation.terms import ServiceTerms, Staffing
from sportello.hours.opening_hours import NeverOpen
from sportello.language.spoken_duration import wait_in_words
from sportello.language.texts import TextName
from sportello.people.placement.placing import Placing, line_ahead
from sportello.people.reachability import rings_nobody
from sportello.people.settings import AgentEndpointSettings
from sportello.priorities import Priority
from sportello.queues.expected_wait import (
    WAITS_READ,
    WINDOWS,
    ExpectedWait,
    expected_wait,
    materially_changed,
    next_review_at,
)
from sportello.queues.queue_replay import OpenSeconds
from sportello.queues.waits import REFRESH_GAP, AnnouncedWait
from sportello.table.desk_table import DeskTable
from sportello.table.items import Address, Conversation, Waiting
from sportello.table.settings.settings_store import SettingsStore


class Announcing:
    def __init__(self, table: DeskTable, settings: SettingsStore) -> None:
        self._table = table
        self._settings = settings
        self._placing = Placing(table)

    def on_entering(
        self,
        queue: str,
        terms: ServiceTerms,
        address: Address,
        now: datetime,
        priority: Priority = Priority.NORMAL,
    ) -> WaitNow | None:
        """Say what awaits a customer who is about to enter a queue; None if nobody can know."""
        staffed = terms.staffing(queue, now)
        customer = Waiting(conversation_id="", priority=priority, since=now)
        expected = self._expected(queue, customer, staffed, now)
        if expected is None:
            return None
        return self._in_words("expected_wait", expected, staffed, address, now)

    def news(
        self, conversation: Conversation, terms: ServiceTerms, now: datetime
    ) -> WaitNow | None:
        """Say a wait anew where it has changed materially since it was told; else None."""
        state, address = conversation.state, conversation.address
        announced, since = state.announced, state.waiting_since
        if state.owner.kind is not OwnerKind.QUEUE or announced is None or since is None:
            return None
        if now - announced.at < REFRESH_GAP:
            return None
        endpoints = self._settings.get(AgentEndpointSettings)
        lines = self._table.lines
        if rings_nobody(
            terms.queues, state.queue, endpoints, lambda: lines.anybody_at(state.queue)
        ):
            return None
        staffed = terms.staffing(state.queue, now)
        customer = Waiting(
            conversation_id=conversation.conversation_id, priority=state.priority, since=since
        )
        expected = self._expected(state.queue, customer, staffed, now)
        if expected is None or address is None:
            return None
        if not materially_changed(announced, expected, now, _open_seconds(staffed)):
            return None
        return self._in_words("expected_wait_changed", expected, staffed, address, now)

    def for_newcomer(
        self, queue: str, staffed: Staffing, now: datetime, everybody: Sequence[Waiting] | None
    ) -> ExpectedWait | None:
        """Tell what a customer would hear who came now; `everybody` waits, if that is known."""
        newcomer = Waiting(conversation_id="", priority=Priority.NORMAL, since=now)
        return self._expected(queue, newcomer, staffed, now, everybody)

    def _expected(
        self,
        queue: str,
        customer: Waiting,
        staffed: Staffing,
        now: datetime,
        everybody: Sequence[Waiting] | None = None,
    ) -> ExpectedWait | None:
        if staffed.closed is not None:
            return None
        ended = self._table.queues.latest_waits(queue, now - WINDOWS[-1], now, WAITS_READ)
        if not ended:
            return None
        if everybody is None:
            line = self._placing.ahead_of(queue, customer, ended, now)
        else:
            line = line_ahead(customer, everybody, ended)
        if line is None:
            return None
        # Who is next and still waits is the head: nobody was answered meanwhile.
        head_since = line.head_since or (customer.since if customer.since < now else None)
        return expected_wait(
            ended, 1 + line.length, now, _open_seconds(staffed), head_since, customer.since
        )

    def _in_words(
        self,
        name: TextName,
        expected: ExpectedWait,
        staffed: Staffing,
        address: Address,
        now: datetime,
    ) -> WaitNow:
        language = self._settings.language_of(address)
        announced = AnnouncedWait(
            position=expected.position,
            low_seconds=expected.low_seconds,
            high_seconds=expected.high_seconds,
            at=now,
            review_at=None,
        )
        return WaitNow(
            wait=announced.model_copy(update={"review_at": _review_at(announced, staffed)}),
            text=self._settings.text(
                name,
                address,
                position=str(expected.position),
                wait=wait_in_words(expected.low_seconds, expected.high_seconds, language),
            ),
        )


def _open_seconds(staffed: Staffing) -> OpenSeconds:
    return staffed.hours.elapsed if staffed.hours else _all_seconds


def _all_seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()


def _review_at(announced: AnnouncedWait, staffed: Staffing) -> datetime | None:
    if staffed.hours is None:
        return next_review_at(announced, lambda at, seconds: at + timedelta(seconds=seconds))
    try:
        return next_review_at(announced, staffed.hours.due)
    except NeverOpen:
        return None
