"""What became of an outbound message, as far as it is news. Pure."""

from sportello.conversation.commands import RecordDelivery
from sportello.conversation.decision import Draft, handles
from sportello.conversation.events import DeliveryRecorded
from sportello.messaging.statuses import is_progress


def record_delivery(draft: Draft, command: RecordDelivery) -> None:
    stored = command.stored_status
    on_record = draft.state.status_of(command.effect_key) or stored
    if is_progress(on_record, command.reported) and is_progress(stored, command.reported):
        draft.record(
            DeliveryRecorded(
                at=draft.now,
                effect_key=command.effect_key,
                status=command.reported,
                error_code=command.error_code,
            )
        )


HANDLERS = (handles(RecordDelivery, record_delivery),)
