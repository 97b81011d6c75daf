"""Valid examples of everything a test starts from; a test names only what it is about."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sportello.conversation import decide as decider
from sportello.conversation.commands import (
    Accept,
    AccompanyingText,
    AnswerAsBot,
    Command,
    Decline,
    ExhaustLadder,
    OfferConversation,
    ReceivedItem,
    ReceiveMessages,
    RecordDelivery,
    Reply,
    RequestHuman,
    Resolve,
    RetryTurn,
    ReturnToBot,
    Tick,
)
from sportello.conversation.decision import Decision
from sportello.conversation.effects import (
    NotifyAgents,
    ResumeWorkflow,
    SendMessage,
    StartWorkflow,
    reply_key,
)
from sportello.conversation.evolution import fold
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.messaging.identifiers import conversation_id, item_id
from sportello.messaging.items import (
    DeliveryStatus,
    InboundItem,
    Message,
    Receipt,
    Visibility,
)
from sportello.messaging.outbound_channel import Button
from sportello.messaging.outbound_media import MediaKind, OutboundMedia
from sportello.messaging.outbound_template import FilledPlace, OutboundTemplate
from sportello.queues.settings import Queue, QueueSettings, QueueTier
from sportello.routing.settings import QueueRouting
from sportello.sla.clocks import Clock, ClockKind
from sportello.sla.policies import SlaPolicy, Target
from sportello.sla.settings import SlaSettings
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import Address

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
"""A Wednesday, 11:00 in Rome: the packaged opening hours are open."""

NIGHT = datetime(2026, 3, 4, 21, 0, tzinfo=UTC)
"""The same day at 22:00 in Rome: closed since 18:00, until 9:00 the next day."""

CHANNEL = "fake"
ACCOUNT = "account-1"
HANDLE = "fake:customer-1"
KEY = b"a made-up key of the deployment"
CONVERSATION = conversation_id(KEY, CHANNEL, ACCOUNT, HANDLE)

LEASE_SECONDS = 90
FOLLOW_UP_SECONDS = 72 * 3_600


def seconds(amount: float) -> timedelta:
    return timedelta(seconds=amount)


# --- what comes in ----------------------------------------------------------------------------


def a_message(text: str = "Buongiorno", number: int = 1, **changes: Any) -> Message:
    """A customer's message; another `number` is another message."""
    fields: dict[str, Any] = {
        "account_id": ACCOUNT,
        "provider_item_id": f"item-{number}",
        "provider_message_id": f"message-{number}",
        "sent_at": NOW,
        "handle": HANDLE,
        "reply_to": HANDLE,
        "text": text,
    }
    return Message.model_validate(fields | changes)


def a_receipt(status: DeliveryStatus, tracker: str, number: int = 1, **changes: Any) -> Receipt:
    fields: dict[str, Any] = {
        "account_id": ACCOUNT,
        "provider_item_id": f"receipt-{number}",
        "provider_message_id": "provider-1",
        "sent_at": NOW,
        "status": status,
        "tracker": tracker,
    }
    return Receipt.model_validate(fields | changes)


def an_inbound_record(
    item: InboundItem, *, received_at: datetime | None = None, conversation: str = CONVERSATION
) -> InboundRecord:
    return InboundRecord(
        conversation_id=conversation,
        item_id=item_id(KEY, CHANNEL, item.account_id, item.provider_item_id),
        channel=CHANNEL,
        received_at=received_at or item.sent_at,
        item=item,
    )


def an_address(**changes: Any) -> Address:
    fields = {"channel": CHANNEL, "account_id": ACCOUNT, "reply_to": HANDLE, "language": "it"}
    return Address.model_validate(fields | changes)


# --- commands ---------------------------------------------------------------------------------


def an_item(
    name: str = "item-1",
    sent_at: datetime = NOW,
    *,
    received_at: datetime | None = None,
    kind: str = "message",
) -> ReceivedItem:
    return ReceivedItem(
        item_id=name,
        kind=kind,
        wants_answer=kind in {"message", "unsupported"},
        visibility=Visibility.PRIVATE,
        sent_at=sent_at,
        received_at=received_at or sent_at,
    )


def receive(
    *items: ReceivedItem,
    turn_id: str = "turn-1",
    away: AccompanyingText | None = None,
) -> ReceiveMessages:
    return ReceiveMessages(
        items=items or (an_item(),),
        turn_id=turn_id,
        lease_seconds=LEASE_SECONDS,
        follow_up_seconds=FOLLOW_UP_SECONDS,
        away=away,
    )


