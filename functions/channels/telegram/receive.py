"""The customers' messages in, one update a call."""

import hmac
from collections.abc import Iterable

from channels.reading import decode_object, read_element
from channels.telegram.capabilities import CAPABILITIES, NAME
from channels.telegram.items import Update, kind_of, read_update
from channels.telegram.secret import BotToken, SecretTokens, telegram_secret
from sportello.aws.credentials import ReadPart
from sportello.entrypoints.receiver import receiver
from sportello.errors import MalformedPayload, Unauthenticated
from sportello.messaging.capabilities import Capabilities
from sportello.messaging.inbound_channel import WebhookRequest
from sportello.messaging.items import ParseResult


class TelegramInbound:
    name: str = NAME
    capabilities: Capabilities = CAPABILITIES

    def __init__(self, secret: ReadPart) -> None:
        self._secret = secret

    def authenticate(self, request: WebhookRequest) -> None:
        secrets = self._secret(SecretTokens)
        presented = request.headers.get("x-telegram-bot-api-secret-token", "")
        # A list, so that every comparison runs and none stops the others early.
        matches = [
            hmac.compare_digest(presented.encode(errors="replace"), token.encode())
            for token in (
                secrets.secret_token.get_secret_value(),
                secrets.previous_secret_token.get_secret_value(),
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
            account_id=self._secret(BotToken).bot_id,
            update_id=update_id,
            kind=kind,
            content=document[kind],
            received_at=request.received_at,
        )
        return [read_element(lambda: read_update(update), document)]


adapter = TelegramInbound(telegram_secret)
handler = receiver(adapter)
