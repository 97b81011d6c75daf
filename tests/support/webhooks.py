"""Webhook calls as providers make them: recorded, signed, made fresh, wrapped by API Gateway."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from channels.provider_api import Post, PostForm
from channels.telegram.deliver import TelegramOutbound
from channels.telegram.receive import TelegramInbound
from channels.telegram.secret import BotToken
from channels.whatsapp.deliver import WhatsAppOutbound
from channels.whatsapp.receive import WhatsAppInbound
from channels.whatsapp.secret import AccessToken
from sportello.aws.credentials import ReadPart
from sportello.messaging.inbound_channel import InboundAdapter, WebhookRequest
from sportello.messaging.outbound_channel import OutboundAdapter
from sportello.messaging.outbound_http import Reply

EVENTS = Path(__file__).parents[2] / "events"


WHATSAPP_SECRET = {
    "app_secret": "made-up-app-secret",
    "verify_token": "made-up-verify-token",
    "access_token": "made-up-access-token",
    "previous_app_secret": "made-up-app-secret-of-yesterday",
}
TELEGRAM_SECRET = {
    "secret_token": "made-up-secret-token",
    "bot_token": "7000000001:made-up-bot-token",
    "previous_secret_token": "made-up-secret-token-of-yesterday",
}
_access_token = AccessToken.model_validate(WHATSAPP_SECRET)
_bot_token = BotToken.model_validate(TELEGRAM_SECRET)


def cases(channel: str) -> list[str]:
    return sorted(path.stem for path in (EVENTS / channel).glob("*.json"))


def recorded(channel: str, case: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((EVENTS / channel / f"{case}.json").read_bytes())
    return document


def as_sent(payload: Mapping[str, Any] | bytes) -> bytes:
    """The bytes of a payload, with everything beyond ASCII escaped, as Meta does."""
    return payload if isinstance(payload, bytes) else json.dumps(payload).encode()


def part_of(secret: Mapping[str, str]) -> ReadPart:
    """Return how an adapter reads a secret that holds this."""

    def read[S: BaseModel](part: type[S], /) -> S:
        return part.model_validate(secret)

    return read


def no_form(*_: Any) -> Reply:
    raise AssertionError("no file is sent")


def a_whatsapp(post: Post, post_form: PostForm = no_form) -> WhatsAppOutbound:
    url = "https://graph.example/v25.0"
    return WhatsAppOutbound(lambda: _access_token, lambda: url, post, post_form)


def a_telegram(post: Post, post_form: PostForm = no_form) -> TelegramOutbound:
    url = "https://telegram.example"
    return TelegramOutbound(lambda: _bot_token, lambda: url, post, post_form)


def meta_headers(body: bytes, app_secret: str) -> dict[str, str]:
    digest = hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
    return {"content-type": "application/json", "x-hub-signature-256": f"sha256={digest}"}


def telegram_headers(_: bytes, secret_token: str) -> dict[str, str]:
    return {
        "content-type": "application/json",
        "x-telegram-bot-api-secret-token": secret_token,
    }


@dataclass(frozen=True)
class Provider:
    """What a test needs to play one channel's provider.

    `inbound` and `outbound` make its adapters with made-up secrets, `outbound` with `post` as its
    HTTP. `proof` makes the headers that prove a body under a key; `proof_covers_body` tells
    whether a changed body is noticed. `to` and `account_id` are good for an outbound message,
    `taken` is the answer to one that was taken.
    """

    inbound: Callable[[], InboundAdapter]
    outbound: Callable[[Post], OutboundAdapter]
    proof: Callable[[bytes, str], dict[str, str]]
    key: str
    previous_key: str
    secret: Mapping[str, str]
    proof_covers_body: bool
    account_id: str
    to: str
    taken: Mapping[str, Any]


PROVIDERS: Mapping[str, Provider] = {
    "whatsapp": Provider(
        inbound=lambda: WhatsAppInbound(part_of(WHATSAPP_SECRET)),
        outbound=a_whatsapp,
        proof=meta_headers,
        key=WHATSAPP_SECRET["app_secret"],
        previous_key=WHATSAPP_SECRET["previous_app_secret"],
        secret=WHATSAPP_SECRET,
        proof_covers_body=True,
        account_id="200300400500601",
        to="whatsapp:393330000101",
        taken={
            "messaging_product": "whatsapp",
            "contacts": [{"input": "393330000101", "wa_id": "393330000101"}],
            "messages": [{"id": "wamid.EXAMPLEaccepted"}],
        },
    ),
    "telegram": Provider(
        inbound=lambda: TelegramInbound(part_of(TELEGRAM_SECRET)),
        outbound=a_telegram,
        proof=telegram_headers,
        key=TELEGRAM_SECRET["secret_token"],
        previous_key=TELEGRAM_SECRET["previous_secret_token"],
        secret=TELEGRAM_SECRET,
        proof_covers_body=False,
        account_id="7000000001",
        to="telegram:500600701",
        taken={"ok": True, "result": {"message_id": 48, "chat": {"id": 500600701}, "date": 1}},
    ),
}


RECEIVED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def signed(channel: str, payload: Mapping[str, Any] | bytes, key: str = "") -> WebhookRequest:
    provider = PROVIDERS[channel]
    body = as_sent(payload)
    return WebhookRequest(
        method="POST",
        headers=provider.proof(body, key or provider.key),
        query={},
        body=body,
        received_at=RECEIVED_AT,
    )


_WAMID = re.compile(r"wamid\.EXAMPLE\w*")
_NUMBER = re.compile(r'("(?:update_id|message_id)": |"callback_query": {"id": ")(\d+)')
_TIME = re.compile(r'("(?:timestamp|date|edit_date)": "?)([1-9]\d{9})\b')


def fresh(payload: Mapping[str, Any], n: int, *, at: datetime | None = None) -> dict[str, Any]:
    """The same call as if it were the nth of its kind: other ids, and its last item sent at `at`.

    Ids and times inside one payload keep their relations, and `fresh(payload, n)` is repeatable.
    """
    text = _WAMID.sub(lambda found: f"{found[0]}N{n}", json.dumps(payload))
    text = _NUMBER.sub(lambda found: f"{found[1]}{int(found[2]) + n * 1_000}", text)
    if at is not None:
        last = max((int(found[2]) for found in _TIME.finditer(text)), default=0)
        later = int(at.timestamp()) - last
        text = _TIME.sub(lambda found: f"{found[1]}{int(found[2]) + later}", text)
    document: dict[str, Any] = json.loads(text)
    return document


def rest_event(request: WebhookRequest, path: str, *, in_base64: bool = False) -> dict[str, Any]:
    """What API Gateway's REST API hands to a Lambda for this call (proxy integration)."""
    text = base64.b64encode(request.body).decode() if in_base64 else request.body.decode()
    headers = {name.title(): value for name, value in request.headers.items()}
    query = dict(request.query)
    return {
        "resource": path,
        "path": path,
        "httpMethod": request.method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": path,
            "httpMethod": request.method,
            "path": f"/Prod{path}",
            "stage": "Prod",
            "requestId": "00000000-0000-4000-8000-000000000000",
            "apiId": "exampleapi",
            "accountId": "123456789012",
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "provider"},
        },
        "body": text or None,
        "isBase64Encoded": in_base64,
    }