def answer(
    *item_ids: str,
    turn_id: str = "turn-1",
    owner_version: int = 1,
    key: str = "",
    text: str = "Siamo aperti dalle 9.",
    buttons: tuple[Button, ...] = (),
) -> AnswerAsBot:
    answered = item_ids or ("item-1",)
    return AnswerAsBot(
        turn_id=turn_id,
        owner_version=owner_version,
        item_ids=answered,
        key=key or f"bot:{answered[-1]}",
        text=text,
        buttons=buttons,
        lease_seconds=LEASE_SECONDS,
    )


def a_clock(started_at: datetime = NOW, target_seconds: int = 300, **changes: Any) -> Clock:
    """A first-response clock that counts around the clock and warns after 80 %."""
    fields: dict[str, Any] = {
        "kind": ClockKind.FIRST_RESPONSE,
        "generation": 7,
        "policy": "messaging",
        "started_at": started_at,
        "target_seconds": target_seconds,
        "warn_seconds": 0.8 * target_seconds,
        "counting_since": started_at,
        "warn_at": started_at + seconds(0.8 * target_seconds),
        "due_at": started_at + seconds(target_seconds),
    }
    return Clock.model_validate(fields | changes)


def an_away_text(closed_since: datetime = NOW - timedelta(hours=1)) -> AccompanyingText:
    return AccompanyingText(text="Riapriamo domani alle 9.", closed_since=closed_since)


def request_human(
    *,
    turn_id: str = "turn-1",
    owner_version: int = 1,
    reason: str = "asked_for_person",
    accompanying_text: AccompanyingText | None = None,
) -> RequestHuman:
    return RequestHuman(
        turn_id=turn_id,
        owner_version=owner_version,
        reason=reason,
        queue="default",
        accompanying_text=accompanying_text or AccompanyingText(text="La passo a una persona."),
    )


def offer(
    *,
    handoff_id: str = "handoff-2",
    tier: int = 0,
    agents: tuple[str, ...] = (),
    endpoints: tuple[str, ...] = ("desk",),
    task_token: str = "token-1",  # noqa: S107 -- it opens nothing
    expires_at: datetime = NOW + timedelta(minutes=1),
) -> OfferConversation:
    return OfferConversation(
        handoff_id=handoff_id,
        tier=tier,
        tier_name="first_line",
        agents=agents,
        endpoints=endpoints,
        expires_at=expires_at,
        task_token=task_token,
        packet={"customer": {"display_name": "Anna"}},
    )


def exhaust(handoff_id: str = "handoff-2") -> ExhaustLadder:
    return ExhaustLadder(handoff_id=handoff_id)


def accept(agent_id: str = "anna") -> Accept:
    return Accept(agent_id=agent_id)


def decline(agent_id: str = "anna") -> Decline:
    return Decline(agent_id=agent_id)


def reply(
    agent_id: str = "anna", key: str = "1", *, text: str = "Eccomi.", supervisor: bool = False
) -> Reply:
    return Reply(agent_id=agent_id, key=reply_key(agent_id, key), text=text, supervisor=supervisor)


def resolve(agent_id: str = "anna") -> Resolve:
    return Resolve(agent_id=agent_id)


def return_to_bot(agent_id: str = "anna") -> ReturnToBot:
    return ReturnToBot(agent_id=agent_id)


def retry_turn(turn_id: str = "turn-2") -> RetryTurn:
    return RetryTurn(turn_id=turn_id, lease_seconds=LEASE_SECONDS)


def tick(woken_for: datetime | None = None) -> Tick:
    return Tick(woken_for=woken_for)


def record_delivery(
    effect_key: str,
    reported: DeliveryStatus,
    known: DeliveryStatus = DeliveryStatus.SENDING,
    error_code: str = "",
) -> RecordDelivery:
    return RecordDelivery(
        effect_key=effect_key, stored_status=known, reported=reported, error_code=error_code
    )


def a_file(kind: MediaKind = MediaKind.IMAGE, **changes: Any) -> OutboundMedia:
    """A file of a reply, checked and kept."""
    fields: dict[str, Any] = {
        "media_id": "0" * 32,
        "key": f"media/{CONVERSATION}/{'0' * 32}",
        "kind": kind,
        "mime_type": "image/jpeg",
        "size_bytes": 9,
        "file_name": "foto.jpg",
    }
    return OutboundMedia.model_validate(fields | changes)


