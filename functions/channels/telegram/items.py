"""From a Telegram update to an inbound item: one update, one item."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.reading import Misshapen, clipped, ignored
from channels.telegram import payload as wire
from channels.telegram.handles import HANDLE
from sportello.messaging.items import (
    Edit,
    Ignored,
    InboundItem,
    Location,
    Media,
    Message,
    Reaction,
    Unsupported,
)

type Reading = InboundItem | Ignored

_FILES: Mapping[str, tuple[str, str]] = {
    "video": ("video", ""),
    "video_note": ("video", "video/mp4"),
    # Before document: an animation comes with a document of the same file, for old clients.
    "animation": ("video", ""),
    "voice": ("audio", "audio/ogg"),
    "audio": ("audio", ""),
    "document": ("document", ""),
    "sticker": ("sticker", ""),
}
"""Our kind, and the type of what Telegram itself encodes without naming it."""

_SHARED_KINDS = (
    "contact",
    "poll",
    "dice",
    "game",
    "story",
    "checklist",
    "invoice",
    "paid_media",
    "users_shared",
    "chat_shared",
    "web_app_data",
    "passport_data",
    "successful_payment",
)

_NOTICES = (
    "pinned_message",
    "message_auto_delete_timer_changed",
    "write_access_allowed",
    "connected_website",
    "chat_background_set",
    "proximity_alert_triggered",
    "new_chat_photo",
    "delete_chat_photo",
)
"""Notes of Telegram's own in a private chat: nobody said anything."""


@dataclass(frozen=True, slots=True)
class Update:
    """One update's id and kind, its content, and the bot it came to."""

    account_id: str
    update_id: int
    kind: str
    content: Any
    received_at: datetime

    def common(self, chat: wire.Chat, sent_at: Any) -> dict[str, Any]:
        handle = f"{HANDLE}{chat.id}"
        return {
            "account_id": self.account_id,
            "provider_item_id": f"update:{self.update_id}",
            "sent_at": sent_at,
            "handle": handle,
            "reply_to": handle,
        }


def message_id(chat: wire.Chat, within_chat: int) -> str:
    """Telegram numbers messages chat by chat, so an id needs both."""
    return f"{chat.id}:{within_chat}"


def kind_of(document: Mapping[str, Any]) -> str | None:
    """Name the part that makes this update: one that is read here, or else the first."""
    kinds = [key for key in document if key != "update_id"]
    return next((kind for kind in kinds if kind in _UPDATES), next(iter(kinds), None))


def read_update(update: Update) -> Reading:
    reader = _UPDATES.get(update.kind)
    return reader(update) if reader else ignored(update.kind)


def _not_conversing(chat: wire.Chat, sender: wire.User | None) -> Ignored | None:
    """Only a person in a private chat converses: bots would loop, a group is not one customer."""
    if chat.type != "private":
        return ignored("group_message")
    if sender and sender.is_bot:
        return ignored("bot_message")
    return None


def _message(update: Update) -> Reading:
    message = wire.Message.model_validate(update.content)
    if exclusion := _not_conversing(message.chat, message.sender):
        return exclusion
    media = _media(message)
    if message.text is None and not media and message.location is None:
        return _without_content(update, message)
    sender = message.sender or wire.User()
    replied = message.reply_to_message
    return Message(
        **update.common(message.chat, message.date),
        provider_message_id=message_id(message.chat, message.message_id),
        text=_words(message),
        media=media,
        location=_location(message),
        in_reply_to=message_id(message.chat, replied.message_id) if replied else "",
        display_name=clipped(sender.name, 256),
        language_hint=clipped(sender.language_code or "", 35),
    )


def _words(message: wire.Message) -> str:
    return message.text or message.caption or ""


def _media(message: wire.Message) -> tuple[Media, ...]:
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return (_file(largest, "image", "image/jpeg"),)
    for name, (kind, mime_type) in _FILES.items():
        if file := getattr(message, name):
            return (_file(file, kind, mime_type),)
    return ()


def _file(file: wire.File, kind: str, mime_type: str) -> Media:
    return Media.model_validate(
        {
            "kind": kind,
            "provider_media_id": file.file_id,
            "mime_type": clipped(file.mime_type or mime_type, 256),
            "file_name": clipped(file.file_name or "", 512),
            "size_bytes": file.file_size,
        }
    )


def _location(message: wire.Message) -> Location | None:
    if message.location is None:
        return None
    return Location(
        latitude=message.location.latitude,
        longitude=message.location.longitude,
        name=clipped(message.venue.name if message.venue else "", 1_000),
    )


def _without_content(update: Update, message: wire.Message) -> Reading:
    if notice := next((name for name in _NOTICES if name in update.content), None):
        return ignored(notice)
    kind = next((name for name in _SHARED_KINDS if name in update.content), "unknown")
    return Unsupported(
        **update.common(message.chat, message.date),
        provider_message_id=message_id(message.chat, message.message_id),
        provider_kind=kind,
    )


def _edited_message(update: Update) -> Reading:
    message = wire.Message.model_validate(update.content)
    if exclusion := _not_conversing(message.chat, message.sender):
        return exclusion
    return Edit(
        **update.common(message.chat, message.edit_date or message.date),
        original_message_id=message_id(message.chat, message.message_id),
        text=_words(message),
    )


def _callback_query(update: Update) -> Reading:
    query = wire.CallbackQuery.model_validate(update.content)
    pressed = query.message
    if pressed is None:
        # A button of an inline message, which Sportello never sends.
        return ignored("inline_callback_query")
    if exclusion := _not_conversing(pressed.chat, query.sender):
        return exclusion
    if not query.data:
        raise Misshapen("callback_query.data is missing")
    return Message(
        # Telegram does not say when a button was pressed.
        **update.common(pressed.chat, update.received_at),
        # The press is no message of the chat; the message it is on is ours.
        provider_message_id=f"callback:{query.id}",
        button_id=query.data,
        in_reply_to=message_id(pressed.chat, pressed.message_id),
        display_name=clipped(query.sender.name, 256),
        language_hint=clipped(query.sender.language_code or "", 35),
        callback_id=query.id,
    )


def _message_reaction(update: Update) -> Reading:
    reaction = wire.MessageReaction.model_validate(update.content)
    if exclusion := _not_conversing(reaction.chat, reaction.user):
        return exclusion
    emojis = [kind.emoji for kind in reaction.new_reaction if kind.emoji]
    if reaction.new_reaction and not emojis:
        # A picture of a sticker set: there is no character to show for it.
        return ignored("custom_reaction")
    return Reaction(
        **update.common(reaction.chat, reaction.date),
        original_message_id=message_id(reaction.chat, reaction.message_id),
        emoji=emojis[-1] if emojis else "",
    )


_UPDATES: Mapping[str, Callable[[Update], Reading]] = {
    "message": _message,
    "edited_message": _edited_message,
    "callback_query": _callback_query,
    "message_reaction": _message_reaction,
}
