"""What is pushed: a small document for the desk's service worker.

`docs/ringing.md` lists its fields.
"""

import base64
import hashlib
import json
from datetime import datetime
from typing import Any

from notifiers.push.subscription import Subscription
from sportello.model import written
from sportello.people.notifying.notice_facts import facts_of
from sportello.people.notifying.notice_words import in_words
from sportello.people.notifying.notifier import Notification
from sportello.routing.endpoints import takes_back

MAX_BODY_BYTES = 4_096
"""What every push service takes (RFC 8030, 7.2)."""

OVERHEAD_BYTES = 103
"""Header with key and salt, the mark of the end, the proof of the cipher. RFC 8291, 4."""

SHORTEST_LIFE_SECONDS = 10
LIFE_SECONDS = 3_600
"""How long a push service keeps a message whose end is not known."""

LONGEST_LIFE_SECONDS = 86_400
_TOPIC_LENGTH = 32
"""RFC 8030, 5.4."""


def document(notification: Notification, subscription: Subscription, *, brief: bool) -> bytes:
    """Return what the browser gets; `brief` has no words and no links."""
    facts = facts_of(notification)
    show_words = subscription.show_words and not brief
    words = in_words(notification, subscription, show_words=show_words)
    fields: dict[str, Any] = {
        "notice": notification.notice,
        "tag": topic_of(notification),
        "silent": takes_back(notification.notice),
        "title": words.title,
        "body": "\n".join(map(str, (*words.customer, *words.facts))),
        "conversation_id": notification.conversation_id,
        "offer_id": facts.offer_id,
        "expires_at": written(facts.expires_at) if facts.expires_at else "",
    }
    if notification.links is not None and not brief:
        fields["accept"] = {"title": words.accept, "url": notification.links.accept}
        fields["decline"] = {"title": words.decline, "url": notification.links.decline}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def payload(notification: Notification, subscription: Subscription) -> bytes:
    """Return the fullest document that every push service takes."""
    whole = document(notification, subscription, brief=False)
    if len(whole) + OVERHEAD_BYTES <= MAX_BODY_BYTES:
        return whole
    return document(notification, subscription, brief=True)


def topic_of(notification: Notification) -> str:
    """Name what a message is about: a later one of the same topic takes an earlier one's place.

    A ring and whatever ends it have one; every other notice has its own.
    """
    offer_id = facts_of(notification).offer_id
    about = f"{notification.conversation_id}/{offer_id}" if offer_id else notification.id
    digest = hashlib.sha256(about.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:_TOPIC_LENGTH]


def life_seconds(notification: Notification, now: datetime) -> int:
    """How long a message is of use: a ring until its offer ends, anything else a while."""
    until = facts_of(notification).expires_at
    if until is None:
        return LIFE_SECONDS
    seconds = int((until - now).total_seconds())
    return min(max(seconds, SHORTEST_LIFE_SECONDS), LONGEST_LIFE_SECONDS)
