"""Events as the outside is told of them, by the bus and by subscriptions alike. Pure."""

from typing import Any

from sportello.conversation.effects import PublishEvent
from sportello.model import Instant
from sportello.stored import Stored


class PublishedEvent(Stored):
    """`id` is the same however often it is told, and `data` has it too; `queue` may be empty."""

    id: str
    type: str
    at: Instant
    queue: str = ""
    data: dict[str, Any]


def published_events(
    conversation_id: str, channel: str, publish: PublishEvent
) -> tuple[PublishedEvent, ...]:
    """Return the events of one commit, in order.

    `sequence` puts a conversation's events in order. An earlier version kept that of their commit
    only, in the effect's key.
    """
    events = []
    for number, entry in enumerate(publish.entries):
        event_id = f"{conversation_id}/{publish.key}/{number}"
        sequence = entry.sequence
        if sequence is None:
            sequence = int(publish.key.rpartition(":")[2]) + number
        envelope = {
            "id": event_id,
            "conversation_id": conversation_id,
            "channel": channel,
            "sequence": sequence,
        }
        queue = entry.queue or str(entry.detail.get("queue") or "")
        events.append(
            PublishedEvent(
                id=event_id,
                type=entry.detail_type,
                at=entry.at,
                queue=queue,
                data={**envelope, **entry.detail},
            )
        )
    return tuple(events)
