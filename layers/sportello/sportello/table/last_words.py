"""What was said last in a conversation, as a list shows it. Pure."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, TypeGuard

from pydantic import Field

from sportello.conversation.effects import Effect, SendMessage, SendRichMessage
from sportello.conversation.events import Author
from sportello.messaging.items import Content, Echo, Message, Unsupported
from sportello.model import Instant
from sportello.stored import OrUnknown, Stored
from sportello.table.inbound_items import InboundRecord

MAX_LAST_WORDS = 160
"""Code points; every commit writes them once more."""

MAX_FILES = 5


class LastWords(Stored):
    """`text` is the beginning of it in one line; `media` names the kinds of files beside it."""

    at: Instant
    author: Annotated[Literal["customer", "bot", "agent", "business"], OrUnknown()]
    text: str = Field(default="", max_length=MAX_LAST_WORDS)
    media: tuple[str, ...] = ()


def last_words(
    before: LastWords | None,
    applied: Iterable[InboundRecord],
    effects: Sequence[Effect],
    now: Instant,
) -> LastWords | None:
    """Return what stands last when items are applied and effects decided `now`.

    What a provider delivers late does not take the place of what was said since.
    """
    utterances = [words for record in applied if (words := _of_item(record))]
    utterances += [_of_message(effect, now) for effect in effects if _is_utterance(effect)]
    latest = max(utterances, key=lambda words: words.at, default=None)
    if before is None or latest is None:
        return latest or before
    return max(before, latest, key=lambda words: (words.at, words is latest))


def _of_item(record: InboundRecord) -> LastWords | None:
    item = record.item
    match item:
        case Message() | Echo():
            return LastWords(
                at=item.sent_at,
                author="business" if isinstance(item, Echo) else "customer",
                text=_in_one_line(item.text),
                media=_kinds(item),
            )
        case Unsupported():
            return LastWords(at=item.sent_at, author="customer")
        case _:
            return None


def _is_utterance(effect: Effect) -> TypeGuard[SendMessage]:
    """What Sportello says by itself tells agents nothing: it would hide the customer's question."""
    return isinstance(effect, SendMessage) and effect.author != Author.SYSTEM


def _of_message(message: SendMessage, now: Instant) -> LastWords:
    files = message.media[:MAX_FILES] if isinstance(message, SendRichMessage) else ()
    return LastWords.model_validate(
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
