"""Links by which one person answers an offer: signed, short-lived, good for one answer. Pure.

A link is its own proof, so nobody signs in to follow it: whoever has it may give this answer for
this agent to this offer, until it ends, once.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, SecretStr, ValidationError, field_validator

from sportello.model import Instant, Model
from sportello.people.notifying.notifier import Notification, OfferLinks
from sportello.routing.endpoints import OFFERED
from sportello.stored import OrUnknown, Stored

GRACE = timedelta(seconds=30)
"""Who answers in the last second is not told that it is too late while the offer is still open."""

LONGEST_LIFE = timedelta(hours=1)
LONGEST_TOKEN = 2_048
_PURPOSE, _NONCE_PURPOSE = b"sportello answer link\n", b"sportello answer nonce\n"
"""A key of ours signs for this alone: what is signed for something else is no link."""


class Answer(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"


class AnswerLink(Stored):
    """One answer of one agent to one offer; the `nonce` is what it is known by once it is used."""

    conversation_id: str
    offer_id: str
    agent_id: str
    answer: Annotated[Answer, OrUnknown()]
    expires_at: Instant
    nonce: str

    @property
    def name(self) -> str:
        """What the used link is called, which lets nobody use it."""
        return hashlib.sha256(self.nonce.encode()).hexdigest()


type LinkKey = Annotated[SecretStr, Field(min_length=32)]


class AnswerLinkSecret(Model):
    """Links that the `previous_signing_key` signed are taken too, until they have expired.

    It is empty where there is none.
    """

    model_config = ConfigDict(extra="ignore")

    signing_key: LinkKey
    previous_signing_key: LinkKey | None = None

    @field_validator("previous_signing_key", mode="before")
    @classmethod
    def _none_if_empty(cls, value: object) -> object:
        return value or None

    @property
    def keys(self) -> list[bytes]:
        keys = (self.signing_key, self.previous_signing_key)
        return [key.get_secret_value().encode() for key in keys if key is not None]


def is_answerable(notification: Notification) -> bool:
    """Tell whether a notice asks one person whether they take a conversation."""
    asks = notification.notice == OFFERED and bool(notification.agent_id)
    return asks and {"offer_id", "expires_at"} <= notification.data.keys()


def offer_links(notification: Notification, key: bytes, base: str) -> OfferLinks:
    """Make the links of an answerable notice, the same at every attempt at it."""
    offered_until = datetime.fromisoformat(notification.data["expires_at"]) + GRACE
    expires_at = min(offered_until, notification.at + LONGEST_LIFE)
    accept, decline = (
        AnswerLink(
            conversation_id=notification.conversation_id,
            offer_id=notification.data["offer_id"],
            agent_id=notification.agent_id,
            answer=answer,
            expires_at=expires_at,
            nonce=_nonce(key, notification.id, answer),
        )
        for answer in Answer
    )
    return OfferLinks(
        accept=f"{base}/answers/{written_token(accept, key)}",
        decline=f"{base}/answers/{written_token(decline, key)}",
    )


def written_token(link: AnswerLink, key: bytes) -> str:
    content = _base64(link.model_dump_json().encode())
    return f"{content}.{_signature(content, key)}"


def read_token(token: str, keys: Sequence[bytes]) -> AnswerLink | None:
    """Return the link, if one of our keys has signed it; whether it has expired is another matter.

    The comparison takes the same time wherever two signatures differ, and all keys are tried.
    """
    content, _, signature = token.partition(".")
    if len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    matches = [
        hmac.compare_digest(_signature(content, key).encode(), signature.encode()) for key in keys
    ]
    if not any(matches):
        return None
    try:
        return AnswerLink.model_validate_json(base64.urlsafe_b64decode(_padded(content)))
    except (ValueError, ValidationError):
        return None


def _nonce(key: bytes, notification_id: str, answer: Answer) -> str:
    """Nobody else can name a link, and every attempt at a notice names it alike."""
    content = _NONCE_PURPOSE + f"{notification_id}\n{answer}".encode()
    return _base64(hmac.digest(key, content, "sha256")[:16])


def _signature(content: str, key: bytes) -> str:
    return _base64(hmac.digest(key, _PURPOSE + content.encode(), "sha256"))


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)
