"""What became of an outbound message, as far as it is news. Pure."""

from sportello.conversation.commands import RecordDelivery
from sportello.conversation.decision import Draft, handles
from sportello.conversation.events import DeliveryRecorded
from sportello.conversation.lost_answers.lost_messages import (
    lose_message,
    lose_part,
    message_arrived,
)
from sportello.messaging.statuses import LOST, is_progress


def record_delivery(draft: Draft, command: RecordDelivery) -> None:
    if command.of_part and command.sent is not None:
        lose_part(draft, command, command.sent)
        return
    stored = command.stored_status
    on_record = draft.state.status_of(command.effect_key) or stored
    if not is_progress(on_record, command.reported) or not is_progress(stored, command.reported):
        return
    draft.record(
        DeliveryRecorded(
            at=draft.now,
            effect_key=command.effect_key,
            status=command.reported,
            error_code=command.error_code,
        )
    )
    if command.sent is None:
        return
    if command.reported in LOST:
        lose_message(draft, command, command.sent)
    elif stored in LOST:
        message_arrived(draft, command, command.sent)


HANDLERS = (handles(RecordDelivery, record_delivery),)
