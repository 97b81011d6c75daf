"""What must hold of every clock, read from the events alone and worked out another way."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sportello.conversation.events import (
    ClockAdvanced,
    ClockChanged,
    ClockEnded,
    ClockStarted,
    ConversationEvent,
    ConversationOffered,
    ItemNoted,
    MessageQueued,
    MessageReceived,
    OutOfHoursTold,
    OwnerChanged,
    OwnerKind,
)
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.conversation.terms import ServiceTerms
from sportello.sla.clocks import Clock, ClockChange, ClockEnding, ClockState
from support.experiments.simulated_year.business import Business

_MICROSECOND = timedelta(microseconds=1)
_FULFILLED = frozenset(
    {ClockEnding.ANSWERED, ClockEnding.TAKEN, ClockEnding.KEPT, ClockEnding.RESOLVED}
)


class Known(NamedTuple):
    """A running clock as its last event has it, and since when it is known so."""

    clock: Clock
    since: datetime


class Audit:
    """Follows one conversation; `ended` counts clocks by kind, state and ending."""

    def __init__(self, business: Business) -> None:
        self.running: dict[tuple[str, str], Known] = {}
        self.started: Counter[str] = Counter()
        self.ended: Counter[tuple[str, str]] = Counter()
        self.changed: Counter[str] = Counter()
        self.advanced = 0
        self.told: list[tuple[datetime, datetime, int]] = []
        self._business = business
        self._owner = OwnerKind.NOBODY
        self._echoed_at: datetime | None = None

    def follow(  # noqa: C901 -- one arm for each event, flat
        self, before: ConversationState, events: Sequence[ConversationEvent], terms: ServiceTerms
    ) -> None:
        received = any(isinstance(event, (ItemNoted, MessageReceived)) for event in events)
        for event in events:
            match event:
                case ItemNoted(kind="echo"):
                    self._echoed_at = max(self._echoed_at or event.sent_at, event.sent_at)
                case OwnerChanged():
                    self._owner = event.kind
                case ClockStarted():
                    assert event.clock.name not in self.running, "one clock of a name runs"
                    self.started[event.clock.kind] += 1
                    self._count_on(event.clock, event.at)
                case ClockChanged():
                    self._change(event)
                case ClockAdvanced():
                    self._advance(event)
                case ClockEnded():
                    # What is answered as items come in was answered outside, when the echo says.
                    self._end(event, self._echoed_at if received else None)
                case MessageQueued(automatic=True):
                    assert self._owner is not OwnerKind.AGENT, "nothing speaks over a person"
                case ConversationOffered():
                    closed = terms.staffing(before.queue, event.at).closed
                    assert closed is None, "nobody is rung behind closed doors"
                case OutOfHoursTold():
                    self._tell(event, before, terms)
                case _:
                    pass

    def check_end(self, state: ConversationState) -> None:
        """When all is over, every clock has ended, and a resolved conversation has none."""
        assert not self.running
        assert not any(clock.running for clock in state.clocks)
        assert state.next_threshold() is None
        assert state.episode == 0 or state.lifecycle is Lifecycle.RESOLVED

    # --- clocks -----------------------------------------------------------------------------

    def _change(self, event: ClockChanged) -> None:
        known = self.running[event.clock.name]
        self.changed[event.reason] += 1
        spent = known.clock.spent_seconds
        if event.reason is ClockChange.EARLIER_MESSAGE:
            assert event.clock.started_at < known.clock.started_at
        else:
            assert event.clock.started_at == known.clock.started_at
            spent = self._counted(known.clock, event.at)
        assert _microseconds(event.clock.spent_seconds) == _microseconds(spent)
        self._count_on(event.clock, event.at)

    def _count_on(self, clock: Clock, at: datetime) -> None:
        """Check both thresholds against the spans that the calendar says are counted."""
        self.running[clock.name] = Known(clock, at)
        if clock.counting_since is None:
            assert clock.state is ClockState.PAUSED
            assert clock.warn_at is clock.due_at is None
            return
        for threshold, wanted in (
            (clock.warn_at, clock.warn_seconds),
            (clock.due_at, clock.target_seconds),
        ):
            assert threshold is not None
            left = max(_microseconds(wanted) - _microseconds(clock.spent_seconds), 0)
            counted = self._counted(clock, threshold) - clock.spent_seconds
            assert _microseconds(counted) == left
            if clock.calendar and left:
                hours = self._business.calendar(clock.calendar, clock.calendar_version)
                assert hours.is_open(threshold - _MICROSECOND), "no clock counts in closed time"

    def _advance(self, event: ClockAdvanced) -> None:
        known = self.running[event.kind, event.promise_id]
        breaching = event.state is ClockState.BREACHING
        threshold = known.clock.due_at if breaching else known.clock.warn_at
        assert threshold is not None
        assert event.at == max(threshold, known.since), "recorded at the very instant"
        self.advanced += 1
        clock = known.clock.model_copy(update={"state": event.state})
        self.running[clock.name] = known._replace(clock=clock)

    def _end(self, event: ClockEnded, echoed_at: datetime | None) -> None:
        answered = event.ending in {ClockEnding.ANSWERED, ClockEnding.KEPT}
        at = min(echoed_at, event.at) if answered and echoed_at else event.at
        clock = self.running.pop((event.kind, event.promise_id)).clock
        self.ended[event.kind, event.state] += 1
        assert event.state in {ClockState.ACHIEVED, ClockState.BREACHED, ClockState.CANCELLED}
        counted = self._counted(clock, at)
        assert _microseconds(event.counted_seconds) == _microseconds(counted)
        # At the due instant itself it depends on who came first, the answer or the timer.
        late = (
            clock.state is ClockState.BREACHING
            or clock.spent_seconds > clock.target_seconds
            or (clock.due_at is not None and at > clock.due_at)
        )
        if event.state is not ClockState.CANCELLED:
            assert late == (event.state is ClockState.BREACHED)
        else:
            assert clock.state is not ClockState.BREACHING, "what is late stays late"
        if event.state is ClockState.ACHIEVED:
            assert event.ending in _FULFILLED
            assert counted <= clock.target_seconds

    def _counted(self, clock: Clock, until: datetime) -> float:
        """Add up what a clock counted: what it had spent, and the counted spans since then."""
        since = clock.counting_since
        if since is None or until <= since:
            return clock.spent_seconds
        if not clock.calendar:
            return clock.spent_seconds + (until - since).total_seconds()
        hours = self._business.calendar(clock.calendar, clock.calendar_version)
        spans = hours.explain_between(since, until)
        assert (spans[0].start, spans[-1].end) == (since, until)
        counted = sum((span.length for span in spans if span.counted), timedelta())
        return clock.spent_seconds + counted.total_seconds()

    # --- out of hours -----------------------------------------------------------------------

    def _tell(self, event: OutOfHoursTold, before: ConversationState, terms: ServiceTerms) -> None:
        assert self._owner is OwnerKind.QUEUE
        hours = terms.staffing(before.queue, event.at).hours
        version = terms.hours_version
        for at, closed_since, known_version in self.told[-1:]:
            assert event.closed_since > closed_since, "one reply for each closed period"
            if known_version == version and hours is not None:
                assert hours.next_opening(at) <= event.at
        self.told.append((event.at, event.closed_since, version))


def _microseconds(seconds: float) -> int:
    return round(seconds * 1_000_000)
