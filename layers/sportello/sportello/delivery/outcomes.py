"""What became of a message, as its conversation is asked to record it.

Most outcomes are a step on a message's way and nothing else. One that says that a message was lost,
or was not after all, is decided with what was said since, under the terms of service in force.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from sportello.conversation.commands import RecordDelivery, SentMessage
from sportello.conversation.effects import SendMessage
from sportello.conversation.events import Author
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.statuses import LOST, is_progress
from sportello.model import Model
from sportello.routing.endpoints import own_bells
from sportello.table.desk import Step
from sportello.table.items import Conversation, EffectRecord

if TYPE_CHECKING:
    # Loading it takes longer than a delivery that succeeds has use for.
    from sportello.table.desk_table import DeskTable
    from sportello.table.settings.settings_store import SettingsStore


_PART = re.compile(r"\.part-\d+$")


def key_of_message(effect_key: str) -> str:
    """Return the key of the message that a part belongs to, as `delivering.py` names parts."""
    return _PART.sub("", effect_key)


class Outcome(Model):
    """What a provider told of a message, in its answer or in a receipt.

    Of a message that left in parts the last one speaks for it; `of_part` is told of another.
    """

    effect_key: str
    of_part: bool = False
    status: DeliveryStatus
    error_code: str = ""
    provider_message_id: str = ""


class Outcomes:
    def __init__(self, table: "DeskTable", settings: Callable[[], "SettingsStore"]) -> None:
        self._table = table
        self._settings = settings

    def step(self, outcome: Outcome, conversation: Conversation) -> Step | None:
        """Plan its recording; None for a message that was not loaded with the conversation."""
        record = _of_key(conversation, outcome.effect_key)
        if record is None or (outcome.of_part and outcome.status is not DeliveryStatus.REFUSED):
            return None
        command = RecordDelivery(
            effect_key=outcome.effect_key,
            stored_status=record.status,
            reported=outcome.status,
            error_code=outcome.error_code,
            of_part=outcome.of_part,
        )
        # A step on the way starts and ends no clock.
        terms = ServiceTerms()
        if outcome.of_part or _turns(record, outcome):
            sent = _sent(record)
            command = command.model_copy(
                update={
                    "sent": sent,
                    "later": self._later(conversation, outcome.effect_key),
                    "writers_bells": self._bells_of(sent),
                }
            )
            stopped = sent.reopens.clocks if sent.reopens else ()
            clocks = [each.clock for each in stopped]
            terms = self._settings().terms(conversation, counting=clocks)
        ids = {} if outcome.of_part else {outcome.effect_key: outcome.provider_message_id}
        return Step(command=command, terms=terms, provider_message_ids=ids)

    def _bells_of(self, sent: SentMessage) -> tuple[str, ...]:
        """Return the own endpoints of the person who wrote a message, whoever has it by now."""
        if sent.author is not Author.AGENT or not sent.agent_id:
            return ()
        stored = self._table.agents.profile(sent.agent_id)
        return own_bells(sent.agent_id, stored.profile.endpoints) if stored else ()

    def _later(self, conversation: Conversation, effect_key: str) -> tuple[SentMessage, ...]:
        """Read the messages that were decided after one, as far as they are remembered."""
        state = conversation.state
        remembered = [delivery.effect_key for delivery in state.recent_deliveries]
        if effect_key in remembered:
            remembered = remembered[remembered.index(effect_key) + 1 :]
        content = self._table.content(conversation.conversation_id, effect_keys=remembered)
        messages = [r for r in content.effects if isinstance(r.effect, SendMessage)]
        return tuple(_as_in_state(_sent(record), state) for record in messages)


def _of_key(conversation: Conversation, effect_key: str) -> EffectRecord | None:
    return next((r for r in conversation.effects if r.effect.key == effect_key), None)


def _turns(record: EffectRecord, outcome: Outcome) -> bool:
    """Whether the message was lost and is not, or was not and is."""
    if not is_progress(record.status, outcome.status):
        return False
    return outcome.status in LOST or record.status in LOST


def _sent(record: EffectRecord) -> SentMessage:
    message = record.message
    return SentMessage(
        effect_key=message.key,
        author=message.author,
        agent_id=message.agent_id,
        at=record.decided_at,
        status=record.status,
        reopens=message.reopens,
    )


def _as_in_state(message: SentMessage, state: ConversationState) -> SentMessage:
    """Take the status from the state: it is the one that the commit is checked against."""
    status = state.status_of(message.effect_key) or message.status
    return message.model_copy(update={"status": status})
