"""WhatsApp Business Platform, Cloud API: the customers' messages in, ours out.

Meta calls the webhook for every number of the app; one call may hold many messages and receipts.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

from pydantic import ConfigDict, Field, SecretStr

from channels.meta.signature import answer_challenge, check_signature
from channels.reading import decode_object
from channels.whatsapp.errors import judge
from channels.whatsapp.identity import PHONE_HANDLE, USER_HANDLE
from channels.whatsapp.items import OBJECT, read_entry
from sportello.aws.credentials import read_secret
from sportello.aws.environment import Environment
from sportello.channel_kinds import ChannelKind, Tone
from sportello.entrypoints.handlers import deliverer, receiver
from sportello.errors import MalformedPayload
from sportello.messaging.channel import (
    Capabilities,
    Delivery,
    OutboundMessage,
    Refusal,
    WebhookRequest,
)
from sportello.messaging.items import ParseResult
from sportello.messaging.outbound_http import NoAnswer, Reply, post_json
from sportello.model import Model

_BUTTONS_BODY_LIMIT = 1_024
"""Code points of the text above reply buttons; a plain text may be four times as long."""


class WhatsAppEnvironment(Environment):
    whatsapp_secret: str
    whatsapp_api_url: str


class WhatsAppSecret(Model):
    """`previous_app_secret` still proves calls made while the app secret is being rotated."""

    model_config = ConfigDict(extra="ignore")

    app_secret: SecretStr = Field(min_length=1)
    verify_token: SecretStr = Field(min_length=1)
    access_token: SecretStr = Field(min_length=1)
    previous_app_secret: SecretStr = SecretStr("")


class WhatsApp:
    name: str = "whatsapp"
    capabilities: Capabilities = Capabilities(
        kind=ChannelKind.MESSAGING,
        tone=Tone.NEUTRAL,
        text_limit=4_096,
        buttons=3,
        button_title_limit=20,
        reply_window_seconds=24 * 3_600,
    )

    def __init__(
        self,
        secret: Callable[[], WhatsAppSecret],
        api_url: Callable[[], str],
        post: Callable[[str, Any, Mapping[str, str]], Reply] = post_json,
    ) -> None:
        self._secret = secret
        self._api_url = api_url
        self._post = post

    def authenticate(self, request: WebhookRequest) -> None:
        secret = self._secret()
        check_signature(
            request.headers, request.body, (secret.app_secret, secret.previous_app_secret)
        )

    def handshake(self, request: WebhookRequest) -> str:
        return answer_challenge(request.query, self._secret().verify_token)

    def parse(self, request: WebhookRequest) -> Iterable[ParseResult]:
        match decode_object(request.body):
            case {"object": str(kind), "entry": list(entries)} if kind == OBJECT:
                return (result for entry in entries for result in read_entry(entry))
            case _:
                raise MalformedPayload("not an envelope of a WhatsApp business account")

    def send(self, message: OutboundMessage) -> Delivery:
        recipient = _recipient(message.to)
        if recipient is None:
            return Delivery.refused(Refusal.RECIPIENT, "not_a_whatsapp_handle")
        token = self._secret().access_token.get_secret_value()
        url = f"{self._api_url().rstrip('/')}/{quote(message.account_id, safe='')}/messages"
        document = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **recipient,
            **_content(message),
        }
        if message.tracker:
            document["biz_opaque_callback_data"] = message.tracker
        try:
            reply = self._post(url, document, {"authorization": f"Bearer {token}"})
        except NoAnswer:
            return Delivery.unknown("no_answer")
        return judge(reply)


def _recipient(handle: str) -> dict[str, str] | None:
    if handle.startswith(PHONE_HANDLE):
        return {"to": handle.removeprefix(PHONE_HANDLE)}
    if handle.startswith(USER_HANDLE):
        return {"recipient": handle.removeprefix(USER_HANDLE)}
    return None


def _content(message: OutboundMessage) -> dict[str, Any]:
    if not message.buttons:
        return _plain(message.text)
    if len(message.text) > _BUTTONS_BODY_LIMIT:
        # Too long to stand above buttons: the choices become lines the customer can repeat.
        choices = (f"- {button.title}" for button in message.buttons)
        return _plain("\n".join((message.text, *choices)))
    buttons = [
        {"type": "reply", "reply": {"id": button.id, "title": button.title}}
        for button in message.buttons
    ]
    return {
        "type": "interactive",
        "interactive": {
            "type": "button",
            "body": {"text": message.text},
            "action": {"buttons": buttons},
        },
    }


def _plain(text: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def _secret() -> WhatsAppSecret:
    return read_secret(WhatsAppEnvironment.load().whatsapp_secret, WhatsAppSecret)


def _api_url() -> str:
    return WhatsAppEnvironment.load().whatsapp_api_url


adapter = WhatsApp(_secret, _api_url)
receive = receiver(adapter)
deliver = deliverer(adapter)
