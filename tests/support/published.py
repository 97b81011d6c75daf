"""Events as they are published, for whoever is told of them."""

from datetime import datetime
from typing import Any

from sportello.conversation.effects import BusEntry, PublishEvent
from sportello.conversation.published_events import PublishedEvent, published_events
from support.builders import CONVERSATION, NOW


def some_events(
    *types: str, queue: str = "sales", at: datetime = NOW, first: int = 0
) -> tuple[PublishedEvent, ...]:
    """Return what one commit published; `first` is the sequence of its first event."""
    entries = tuple(
        BusEntry(
            detail_type=event_type,
            at=at,
            detail={"at": at.isoformat().replace("+00:00", "Z"), "agent_id": "anna"},
            sequence=first + number,
            queue=queue,
        )
        for number, event_type in enumerate(types or ("ConversationResolved",))
    )
    effect = PublishEvent(key=f"publish:{first}", entries=entries)
    return published_events(CONVERSATION, "whatsapp", effect)


def an_event(event_type: str = "ConversationResolved", **changes: Any) -> PublishedEvent:
    return some_events(event_type, **changes)[0]
