"""Which systems of the business are told of what, as a settings document. Pure."""

import hashlib
from typing import Annotated

from pydantic import Field, HttpUrl, StringConstraints

from sportello.conversation.published_events import PublishedEvent
from sportello.model import Model
from sportello.settings_document import Name, SettingsDocument

ANY = "*"

type EventPattern = Annotated[
    str, StringConstraints(pattern=r"^(\*|[A-Z][A-Za-z]*\*?)$", max_length=64)
]
"""The type of an event, the beginning of one before an asterisk, or that alone for all."""

MOST_SUBSCRIPTIONS = 50


class Subscription(Model):
    """A system that is told of events; `queues` left empty are all.

    What it proves our calls by is in Secrets Manager, see `signing_keys`.
    """

    url: HttpUrl
    events: Annotated[tuple[EventPattern, ...], Field(min_length=1, max_length=60)] = (ANY,)
    queues: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    enabled: bool = True

    @property
    def hash(self) -> str:
        """What changes with the address, and does not tell it."""
        return hashlib.sha256(str(self.url).encode()).hexdigest()

    def asks_for(self, event: PublishedEvent) -> bool:
        if self.queues and event.queue not in self.queues:
            return False
        return any(fits(pattern, event.type) for pattern in self.events)


class SubscriptionSettings(SettingsDocument):
    kind = "subscriptions"
    subscriptions: dict[Name, Subscription] = Field(
        default_factory=dict, max_length=MOST_SUBSCRIPTIONS
    )


def fits(pattern: str, event_type: str) -> bool:
    if pattern.endswith(ANY):
        return event_type.startswith(pattern.removesuffix(ANY))
    return event_type == pattern
