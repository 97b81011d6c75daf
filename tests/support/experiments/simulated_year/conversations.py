"""A conversation in virtual time: every decision is committed, carried out and audited at once."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Protocol

from sportello.channel_kinds import ChannelKind
from sportello.conversation.commands import (
    AccompanyingText,
    AnswerAsBot,
    ClosedDoors,
    Command,
    FitClocks,
    ReceivedItem,
    ReceiveMessages,
    RequestHuman,
)
from sportello.conversation.decide import decide
from sportello.conversation.decision import Decision
from sportello.conversation.effects import Effect, Machine, ResumeWorkflow, StartWorkflow
from sportello.conversation.events import ConversationEvent, OwnerKind
from sportello.conversation.evolution import fold
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.errors import NotAllowed
from sportello.messaging.items import Visibility
from support.experiments.simulated_year.audit import Audit
from support.experiments.simulated_year.business import Business
from support.experiments.simulated_year.machines import Escalation, SlaTimer
from support.experiments.simulated_year.virtual_time import VirtualTime

LEASE_SECONDS = 90
FOLLOW_UP_SECONDS = 72 * 3_600


class People(Protocol):
    """Who has to do with a conversation, and reacts to what is decided in it."""

    def notice(self, decision: Decision) -> None: ...


class NoPeople:
    def notice(self, decision: Decision) -> None:
        pass


class Waiting:
    """How many conversations wait in each queue."""

    def __init__(self) -> None:
        self.in_queue: Counter[str] = Counter()

    def moved(self, before: ConversationState, after: ConversationState) -> None:
        if before.owner.kind is OwnerKind.QUEUE:
            self.in_queue[before.owner.name] -= 1
        if after.owner.kind is OwnerKind.QUEUE:
            self.in_queue[after.owner.name] += 1


class LivedConversation:
    """`timers` and `escalations` are all executions that were ever started for it."""

    def __init__(
        self, time: VirtualTime, business: Business, waiting: Waiting, kind: ChannelKind, name: str
    ) -> None:
        self.time = time
        self.name = name
        self.kind = kind
        self.state = ConversationState()
        self.events: list[ConversationEvent] = []
        self.effect_keys: dict[str, None] = {}
        self.timers: list[SlaTimer] = []
        self.escalations: list[Escalation] = []
        self.people: People = NoPeople()
        self.audit = Audit(business)
        self.refused = 0
        self._business = business
        self._waiting = waiting

    def terms(self) -> ServiceTerms:
        return self._business.terms(self.kind, self.name, self.time.now)

    def fit_clocks(self) -> None:
        """What changed settings lead to for conversations with a planned wake."""
        if self.state.wake_at is not None:
            self.ask(FitClocks())

    # --- asking -----------------------------------------------------------------------------

    def ask(self, command: Command) -> Decision | None:
        """Decide and commit, as `Desk.act` does; None for what a person must be told no."""
        try:
            return self._ask(command)
        except AssertionError as broken:
            broken.add_note(f"{self.name} was asked {command!r} at {self.time.now}")
            raise

    def _ask(self, command: Command) -> Decision | None:
        fresh = isinstance(command, FitClocks)
        terms = self._business.newest_terms(self.kind) if fresh else self.terms()
        before, now = self.state, self.time.now
        try:
            decision = decide(before, command, now, terms)
        except NotAllowed:
            self.refused += 1
            return None
        if not decision.events:
            return decision
        for effect in decision.effects:
            assert effect.key not in self.effect_keys, f"{effect.key} was decided before"
            self.effect_keys[effect.key] = None
        self.state = fold(decision.events, before)
        self.events += decision.events
        if before.owner != self.state.owner:
            self._waiting.moved(before, self.state)
        self.audit.follow(before, decision.events, terms)
        for effect in decision.effects:
            self._carry_out(effect)
        self._check_timers()
        self._check_ladder()
        self.people.notice(decision)
        return decision

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case StartWorkflow(machine=Machine.SLA_TIMER):
                wake_at = datetime.fromisoformat(effect.input["wake_at"])
                self.timers.append(SlaTimer(self, wake_at))
            case StartWorkflow(machine=Machine.ESCALATION):
                self.escalations.append(Escalation(self, effect.input))
            case ResumeWorkflow():
                for escalation in self.escalations:
                    escalation.answer(effect.task_token, effect.output["outcome"])

    def _check_timers(self) -> None:
        """Somebody sleeps for the next threshold and not past it; one timer for all clocks."""
        upcoming, planned = self.state.next_threshold(), self.state.wake_at
        asleep = [timer.sleeps_until for timer in self.timers if timer.sleeps_until is not None]
        in_time = any(at <= max(upcoming or at, self.time.now) for at in asleep)
        assert upcoming is None or in_time, "a timer sleeps until the next threshold at most"
        assert planned is None or planned in asleep, "a timer sleeps until the planned wake"

    def _check_ladder(self) -> None:
        """For whoever waits in a queue a ladder climbs or will, round after round."""
        waits = self.state.owner.kind is OwnerKind.QUEUE and self.state.turn is not None
        assert not waits or any(ladder.climbs for ladder in self.escalations), "nobody is rung"

    # --- what is asked ----------------------------------------------------------------------

    def receive(
        self,
        item_id: str,
        *,
        delay: timedelta = timedelta(),
        kind: str = "message",
        thanks: bool = False,
    ) -> None:
        """Let an item arrive now that was sent `delay` ago."""
        now = self.time.now
        item = ReceivedItem(
            item_id=item_id,
            kind=kind,
            wants_answer=kind == "message",
            thanks=thanks,
            visibility=Visibility.PRIVATE,
            sent_at=now - delay,
            received_at=now,
        )
        away = None
        if self.state.owner.kind is OwnerKind.QUEUE:
            away = self._out_of_hours(self.state.queue)
        self.ask(
            ReceiveMessages(
                items=(item,),
                turn_id=f"turn-{item_id}",
                lease_seconds=LEASE_SECONDS,
                follow_up_seconds=FOLLOW_UP_SECONDS,
                away=away,
            )
        )

    def bot_answers(self, turn_id: str, owner_version: int) -> None:
        turn = self.state.turn
        if turn is None:
            return
        item_ids = tuple(item.item_id for item in turn.items)
        self.ask(
            AnswerAsBot(
                turn_id=turn_id,
                owner_version=owner_version,
                item_ids=item_ids,
                key=f"bot:{item_ids[-1]}",
                text="Ecco.",
                lease_seconds=LEASE_SECONDS,
            )
        )

    def bot_hands_over(self, turn_id: str, owner_version: int, queue: str) -> None:
        away = self._out_of_hours(queue)
        self.ask(
            RequestHuman(
                turn_id=turn_id,
                owner_version=owner_version,
                reason="asked_for_person",
                queue=queue,
                accompanying_text=away or AccompanyingText(text="La passo a una persona."),
                waiting_ahead=self._waiting.in_queue[queue] if away else 0,
            )
        )

    def closed_doors(self) -> ClosedDoors | None:
        away = self._out_of_hours(self.state.queue)
        if away is None:
            return None
        return ClosedDoors(away=away, waiting_ahead=self._waiting.in_queue[self.state.queue] - 1)

    def _out_of_hours(self, queue: str) -> AccompanyingText | None:
        closed = self.terms().staffing(queue, self.time.now).closed
        if closed is None:
            return None
        return AccompanyingText(text="Siamo chiusi.", closed_since=closed.start)
