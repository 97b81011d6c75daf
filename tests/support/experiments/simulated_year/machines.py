"""The two Standard workflows as they run around a conversation, in virtual time.

They do what `sla_timer` and `escalation` do with the answers of `Escalating`, and remember them, so
that a test can run the real state machine files with them.
"""

from datetime import datetime, timedelta
from typing import Any, Protocol

from sportello.conversation.commands import (
    ClosedDoors,
    Command,
    ExhaustLadder,
    OfferConversation,
    SpokenPromise,
    Tick,
)
from sportello.conversation.decision import Decision
from sportello.conversation.events import OfferOutcome
from sportello.conversation.handing_over.ladders import awaits_people
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from support.experiments.simulated_year.virtual_time import VirtualTime

APOLOGY = "Non ci siamo riusciti in tempo."
PROMISE = "Le scriviamo appena possibile."
UNANSWERED = "unanswered"
"""What became of an offer whose time ran out."""


class Desk(Protocol):
    """What a workflow knows of the conversation it runs for."""

    time: VirtualTime
    state: ConversationState

    def ask(self, command: Command) -> Decision | None: ...

    def terms(self) -> ServiceTerms: ...

    def closed_doors(self) -> ClosedDoors | None: ...


class SlaTimer:
    """One execution of `sla_timer`: it wakes once; `woke_at` is None while it sleeps."""

    def __init__(self, desk: Desk, wake_at: datetime) -> None:
        self.started_at = desk.time.now
        self.sleeps_until: datetime | None = wake_at
        self.woke_at: datetime | None = None
        self._desk = desk
        desk.time.at(wake_at, self._wake)

    def _wake(self) -> None:
        desk, woken_for = self._desk, self.sleeps_until
        self.sleeps_until, self.woke_at = None, desk.time.now
        decision = desk.ask(Tick(woken_for=woken_for, apology=APOLOGY))
        assert decision is not None


class Escalation:
    """One execution of `escalation`; `outcomes` are what became of its round's offers, in order."""

    def __init__(self, desk: Desk, started_with: dict[str, Any]) -> None:
        self.outcomes: list[str] = []
        self.ended = False
        self._desk = desk
        self._handoff_id: str = started_with["handoff_id"]
        self._tiers: list[dict[str, Any]] = started_with["tiers"]
        self._round: int = started_with.get("round", 0)
        desk.time.at(datetime.fromisoformat(started_with["start_at"]), self._climb)

    @property
    def climbs(self) -> bool:
        """Whether somebody will still be rung by it."""
        ended = {OfferOutcome.ACCEPTED, OfferOutcome.WITHDRAWN}
        return not self.ended and ended.isdisjoint(self.outcomes)

    def answer(self, task_token: str, outcome: str) -> None:
        """Take what came back with a token; one that is no longer awaited changes nothing."""
        if task_token != self._token():
            return
        self.outcomes.append(outcome)
        if outcome == OfferOutcome.DECLINED:
            self._desk.time.at(self._desk.time.now, self._climb)

    def _token(self) -> str:
        return f"{self._handoff_id}.{self._round}.{len(self.outcomes)}"

    def _climb(self) -> None:
        tier = len(self.outcomes)
        if tier == len(self._tiers):
            self._exhaust()
            return
        desk, token = self._desk, self._token()
        queue = desk.terms().queue(desk.state.queue)
        rung = queue.tiers[tier]
        gives_up_at = desk.time.now + timedelta(seconds=self._tiers[tier]["ring_seconds"])
        desk.ask(
            OfferConversation(
                handoff_id=self._handoff_id,
                ladder_round=self._round,
                tier=tier,
                tier_name=rung.name,
                agents=rung.agents,
                endpoints=rung.endpoints,
                expires_at=gives_up_at,
                task_token=token,
                packet={},
                closed=desk.closed_doors(),
            )
        )
        if token == self._token():
            desk.time.at(gives_up_at, lambda: self._give_up(token))

    def _give_up(self, token: str) -> None:
        if token == self._token():
            self.outcomes.append(UNANSWERED)
            self._climb()

    def _exhaust(self) -> None:
        """End the round; while somebody waits the next one begins after a pause."""
        desk = self._desk
        queue = desk.terms().queue(desk.state.queue)
        promise = queue.promise_when_unanswered
        spoken = SpokenPromise(text=PROMISE, terms=promise) if promise else None
        desk.ask(
            ExhaustLadder(
                handoff_id=self._handoff_id,
                ladder_round=self._round,
                promise=spoken,
                closed=desk.closed_doors(),
            )
        )
        if not awaits_people(desk.state, self._handoff_id) or desk.state.ring_by is None:
            self.ended = True
            return
        pause = timedelta(seconds=queue.pause_seconds(self._round))
        self._round += 1
        self.outcomes = []
        desk.time.at(desk.time.now + pause, self._climb)
