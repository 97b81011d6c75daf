"""Our messages out. The bot's token is part of every URL, so no URL is ever logged."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from channels.provider_api import ProviderApi
from channels.telegram.api_url import api_url
from channels.telegram.capabilities import CAPABILITIES, NAME
from channels.telegram.errors import judge, raise_unless_done
from channels.telegram.handles import HANDLE
from channels.telegram.secret import BotToken, telegram_secret
from sportello.entrypoints.deliverer import deliverer
from sportello.errors import ConfigurationRefused, ProviderUnavailable
from sportello.messaging.capabilities import Capabilities
from sportello.messaging.channel_faults import ChannelFault
from sportello.messaging.outbound_channel import Button, Delivery, OutboundMessage, Refusal
from sportello.messaging.outbound_http import FormFile, NoAnswer, Reply
from sportello.messaging.outbound_media import MediaKind, OutboundFile

FILE_METHODS: Mapping[MediaKind, tuple[str, str]] = {
    MediaKind.IMAGE: ("sendPhoto", "photo"),
    MediaKind.VIDEO: ("sendVideo", "video"),
    MediaKind.VOICE: ("sendVoice", "voice"),
    MediaKind.AUDIO: ("sendAudio", "audio"),
    MediaKind.DOCUMENT: ("sendDocument", "document"),
}
"""The method for each kind of file, and the field that it has the file in."""


class TelegramOutbound(ProviderApi[BotToken]):
    name: str = NAME
    capabilities: Capabilities = CAPABILITIES

    def send(self, message: OutboundMessage) -> Delivery:
        chat_id = _chat_id(message.to)
        if chat_id is None:
            return Delivery.refused(Refusal.RECIPIENT, "not_a_telegram_handle")
        if message.account_id != self._secret().bot_id:
            raise ConfigurationRefused(ChannelFault.ACCOUNT, "not_this_bot")
        if message.template:
            return Delivery.refused(Refusal.CONTENT, "no_templates")
        try:
            return judge(self._call_for(message, chat_id))
        except NoAnswer:
            return Delivery.unknown("no_answer")

    def _call_for(self, message: OutboundMessage, chat_id: int) -> Reply:
        if message.file:
            return self._send_file(message.file, chat_id, message.text)
        document: dict[str, Any] = {"chat_id": chat_id, "text": message.text}
        if message.buttons:
            document["reply_markup"] = _keyboard(message.buttons)
        return self._call("sendMessage", document)

    def _send_file(self, file: OutboundFile, chat_id: int, caption: str) -> Reply:
        """Hand the file over: of documents by a link the API takes two types only, and no name."""
        method, field = FILE_METHODS[file.media.kind]
        part = FormFile(
            field=field,
            name=file.media.file_name or field,
            mime_type=file.media.mime_type,
            content=file.content,
        )
        fields = {"chat_id": str(chat_id), **({"caption": caption} if caption else {})}
        return self._post_form(self._url(method), fields, part, {})

    def acknowledge(self, callback_id: str) -> None:
        """Raises ProviderUnavailable to be tried again, Rejected once it is too late."""
        try:
            reply = self._call("answerCallbackQuery", {"callback_query_id": callback_id})
        except NoAnswer:
            # Acknowledging twice does no harm, unlike sending twice.
            raise ProviderUnavailable("no answer to the acknowledgement") from None
        raise_unless_done(reply)

    def _call(self, method: str, document: dict[str, Any]) -> Reply:
        return self._post(self._url(method), document, {})

    def _url(self, method: str) -> str:
        token = self._secret().bot_token.get_secret_value()
        return f"{self._api_url()}/bot{token}/{method}"


def _chat_id(handle: str) -> int | None:
    try:
        return int(handle.removeprefix(HANDLE)) if handle.startswith(HANDLE) else None
    except ValueError:
        return None


def _keyboard(buttons: Iterable[Button]) -> dict[str, Any]:
    """One button a row: titles stay readable on a phone."""
    rows = [[{"text": button.title, "callback_data": button.id}] for button in buttons]
    return {"inline_keyboard": rows}


adapter = TelegramOutbound(partial(telegram_secret, BotToken), api_url)
handler = deliverer(adapter)
