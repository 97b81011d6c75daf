"""A browser's subscription to pushes, as `PushSubscription.toJSON()` gives it."""

import base64
import binascii
from typing import Annotated

from pydantic import AfterValidator, Field, HttpUrl, StringConstraints

from sportello.model import Model
from sportello.people.notifying.notice_words import Reader

POINT_BYTES = 65
SECRET_BYTES = 16
_UNCOMPRESSED = 4

_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
"""The curve P-256: y^2 = x^3 - 3x + b. SEC 2, 2.4.2."""


def decoded(text: str) -> bytes:
    """Read base64url, with or without its padding."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _of_length(text: str, length: int) -> bytes:
    try:
        content = decoded(text)
    except binascii.Error:
        raise ValueError("not base64url") from None
    if len(content) != length:
        raise ValueError(f"not {length} bytes long")
    return content


def _is_point(text: str) -> str:
    """A point off the curve would give away bits of the sender's key; each ring has a new one."""
    point = _of_length(text, POINT_BYTES)
    x, y = int.from_bytes(point[1:33]), int.from_bytes(point[33:])
    on_curve = x < _P and y < _P and (y * y - (x**3 - 3 * x + _B)) % _P == 0
    if point[0] != _UNCOMPRESSED or not on_curve:
        raise ValueError("no public key of P-256")
    return text


def _is_secret(text: str) -> str:
    _of_length(text, SECRET_BYTES)
    return text


type PublicKey = Annotated[str, StringConstraints(max_length=96), AfterValidator(_is_point)]
type AuthSecret = Annotated[str, StringConstraints(max_length=32), AfterValidator(_is_secret)]


class SubscriptionKeys(Model):
    """What a message is encrypted with, so that the push service cannot read it. RFC 8291, 2."""

    p256dh: PublicKey
    auth: AuthSecret

    @property
    def receiver(self) -> bytes:
        return decoded(self.p256dh)

    @property
    def secret(self) -> bytes:
        return decoded(self.auth)


class Subscription(Reader):
    """`show_words` lets a customer's name and last words appear on the device."""

    endpoint: Annotated[HttpUrl, Field(max_length=2_000)]
    keys: SubscriptionKeys
    expiration_time: float | None = Field(default=None, alias="expirationTime")
    show_words: bool = False
