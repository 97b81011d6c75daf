"""The state of a conversation: a fold of its events, bounded in size. Pure.

Owner, lifecycle and activity are three axes of the conversation, visibility is one of each
message; none of them is derived from another.
"""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from sportello.clocks import Clock
from sportello.delivery import is_progress
from sportello.events import (
    Author,
    ClockAdvanced,
    ClockEnded,
    ClockStarted,
    ConversationEvent,
    ConversationOffered,
    ConversationResolved,
    ConversationReturned,
    DeliveryRecorded,
    EpisodeOpened,
    HandoffRequested,
    ItemNoted,
    LadderExhausted,
    MessageQueued,
    MessageReceived,
    OfferDeclined,
    OfferEnded,
    OfferNotNeeded,
    OfferRenewed,
    OutOfHoursTold,
    OwnerChanged,
    OwnerKind,
    ReplyBudgetExhausted,
    TurnAnswered,
    TurnEnded,
    TurnLeased,
    WakePlanned,
)
from sportello.inbound import DeliveryStatus
from sportello.model import Instant, Model

MAX_TURN_ITEMS = 50
MAX_RECENT_ITEMS = 50
MAX_RECENT_DELIVERIES = 20
REPLY_BUDGET = 10
REPLY_BUDGET_WINDOW = timedelta(minutes=180)
INACTIVE_AFTER = timedelta(minutes=10)
BOT_STRETCH_LAPSE = timedelta(hours=1)
"""After such a silence the bot begins a new stretch: it counts anew and says again what it is."""


class Lifecycle(StrEnum):
    OPEN = "open"
    WAITING = "waiting"
    RESOLVED = "resolved"


