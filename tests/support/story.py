"""A conversation told step by step under its terms of service, each step at its time."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sportello.conversation.commands import Command, FitClocks, SentMessage
from sportello.conversation.decision import Decision
from sportello.conversation.effects import Machine, NotifyAgents
from sportello.conversation.events import ClockChanged, ClockEnded, ConversationEvent
from sportello.conversation.evolution import fold
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.messaging.items import DeliveryStatus
from sportello.sla.clocks import Clock, ClockKind
from sportello.sla.policies import Target
from support.builders import (
    NOW,
    an_item,
    decide,
    notices,
    receive,
    seconds,
    started,
    terms_with,
    tick,
)
from support.sent_messages import after_decision, outcome


class Story:
    """`now` is its time, `terms` what holds; both may be changed between two steps."""

    def __init__(self, terms: ServiceTerms, now: datetime = NOW) -> None:
        self.terms, self.now = terms, now
        self.state = ConversationState()
        self.events: list[ConversationEvent] = []
        self.messages: dict[str, SentMessage] = {}
        self._items = 0

    def do(self, *commands: Command) -> Decision:
        """Decide and apply each command at this moment; returns the last decision."""
        decision = Decision()
        for command in commands:
            decision = decide(self.state, command, self.now, self.terms)
            self.state = fold(decision.events, self.state)
            self.events += decision.events
            self.messages = after_decision(self.messages, decision, self.now)
        return decision

    def hear(self, effect_key: str, status: DeliveryStatus, error_code: str = "") -> Decision:
        """A provider tells what became of a message."""
        return self.do(outcome(self.messages, self.state, effect_key, status, error_code))

    def write(self, sent_at: datetime | None = None) -> Decision:
        """The customer writes, or what they wrote earlier arrives."""
        self._items += 1
        item = an_item(f"item-{self._items}", sent_at or self.now, received_at=self.now)
        return self.do(receive(item))

    def wait(self, amount: float | timedelta) -> "Story":
        self.now += amount if isinstance(amount, timedelta) else seconds(amount)
        return self

    def wake(self) -> Decision:
        """Let the planned timer tick at its time, or now if that has passed."""
        woken_for = self.state.wake_at
        assert woken_for is not None, "no timer is planned"
        self.now = max(self.now, woken_for)
        return self.do(tick(woken_for))

    def settle(self, terms: ServiceTerms) -> Decision:
        """Put other settings in force and let running clocks fit them."""
        self.terms = terms
        return self.do(FitClocks())

    # --- what is there --------------------------------------------------------------------

    def clock(self, kind: ClockKind) -> Clock:
        return next(clock for clock in self.state.clocks if clock.kind is kind)

    @property
    def running(self) -> set[ClockKind]:
        return {clock.kind for clock in self.state.clocks if clock.running}


def around_the_clock(**seconds_of: int) -> ServiceTerms:
    """Terms with a target, by the name of its kind, for each number of seconds."""
    targets = {
        ClockKind(name): Target(seconds=amount, around_the_clock=True)
        for name, amount in seconds_of.items()
    }
    return terms_with(targets)


def endings(events: Iterable[ConversationEvent]) -> dict[ClockKind, tuple[str, str]]:
    """How each clock ended: its state, and what ended it."""
    return {
        event.kind: (event.state.value, event.ending.value)
        for event in events
        if isinstance(event, ClockEnded)
    }


def changes(events: Iterable[ConversationEvent]) -> list[tuple[ClockKind, str]]:
    """Which clocks were made to count otherwise, and why."""
    return [
        (event.clock.kind, event.reason.value)
        for event in events
        if isinstance(event, ClockChanged)
    ]


def rung(decision: Decision, notice: str = "") -> list[tuple[str, str]]:
    """Whom a decision rings and with what, only about `notice` if one is named."""
    return [
        (told.notice, told.endpoint) for told in notices(decision) if notice in ("", told.notice)
    ]


def data_of(decision: Decision, notice: str) -> NotifyAgents:
    return next(told for told in notices(decision) if told.notice == notice)


def timers(decision: Decision) -> list[str]:
    """Until when the timers sleep that a decision starts."""
    return [
        start.input["wake_at"] for start in started(decision) if start.machine is Machine.SLA_TIMER
    ]
