"""Signatures as standardwebhooks.com describes them, by which receivers know our calls. Pure."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, SecretStr

from sportello.model import Model

KEY_PREFIX = "whsec_"
SHORTEST_KEY_BYTES = 24


def _usable(key: SecretStr) -> SecretStr:
    try:
        length = len(key_bytes(key))
    except binascii.Error:
        raise ValueError("not base64") from None
    if length < SHORTEST_KEY_BYTES:
        raise ValueError(f"shorter than {SHORTEST_KEY_BYTES} bytes")
    return key


def key_bytes(key: SecretStr) -> bytes:
    text = key.get_secret_value().removeprefix(KEY_PREFIX)
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


type SigningKey = Annotated[SecretStr, AfterValidator(_usable)]
"""Base64 with or without the prefix `whsec_`, as receivers' libraries take it."""


class WebhookSecret(Model):
    """`previous_signing_key` signs too while receivers change over to the new key."""

    model_config = ConfigDict(extra="ignore")

    signing_key: SigningKey
    previous_signing_key: SigningKey | None = None

    @property
    def keys(self) -> list[bytes]:
        keys = (self.signing_key, self.previous_signing_key)
        return [key_bytes(key) for key in keys if key is not None]


def signed(message_id: str, timestamp: int, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """Return the headers of Standard Webhooks; `timestamp` is the attempt's, in Unix seconds."""
    content = f"{message_id}.{timestamp}.".encode() + body
    signatures = (hmac.digest(key, content, "sha256") for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(
            f"v1,{base64.b64encode(signature).decode()}" for signature in signatures
        ),
    }
