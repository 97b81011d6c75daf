"""Handing a conversation to people, and climbing the tiers until somebody takes it."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sportello.aws.logs import Metric, count, logger
from sportello.bot.triage import HandoffReason
from sportello.conversation.commands import (
    AccompanyingText,
    ClosedDoors,
    Command,
    ExhaustLadder,
    OfferConversation,
    RequestHuman,
    SpokenPromise,
)
from sportello.conversation.handoffs import MOST_AHEAD, rings_anew
from sportello.conversation.terms import ServiceTerms
from sportello.conversation.turns import bot_may_answer
from sportello.language.settings import TextSettings
from sportello.language.spoken_time import deadline_in_words
from sportello.language.texts import UNATTENDED
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.statuses import LOST
from sportello.model import written
from sportello.people.announcing import Announcing
from sportello.people.away import out_of_hours
from sportello.people.reachability import rings_nobody
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import Queue, QueueSettings
from sportello.table.desk import Committed, Desk
from sportello.table.items import Address, Conversation
from sportello.table.settings_store import TERMS_OF_SERVICE, SettingsStore
from sportello.table.timeline import TimelineEntry, read_timeline

if TYPE_CHECKING:
    from sportello.language.texts import TextName

PACKET_COMMITS = 15
"""How far back the story goes that an agent is rung with."""

PACKET_CHARACTERS = 20_000
"""How long that story may be: an offer to 20 endpoints is one transaction, of 4 MB at most."""

_IN_DOUBT = LOST | {DeliveryStatus.UNKNOWN}
"""Whoever reads the story has to know what its customer may never have read."""

_ENTRY_CHARACTERS = 100
"""What an entry takes besides its text and detail."""


class Escalating:
    def __init__(self, desk: Desk, settings: SettingsStore) -> None:
        self._desk = desk
        self._settings = settings
        self._announcing = Announcing(desk.table, settings)

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
            queue = self._settings.get(QueueSettings).queues.get(committed.state.queue)
            if queue is None or self._rings_nobody(queue):
                logger.warning("nobody can be rung", queue=committed.state.queue)
                count(Metric.NOBODY_TO_RING, "all")

    def offer(
        self, conversation_id: str, handoff_id: str, tier: int, task_token: str, now: datetime
    ) -> None:
        """Ring one tier with the story of the conversation."""

        def plan(conversation: Conversation, terms: ServiceTerms) -> OfferConversation:
            tiers = terms.queue(conversation.state.queue).tiers
            # The queue may have been made shorter while this ladder was climbing.
            rung = tiers[tier] if tier < len(tiers) else None
            rings = rings_anew(conversation.state, handoff_id, tier)
            closed = self._closed_doors(conversation, terms, now) if rings else None
            return OfferConversation(
                handoff_id=handoff_id,
                tier=tier,
                tier_name=rung.name if rung else "",
                agents=rung.agents if rung else (),
                endpoints=rung.endpoints if rung else (),
                expires_at=now + timedelta(seconds=rung.ring_seconds if rung else 0),
                task_token=task_token,
                packet=self._packet(conversation) if rings and closed is None else {},
                closed=closed,
            )

        self._act(conversation_id, plan, now)

    def exhaust(self, conversation_id: str, handoff_id: str, now: datetime) -> None:
        def plan(conversation: Conversation, terms: ServiceTerms) -> ExhaustLadder:
            return ExhaustLadder(
                handoff_id=handoff_id,
                promise=self._promise_of(conversation, terms, now),
                closed=self._closed_doors(conversation, terms, now),
            )

        self._act(conversation_id, plan, now)

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
        name = terms.queues.handoff_queue
        staffed = terms.staffing(name, now)
        accompanying = out_of_hours(self._settings, terms, name, address, now)
        announced = None
        if accompanying is None and self._rings_nobody(terms.queue(name)):
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
        if self._rings_nobody(terms.queue(queue)):
            return None
        language = self._settings.language_of(address)
        due_at = terms.promised_by(promise, queue, now)
        by = deadline_in_words(due_at, now, language, terms.zone(queue))
        text = self._settings.text("promise_made", address, by=by)
        return SpokenPromise(text=text, terms=promise)

    def _rings_nobody(self, queue: Queue) -> bool:
        return rings_nobody(queue, self._settings.get(AgentEndpointSettings))

    def _packet(self, conversation: Conversation) -> dict[str, Any]:
        """What an agent needs so that the customer repeats nothing."""
        story = read_timeline(self._desk.table, conversation.conversation_id, PACKET_COMMITS)
        address = conversation.address
        utterances = [entry for entry in story.entries if entry.author]
        since = conversation.state.waiting_since
        return {
            "customer": _customer(address),
            "episode": conversation.state.episode,
            "waiting_since": written(since) if since else None,
            "transcript": _newest(utterances),
            "clocks": [
                {
                    "kind": clock.kind,
                    "state": clock.state,
                    "due_at": written(clock.due_at) if clock.due_at else None,
                }
                for clock in conversation.state.clocks
            ],
        }


def _handoff_text(reason: str) -> "TextName":
    return "bot_failed" if reason == HandoffReason.BOT_FAILED else "handoff"


def _customer(address: Address | None) -> dict[str, Any]:
    origin = address.origin if address else None
    came_from = {"origin": origin.model_dump(mode="json", exclude_defaults=True)} if origin else {}
    return {
        "display_name": address.display_name if address else "",
        "language": (address.language if address else "") or None,
        **came_from,
    }


def _newest(utterances: Sequence[TimelineEntry]) -> list[dict[str, Any]]:
    """Return the end of a story, as much as every notice of an offer has room for."""
    transcript = []
    room = PACKET_CHARACTERS
    for entry in reversed(utterances):
        if room <= 0:
            break
        detail = entry.detail if len(json.dumps(entry.detail)) < room - len(entry.text) else {}
        line: dict[str, Any] = {
            "at": written(entry.at),
            "author": entry.author,
            "text": entry.text[:room],
            "detail": detail,
        }
        if entry.detail.get("status") in _IN_DOUBT:
            line["status"] = entry.detail["status"]
        transcript.append(line)
        room -= len(entry.text) + len(json.dumps(detail)) + _ENTRY_CHARACTERS
    return transcript[::-1]
