"""What the buttons of an offer carry: which offer, rung where, sealed so that only we made it."""

import base64
import binascii
import hmac
import json
from collections.abc import Iterable

from pydantic import Field, ValidationError

from sportello.model import Model

ACCEPT = "offer.accept"
DECLINE = "offer.decline"

LONGEST_VALUE = 2_000
"""docs.slack.dev/reference/block-kit/block-elements/button-element"""

_PURPOSE = b"sportello-offer-button-1\n"
"""The key is the app's signing secret, which Slack signs other texts with."""


class OfferButton(Model):
    conversation_id: str = Field(min_length=1, max_length=64)
    offer_id: str = Field(min_length=1, max_length=128)
    endpoint: str = Field(min_length=1, max_length=256)


def sealed(button: OfferButton, key: bytes) -> str:
    fields = [button.conversation_id, button.offer_id, button.endpoint]
    content = _base64(json.dumps(fields, separators=(",", ":")).encode())
    return f"{content}.{_base64(_seal(content, key))}"


def unsealed(value: str, keys: Iterable[bytes]) -> OfferButton | None:
    """Read a button's value; None for one that nobody with a key in force has made."""
    content, _, seal = value.partition(".")
    presented = seal.encode(errors="replace")
    # A list, so that every comparison runs and none stops the others early.
    matches = [
        hmac.compare_digest(presented, _base64(_seal(content, key)).encode()) for key in keys
    ]
    if not any(matches):
        return None
    try:
        conversation_id, offer_id, endpoint = json.loads(base64.urlsafe_b64decode(content + "=="))
        return OfferButton(conversation_id=conversation_id, offer_id=offer_id, endpoint=endpoint)
    except (ValidationError, binascii.Error, ValueError, TypeError):
        return None  # sealed by another version


def _seal(content: str, key: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + content.encode(errors="replace"), "sha256")


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
