"""How API Gateway calls a channel: the factory that webhook handlers are made with.

It is here that a customer's wait begins, so nothing is loaded that an inbound item does not need.
"""

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import Field

from sportello.aws.credentials import read_secret_text
from sportello.aws.environment import Environment
from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.entrypoints.handler import Handler
from sportello.entrypoints.initialization import prepare
from sportello.intake.receiving import Receiving, WebhookAnswer, shake_hands
from sportello.messaging.inbound_channel import InboundAdapter, WebhookRequest

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


class ReceiverEnvironment(Environment):
    """`conversation_key_secret` names the secret that conversation ids are hashed with."""

    conversation_key_secret: str = Field(min_length=1)


@cache
def _conversation_key() -> bytes:
    # The key never changes for the life of a deployment, so it is kept for the process's.
    return read_secret_text(ReceiverEnvironment.load().conversation_key_secret).encode()


def receiver(adapter: InboundAdapter) -> Handler:
    """Make the webhook handler of a channel."""
    prepare("dynamodb", "secretsmanager")

    @logger.inject_lambda_context(clear_state=True)
    def receive(event: dict[str, Any], _context: "LambdaContext") -> dict[str, Any]:
        request = webhook_request(event, runtime.utc_now())
        if request.method == "GET":
            return _proxy_response(shake_hands(adapter, request))
        receiving = Receiving(adapter, runtime.inbound_table(), _conversation_key)
        return _proxy_response(receiving.receive(request))

    return receive


def webhook_request(event: dict[str, Any], now: datetime) -> WebhookRequest:
    """Read a REST API (v1) proxy event; the body is the bytes that were sent."""
    return WebhookRequest(
        method=event["httpMethod"],
        headers={name.lower(): value for name, value in _texts(event.get("headers"))},
        query=dict(_texts(event.get("queryStringParameters"))),
        body=_sent_bytes(event),
        received_at=now,
    )


def _texts(pairs: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in (pairs or {}).items() if isinstance(value, str))


def _sent_bytes(event: dict[str, Any]) -> bytes:
    """Return the body; one that is no text or no base64 becomes bytes that nobody has signed."""
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body.encode(errors="surrogatepass")
    try:
        return base64.b64decode(body)
    except ValueError:
        return b""


def _proxy_response(answer: WebhookAnswer) -> dict[str, Any]:
    return {
        "statusCode": answer.status,
        "headers": {"content-type": "text/plain; charset=utf-8"},
        "body": answer.body,
    }
