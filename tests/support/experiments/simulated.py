"""A conversation with everything around it that a decision can meet, in memory and in no time.

It plays the table (each effect key once, each item applied once), the timers that decisions start
and the bot's runs, and checks after every decision what must hold whatever comes in whatever order.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from sportello.conversation.commands import (
    AccompanyingText,
    AnswerAsBot,
    Command,
    ReceivedItem,
    RequestHuman,
    SentMessage,
    Tick,
)
from sportello.conversation.decision import Decision
from sportello.conversation.effects import Machine
from sportello.conversation.events import Author, ConversationEvent, OwnerKind
from sportello.conversation.evolution import fold
from sportello.conversation.state import (
    REPLY_BUDGET,
    REPLY_BUDGET_WINDOW,
    ConversationState,
    Lifecycle,
)
from sportello.conversation.terms import ServiceTerms
from sportello.errors import NotAllowed
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.statuses import RANK
from support.builders import NOW, TERMS, answer, decide, messages, receive, request_human, started
from support.sent_messages import after_decision, outcome


class SimulatedConversation:
    """`closes_every` hours there is a closed period of the same length."""

    closes_every = 6

    def __init__(self, terms: ServiceTerms = TERMS) -> None:
        self.now = NOW
        self.terms = terms
        self.state = ConversationState()
        self.events: list[ConversationEvent] = []
        self.effect_keys: set[str] = set()
        self.messages: dict[str, SentMessage] = {}
        self.automatic_at: list[datetime] = []
        self.applied: set[str] = set()
        self.timers: list[datetime] = []
        self.runs: list[AnswerAsBot] = []
        self.requests: list[RequestHuman] = []

    # --- asking ---------------------------------------------------------------------------

    def ask(self, command: Command) -> Decision | None:
        """Decide and commit, as `Desk.act` does; None for what a person must be told no."""
        try:
            decision = decide(self.state, command, self.now, self.terms)
        except NotAllowed:
            return None
        keys = [effect.key for effect in decision.effects]
        assert len(set(keys)) == len(keys), "one transaction writes each effect once"
        if command_chooses_key(command) and self.effect_keys & set(keys):
            return None  # the table refuses the whole transaction: EffectExists
        assert not self.effect_keys & set(keys), f"{keys} were decided before"
        before, self.state = self.state, fold(decision.events, self.state)
        self.effect_keys |= set(keys)
        self.events += decision.events
        self._carry_out(decision)
        self._check(before, command, decision)
        return decision

    def _carry_out(self, decision: Decision) -> None:
        self.messages = after_decision(self.messages, decision, self.now)
        for message in messages(decision):
            if message.automatic:
                self.automatic_at.append(self.now)
        for start in started(decision):
            if start.machine is Machine.SLA_TIMER:
                self.timers.append(datetime.fromisoformat(start.input["wake_at"]))

    # --- what happens around --------------------------------------------------------------

    def write(self, items: Sequence[ReceivedItem]) -> None:
        """Apply inbound items, each at most once, as intake does."""
        new = [item for item in items if item.item_id not in self.applied]
        if not new:
            return
        self.applied |= {item.item_id for item in new}
        queued = self.state.owner.kind is OwnerKind.QUEUE
        away = self.away() if queued else None
        self.ask(receive(*new, turn_id=f"turn-{len(self.events)}", away=away))

    def away(self) -> AccompanyingText | None:
        elapsed = (self.now - NOW) // timedelta(hours=self.closes_every)
        if elapsed % 2 == 0:
            return None
        since = NOW + elapsed * timedelta(hours=self.closes_every)
        return AccompanyingText(text="Siamo chiusi.", closed_since=since)

    def start_run(self) -> None:
        """A run reads the turn it holds; it finishes later, or never."""
        state, turn = self.state, self.state.turn
        if turn is None or not turn.leased_to:
            return
        item_ids = [item.item_id for item in turn.items]
        self.runs.append(
            answer(*item_ids, turn_id=turn.leased_to, owner_version=state.owner.version)
        )
        self.requests.append(
            request_human(
                turn_id=turn.leased_to,
                owner_version=state.owner.version,
                accompanying_text=self.away(),
            )
        )

    def pass_time(self, amount: timedelta) -> None:
        """Let time go by, waking every timer at its time."""
        until = self.now + amount
        while self.timers and min(self.timers) <= until:
            woken_for = min(self.timers)
            self.timers.remove(woken_for)
            self.now = max(self.now, woken_for)
            self._wake(woken_for)
        self.now = until

    def _wake(self, woken_for: datetime) -> None:
        """What `sla_timer` does."""
        assert self.ask(Tick(woken_for=woken_for, apology="Ci scusiamo.")) is not None

    def report(self, effect_key: str, status: DeliveryStatus) -> None:
        self.ask(outcome(self.messages, self.state, effect_key, status))

    # --- what must hold -------------------------------------------------------------------

    def _check(self, before: ConversationState, command: Command, decision: Decision) -> None:
        state = self.state
        assert state.owner.version >= before.owner.version
        if state.owner != before.owner:
            assert state.owner.version > before.owner.version
        for message in messages(decision):
            if message.author is Author.BOT:
                assert isinstance(command, AnswerAsBot)
                assert before.owner == state.owner
                assert state.owner.kind is OwnerKind.BOT
                assert message.owner_version == command.owner_version == state.owner.version
            elif message.automatic:
                assert message.owner_version == state.owner.version
                apologises = message.key.startswith("promise_broken:")
                kinds = {OwnerKind.QUEUE, OwnerKind.BOT} if apologises else {OwnerKind.QUEUE}
                assert state.owner.kind in kinds
        for known in before.recent_deliveries:
            now_known = state.status_of(known.effect_key)
            assert now_known is None or RANK[now_known] >= RANK[known.status]
        self._check_clocks_and_timers()

    def _check_clocks_and_timers(self) -> None:
        state = self.state
        running = [clock for clock in state.clocks if clock.running]
        if state.lifecycle is Lifecycle.RESOLVED:
            assert not running
            assert state.turn is None
            assert state.offer is None
        names = [clock.name for clock in running]
        assert len(set(names)) == len(names), "one clock of a name runs at a time"
        assert all((clock.ended_at is None) == clock.running for clock in state.clocks)

    def check_timers(self) -> None:
        """Between two decisions somebody sleeps for the next threshold, and not past it."""
        upcoming = self.state.next_threshold()
        if upcoming is not None:
            assert any(wake <= max(upcoming, self.now) for wake in self.timers)
        if self.state.wake_at is not None:
            assert self.state.wake_at in self.timers

    def check_history(self) -> None:
        """The state is what the log makes of it, and survives being written and read."""
        assert fold(self.events) == self.state
        text = self.state.model_dump_json(exclude_defaults=True)
        assert ConversationState.model_validate_json(text) == self.state
        assert self.state.sequence == len(self.events)
        times = self.automatic_at
        for first, eleventh in zip(times, times[REPLY_BUDGET:], strict=False):
            assert eleventh - first >= REPLY_BUDGET_WINDOW
        versions = [event.version for event in self.events if event.type == "OwnerChanged"]
        assert all(later > earlier for earlier, later in pairwise(versions))
        told = [event.closed_since for event in self.events if event.type == "OutOfHoursTold"]
        assert len(told) == len(set(told))


def command_chooses_key(command: Command) -> bool:
    """Whether the key of the message came with the command, from the agent's client."""
    return type(command).__name__ == "Reply"
