"""Handing a conversation to people, and climbing the tiers until somebody takes it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sportello import promises
from sportello.commands import (
    Courtesy,
    ExhaustLadder,
    OfferConversation,
    RequestHuman,
    Tick,
    Tier,
)
from sportello.customer_texts import customer_text
from sportello.desk import Committed, Desk, Step
from sportello.inbox import out_of_hours, staffing_of
from sportello.model import Instant, Model, written
from sportello.observability import count_events, logger
from sportello.settings import Queue, QueueSettings, SlaSettings
from sportello.settings_store import SettingsStore
from sportello.table_items import Address, Conversation
from sportello.timekeeping import plans_for
from sportello.timeline import TimelineEntry, read_timeline
from sportello.triage import HandoffReason

if TYPE_CHECKING:
    from sportello.texts import TextName

PACKET_COMMITS = 15
"""How far back the story goes that an agent is rung with."""

PACKET_CHARACTERS = 20_000
"""How long that story may be: an offer to 20 endpoints is one transaction, of 4 MB at most."""

_ENTRY_CHARACTERS = 100
"""What an entry takes besides its text."""


class Wake(Model):
    """Whether the asking timer sleeps on, and until when."""

    running: bool
    wake_at: str = ""


class Ladder:
    def __init__(self, desk: Desk, settings: SettingsStore) -> None:
        self._desk = desk
        self._settings = settings

    def request_human(self, conversation_id: str, turn_id: str, reason: str, now: datetime) -> None:
        """Hand the conversation over if the turn is still the asking run's."""

        def plan(conversation: Conversation) -> Step | None:
            address = conversation.address
            if address is None or conversation.state.turn is None:
                return None
            return Step(command=self._handoff(conversation, address, turn_id, reason, now))

        committed = self._act(conversation_id, plan, now)
        if committed.decision.events:
            logger.info("handed to people", reason=reason)

    def offer(
        self, conversation_id: str, handoff_id: str, tier: int, task_token: str, now: datetime
    ) -> None:
        """Ring one tier with the story of the conversation."""
        seen = self._desk.table.load(conversation_id)
        queue = self._queue(seen.state.queue)
        # The queue may have been made shorter while this ladder was climbing.
        rung = queue.tiers[tier] if tier < len(queue.tiers) else None
        step = Step(
            command=OfferConversation(
                handoff_id=handoff_id,
                tier=tier,
                tier_name=rung.name if rung else "",
                agents=rung.agents if rung else (),
                endpoints=rung.endpoints if rung else (),
                expires_at=now + timedelta(seconds=rung.ring_seconds if rung else 0),
                task_token=task_token,
                packet=self._packet(seen),
            )
        )
        self._act(conversation_id, lambda _: step, now)

    def exhaust(self, conversation_id: str, handoff_id: str, now: datetime) -> None:
        queue = self._queue(self._desk.table.load(conversation_id).state.queue)
        step = Step(
            command=ExhaustLadder(handoff_id=handoff_id, alert_endpoints=queue.alert_endpoints)
        )
        self._act(conversation_id, lambda _: step, now)

    def tick(self, conversation_id: str, woken_for: Instant | None, now: datetime) -> Wake:
        """Let time act on the clocks; `woken_for` is None when the sweep asks."""

        def plan(conversation: Conversation) -> Step | None:
            queue = self._queue(conversation.state.queue)
            return Step(command=Tick(woken_for=woken_for, alert_endpoints=queue.alert_endpoints))

        committed = self._act(conversation_id, plan, now)
        planned = committed.state.wake_at
        mine = plans_for(committed.before.state, woken_for) or any(
            event.type == "WakePlanned" for event in committed.decision.events
        )
        if planned is None or not mine:
            return Wake(running=False)
        return Wake(running=True, wake_at=written(planned))

    def _act(
        self, conversation_id: str, plan: Callable[[Conversation], Step | None], now: datetime
    ) -> Committed:
        committed = self._desk.act(conversation_id, plan, now)
        address = committed.before.address
        count_events(committed.decision.events, address.channel if address else "")
        return committed

    def _queue(self, name: str) -> Queue:
        """Return a queue's settings; one that was removed rings nobody."""
        queue = self._settings.get(QueueSettings).queues.get(name)
        return queue or Queue(tiers=())

    def _handoff(
        self,
        conversation: Conversation,
        address: Address,
        turn_id: str,
        reason: str,
        now: datetime,
    ) -> RequestHuman:
        name = self._settings.get(QueueSettings).handoff_queue
        staffed = staffing_of(self._settings, name, now)
        policy = self._settings.get(SlaSettings).policy_for(address.channel)
        turn = conversation.state.turn
        waiting_since = turn.counted_from if turn else now
        courtesy = out_of_hours(self._settings, staffed, address, now)
        return RequestHuman(
            turn_id=turn_id,
            owner_version=conversation.state.owner.version,
            reason=reason,
            queue=name,
            courtesy=courtesy or Courtesy(text=self._handoff_text(address, reason)),
            clock=promises.first_response(policy, staffed, waiting_since),
            tiers=tuple(
                Tier(name=tier.name, ring_seconds=tier.ring_seconds)
                for tier in self._queue(name).tiers
            ),
            escalation_start_at=staffed.closed.end if staffed.closed else now,
        )

    def _handoff_text(self, address: Address, reason: str) -> str:
        name: TextName = "bot_failed" if reason == HandoffReason.BOT_FAILED else "handoff"
        return customer_text(self._settings, name, address.language or "it")

    def _packet(self, conversation: Conversation) -> dict[str, Any]:
        """What an agent needs so that the customer repeats nothing."""
        story = read_timeline(self._desk.table, conversation.conversation_id, PACKET_COMMITS)
        address = conversation.address
        said = [entry for entry in story.entries if entry.author]
        return {
            "customer": {
                "display_name": address.display_name if address else "",
                "language": address.language if address else "",
            },
            "episode": conversation.state.episode,
            "transcript": _newest(said),
            "clocks": [
                {"kind": clock.kind, "state": clock.state, "due_at": written(clock.due_at)}
                for clock in conversation.state.clocks
            ],
        }


def _newest(said: Sequence[TimelineEntry]) -> list[dict[str, str]]:
    """Return the end of a story, as much as every notice of an offer has room for."""
    kept = []
    room = PACKET_CHARACTERS
    for entry in reversed(said):
        if room <= 0:
            break
        kept.append({"at": written(entry.at), "author": entry.author, "text": entry.text[:room]})
        room -= len(entry.text) + _ENTRY_CHARACTERS
    return kept[::-1]
