"""How events make the state of a conversation. Pure."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from sportello.conversation.events import (
    AgentAssigned,
    AgentOffered,
    AgentOfferEnded,
    AnswerLost,
    Author,
    ClockAdvanced,
    ClockChanged,
    ClockEnded,
    ClockReopened,
    ClockStarted,
    ColleaguesMentioned,
    ConsultRequested,
    ConversationClassified,
    ConversationEvent,
    ConversationJoined,
    ConversationMoved,
    ConversationOffered,
    ConversationResolved,
    ConversationSnoozed,
    DeliveryRecorded,
    EpisodeOpened,
    HandlePointed,
    HandlesLinked,
    HandoffRequested,
    ItemNoted,
    LadderExhausted,
    LadderPostponed,
    LadderRestarted,
    MessageQueued,
    MessageReceived,
    NoteWritten,
    OfferDeclined,
    OfferEnded,
    OfferOutcome,
    OfferRenewed,
    OutOfHoursTold,
    OwnerChanged,
    OwnerKind,
    Remark,
    ReplyBudgetExhausted,
    SnoozeEnded,
    TagsChanged,
    TurnAnswered,
    TurnEnded,
    TurnItem,
    TurnLeased,
    UndeliveredAcknowledged,
    WaitAnnounced,
    WakePlanned,
)
from sportello.conversation.lost_answers.undelivered import (
    still_undelivered,
    with_lost,
    without_made_up,
    written_since,
)
from sportello.conversation.state import (
    BOT_STRETCH_LAPSE,
    MAX_ALIASES,
    MAX_CONSULTED,
    MAX_MESSAGE_NUMBERS,
    MAX_PASSED_BY,
    MAX_SPEECHES,
    MAX_TAGS,
    MAX_TURN_ITEMS,
    REPLY_BUDGET,
    REPLY_BUDGET_WINDOW,
    SHORT_ID,
    ConversationState,
    Lifecycle,
    Offer,
    OutboundStatus,
    Owner,
    PersonalOffer,
    Speech,
    Turn,
    latest_deliveries,
    latest_items,
)
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.statuses import is_progress
from sportello.model import Instant
from sportello.priorities import Priority
from sportello.queues.waits import REFRESH_GAP, AnnouncedWait
from sportello.sla.clocks import Clock, ClockKind, earliest

MAX_ENDED_PROMISES = 5

RING_GRACE = timedelta(seconds=60)
"""How long ringing may be late before it is taken for broken."""


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
                    "answered_in_episode": event.reopened and state.answered_in_episode,
                    "undelivered": state.undelivered
                    if event.reopened
                    else without_made_up(state.undelivered),
                    "priority": state.priority if event.reopened else Priority.NORMAL,
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
        case AnswerLost():
            return _reopen(state, event)
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
                    "ladder_round": 0,
                    "ring_by": _ring_by(event.rings_at),
                    "passed_by": (event.given_up_by,) if event.given_up_by else (),
                    "personal_offer": None,
                }
            )
        case LadderPostponed():
            return state.model_copy(
                update={
                    "handoff_id": event.handoff_id,
                    "offered_tier": -1,
                    "ladder_round": 0,
                    "ring_by": _ring_by(event.rings_at),
                    "passed_by": (),
                }
            )
        case LadderRestarted():
            return state.model_copy(
                update={
                    "handoff_id": event.handoff_id,
                    "offered_tier": -1,
                    "ring_by": _ring_by(event.rings_at),
                    "restarted_at": event.at,
                }
            )
        case ConversationOffered():
            return _offer(state, event)
        case OfferRenewed():
            renewed = _with_offer(state, expires_at=event.expires_at, task_token=event.task_token)
            return renewed.model_copy(update={"ring_by": _still_ring_by(state, event.expires_at)})
        case OfferDeclined():
            declined = state.offer.declined_by if state.offer else ()
            return _with_offer(state, declined_by=(*declined, event.agent_id))
        case AgentAssigned():
            return state.model_copy(update={"ringing": event.endpoints or state.ringing})
        case ConsultRequested():
            return _let_read(state, (event.colleague,))
        case ColleaguesMentioned():
            # Whoever has it reads it anyway, and takes nobody's place.
            others = (name for name in event.colleagues if name != state.owner.name)
            return _let_read(state, others)
        case UndeliveredAcknowledged():
            return _without_undelivered(state, event.effect_keys)
        case TagsChanged():
            version = state.tags_version + 1
            tags = event.tags[:MAX_TAGS]
            return state.model_copy(update={"tags": tags, "tags_version": version})
        case NoteWritten():
            return state
        case AgentOffered():
            return _offer_to_agent(state, event)
        case AgentOfferEnded():
            return _end_personal_offer(state, event)
        case Remark():
            return state
        case OfferEnded():
            return state.model_copy(
                update={"offer": None, "ring_by": _still_ring_by(state, event.at)}
            )
        case LadderExhausted():
            return _end_round(state, event)
        case ClockStarted() | ClockChanged() | ClockReopened():
            return _with_clock(state, event.clock)
        case ClockAdvanced():
            return _advance_clock(state, event)
        case ClockEnded():
            return _end_clock(state, event)
        case ConversationSnoozed():
            return state.model_copy(
                update={"lifecycle": Lifecycle.SNOOZED, "snoozed_until": event.until}
            )
        case SnoozeEnded():
            return state.model_copy(update=_awake(state))
        case ConversationClassified():
            return state.model_copy(update={"priority": event.priority, "segment": event.segment})
        case WaitAnnounced():
            return state.model_copy(update={"announced": event.wait})
        case HandlesLinked():
            aliases = tuple(dict.fromkeys((*state.aliases, *event.aliases)))[-MAX_ALIASES:]
            return state.model_copy(update={"aliases": aliases, "moved_to": "", "points_to": ""})
        case HandlePointed():
            pointer = "points_to" if state.episode else "moved_to"
            return state.model_copy(update={pointer: event.moved_to})
        case ConversationMoved():
            return _move(state, event)
        case ConversationJoined():
            return _join(state, event)
        case WakePlanned():
            return state.model_copy(update={"wake_at": event.wake_at})
        case ConversationResolved():
            return state.model_copy(
                update={"lifecycle": Lifecycle.RESOLVED, "resolved_at": event.at, "turn": None}
            )


def _move(state: ConversationState, event: ConversationMoved) -> ConversationState:
    """Leave nothing that waits; what is on its way may leave unless people answer now."""
    handed_on = {item_id[:SHORT_ID] for item_id in event.handed_on}
    return state.model_copy(
        update={
            "moved_to": event.moved_to,
            "points_to": "",
            "owner": Owner(version=state.owner.version + event.silenced, since=event.at),
            "turn": None,
            "recent_items": tuple(i for i in state.recent_items if i not in handed_on),
            "lifecycle": _lifecycle_of_moved(state.lifecycle),
            "snoozed_until": None,
            "people_since": None,
            "announced": None,
            "ringing": (),
            "ring_by": None,
            "wake_at": None,
        }
    )


def _lifecycle_of_moved(lifecycle: Lifecycle) -> Lifecycle:
    return lifecycle if lifecycle is Lifecycle.RESOLVED else Lifecycle.AWAITING_CUSTOMER


def _join(state: ConversationState, event: ConversationJoined) -> ConversationState:
    spent = sorted((*state.automatic_sent, *event.automatic_sent))
    owner, people_since = state.owner, state.people_since
    if owner.kind is OwnerKind.QUEUE:
        since = earliest((owner.since, event.queued_since))
        owner = owner.model_copy(update={"since": since})
    if owner.is_people:
        people_since = earliest((people_since, event.people_since))
    return state.model_copy(
        update={
            "owner": owner,
            "people_since": people_since,
            "joined_at": event.at,
            "last_customer_message_at": _latest(
                state.last_customer_message_at, event.last_customer_message_at
            ),
            "closed_period_told": _latest(state.closed_period_told, event.closed_period_told),
            "automatic_sent": tuple(spent[-REPLY_BUDGET:]),
        }
    )


def _latest(one: Instant | None, other: Instant | None) -> Instant | None:
    return max((at for at in (one, other) if at is not None), default=None)


def _receive(state: ConversationState, event: MessageReceived) -> ConversationState:
    quiet_since = state.last_activity_at
    lapsed = quiet_since is not None and event.received_at - quiet_since >= BOT_STRETCH_LAPSE
    item = TurnItem(
        item_id=event.item_id,
        sent_at=event.sent_at,
        counted_from=event.counted_from,
        received_at=event.received_at,
    )
    return state.model_copy(
        update={
            "lifecycle": Lifecycle.OPEN,
            "snoozed_until": None,
            "last_activity_at": _later(state.last_activity_at, event.received_at),
            "last_customer_message_at": _later(state.last_customer_message_at, event.counted_from),
            "recent_items": _remember(state, event.item_id),
            "bot_answers": 0 if lapsed else state.bot_answers,
            "turn": _turn_with(state.turn, item),
            "message_numbers": _message_numbers(state),
        }
    )


def _message_numbers(state: ConversationState) -> tuple[int, ...]:
    return (*state.message_numbers, state.sequence)[-MAX_MESSAGE_NUMBERS:]


def _let_read(state: ConversationState, colleagues: Iterable[str]) -> ConversationState:
    """Let colleagues read along; who is asked again counts as asked last."""
    colleagues = tuple(dict.fromkeys(colleagues))
    others = (each for each in state.consulted if each not in colleagues)
    return state.model_copy(update={"consulted": (*others, *colleagues)[-MAX_CONSULTED:]})


def _turn_with(turn: Turn | None, *items: TurnItem) -> Turn:
    counted_from = min(item.counted_from for item in items)
    turn = turn or Turn(items=(), counted_from=counted_from)
    all_items = dict.fromkeys((*turn.items, *items))
    in_order = sorted(all_items, key=lambda each: each.place)
    return turn.model_copy(
        update={
            "items": tuple(in_order[-MAX_TURN_ITEMS:]),
            "counted_from": min(turn.counted_from, counted_from),
        }
    )


def _note(state: ConversationState, event: ItemNoted) -> ConversationState:
    update: dict[str, object] = {"recent_items": _remember(state, event.item_id)}
    if event.kind == "echo":
        update["echoed_at"] = _later(state.echoed_at, event.sent_at)
    if event.kind == "message":
        # Nobody answers it, but the provider's reply window begins anew all the same.
        update["last_customer_message_at"] = _later(state.last_customer_message_at, event.sent_at)
        update["message_numbers"] = _message_numbers(state)
    return state.model_copy(update=update)


def _remember(state: ConversationState, item_id: str) -> tuple[str, ...]:
    return latest_items((*state.recent_items, item_id))


def _later(previous: Instant | None, at: Instant) -> Instant:
    return at if previous is None else max(previous, at)


def _change_owner(state: ConversationState, event: OwnerChanged) -> ConversationState:
    stays_in_line = state.owner.kind is event.kind is OwnerKind.QUEUE
    since = state.owner.since if stays_in_line else event.at
    change = {"kind": event.kind, "name": event.name, "version": event.version, "since": since}
    owner = state.owner.model_copy(update=change)
    return state.model_copy(
        update={
            "owner": owner,
            "last_agent": event.name if event.kind is OwnerKind.AGENT else state.last_agent,
            "bot_answers": 0,
            "ring_by": state.ring_by if event.kind is OwnerKind.QUEUE else None,
            "consulted": state.consulted if owner.is_people else (),
            "answered_by_person": state.answered_by_person and owner.is_people,
            "people_since": (state.people_since or event.at) if owner.is_people else None,
            "announced": _still_announced(state, owner),
            **_awake(state),
        }
    )


def _still_announced(state: ConversationState, owner: Owner) -> AnnouncedWait | None:
    """Keep what was told until the wait ends; out of the queue no timer wakes for it.

    Who comes to another queue, or comes back, is told soon what is true there.
    """
    announced, now = state.announced, owner.since
    if announced is None or now is None or not owner.is_people:
        return None
    if owner.kind is not OwnerKind.QUEUE:
        return announced.model_copy(update={"review_at": None})
    return announced.model_copy(update={"review_at": max(now, announced.at + REFRESH_GAP)})


def _awake(state: ConversationState) -> dict[str, object]:
    if state.lifecycle is not Lifecycle.SNOOZED:
        return {}
    lifecycle = Lifecycle.AWAITING_CUSTOMER if state.turn is None else Lifecycle.OPEN
    return {"lifecycle": lifecycle, "snoozed_until": None}


def _with_turn(state: ConversationState, **changes: object) -> ConversationState:
    if state.turn is None:
        return state
    return state.model_copy(update={"turn": state.turn.model_copy(update=changes)})


def _answer_items(state: ConversationState, event: TurnAnswered) -> ConversationState:
    if state.turn is None:
        return state
    answered = set(event.item_ids)
    remaining = tuple(item for item in state.turn.items if item.item_id not in answered)
    waited_for = Lifecycle.OPEN if remaining else Lifecycle.AWAITING_CUSTOMER
    snoozed = state.lifecycle is Lifecycle.SNOOZED
    state = state.model_copy(
        update={
            "answered_by_person": state.answered_by_person or state.owner.is_people,
            "answered_in_episode": state.answered_in_episode or not event.by_nobody,
            "lifecycle": state.lifecycle if snoozed else waited_for,
        }
    )
    if not remaining:
        return state.model_copy(update={"turn": None})
    return _with_turn(
        state, items=remaining, counted_from=min(item.counted_from for item in remaining)
    )


def _queue_message(state: ConversationState, event: MessageQueued) -> ConversationState:
    sent = OutboundStatus(effect_key=event.effect_key, status=DeliveryStatus.QUEUED)
    changes: dict[str, object] = {
        "last_activity_at": _later(state.last_activity_at, event.at),
        "recent_deliveries": latest_deliveries((*state.recent_deliveries, sent)),
    }
    if event.automatic:
        window = (at for at in state.automatic_sent if event.at - at < REPLY_BUDGET_WINDOW)
        changes["automatic_sent"] = (*window, event.at)[-REPLY_BUDGET:]
    if event.author is not Author.SYSTEM:
        changes["speeches"] = _speeches(state, event)
        changes["lifecycle"] = Lifecycle.AWAITING_CUSTOMER
        changes["snoozed_until"] = None
        changes["answered_in_episode"] = True
    if event.author is Author.AGENT:
        changes["answered_by_person"] = True
        changes["undelivered"] = written_since(state.undelivered, event.effect_key)
    if event.author is Author.BOT:
        changes["bot_answers"] = state.bot_answers + 1
    return state.model_copy(update=changes)


def _speeches(state: ConversationState, event: MessageQueued) -> tuple[Speech, ...]:
    speech = Speech(sequence=state.sequence, effect_key=event.effect_key, agent_id=event.agent_id)
    others = (each for each in state.speeches if each.agent_id != event.agent_id)
    return (*others, speech)[-MAX_SPEECHES:]


def _record_delivery(state: ConversationState, event: DeliveryRecorded) -> ConversationState:
    return state.model_copy(
        update={
            "undelivered": still_undelivered(state.undelivered, event),
            "recent_deliveries": tuple(
                delivery.model_copy(update={"status": event.status})
                if delivery.effect_key == event.effect_key
                and is_progress(delivery.status, event.status)
                else delivery
                for delivery in state.recent_deliveries
            ),
        }
    )


def _reopen(state: ConversationState, event: AnswerLost) -> ConversationState:
    """Open a turn that was thought to be answered; nothing is put aside with it open."""
    update: dict[str, object] = {
        "answered_by_person": event.answered_by_person,
        "answered_in_episode": event.answered_in_episode,
        "people_since": event.people_since,
    }
    if event.author is Author.AGENT:
        update["undelivered"] = with_lost(state.undelivered, event)
    if event.items:
        update["turn"] = _turn_with(state.turn, *event.items)
        update["lifecycle"] = Lifecycle.OPEN
        update["snoozed_until"] = None
    return state.model_copy(update=update)


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
            "ring_by": _still_ring_by(state, event.expires_at),
            "ringing": event.endpoints,
        }
    )


def _offer_to_agent(state: ConversationState, event: AgentOffered) -> ConversationState:
    return state.model_copy(
        update={
            "personal_offer": PersonalOffer(
                offer_id=event.offer_id,
                agent_id=event.agent_id,
                endpoints=event.endpoints,
                units=event.units,
                offered_at=event.at,
                expires_at=event.expires_at,
                transferred_by=event.transferred_by,
            )
        }
    )


def _end_personal_offer(state: ConversationState, event: AgentOfferEnded) -> ConversationState:
    """Forget the offer; an agent who takes it is rung at their own bells from now on."""
    not_taken = event.outcome in {OfferOutcome.DECLINED, OfferOutcome.EXPIRED}
    passed_by = (*state.passed_by, event.agent_id) if not_taken else state.passed_by
    offer = state.personal_offer
    own = offer.endpoints if offer and event.taken_by == event.agent_id else ()
    return state.model_copy(
        update={
            "personal_offer": None,
            "ringing": own or state.ringing,
            "passed_by": tuple(dict.fromkeys(passed_by))[-MAX_PASSED_BY:],
        }
    )


def _end_round(state: ConversationState, event: LadderExhausted) -> ConversationState:
    """Make ready for the next round; in earlier versions there was none."""
    update: dict[str, object] = {"ladder_exhausted": True, "offer": None}
    if event.again_at is not None:
        update |= {
            "ladder_round": event.ladder_round + 1,
            "offered_tier": -1,
            "passed_by": (),
        }
    return state.model_copy(update={**update, "ring_by": _ring_by(event.again_at)})


def _ring_by(expected: Instant | None) -> Instant | None:
    return expected + RING_GRACE if expected is not None else None


def _still_ring_by(state: ConversationState, expected: Instant) -> Instant | None:
    """Watch on over what is watched; a ladder of an earlier version never was."""
    return _ring_by(expected) if state.ring_by is not None else None


def _without_undelivered(state: ConversationState, effect_keys: Iterable[str]) -> ConversationState:
    gone = frozenset(effect_keys)
    remaining = tuple(each for each in state.undelivered if each.effect_key not in gone)
    return state.model_copy(update={"undelivered": remaining})


def _with_offer(state: ConversationState, **changes: object) -> ConversationState:
    if state.offer is None:
        return state
    return state.model_copy(update={"offer": state.offer.model_copy(update=changes)})


def _with_clock(state: ConversationState, clock: Clock) -> ConversationState:
    """Keep a clock in place of the one of its name, and forget promises of long ago."""
    others = [c for c in state.clocks if c.name != clock.name]
    ended = [c for c in others if c.kind is ClockKind.PROMISE and not c.running]
    forgotten = {c.name for c in ended[:-MAX_ENDED_PROMISES]}
    remaining = [c for c in others if c.name not in forgotten]
    return state.model_copy(update={"clocks": (*remaining, clock)})


def _advance_clock(state: ConversationState, event: ClockAdvanced) -> ConversationState:
    return _change_clock(state, event, {"state": event.state})


def _end_clock(state: ConversationState, event: ClockEnded) -> ConversationState:
    changes = {
        "state": event.state,
        "ended_at": event.counted_until or event.at,
        "spent_seconds": event.counted_seconds,
    }
    return _change_clock(state, event, changes)


def _change_clock(
    state: ConversationState, event: ClockAdvanced | ClockEnded, changes: Mapping[str, object]
) -> ConversationState:
    name = (event.kind, event.promise_id)
    return state.model_copy(
        update={
            "clocks": tuple(
                clock.model_copy(update=changes) if clock.name == name else clock
                for clock in state.clocks
            )
        }
    )
