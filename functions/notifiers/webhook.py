"""Agent endpoints that are webhooks: signed JSON, as standardwebhooks.com describes it.

A receiver may see a notice more than once and knows it by its `webhook-id`.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, HttpUrl, SecretStr

from sportello.aws.credentials import read_secret
from sportello.aws.environment import Environment
from sportello.entrypoints import runtime
from sportello.entrypoints.notifier import notify_queue
from sportello.errors import EndpointGone, ProviderUnavailable
from sportello.messaging.outbound_http import Reply
from sportello.model import Model, written
from sportello.people.endpoint_urls import post_to_endpoint, url_faults
from sportello.people.notifier import AddressFault, Notification, notice_tag

KEY_PREFIX = "whsec_"
SHORTEST_KEY_BYTES = 24


class WebhookEnvironment(Environment):
    agent_endpoint_secret: str = Field(min_length=1)


class WebhookAddress(Model):
    """What an endpoint says of itself; https and public, as `faults` and every ring see to."""

    url: HttpUrl


def _usable(key: SecretStr) -> SecretStr:
    try:
        length = len(_key_bytes(key))
    except binascii.Error:
        raise ValueError("not base64") from None
    if length < SHORTEST_KEY_BYTES:
        raise ValueError(f"shorter than {SHORTEST_KEY_BYTES} bytes")
    return key


def _key_bytes(key: SecretStr) -> bytes:
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
        return [_key_bytes(key) for key in keys if key is not None]


class Webhook:
    name = "webhook"
    address = WebhookAddress
    notices: frozenset[str] | None = None

    def __init__(
        self,
        secret: Callable[[], WebhookSecret],
        post: Callable[[str, bytes, Mapping[str, str]], Reply],
        now: Callable[[], datetime],
    ) -> None:
        self._secret = secret
        self._post = post
        self._now = now

    def faults(self, address: WebhookAddress) -> Sequence[AddressFault]:
        return url_faults("url", address.url)

    def notify(self, notification: Notification) -> str:
        url = str(WebhookAddress.model_validate(notification.address, extra="ignore").url)
        body = _body(notification)
        headers = {
            "content-type": "application/json",
            "user-agent": "Sportello",
            **signed(
                webhook_id(notification.id), int(self._now().timestamp()), body, self._secret().keys
            ),
        }
        reply = self._post(url, body, headers)
        if reply.status == HTTPStatus.GONE:
            raise EndpointGone("the endpoint answered 410")
        if not reply.is_success:
            raise ProviderUnavailable(
                f"the endpoint answered {reply.status}",
                retry_after_seconds=reply.retry_after_seconds,
            )
        return ""


def webhook_id(notification_id: str) -> str:
    """Return a short name for a notice, the same over all attempts."""
    return f"notice_{notice_tag(notification_id)}"


def signed(message_id: str, timestamp: int, body: bytes, keys: list[bytes]) -> dict[str, str]:
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


def _body(notification: Notification) -> bytes:
    document = {
        "type": notification.notice,
        "timestamp": written(notification.at),
        "data": {
            **notification.data,
            "conversation_id": notification.conversation_id,
            "channel": notification.channel,
            "endpoint": notification.endpoint,
            **({"links": notification.links.model_dump()} if notification.links else {}),
        },
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _secret() -> WebhookSecret:
    return read_secret(WebhookEnvironment.load().agent_endpoint_secret, WebhookSecret)


notifier = Webhook(_secret, post_to_endpoint, runtime.utc_now)
notify = notify_queue(notifier)
