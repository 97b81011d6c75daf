"""How long a customer will probably wait, worked out from the table and put into words."""

from datetime import datetime, timedelta

from sportello.commands import WaitNow
from sportello.customer_texts import customer_text
from sportello.desk_table import DeskTable
from sportello.events import AnnouncedWait, OwnerKind
from sportello.expected_wait import (
    REFRESH_GAP,
    WAITS_READ,
    WINDOWS,
    ExpectedWait,
    OpenSeconds,
    expected_wait,
    materially_changed,
    next_review_at,
)
from sportello.opening_hours import NeverOpen
from sportello.service_terms import ServiceTerms, Staffing
from sportello.settings_store import SettingsStore
from sportello.spoken_duration import wait_in_words
from sportello.table_items import Address, Conversation
from sportello.texts import TextName


class Announcing:
    def __init__(self, table: DeskTable, settings: SettingsStore) -> None:
        self._table = table
        self._settings = settings

    def on_entering(
        self, queue: str, terms: ServiceTerms, address: Address, now: datetime
    ) -> WaitNow | None:
        """Say what awaits a customer who is about to enter a queue; None if nobody can know."""
        staffed = terms.staffing(queue, now)
        expected = self._expected(queue, staffed, now, entered_at=now)
        if expected is None:
            return None
        return self._in_words("expected_wait", expected, staffed, address, now)

    def news(
        self, conversation: Conversation, terms: ServiceTerms, now: datetime
    ) -> WaitNow | None:
        """Say a wait anew where it has changed materially since it was told; else None."""
        state, address = conversation.state, conversation.address
        told, since = state.announced, state.owner.since
        if state.owner.kind is not OwnerKind.QUEUE or told is None or since is None:
            return None
        if now - told.at < REFRESH_GAP:
            return None
        staffed = terms.staffing(state.queue, now)
        expected = self._expected(state.queue, staffed, now, entered_at=since)
        if expected is None or address is None:
            return None
        if not materially_changed(told, expected, now, _open_seconds(staffed)):
            return None
        return self._in_words("expected_wait_changed", expected, staffed, address, now)

    def _expected(
        self, queue: str, staffed: Staffing, now: datetime, *, entered_at: datetime
    ) -> ExpectedWait | None:
        if staffed.closed is not None:
            return None
        ended = self._table.queues.latest_waits(queue, now - WINDOWS[-1], now, WAITS_READ)
        if not ended:
            return None
        line = self._table.queues.line(queue, entered_at)
        return expected_wait(ended, 1 + line.length, now, _open_seconds(staffed), line.head_since)

    def _in_words(
        self,
        name: TextName,
        expected: ExpectedWait,
        staffed: Staffing,
        address: Address,
        now: datetime,
    ) -> WaitNow:
        language = address.language or "it"
        announced = AnnouncedWait(
            position=expected.position,
            low_seconds=expected.low_seconds,
            high_seconds=expected.high_seconds,
            at=now,
            review_at=None,
        )
        return WaitNow(
            wait=announced.model_copy(update={"review_at": _review_at(announced, staffed)}),
            text=customer_text(
                self._settings,
                name,
                language,
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
