"""Agent endpoints that are webhooks: signed JSON, as standardwebhooks.com describes it.

A receiver may see a notice more than once and knows it by its `webhook-id`.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus

from pydantic import Field, HttpUrl

from sportello.aws.credentials import read_secret
from sportello.aws.environment import Environment
from sportello.entrypoints import runtime
from sportello.entrypoints.notifier import notify_queue
from sportello.errors import EndpointGone, ProviderUnavailable
from sportello.messaging.outbound_http import Reply
from sportello.messaging.webhook_signatures import WebhookSecret, signed
from sportello.model import Model, written
from sportello.people.notifying.endpoint_urls import post_to_endpoint, url_faults
from sportello.people.notifying.notifier import AddressFault, Notification, notice_tag


class WebhookEnvironment(Environment):
    agent_endpoint_secret: str = Field(min_length=1)


class WebhookAddress(Model):
    """What an endpoint says of itself; https and public, as `faults` and every ring see to."""

    url: HttpUrl


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
