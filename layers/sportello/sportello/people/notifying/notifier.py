"""The port every kind of agent endpoint implements."""

import hashlib
from collections.abc import Sequence
from typing import Any, Protocol

from sportello.model import Instant, Model
from sportello.routing.endpoints import OFFERED

NEEDING_SOMEBODY = frozenset(
    {
        OFFERED,
        "conversation.assigned",
        "conversation.consulted",
        "conversation.reassigned",
        "conversation.taken_over",
        "ladder.exhausted",
        "clock.imminent",
        "clock.breaching",
        "promise.broken",
        "message.not_delivered",
        "note.mention",
        "snooze.ended",
    }
)
"""The notices of rooms and mailboxes: not each message that a colleague's customer writes."""


class OfferLinks(Model):
    """Where one person answers an offer with a browser; https, signed, good for one answer."""

    accept: str
    decline: str


class Notification(Model):
    """What an agent endpoint is told. `id` is the same over all attempts at the same notice.

    `address` holds the fields of the endpoint's document that are the notifier's own. `agent_id`
    is whose own endpoint it is, empty for one that is shared. `receipt` is what the ring returned
    that this notice takes back, empty if there is none.
    """

    id: str
    notice: str
    at: Instant
    conversation_id: str
    channel: str
    endpoint: str
    address: dict[str, Any]
    data: dict[str, Any]
    agent_id: str = ""
    links: OfferLinks | None = None
    receipt: str = ""


def notice_tag(notification_id: str) -> str:
    """Return a short name for a notice, the same over all attempts, that tells nothing of it."""
    return hashlib.sha256(notification_id.encode()).hexdigest()[:32]


class AddressFault(Model):
    """What is wrong with one field of an address."""

    field: str
    detail: str


class AgentNotifier[A: Model](Protocol):
    """`name` is that of its module, `address` the shape of its own fields in the settings.

    `notices` are those that it rings unless its endpoint says otherwise; None stands for all.
    """

    name: str
    address: type[A]
    notices: frozenset[str] | None

    def faults(self, address: A) -> Sequence[AddressFault]:
        """Return why an address of the right shape may not be kept, none where it may.

        It is called while somebody writes the settings, on a thread of its own that nobody waits
        for very long: names may be looked up. Nobody is rung.
        """

    def notify(self, notification: Notification) -> str:
        """Ring once; return a receipt by which the ring can be taken back, or nothing.

        Raises ProviderUnavailable when another attempt may help, with the endpoint's own wish
        when, NoAnswer when nobody knows whether it has rung, Rejected when no attempt can help,
        and of that EndpointGone when the endpoint says that it shall not be rung any more, and
        NobodyThere when nobody is at it just now.
        """