class Activity(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"


class Owner(Model):
    """Who may speak; `version` grows at each change."""

    kind: OwnerKind = OwnerKind.NOBODY
    name: str = ""
    version: int = 0


class TurnItem(Model):
    item_id: str
    sent_at: Instant
    counted_from: Instant


class Turn(Model):
    """What the customer said since somebody last answered, in the order it was sent.

    `items` keeps the newest 50. While `leased_to` names a turn id, that triage run alone
    answers; after `lease_expires_at` the sweep may start another attempt.
    """

    items: tuple[TurnItem, ...]
    counted_from: Instant
    leased_to: str = ""
    lease_expires_at: Instant | None = None
    attempt: int = 0


class Offer(Model):
    handoff_id: str
    offer_id: str
    tier: int
    agents: tuple[str, ...]
    endpoints: tuple[str, ...]
    expires_at: Instant
    task_token: str
    declined_by: tuple[str, ...] = ()


class OutboundStatus(Model):
    effect_key: str
    status: DeliveryStatus


class ConversationState(Model):
    """`ConversationState()` is a conversation unborn.

    `sequence` counts the events folded in, `decided_at` is the time of the last one. What was sent
    until `echoed_at` has been answered by a person of the business outside Sportello.
    """

    sequence: int = 0
    decided_at: Instant | None = None
    owner: Owner = Owner()
    lifecycle: Lifecycle = Lifecycle.OPEN
    episode: int = 0
    resolved_at: Instant | None = None
    last_activity_at: Instant | None = None
    last_customer_message_at: Instant | None = None
    echoed_at: Instant | None = None
    turn: Turn | None = None
    bot_answers: int = 0
    recent_items: tuple[str, ...] = ()
    recent_deliveries: tuple[OutboundStatus, ...] = ()
    automatic_sent: tuple[Instant, ...] = ()
    budget_exhausted_at: Instant | None = None
    closed_period_told: Instant | None = None
    handoff_id: str = ""
    handoff_reason: str = ""
    queue: str = ""
    offer: Offer | None = None
    offered_tier: int = -1
    ladder_exhausted: bool = False
    ringing: tuple[str, ...] = Field(default=())
    clocks: tuple[Clock, ...] = ()
    wake_at: Instant | None = None
    planned_at_wake: Instant | None = None

    def activity(self, now: Instant) -> Activity:
        quiet_since = self.last_activity_at
        if quiet_since is not None and now - quiet_since < INACTIVE_AFTER:
            return Activity.ACTIVE
        return Activity.INACTIVE

    def budget_left(self, now: Instant) -> int:
        """How many automatic messages this counterpart may still get in the running window."""
        spent = [at for at in self.automatic_sent if now - at < REPLY_BUDGET_WINDOW]
        return REPLY_BUDGET - len(spent)

    def status_of(self, effect_key: str) -> DeliveryStatus | None:
        for known in self.recent_deliveries:
            if known.effect_key == effect_key:
                return known.status
        return None


def fold(
    events: Iterable[ConversationEvent], state: ConversationState | None = None
) -> ConversationState:
    state = state or ConversationState()
    for event in events:
        state = evolve(state, event)
    return state


def evolve(state: ConversationState, event: ConversationEvent) -> ConversationState:
    update = {"sequence": state.sequence + 1, "decided_at": event.at}
    return _apply(state, event).model_copy(update=update)


def _apply(state: ConversationState, event: ConversationEvent) -> ConversationState:  # noqa: C901, PLR0911, PLR0912 -- one arm for each event, flat
    match event:
        case EpisodeOpened():
            return state.model_copy(
                update={
                    "episode": event.number,
                    "lifecycle": Lifecycle.OPEN,
                    "resolved_at": None,
                }
            )
        case MessageReceived():
            return _receive(state, event)
        case ItemNoted():
            return _note(state, event)
        case OwnerChanged():
            return _change_owner(state, event)
        case TurnLeased():
            return _with_turn(
                state,
                leased_to=event.turn_id,
                lease_expires_at=event.expires_at,
                attempt=event.attempt,
            )
        case TurnAnswered():
            return _answer_items(state, event)
        case TurnEnded():
            return _with_turn(state, leased_to="", lease_expires_at=None, attempt=0)
        case MessageQueued():
            return _queue_message(state, event)
        case DeliveryRecorded():
            return _record_delivery(state, event)
        case OutOfHoursTold():
            return state.model_copy(update={"closed_period_told": event.closed_since})
        case ReplyBudgetExhausted():
            return state.model_copy(update={"budget_exhausted_at": event.at})
        case HandoffRequested():
            return state.model_copy(
                update={
                    "handoff_id": event.handoff_id,
                    "handoff_reason": event.reason,
                    "queue": event.queue,
                    "offered_tier": -1,
                    "ladder_exhausted": False,
                }
            )
        case ConversationOffered():
            return _offer(state, event)
        case OfferRenewed():
            return _with_offer(state, expires_at=event.expires_at, task_token=event.task_token)
        case OfferDeclined():
            declined = state.offer.declined_by if state.offer else ()
            return _with_offer(state, declined_by=(*declined, event.agent_id))
        case ConversationReturned() | OfferNotNeeded():
            return state
        case OfferEnded():
            return state.model_copy(update={"offer": None})
        case LadderExhausted():
            return state.model_copy(update={"ladder_exhausted": True, "offer": None})
        case ClockStarted():
            others = tuple(clock for clock in state.clocks if clock.kind != event.clock.kind)
            return state.model_copy(update={"clocks": (*others, event.clock)})
        case ClockAdvanced():
            return _with_clock(state, event, ended_at=None)
        case ClockEnded():
            return _with_clock(state, event, ended_at=event.at)
        case WakePlanned():
            return state.model_copy(
                update={"wake_at": event.wake_at, "planned_at_wake": event.planned_at_wake}
            )
        case ConversationResolved():
            return state.model_copy(
                update={"lifecycle": Lifecycle.RESOLVED, "resolved_at": event.at, "turn": None}
            )


def _receive(state: ConversationState, event: MessageReceived) -> ConversationState:
    quiet_since = state.last_activity_at
    lapsed = quiet_since is not None and event.received_at - quiet_since >= BOT_STRETCH_LAPSE
    item = TurnItem(item_id=event.item_id, sent_at=event.sent_at, counted_from=event.counted_from)
    turn = state.turn or Turn(items=(), counted_from=event.counted_from)
    items = sorted((*turn.items, item), key=lambda kept: (kept.sent_at, kept.item_id))
    return state.model_copy(
        update={
            "lifecycle": Lifecycle.OPEN,
            "last_activity_at": _later(state.last_activity_at, event.received_at),
            "last_customer_message_at": _later(state.last_customer_message_at, event.counted_from),
            "recent_items": _remember(state, event.item_id),
            "bot_answers": 0 if lapsed else state.bot_answers,
            "turn": turn.model_copy(
                update={
                    "items": tuple(items[-MAX_TURN_ITEMS:]),
                    "counted_from": min(turn.counted_from, event.counted_from),
                }
            ),
        }
    )


def _note(state: ConversationState, event: ItemNoted) -> ConversationState:
    update: dict[str, object] = {"recent_items": _remember(state, event.item_id)}
    if event.kind == "echo":
        update["echoed_at"] = _later(state.echoed_at, event.sent_at)
    return state.model_copy(update=update)


def _remember(state: ConversationState, item_id: str) -> tuple[str, ...]:
    return (*state.recent_items, item_id)[-MAX_RECENT_ITEMS:]


def _later(known: Instant | None, at: Instant) -> Instant:
    return at if known is None else max(known, at)


def _change_owner(state: ConversationState, event: OwnerChanged) -> ConversationState:
    return state.model_copy(
        update={
            "owner": Owner(kind=event.kind, name=event.name, version=event.version),
            "bot_answers": 0,
        }
    )


def _with_turn(state: ConversationState, **changes: object) -> ConversationState:
    if state.turn is None:
        return state
    return state.model_copy(update={"turn": state.turn.model_copy(update=changes)})


def _answer_items(state: ConversationState, event: TurnAnswered) -> ConversationState:
    if state.turn is None:
        return state
    answered = set(event.item_ids)
    left = tuple(item for item in state.turn.items if item.item_id not in answered)
    if not left:
        return state.model_copy(update={"turn": None})
    return _with_turn(state, items=left, counted_from=min(item.counted_from for item in left))


def _queue_message(state: ConversationState, event: MessageQueued) -> ConversationState:
    sent = OutboundStatus(effect_key=event.effect_key, status=DeliveryStatus.QUEUED)
    changes: dict[str, object] = {
        "last_activity_at": _later(state.last_activity_at, event.at),
        "recent_deliveries": (*state.recent_deliveries, sent)[-MAX_RECENT_DELIVERIES:],
    }
    if event.automatic:
        window = (at for at in state.automatic_sent if event.at - at < REPLY_BUDGET_WINDOW)
        changes["automatic_sent"] = (*window, event.at)[-REPLY_BUDGET:]
    if event.author is not Author.SYSTEM:
        changes["lifecycle"] = Lifecycle.WAITING
    if event.author is Author.BOT:
        changes["bot_answers"] = state.bot_answers + 1
    return state.model_copy(update=changes)


def _record_delivery(state: ConversationState, event: DeliveryRecorded) -> ConversationState:
    return state.model_copy(
        update={
            "recent_deliveries": tuple(
                known.model_copy(update={"status": event.status})
                if known.effect_key == event.effect_key and is_progress(known.status, event.status)
                else known
                for known in state.recent_deliveries
            )
        }
    )


def _offer(state: ConversationState, event: ConversationOffered) -> ConversationState:
    return state.model_copy(
        update={
            "offer": Offer(
                handoff_id=event.handoff_id,
                offer_id=event.offer_id,
                tier=event.tier,
                agents=event.agents,
                endpoints=event.endpoints,
                expires_at=event.expires_at,
                task_token=event.task_token,
            ),
            "offered_tier": event.tier,
            "ringing": event.endpoints,
        }
    )


def _with_offer(state: ConversationState, **changes: object) -> ConversationState:
    if state.offer is None:
        return state
    return state.model_copy(update={"offer": state.offer.model_copy(update=changes)})


def _with_clock(
    state: ConversationState, event: ClockAdvanced | ClockEnded, ended_at: Instant | None
) -> ConversationState:
    return state.model_copy(
        update={
            "clocks": tuple(
                clock.model_copy(update={"state": event.state, "ended_at": ended_at})
                if clock.kind == event.kind
                else clock
                for clock in state.clocks
            )
        }
    )
