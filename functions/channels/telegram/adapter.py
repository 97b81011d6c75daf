"""Telegram Bot API: private chats with the business's bot.

One update per webhook call. The bot's token is part of every URL, so no URL is ever logged.
"""

import hmac
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import ConfigDict, Field, SecretStr

from channels.reading import decode_object, read_element
from channels.telegram.errors import judge, raise_unless_done
from channels.telegram.items import HANDLE, Update, kind_of, read_update
from sportello.aws.credentials import read_secret
from sportello.aws.environment import Environment
from sportello.channel_kinds import ChannelKind, Tone
from sportello.entrypoints.handlers import deliverer, receiver
from sportello.errors import MalformedPayload, ProviderUnavailable, Unauthenticated
from sportello.messaging.channel import (
    Button,
    Capabilities,
    Delivery,
    OutboundMessage,
    Refusal,
    WebhookRequest,
)
from sportello.messaging.items import ParseResult
from sportello.messaging.outbound_http import NoAnswer, Reply, post_json
from sportello.model import Model


class TelegramEnvironment(Environment):
    telegram_secret: str
    telegram_api_url: str


class TelegramSecret(Model):
    """`secret_token` is what setWebhook was told; `previous_secret_token` during a rotation."""

    model_config = ConfigDict(extra="ignore")

    secret_token: SecretStr = Field(min_length=1)
    bot_token: SecretStr = Field(min_length=1)
    previous_secret_token: SecretStr = SecretStr("")

    @property
    def bot_id(self) -> str:
        """The bot's user id, which the token begins with: the account that customers write to."""
        return self.bot_token.get_secret_value().partition(":")[0]


class Telegram:
    name: str = "telegram"
    capabilities: Capabilities = Capabilities(
        kind=ChannelKind.MESSAGING,
        tone=Tone.NEUTRAL,
        text_limit=4_096,
        buttons=8,
        button_title_limit=40,
        reply_window_seconds=None,
    )

    def __init__(
        self,
        secret: Callable[[], TelegramSecret],
        api_url: Callable[[], str],
        post: Callable[[str, Any, Mapping[str, str]], Reply] = post_json,
    ) -> None:
        self._secret = secret
        self._api_url = api_url
        self._post = post

    def authenticate(self, request: WebhookRequest) -> None:
        secret = self._secret()
        presented = request.headers.get("x-telegram-bot-api-secret-token", "")
        # A list, so that every comparison runs and none stops the others early.
        matches = [
            hmac.compare_digest(presented.encode(errors="replace"), token.encode())
            for token in (
                secret.secret_token.get_secret_value(),
                secret.previous_secret_token.get_secret_value(),
            )
            if token
        ]
        if not any(matches):
            raise Unauthenticated("the secret token does not match")

    def parse(self, request: WebhookRequest) -> Iterable[ParseResult]:
        document = decode_object(request.body)
        update_id = document.get("update_id")
        kind = kind_of(document)
        if type(update_id) is not int or kind is None:
            raise MalformedPayload("not an update")
        update = Update(
            account_id=self._secret().bot_id,
            update_id=update_id,
            kind=kind,
            content=document[kind],
            received_at=request.received_at,
        )
        return [read_element(lambda: read_update(update), document)]

    def send(self, message: OutboundMessage) -> Delivery:
        chat_id = _chat_id(message.to)
        if chat_id is None:
            return Delivery.refused(Refusal.RECIPIENT, "not_a_telegram_handle")
        if message.account_id != self._secret().bot_id:
            return Delivery.refused(Refusal.CONFIGURATION, "not_this_bot")
        document: dict[str, Any] = {"chat_id": chat_id, "text": message.text}
        if message.buttons:
            document["reply_markup"] = _keyboard(message.buttons)
        try:
            return judge(self._call("sendMessage", document))
        except NoAnswer:
            return Delivery.unknown("no_answer")

    def acknowledge(self, callback_id: str) -> None:
        """Raises ProviderUnavailable to be tried again, Rejected once it is too late."""
        try:
            reply = self._call("answerCallbackQuery", {"callback_query_id": callback_id})
        except NoAnswer:
            # Acknowledging twice does no harm, unlike sending twice.
            raise ProviderUnavailable("no answer to the acknowledgement") from None
        raise_unless_done(reply)

    def _call(self, method: str, document: dict[str, Any]) -> Reply:
        token = self._secret().bot_token.get_secret_value()
        return self._post(f"{self._api_url().rstrip('/')}/bot{token}/{method}", document, {})


def _chat_id(handle: str) -> int | None:
    try:
        return int(handle.removeprefix(HANDLE)) if handle.startswith(HANDLE) else None
    except ValueError:
        return None


def _keyboard(buttons: Iterable[Button]) -> dict[str, Any]:
    """One button a row: titles stay readable on a phone."""
    rows = [[{"text": button.title, "callback_data": button.id}] for button in buttons]
    return {"inline_keyboard": rows}


def _secret() -> TelegramSecret:
    return read_secret(TelegramEnvironment.load().telegram_secret, TelegramSecret)


def _api_url() -> str:
    return TelegramEnvironment.load().telegram_api_url


adapter = Telegram(_secret, _api_url)
receive = receiver(adapter)
deliver = deliverer(adapter)
