"""Handing a conversation to people, and climbing the tiers until somebody takes it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sportello.aws.logs import Metric, count, logger
from sportello.bot.triage import HandoffReason
from sportello.conversation.commands import (
    AccompanyingText,
    ClosedDoors,
    Command,
    ExhaustLadder,
    OfferConversation,
    RequestHuman,
    RestartLadder,
    SpokenPromise,
)
from sportello.conversation.events import LadderRestarted
from sportello.conversation.handing_over.climbing import is_ahead
from sportello.conversation.handing_over.ladders import MOST_AHEAD, awaits_people
from sportello.conversation.terms import ServiceTerms
from sportello.conversation.turns import bot_may_answer
from sportello.language.settings import TextSettings
from sportello.language.spoken_time import deadline_in_words
from sportello.language.texts import UNATTENDED
from sportello.model import Model
from sportello.people.announcing import Announcing
from sportello.people.away import out_of_hours
from sportello.people.placement.assigning import Assigning
from sportello.people.placement.places import Places
from sportello.people.placement.queue_routing import ChoosingQueues
from sportello.people.reachability import rings_nobody
from sportello.people.settings import AgentEndpointSettings
from sportello.people.story_packets import story_packet
from sportello.queues.settings import Queue, QueueSettings
from sportello.table.desk import Committed, Desk
from sportello.table.items import Address, Conversation
from sportello.table.settings.settings_store import TERMS_OF_SERVICE, SettingsStore

if TYPE_CHECKING:
    from sportello.language.texts import TextName


class RungTier(Model):
    name: str
    ring_seconds: int


class Round(Model):
    """What becomes of a ladder after a round: it rests and goes round again while somebody waits.

    `tiers` are those of the next round.
    """

    waits: bool = False
    pause_seconds: int = 0
    tiers: tuple[RungTier, ...] = ()


class Escalating:
    def __init__(self, desk: Desk, settings: SettingsStore, places: Places | None = None) -> None:
        self._desk = desk
        self._settings = settings
        self._places = places or Assigning(desk, settings)
        self._announcing = Announcing(desk.table, settings)
        self._queues = ChoosingQueues(desk.table)

    def request_human(
        self,
        conversation_id: str,
        turn_id: str,
        reason: str,
        now: datetime,
        start: Conversation | None = None,
    ) -> None:
        """Hand the conversation over if the turn is still the asking run's."""

        def plan(conversation: Conversation, terms: ServiceTerms) -> RequestHuman | None:
            state, address = conversation.state, conversation.address
            if address is None or not bot_may_answer(state, turn_id, state.owner.version):
                return None
            return self._handoff(conversation, address, terms, turn_id, reason, now)

        self._settings.read_together(TextSettings, AgentEndpointSettings, *TERMS_OF_SERVICE)
        committed = self._act(conversation_id, plan, now, start)
        if committed.decision.events:
            logger.info("handed to people", reason=reason)
            self._note_nobody(committed)

    def offer(
        self,
        conversation_id: str,
        handoff_id: str,
        tier: int,
        task_token: str,
        now: datetime,
        ladder_round: int = 0,
    ) -> None:
        """Ring one tier with the story of the conversation; have an agent asked, if nobody is."""

        def plan(conversation: Conversation, terms: ServiceTerms) -> OfferConversation:
            queue = conversation.state.queue
            tiers = terms.queue(queue).tiers
            # The queue may have been made shorter while this ladder was climbing.
            rung = tiers[tier] if tier < len(tiers) else None
            waits = awaits_people(conversation.state, handoff_id)
            rings = waits and is_ahead(conversation.state, ladder_round, tier)
            closed = self._closed_doors(conversation, terms, now) if rings else None
            return OfferConversation(
                handoff_id=handoff_id,
                ladder_round=ladder_round,
                tier=tier,
                tier_name=rung.name if rung else "",
                agents=rung.agents if rung else (),
                endpoints=terms.queues.rung_by(queue, rung) if rung else (),
                expires_at=now + timedelta(seconds=rung.ring_seconds if rung else 0),
                task_token=task_token,
                packet=story_packet(self._desk.table, conversation)
                if rings and closed is None
                else {},
                closed=closed,
            )

        committed = self._act(conversation_id, plan, now)
        if awaits_people(committed.state, handoff_id):
            self._places.place(conversation_id, now, committed.after)

    def exhaust(
        self, conversation_id: str, handoff_id: str, now: datetime, ladder_round: int | None = 0
    ) -> Round:
        """Note that a round was in vain; None is of a machine that goes round no more by itself."""

        def plan(conversation: Conversation, terms: ServiceTerms) -> ExhaustLadder:
            first = not conversation.state.ladder_exhausted
            return ExhaustLadder(
                handoff_id=handoff_id,
                ladder_round=ladder_round or 0,
                ends=ladder_round is None,
                promise=self._promise_of(conversation, terms, now) if first else None,
                closed=self._closed_doors(conversation, terms, now),
            )

        committed = self._act(conversation_id, plan, now)
        state = committed.state
        if not awaits_people(state, handoff_id) or state.ring_by is None:
            return Round()
        self._note_nobody(committed)
        queue = self._settings.get(QueueSettings).queues.get(committed.state.queue)
        if queue is None or not queue.tiers:
            # No tier will ask for it.
            self._places.place(conversation_id, now, committed.after)
        return Round(
            waits=True,
            pause_seconds=(queue or Queue()).pause_seconds(ladder_round or 0),
            tiers=tuple(
                RungTier(name=tier.name, ring_seconds=tier.ring_seconds)
                for tier in (queue.tiers if queue else ())
            ),
        )

    def restart(
        self, conversation_id: str, now: datetime, start: Conversation | None = None
    ) -> Committed:
        """Ring anew for whoever is not rung although it is time; an error of ours, or of AWS."""
        committed = self._act(
            conversation_id, lambda _conversation, _terms: RestartLadder(), now, start
        )
        if any(isinstance(event, LadderRestarted) for event in committed.decision.events):
            logger.error("nobody was rung for a customer who waits", queue=committed.state.queue)
        return committed

    def _note_nobody(self, committed: Committed) -> None:
        """Have operators hear of somebody for whom nobody can be rung."""
        if self._rings_nobody(self._settings.get(QueueSettings), committed.state.queue):
            logger.warning("nobody can be rung", queue=committed.state.queue)
            count(Metric.NOBODY_TO_RING, "all")

    def _act(
        self,
        conversation_id: str,
        plan: Callable[[Conversation, ServiceTerms], Command | None],
        now: datetime,
        start: Conversation | None = None,
    ) -> Committed:
        step = self._settings.under_terms(plan)
        return self._desk.act(conversation_id, step, now, start=start)

    def _handoff(
        self,
        conversation: Conversation,
        address: Address,
        terms: ServiceTerms,
        turn_id: str,
        reason: str,
        now: datetime,
    ) -> RequestHuman:
        choice = self._queues.choose(conversation, address, terms, reason, now)
        name = choice.queue
        staffed = terms.staffing(name, now)
        accompanying = out_of_hours(self._settings, terms, name, address, now)
        announced = None
        if accompanying is None and self._rings_nobody(terms.queues, name):
            text = self._settings.text(UNATTENDED[_handoff_text(reason)], address)
            accompanying = AccompanyingText(text=text)
        elif accompanying is None:
            text = self._settings.text(_handoff_text(reason), address)
            if expected := self._announcing.on_entering(
                name, terms, address, now, conversation.state.priority
            ):
                announced = expected.wait
                text = f"{text}\n\n{expected.text}"
            accompanying = AccompanyingText(text=text)
        return RequestHuman(
            turn_id=turn_id,
            owner_version=conversation.state.owner.version,
            reason=reason,
            queue=name,
            rule=choice.rule,
            accompanying_text=accompanying,
            announced=announced,
            waiting_ahead=self._waiting_ahead(name, now) if staffed.closed else 0,
        )

    def _closed_doors(
        self, conversation: Conversation, terms: ServiceTerms, now: datetime
    ) -> ClosedDoors | None:
        state, address = conversation.state, conversation.address
        if address is None:
            return None
        away = out_of_hours(self._settings, terms, state.queue, address, now)
        if away is None:
            return None
        ahead = self._waiting_ahead(state.queue, state.waiting_since or now)
        return ClosedDoors(away=away, waiting_ahead=ahead)

    def _waiting_ahead(self, queue: str, since: datetime) -> int:
        return self._desk.table.queues.length_before(queue, since, MOST_AHEAD)

    def _promise_of(
        self, conversation: Conversation, terms: ServiceTerms, now: datetime
    ) -> SpokenPromise | None:
        """What to promise when nobody could take the conversation, as its queue has it."""
        queue, address = conversation.state.queue, conversation.address
        promise = terms.queue(queue).promise_when_unanswered
        if promise is None or address is None:
            return None
        self._settings.read_together(TextSettings, AgentEndpointSettings)
        if self._rings_nobody(terms.queues, queue):
            return None
        language = self._settings.language_of(address)
        due_at = terms.promised_by(promise, queue, now)
        by = deadline_in_words(due_at, now, language, terms.zone(queue))
        text = self._settings.text("promise_made", address, by=by)
        return SpokenPromise(text=text, terms=promise)

    def _rings_nobody(self, queues: QueueSettings, queue: str) -> bool:
        endpoints = self._settings.get(AgentEndpointSettings)
        return rings_nobody(queues, queue, endpoints, lambda: self._places.anybody_at(queue))


def _handoff_text(reason: str) -> "TextName":
    return "bot_failed" if reason == HandoffReason.BOT_FAILED else "handoff"
