"""A conversation as the agent API shows it: no address, no phone number, no task token. Pure."""

from agent_api.conversations.reply_window import ReplyWindow
from sportello.conversation.events import OwnerKind
from sportello.conversation.state import Activity, ConversationState, Lifecycle
from sportello.messaging.attachments import Origin
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.statuses import LOST
from sportello.model import Instant, Model
from sportello.priorities import Priority
from sportello.sla.clocks import Clock, ClockKind, ClockState
from sportello.table.items import Address
from sportello.table.stories.timeline import Timeline


class CustomerView(Model):
    """`origin` is the link, code or ad that brought them here last."""

    display_name: str
    language: str | None
    origin: Origin | None


class OwnerView(Model):
    kind: OwnerKind
    name: str
    version: int
    since: Instant | None


class OfferView(Model):
    """`tier` counts from 1."""

    offer_id: str
    tier: int
    agents: tuple[str, ...]
    endpoints: tuple[str, ...]
    expires_at: Instant
    declined_by: tuple[str, ...]


class ClockView(Model):
    """`warn_at` and `due_at` are None while the clock is paused, `calendar` around the clock."""

    kind: ClockKind
    promise_id: str | None
    state: ClockState
    policy: str
    policy_version: int
    calendar: str | None
    calendar_version: int
    started_at: Instant
    warn_at: Instant | None
    due_at: Instant | None
    target_seconds: int
    ended_at: Instant | None


class UndeliveredView(Model):
    """A person's answer that did not arrive, or not all of it; `agent_id` wrote it."""

    effect_key: str
    agent_id: str
    at: Instant
    of_part: bool


class ConversationView(Model):
    """`handoff_reason` and `queue` are of the latest handoff, None before the first.

    `doubtful` says that nobody knows whether the answer arrived which the customer is thought to
    have.
    """

    conversation_id: str
    channel: str
    customer: CustomerView
    owner: OwnerView
    lifecycle: Lifecycle
    snoozed_until: Instant | None
    activity: Activity
    priority: Priority
    segment: str | None
    episode: int
    queue: str | None
    handoff_reason: str | None
    doubtful: bool
    undelivered: tuple[UndeliveredView, ...]
    tags: tuple[str, ...]
    tags_version: int
    offer: OfferView | None
    clocks: tuple[ClockView, ...]


class ConversationWithTimeline(ConversationView):
    reply_window: ReplyWindow
    timeline: Timeline


def conversation_view(
    conversation_id: str, state: ConversationState, address: Address | None, now: Instant
) -> ConversationView:
    offer = state.offer
    return ConversationView(
        conversation_id=conversation_id,
        channel=address.channel if address else "",
        customer=CustomerView(
            display_name=address.display_name if address else "",
            language=address.language or None if address else None,
            origin=address.origin if address else None,
        ),
        owner=OwnerView.model_validate(dict(state.owner), extra="ignore"),
        lifecycle=state.lifecycle,
        snoozed_until=state.snoozed_until,
        priority=state.priority,
        segment=state.segment or None,
        activity=state.activity(now),
        episode=state.episode,
        queue=state.queue or None,
        handoff_reason=state.handoff_reason or None,
        doubtful=_is_doubtful(state),
        undelivered=tuple(
            UndeliveredView.model_validate(dict(each), extra="ignore")
            for each in state.open_undelivered
        ),
        tags=state.tags,
        tags_version=state.tags_version,
        offer=OfferView(
            offer_id=offer.offer_id,
            tier=offer.tier + 1,
            agents=offer.agents,
            endpoints=offer.endpoints,
            expires_at=offer.expires_at,
            declined_by=offer.declined_by,
        )
        if offer
        else None,
        clocks=tuple(clock_view(clock) for clock in state.clocks),
    )


def _is_doubtful(state: ConversationState) -> bool:
    answers = [d for d in state.recent_deliveries if d.is_answer and d.status not in LOST]
    return state.turn is None and bool(answers) and answers[-1].status is DeliveryStatus.UNKNOWN


def clock_view(clock: Clock) -> ClockView:
    fields = clock.model_dump(include=set(ClockView.model_fields))
    named = {"promise_id": clock.promise_id or None, "calendar": clock.calendar or None}
    return ClockView.model_validate({**fields, **named})
