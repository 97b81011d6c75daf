"""What was said last in a conversation, as a list shows it. Pure."""

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Annotated, Literal, TypeGuard

from pydantic import Field

from sportello.conversation.effects import Effect, SendMessage, SendRichMessage
from sportello.conversation.events import Author
from sportello.messaging.items import (
    Content,
    Echo,
    Edit,
    InboundItem,
    Message,
    Revoke,
    Unsupported,
)
from sportello.model import Instant
from sportello.stored import OrUnknown, Stored
from sportello.table.inbound.inbound_items import InboundRecord

MAX_LAST_WORDS = 160
"""Code points; every commit writes them once more."""

MAX_FILES = 5


class LastWords(Stored):
    """`text` is the beginning of it in one line; `media` names the kinds of files beside it.

    Both are empty of what its writer took back.
    """

    at: Instant
    author: Annotated[Literal["customer", "bot", "agent", "business"], OrUnknown()]
    text: str = Field(default="", max_length=MAX_LAST_WORDS)
    media: tuple[str, ...] = ()


class KeptWords(LastWords):
    """They are kept with what the provider calls the message, by which changes of it name it.

    It is shown to nobody: such a name may hold a number. It is empty of what Sportello wrote.
    """

    provider_message_id: str = ""


def last_words(
    before: KeptWords | None,
    applied: Iterable[InboundRecord],
    effects: Sequence[Effect],
    now: Instant,
) -> KeptWords | None:
    """Return what stands last when items are applied and effects decided `now`.

    What a provider delivers late does not take the place of what was said since. What stands last
    is shown as its writer has changed it, and not at all once they took it back.
    """
    items = [record.item for record in sorted(applied, key=lambda record: record.place)]
    utterances = [words for item in items if (words := _of_item(item))]
    utterances += [_of_message(effect, now) for effect in effects if _is_utterance(effect)]
    latest = max(utterances, key=lambda words: words.at, default=None)
    if before and latest:
        latest = max(before, latest, key=lambda words: (words.at, words is latest))
    standing = latest or before
    return reduce(_changed, items, standing) if standing else None


def _changed(words: KeptWords, item: InboundItem) -> KeptWords:
    match item:
        case Edit(original_message_id=original) | Echo(edits=original) if original:
            changed = {"text": _in_one_line(item.text), "media": _kinds(item)}
        case Revoke(original_message_id=original):
            # Nobody may say it again: an edit that was late would.
            changed = {"text": "", "media": (), "provider_message_id": ""}
        case _:
            return words
    return words.model_copy(update=changed) if original == words.provider_message_id else words


def _of_item(item: InboundItem) -> KeptWords | None:
    match item:
        case Echo(edits=original) if original:
            return None
        case Message() | Echo():
            return KeptWords(
                at=item.sent_at,
                author="business" if isinstance(item, Echo) else "customer",
                text=_in_one_line(item.text),
                media=_kinds(item),
                provider_message_id=item.provider_message_id,
            )
        case Unsupported():
            return KeptWords(
                at=item.sent_at,
                author="customer",
                provider_message_id=item.provider_message_id,
            )
        case _:
            return None


def _is_utterance(effect: Effect) -> TypeGuard[SendMessage]:
    """What Sportello says by itself tells agents nothing: it would hide the customer's question."""
    return isinstance(effect, SendMessage) and effect.author != Author.SYSTEM


def _of_message(message: SendMessage, now: Instant) -> KeptWords:
    files = message.media[:MAX_FILES] if isinstance(message, SendRichMessage) else ()
    return KeptWords.model_validate(
        {
            "at": now,
            "author": message.author,
            "text": _in_one_line(message.text),
            "media": tuple(str(file.kind) for file in files),
        }
    )


def _kinds(content: Content) -> tuple[str, ...]:
    form = str(content.media_form)
    return tuple(form or str(media.kind) for media in content.media[:MAX_FILES])


def _in_one_line(text: str) -> str:
    # No more is looked at than could be shown, however long a mail is.
    line = " ".join(text[: 4 * MAX_LAST_WORDS].split())
    return line if len(line) <= MAX_LAST_WORDS else f"{line[: MAX_LAST_WORDS - 1]}…"
