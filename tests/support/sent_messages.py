"""The outbound messages of a conversation as the table keeps them, for tests without a table."""

from collections.abc import Mapping
from datetime import datetime

from sportello.conversation.commands import RecordDelivery, SentMessage
from sportello.conversation.decision import Decision
from sportello.conversation.events import DeliveryRecorded
from sportello.conversation.state import ConversationState
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.statuses import LOST, is_progress
from support.builders import messages

type Messages = Mapping[str, SentMessage]
"""By effect key, in the order they were decided."""


def after_decision(kept: Messages, decision: Decision, now: datetime) -> dict[str, SentMessage]:
    """Write what a commit writes of messages."""
    changed = dict(kept)
    for message in messages(decision):
        changed[message.key] = SentMessage(
            effect_key=message.key,
            author=message.author,
            agent_id=message.agent_id,
            at=now,
            status=DeliveryStatus.QUEUED,
            reopens=message.reopens,
        )
    for event in decision.events:
        if isinstance(event, DeliveryRecorded) and event.effect_key in changed:
            update = {"status": event.status}
            changed[event.effect_key] = changed[event.effect_key].model_copy(update=update)
    for key, reopening in decision.reopenings.items():
        changed[key] = changed[key].model_copy(update={"reopens": reopening})
    return changed


def outcome(
    kept: Messages,
    state: ConversationState,
    effect_key: str,
    reported: DeliveryStatus,
    error_code: str = "",
) -> RecordDelivery:
    """Ask to record an outcome, as `Outcomes` does."""
    sent = kept[effect_key]
    command = RecordDelivery(
        effect_key=effect_key,
        stored_status=sent.status,
        reported=reported,
        error_code=error_code,
    )
    turns = is_progress(sent.status, reported) and (reported in LOST or sent.status in LOST)
    if not turns:
        return command
    remembered = [delivery.effect_key for delivery in state.recent_deliveries]
    if effect_key in remembered:
        remembered = remembered[remembered.index(effect_key) + 1 :]
    later = tuple(kept[key] for key in remembered if key in kept)
    bells = (f"@{sent.agent_id}/phone",) if sent.agent_id else ()
    update = {"sent": sent, "later": later, "writers_bells": bells}
    return command.model_copy(update=update)
