"""How an outbound message leaves: claimed once, sent once, and its outcome recorded as it is.

A provider offers no exactly-once. A claim that is still there when the message comes round again
means that an earlier attempt called the provider, or died before: nobody can tell, so the outcome
is `unknown` and the message is not sent again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sportello.aws.logs import logger
from sportello.conversation.effects import SendMessage, SendRichMessage, is_known
from sportello.delivery.message_parts import Part, in_parts
from sportello.delivery.outcomes import Outcome, Outcomes
from sportello.delivery.refused_channels import tell_operators
from sportello.errors import (
    ConfigurationRefused,
    FileNotKept,
    LaterVersionNeeded,
    NotConfigured,
    ProviderUnavailable,
    Retryable,
    SportelloError,
)
from sportello.messaging.channel_faults import ChannelFault
from sportello.messaging.identifiers import tracker
from sportello.messaging.items import DeliveryStatus, Message
from sportello.messaging.outbound_channel import (
    Acknowledging,
    Delivery,
    OutboundAdapter,
    OutboundMessage,
    Refusal,
)
from sportello.messaging.outbound_http import NoAnswer
from sportello.messaging.outbound_media import OutboundFile, OutboundMedia
from sportello.messaging.statuses import SETTLED
from sportello.stored import is_unknown
from sportello.table.desk import Desk
from sportello.table.items import Address, Conversation, EffectRecord

if TYPE_CHECKING:
    from sportello.table.settings.settings_store import SettingsStore

SENDING = timedelta(seconds=10)
"""After this long no further part is begun: each may take as long as a call to the outside, and a
function that is stopped in the middle of one leaves an `unknown`."""


def no_files(_media: OutboundMedia) -> bytes:
    raise FileNotKept


class Delivering:
    """One channel's way out. `clock` gives the present, aware, `settings` what is rarely needed.

    `content_of` reads a file of a message; it raises FileNotKept, or Retryable.
    """

    def __init__(
        self,
        adapter: OutboundAdapter,
        desk: Desk,
        clock: Callable[[], datetime],
        settings: Callable[[], "SettingsStore"],
        content_of: Callable[[OutboundMedia], bytes] = no_files,
    ) -> None:
        self._adapter = adapter
        self._desk = desk
        self._clock = clock
        self._outcomes = Outcomes(desk.table, settings)
        self._content_of = content_of

    def deliver(self, conversation_id: str, effect_key: str) -> None:
        """Bring one message to its outcome.

        Raises ProviderUnavailable or ConfigurationRefused when the provider surely did not take
        it, with the claim given back, so that the queue tries again.
        """
        conversation = self._desk.table.load(conversation_id, effect_keys=[effect_key])
        address = conversation.address
        if not conversation.effects or address is None:
            logger.warning("message is gone, nothing to deliver", effect_key=effect_key)
            return
        record = conversation.effects[0]
        if not is_known(record.effect) or is_unknown(record.status):
            raise LaterVersionNeeded(record.effect.type)
        if record.status in SETTLED:
            return
        if record.status is DeliveryStatus.SENDING:
            self._settle(conversation, Delivery.unknown("interrupted"))
        elif self._window_closed(conversation, record.message):
            self._settle_as(conversation, DeliveryStatus.REFUSED, error_code="window_closed")
        elif self._desk.table.claim_message(conversation_id, record.message, self._clock()):
            delivery = self._send(record, address)
            self._settle(_claimed(conversation), delivery)
            if delivery.status is DeliveryStatus.ACCEPTED:
                self._desk.table.channels.note_success(
                    self._adapter.name, address.account_id, self._clock()
                )
        else:
            self._withdraw_unless_taken(conversation_id, effect_key)

    def acknowledge(self, conversation_id: str, item_id: str) -> None:
        """Tell the provider that a button press was noticed, where the channel wants that.

        Best effort: a spinner that goes on turning must not hold up the answer behind it.
        """
        if not isinstance(self._adapter, Acknowledging):
            return
        content = self._desk.table.content(conversation_id, item_ids=[item_id])
        for record in content.inbound:
            if isinstance(record.item, Message) and record.item.callback_id:
                try:
                    self._adapter.acknowledge(record.item.callback_id)
                except (SportelloError, NoAnswer) as error:
                    logger.info("button press not acknowledged", error=type(error).__name__)

    def _window_closed(self, conversation: Conversation, message: SendMessage) -> bool:
        seconds = self._adapter.capabilities.reply_window_seconds
        last = conversation.state.last_customer_message_at
        is_approved = isinstance(message, SendRichMessage) and message.template is not None
        if seconds is None or last is None or is_approved:
            return False
        return self._clock() >= last + timedelta(seconds=seconds)

    def _send(self, record: EffectRecord, address: Address) -> Delivery:
        """Send what is left of the message, in as many parts as the channel needs."""
        message = record.message
        parts = in_parts(message, self._adapter.capabilities)
        delivery = Delivery.unknown("nothing to send")
        no_more_after = self._clock() + SENDING
        for number, part in enumerate(parts):
            if number < record.parts_sent:
                continue
            key = _key_of_part(message.key, number, len(parts))
            try:
                if self._clock() > no_more_after:
                    raise ProviderUnavailable("slow: the other parts leave at the next attempt")
                delivery = self._send_part(part, address, tracker(record.conversation_id, key))
            except (Retryable, NotConfigured) as error:
                self._desk.table.release_message(record.conversation_id, message.key)
                self._note_fault(error, address.account_id)
                raise
            if delivery.status is not DeliveryStatus.ACCEPTED:
                return delivery
            if len(parts) > 1:
                self._desk.table.note_part_sent(record.conversation_id, message.key, number + 1)
        return delivery

    def _send_part(self, part: Part, address: Address, part_tracker: str) -> Delivery:
        try:
            content = self._content_of(part.media) if part.media else b""
        except FileNotKept:
            return Delivery.refused(Refusal.CONTENT, "file_gone")
        return self._adapter.send(
            OutboundMessage(
                account_id=address.account_id,
                to=address.reply_to,
                text=part.text,
                buttons=part.buttons,
                file=OutboundFile(media=part.media, content=content) if part.media else None,
                template=part.template,
                tracker=part_tracker,
            )
        )

    def _note_fault(self, error: Retryable | NotConfigured, account_id: str) -> None:
        match error:
            case ConfigurationRefused(fault=word, error_code=code):
                fault = ChannelFault(word)
            case NotConfigured():
                fault, code = ChannelFault.SECRET, ""
            case _:
                return
        channels, channel = self._desk.table.channels, self._adapter.name
        tell_operators(channels, channel, account_id, fault, code, self._clock())

    def _withdraw_unless_taken(self, conversation_id: str, effect_key: str) -> None:
        again = self._desk.table.load(conversation_id, effect_keys=[effect_key])
        if again.effects and again.effects[0].status is DeliveryStatus.QUEUED:
            self._settle_as(again, DeliveryStatus.WITHDRAWN, error_code="owner_changed")

    def _settle(self, start: Conversation, delivery: Delivery) -> None:
        code = f"{delivery.refusal}:{delivery.error_code}" if delivery.refusal else ""
        self._settle_as(
            start,
            delivery.status,
            error_code=code or delivery.error_code,
            provider_message_id=delivery.provider_message_id,
        )

    def _settle_as(
        self,
        start: Conversation,
        status: DeliveryStatus,
        *,
        error_code: str = "",
        provider_message_id: str = "",
    ) -> None:
        """Record an outcome of the message that the conversation was loaded with."""
        key = start.effects[0].effect.key
        outcome = Outcome(
            effect_key=key,
            status=status,
            error_code=error_code,
            provider_message_id=provider_message_id,
        )
        plan = partial(self._outcomes.step, outcome)
        self._desk.act(start.conversation_id, plan, self._clock(), effect_keys=[key], start=start)
        logger.info("delivery settled", effect_key=key, status=str(status), error_code=error_code)


def _claimed(conversation: Conversation) -> Conversation:
    """Return a conversation as a claim leaves it, which changes its message and not its state."""
    (record,) = conversation.effects
    sending = record.model_copy(update={"status": DeliveryStatus.SENDING})
    return conversation.model_copy(update={"effects": (sending,)})


def _key_of_part(effect_key: str, number: int, parts: int) -> str:
    """Name a part in its receipts: only the last one tells what became of the message.

    A receipt of an earlier part would settle the message before all of it has left.
    """
    return effect_key if number == parts - 1 else f"{effect_key}.part-{number + 1}"
