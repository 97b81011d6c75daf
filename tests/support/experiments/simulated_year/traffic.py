"""The customers, the bot and the agents of a year, drawn from a seed, each conversation for itself.

Much happens where time is difficult: around openings and closings, the nights the clocks change,
holidays, closures, and the very instants at which clocks warn and fall due.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from sportello.channel_kinds import ChannelKind
from sportello.conversation.commands import (
    Accept,
    Classify,
    Decline,
    EndSnooze,
    KeepPromise,
    Reply,
    Resolve,
    ReturnToBot,
    Snooze,
)
from sportello.conversation.decision import Decision
from sportello.conversation.effects import reply_key
from sportello.conversation.events import (
    ConversationOffered,
    ConversationResolved,
    LadderExhausted,
    MessageReceived,
    OwnerChanged,
    OwnerKind,
    SnoozeEnded,
    TurnLeased,
)
from sportello.conversation.state import Lifecycle
from sportello.priorities import Priority
from sportello.sla.clocks import ClockKind, PromiseTerms
from support.experiments.simulated_year.business import CHAT, DESK, NIGHT, OFFICE, Business
from support.experiments.simulated_year.conversations import LivedConversation
from support.experiments.simulated_year.virtual_time import Happening

AGENT = "anna"
SUPERVISOR = "carla"


class Pace(NamedTuple):
    """How customers of a queue write: seconds between messages, and what share the bot settles."""

    kind: ChannelKind
    shortest_gap: float
    longest_gap: float
    most_messages: int
    bot_share: float


PACES = {
    CHAT: Pace(ChannelKind.LIVE_CHAT, 4, 90, 9, 0.3),
    DESK: Pace(ChannelKind.MESSAGING, 30, 1_500, 7, 0.4),
    NIGHT: Pace(ChannelKind.MESSAGING, 10, 900, 5, 0.2),
    OFFICE: Pace(ChannelKind.MESSAGING, 60, 7_200, 4, 0.1),
}


def drawn_start(
    draw: Random,
    business: Business,
    queue: str,
    critical: Sequence[datetime],
    begin: datetime,
    end: datetime,
) -> datetime:
    """Draw when a customer first writes; more than half of them do where time is difficult."""
    while True:
        near = begin + (end - begin) * draw.random()
        if critical and draw.random() < 0.2:
            near = draw.choice(critical) + timedelta(hours=draw.triangular(-30, 30))
        if draw.random() < 0.5:
            hours = business.calendar(queue)
            edge = hours.next_opening(near) if draw.random() < 0.5 else hours.next_closing(near)
            near = (edge or near) + timedelta(seconds=draw.choice((1, 30, 900)) * draw.gauss(0, 1))
        if begin <= near < end:
            return near


class Life:
    """One customer, and whoever answers; reacts to what is decided, until `ends`."""

    def __init__(
        self,
        draw: Random,
        conversation: LivedConversation,
        queue: str,
        start: datetime,
        ends: datetime,
    ) -> None:
        self._draw = draw
        self._conversation = conversation
        self._queue = queue
        self._ends = ends
        self._replies = 0
        self._written = 0
        self._reply_planned = False
        self._afterthoughts = 2
        conversation.people = self
        pace = PACES[queue]
        at = start
        for _ in range(draw.randint(1, pace.most_messages)):
            self._plan(at, self._write)
            gap = draw.uniform(pace.shortest_gap, pace.longest_gap)
            at += timedelta(seconds=gap * (40 if draw.random() < 0.08 else 1))
        self._customer_done = at

    def notice(self, decision: Decision) -> None:
        for event in decision.events:
            match event:
                case TurnLeased():
                    self._after(1 + self._draw.uniform(0.2, 3), self._run_bot)
                case ConversationOffered():
                    self._hear_ringing(event)
                case LadderExhausted():
                    self._after(self._draw.uniform(60, 10_800), self._take)
                case OwnerChanged(kind=OwnerKind.AGENT) | MessageReceived() | SnoozeEnded():
                    self._mean_to_reply()
                case ConversationResolved():
                    self._think_again()
                case _:
                    pass

    def settle(self) -> None:
        """A supervisor resolves what the year has left open."""
        if self._conversation.state.episode:
            self._conversation.ask(Resolve(agent_id=SUPERVISOR, supervisor=True))

    def _plan(self, at: datetime, happening: Happening) -> None:
        if at < self._ends:
            self._conversation.time.at(at, happening)

    def _after(self, seconds: float, happening: Happening) -> None:
        self._plan(self._conversation.time.now + timedelta(seconds=seconds), happening)

    # --- the customer -----------------------------------------------------------------------

    def _write(self) -> None:
        self._written += 1
        delay = self._draw.choice((0.2, 0.4, 1.0, 1.5, 45.0, 400.0))
        echo = self._written > 1 and self._draw.random() < 0.02
        self._conversation.receive(
            f"item-{self._written}",
            delay=timedelta(seconds=delay),
            kind="echo" if echo else "message",
        )

    def _thank(self) -> None:
        self._written += 1
        self._conversation.receive(f"item-{self._written}", thanks=True)

    def _think_again(self) -> None:
        """After a resolution: thanks, one more question, another matter weeks later, or nothing."""
        chance = self._draw.random()
        if self._afterthoughts == 0 or chance > 0.5:
            return
        self._afterthoughts -= 1
        if chance < 0.25:
            self._after(self._draw.uniform(5, 600), self._thank)
        elif chance < 0.4:
            self._after(self._draw.uniform(60, 200_000), self._write)
        else:
            self._after(self._draw.uniform(300_000, 4_000_000), self._write)

    # --- the bot ----------------------------------------------------------------------------

    def _run_bot(self) -> None:
        state = self._conversation.state
        if state.turn is None or state.owner.kind is not OwnerKind.BOT:
            return
        turn_id, version = state.turn.leased_to, state.owner.version
        if self._draw.random() < PACES[self._queue].bot_share:
            self._conversation.bot_answers(turn_id, version)
        else:
            self._conversation.bot_hands_over(turn_id, version, self._queue)

    # --- the people -------------------------------------------------------------------------

    def _hear_ringing(self, offer: ConversationOffered) -> None:
        rings_for = (offer.expires_at - offer.at).total_seconds()
        chance = self._draw.random()
        if chance < 0.6:
            self._after(self._draw.uniform(1, rings_for), self._take)
        elif chance < 0.65:
            self._plan(offer.expires_at, self._take)
        elif chance < 0.75:
            self._after(self._draw.uniform(1, rings_for), self._decline)

    def _take(self) -> None:
        self._conversation.ask(Accept(agent_id=AGENT))

    def _decline(self) -> None:
        self._conversation.ask(Decline(agent_id=AGENT))

    def _mean_to_reply(self) -> None:
        """Most replies come soon, some at the very instant a clock acts, some late or never."""
        conversation = self._conversation
        state = conversation.state
        waits = state.owner.kind is OwnerKind.AGENT and state.turn is not None
        if self._reply_planned or not waits:
            return
        chance = self._draw.random()
        threshold = state.next_threshold()
        if chance < 0.03:
            return
        self._reply_planned = True
        if chance < 0.2 and threshold is not None:
            nudge = self._draw.choice((-1_000_000, -1, 0, 0, 0, 1, 1_000_000))
            at = max(threshold + timedelta(microseconds=nudge), conversation.time.now)
            self._plan(at, self._reply)
        elif chance < 0.35:
            self._after(self._draw.uniform(120, 4_000), self._reply)
        else:
            self._after(self._draw.uniform(3, 120), self._reply)

    def _reply(self) -> None:
        self._reply_planned = False
        if self._conversation.state.owner.kind is not OwnerKind.AGENT:
            return
        self._replies += 1
        promise = None
        if self._draw.random() < 0.1:
            promise = PromiseTerms(
                within_seconds=self._draw.choice((60, 1_200, 14_400, 172_800)),
                in_opening_hours=self._draw.random() < 0.6,
                kept_by=self._draw.choice(("answer", "hand")),
            )
        self._conversation.ask(
            Reply(
                agent_id=AGENT,
                key=reply_key(AGENT, f"{self._replies}"),
                text="Sì.",
                promise=promise,
            )
        )
        self._go_on()

    def _go_on(self) -> None:
        """After a reply the conversation may be ranked, put aside, given back or resolved."""
        chance = self._draw.random()
        if self._conversation.time.now >= self._customer_done or chance < 0.1:
            self._after(self._draw.uniform(1, 3_600), self._resolve)
        elif chance < 0.2:
            self._after(self._draw.uniform(1, 60), self._snooze)
        elif chance < 0.25:
            self._after(self._draw.uniform(1, 60), self._give_back)
        elif chance < 0.35:
            self._after(self._draw.uniform(1, 60), self._classify)
        if self._draw.random() < 0.3:
            self._after(self._draw.uniform(1, 7_200), self._keep_promises)

    def _resolve(self) -> None:
        self._conversation.ask(Resolve(agent_id=AGENT))

    def _snooze(self) -> None:
        aside = timedelta(seconds=self._draw.choice((600, 7_200, 64_800)))
        self._conversation.ask(Snooze(agent_id=AGENT, until=self._conversation.time.now + aside))
        if self._draw.random() < 0.2:
            self._after(self._draw.uniform(1, 600), self._end_snooze)

    def _end_snooze(self) -> None:
        self._conversation.ask(EndSnooze(agent_id=AGENT))

    def _give_back(self) -> None:
        if self._conversation.state.lifecycle is not Lifecycle.RESOLVED:
            self._conversation.ask(ReturnToBot(agent_id=AGENT))

    def _classify(self) -> None:
        priority = self._draw.choice(list(Priority))
        self._conversation.ask(Classify(agent_id=AGENT, priority=priority))

    def _keep_promises(self) -> None:
        for clock in self._conversation.state.clocks:
            if clock.kind is ClockKind.PROMISE and clock.running:
                self._conversation.ask(KeepPromise(agent_id=AGENT, promise_id=clock.promise_id))