def a_template(*places: tuple[str, str], name: str = "parcel_arrived") -> OutboundTemplate:
    filled = tuple(FilledPlace(name=place, text=text) for place, text in places)
    return OutboundTemplate(name=name, language="it", places=filled)


# --- terms of service -------------------------------------------------------------------------


def a_queue(**changes: Any) -> Queue:
    """Two tiers that ring for a minute each, and a supervisor who is told of trouble.

    Time alone lets nobody else be asked: what a test is about has its timers to itself.
    """
    fields: dict[str, Any] = {
        "routing": QueueRouting(language_relaxed_after_seconds=None),
        "tiers": (QueueTier(name="first_line"), QueueTier(name="second_line")),
        "alert_endpoints": ("supervisor",),
    }
    return Queue.model_validate(fields | changes)


def terms_with(
    targets: dict[ClockKind, Target] | None = None, *, queue: Queue | None = None, **changes: Any
) -> ServiceTerms:
    """The terms of one policy for all; left alone, it has a first response of five minutes."""
    policy: dict[str, Any] = {
        "name": "messaging",
        "targets": targets
        or {ClockKind.FIRST_RESPONSE: Target(seconds=300, around_the_clock=True)},
    }
    fields: dict[str, Any] = {
        "channel": CHANNEL,
        "account_id": ACCOUNT,
        "sla": SlaSettings(policies=(SlaPolicy.model_validate(policy),)),
        "queues": QueueSettings(queues={"default": queue or a_queue()}),
    }
    return ServiceTerms.model_validate(fields | changes)


TERMS = terms_with()


# --- conversations ----------------------------------------------------------------------------


def decide(
    state: ConversationState, command: Command, now: datetime, terms: ServiceTerms = TERMS
) -> Decision:
    return decider.decide(state, command, now, terms)


def after(
    *commands: Command,
    now: datetime = NOW,
    state: ConversationState | None = None,
    terms: ServiceTerms = TERMS,
) -> ConversationState:
    """The state of a conversation that was asked all this, at one instant."""
    return history(commands, now, state, terms)[0]


def history(
    commands: Iterable[Command],
    now: datetime = NOW,
    state: ConversationState | None = None,
    terms: ServiceTerms = TERMS,
) -> tuple[ConversationState, list[Decision]]:
    """The state after a list of commands, and what each of them led to."""
    state = state or ConversationState()
    decisions = []
    for command in commands:
        decision = decide(state, command, now, terms)
        state = fold(decision.events, state)
        decisions.append(decision)
    return state, decisions


def with_bot() -> ConversationState:
    """A conversation with one message, `item-1`, whose turn `turn-1` the bot holds (version 1)."""
    return after(receive())


def queued() -> ConversationState:
    """A conversation that waits for people (version 2, `handoff-2`), its clock running."""
    return after(request_human(), state=with_bot())


def offered(agents: tuple[str, ...] = ()) -> ConversationState:
    """A conversation in a queue that rings the endpoint `desk` with `token-1`."""
    return after(offer(agents=agents), state=queued())


def with_agent(agent_id: str = "anna") -> ConversationState:
    """A conversation that an agent took (version 3) and has not answered."""
    return after(accept(agent_id), state=offered())


def resolved() -> ConversationState:
    """A conversation answered and resolved (version 4)."""
    return after(reply(), resolve(), state=with_agent())


# --- what a decision holds --------------------------------------------------------------------


def types(decision: Decision) -> list[str]:
    return [event.type for event in decision.events]


def messages(decision: Decision) -> list[SendMessage]:
    return [effect for effect in decision.effects if isinstance(effect, SendMessage)]


def notices(decision: Decision) -> list[NotifyAgents]:
    return [effect for effect in decision.effects if isinstance(effect, NotifyAgents)]


def started(decision: Decision) -> list[StartWorkflow]:
    return [effect for effect in decision.effects if isinstance(effect, StartWorkflow)]


def resumed(decision: Decision) -> list[tuple[str, str]]:
    """The task tokens sent back, each with its outcome."""
    return [
        (effect.task_token, effect.output["outcome"])
        for effect in decision.effects
        if isinstance(effect, ResumeWorkflow)
    ]
