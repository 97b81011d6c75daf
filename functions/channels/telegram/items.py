"""From a Telegram update to an inbound item: one update, one item."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.reading import Misshapen, clipped, ignored
from channels.telegram import payload as wire
from channels.telegram.content import (
    content_fields,
    message_id,
    quote_of,
    reply_fields,
    spoken_fields,
)
from channels.telegram.handles import HANDLE
from channels.telegram.notices import notice_in
from sportello.messaging.attachments import Unavailable
from sportello.messaging.items import (
    Edit,
    Ignored,
    InboundItem,
    Message,
    Reaction,
    Unsupported,
)

type Reading = InboundItem | Ignored

_NOT_SHOWN = (
    *("contact", "poll", "checklist", "dice", "story", "game", "invoice", "web_app_data"),
    *("paid_media", "passport_data", "rich_message"),
)
"""Kinds of content that Sportello cannot show, or not when they are misshapen."""

_LIVE_LOCATION_STEP_SECONDS = 300
"""A live location moves every few seconds for hours: its place is kept once in so long."""


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
    content = content_fields(message)
    if not content:
        return _without_content(update, message)
    sender = message.sender or wire.User()
    fields = {
        **update.common(message.chat, message.date),
        **content,
        **spoken_fields(message),
        **reply_fields(message),
        "provider_message_id": message_id(message.chat, message.message_id),
        "display_name": clipped(sender.name, 256),
        "language_hint": clipped(sender.language_code or "", 35),
    }
    if message.caption and not content_fields(message.model_copy(update={"caption": None})):
        fields["attachments"] = (
            Unavailable(kind="unavailable", provider_kind=_unseen_kind(update)),
        )
    return Message.model_validate(fields)


def _unseen_kind(update: Update) -> str:
    return next((name for name in _NOT_SHOWN if name in update.content), "unknown")


def _without_content(update: Update, message: wire.Message) -> Reading:
    if notice := notice_in(update.content):
        return ignored(notice)
    return Unsupported(
        **update.common(message.chat, message.date),
        provider_message_id=message_id(message.chat, message.message_id),
        provider_kind=_unseen_kind(update),
    )


def _edited_message(update: Update) -> Reading:
    message = wire.Message.model_validate(update.content)
    if exclusion := _not_conversing(message.chat, message.sender):
        return exclusion
    content = content_fields(message)
    if not content:
        return ignored(f"edited_{notice_in(update.content) or 'message'}")
    changed_at = message.edit_date or message.date
    original = message_id(message.chat, message.message_id)
    fields = update.common(message.chat, changed_at) | content | {"original_message_id": original}
    if content.get("live_location"):
        step = int(changed_at.timestamp()) // _LIVE_LOCATION_STEP_SECONDS
        fields["provider_item_id"] = f"moved:{original}:{step}"
    return Edit.model_validate(fields)


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
        text=pressed.reply_markup.title_of(query.data) if pressed.reply_markup else "",
        button_id=query.data,
        quote=quote_of(pressed),
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
    before = [kind.emoji for kind in reaction.old_reaction or () if kind.emoji]
    if reaction.new_reaction and not emojis and not before:
        # A picture of a sticker set: there is no character to show for it.
        return ignored("custom_reaction")
    return Reaction(
        **update.common(reaction.chat, reaction.date),
        original_message_id=message_id(reaction.chat, reaction.message_id),
        emoji=clipped("".join(emojis), 64),
    )


_UPDATES: Mapping[str, Callable[[Update], Reading]] = {
    "message": _message,
    "edited_message": _edited_message,
    "callback_query": _callback_query,
    "message_reaction": _message_reaction,
}
