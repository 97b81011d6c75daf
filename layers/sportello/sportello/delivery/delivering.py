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
from sportello.conversation.effects import SendMessage
from sportello.delivery.outcomes import Outcome, Outcomes
from sportello.errors import NotConfigured, Retryable, SportelloError
from sportello.messaging.capabilities import Capabilities
from sportello.messaging.identifiers import tracker
from sportello.messaging.items import DeliveryStatus, Message
from sportello.messaging.outbound_channel import (
    Acknowledging,
    Button,
    Delivery,
    OutboundAdapter,
    OutboundMessage,
)
from sportello.messaging.outbound_http import NoAnswer
from sportello.messaging.statuses import SETTLED
from sportello.messaging.text_splitting import split_text
from sportello.table.desk import Desk
from sportello.table.items import Address, Conversation, EffectRecord

if TYPE_CHECKING:
    from sportello.table.settings_store import SettingsStore


class Delivering:
    """One channel's way out. `clock` gives the present, aware, `settings` what is rarely needed."""

    def __init__(
        self,
        adapter: OutboundAdapter,
        desk: Desk,
        clock: Callable[[], datetime],
        settings: Callable[[], "SettingsStore"],
    ) -> None:
        self._adapter = adapter
        self._desk = desk
        self._clock = clock
        self._outcomes = Outcomes(desk.table, settings)

    def deliver(self, conversation_id: str, effect_key: str) -> None:
        """Bring one message to its outcome.

        Raises ProviderUnavailable when the provider surely did not take it, with the claim given
        back, so that the queue tries again.
        """
        conversation = self._desk.table.load(conversation_id, effect_keys=[effect_key])
        address = conversation.address
        if not conversation.effects or address is None:
            logger.warning("message is gone, nothing to deliver", effect_key=effect_key)
            return
        record = conversation.effects[0]
        if record.status in SETTLED:
            return
        if record.status is DeliveryStatus.SENDING:
            self._settle(conversation, Delivery.unknown("interrupted"))
        elif self._window_closed(conversation):
            self._settle_as(conversation, DeliveryStatus.REFUSED, error_code="window_closed")
        elif self._desk.table.claim_message(conversation_id, record.message, self._clock()):
            self._settle(_claimed(conversation), self._send(record, address))
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

    def _window_closed(self, conversation: Conversation) -> bool:
        seconds = self._adapter.capabilities.reply_window_seconds
        last = conversation.state.last_customer_message_at
        if seconds is None or last is None:
            return False
        return self._clock() >= last + timedelta(seconds=seconds)

    def _send(self, record: EffectRecord, address: Address) -> Delivery:
        """Send what is left of the message, in as many parts as the channel needs."""
        message = record.message
        parts = in_parts(message, self._adapter.capabilities)
        delivery = Delivery.unknown("nothing to send")
        for number, (text, buttons) in enumerate(parts):
            if number < record.parts_sent:
                continue
            try:
                delivery = self._adapter.send(
                    OutboundMessage(
                        account_id=address.account_id,
                        to=address.reply_to,
                        text=text,
                        buttons=buttons,
                        tracker=tracker(
                            record.conversation_id, _key_of_part(message.key, number, len(parts))
                        ),
                    )
                )
            except (Retryable, NotConfigured):
                self._desk.table.release_message(record.conversation_id, message.key)
                raise
            if delivery.status is not DeliveryStatus.ACCEPTED:
                return delivery
            if len(parts) > 1:
                self._desk.table.note_part_sent(record.conversation_id, message.key, number + 1)
        return delivery

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


def in_parts(
    message: SendMessage, capabilities: Capabilities
) -> tuple[tuple[str, tuple[Button, ...]], ...]:
    """Fit a message to a channel: split at sentences, buttons on the last part or as text."""
    text, buttons = message.text, message.buttons
    fits = len(buttons) <= capabilities.buttons and all(
        len(button.title) <= capabilities.button_title_limit for button in buttons
    )
    if not fits:
        text = "\n".join([text, "", *(f"- {button.title}" for button in buttons)])
        buttons = ()
    parts = split_text(text, capabilities.text_limit)
    return tuple(
        (part, buttons if number == len(parts) - 1 else ()) for number, part in enumerate(parts)
    )
