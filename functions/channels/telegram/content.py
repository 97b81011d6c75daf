"""What a Telegram message holds and refers to, as the fields of an item."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from channels.forms import read_form
from channels.platform_signs import sign_fields
from channels.reading import clipped
from channels.telegram import payload as wire
from sportello.messaging.attachments import (
    Attachment,
    Card,
    Choices,
    Dice,
    Forwarding,
    Quote,
    SharedContact,
)
from sportello.messaging.items import MAX_TEXT, Location, Media

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

_FORMS: Mapping[str, str] = {
    "voice": "voice_note",
    "video_note": "video_note",
    "animation": "animation",
}

_DEEPEST_TEXT = 20
_MOST_BLOCKS = 1_000
"""Of a message or of one list in it: more than anybody writes, and nobody reads what follows."""

_LINE_OF_CARD = re.compile(
    r"^(?:[\w-]+\.)?(ORG|TEL|EMAIL|ADR|URL)(?:;[^:\n]*)?:(.*)$", re.IGNORECASE | re.MULTILINE
)
_PARTS_OF_VALUE = re.compile(r"(?<!\\);")
_ESCAPED = re.compile(r"\\(.)")


def content_fields(message: wire.Message) -> dict[str, Any]:
    """Return what is shown of a message, empty where it holds nothing to show."""
    fields = {
        **_files(message),
        "text": words_of(message),
        "location": _location(message),
        "attachments": tuple(_attachments(message)),
    }
    shown = {name: value for name, value in fields.items() if value}
    if shown and message.location and message.location.live_period:
        shown["live_location"] = True
    return shown


def spoken_fields(message: wire.Message) -> dict[str, Any]:
    """Return the fields of a text that the platform may have written in the customer's name."""
    if message.text and not message.forward_origin:
        return sign_fields(words_of(message))
    return {"text": words_of(message)}


def words_of(message: wire.Message) -> str:
    if message.text:
        return _with_links(message.text, message.entities or ())
    if message.caption:
        return _with_links(message.caption, message.caption_entities or ())
    return _rich_text(message.rich_message)


def _with_links(text: str, entities: Sequence[wire.Entity]) -> str:
    """Write behind words where the link under them leads: who reads the chat can follow it."""
    units = text.encode("utf-16-le")
    for entity in sorted(entities, key=lambda entity: entity.offset, reverse=True):
        begin, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        words = units[begin:end].decode("utf-16-le", errors="ignore")
        url = entity.url or ""
        if entity.type == "text_link" and words and url not in {"", words, f"{words}/"}:
            units = units[:end] + f" ({url})".encode("utf-16-le") + units[end:]
    linked = units.decode("utf-16-le", errors="ignore")
    return linked if len(linked) <= MAX_TEXT else text


def reply_fields(message: wire.Message) -> dict[str, Any]:
    """Return what a message refers to, and that somebody else wrote it first.

    In a topic every message replies to the topic itself, which is no quote.
    """
    fields: dict[str, Any] = {}
    if message.forward_origin:
        fields["forwarding"] = Forwarding(author=message.forward_origin.name)
    part = message.quote.text if message.quote else ""
    replied = message.reply_to_message
    if replied and replied.forum_topic_created is None:
        fields["in_reply_to"] = message_id(message.chat, replied.message_id)
        fields["quote"] = quote_of(replied, part)
    elif message.external_reply or message.reply_to_story:
        fields["quote"] = Quote(text=part, elsewhere=True)
    return fields


def quote_of(replied: wire.Reference, part: str = "") -> Quote:
    """Return a message as it is shown above the reply to it: a part of it, where one was chosen."""
    text = part or replied.text or replied.caption or ""
    if replied.sender is None:
        return Quote(text=text)
    return Quote(text=text, author="business" if replied.sender.is_bot else "customer")


def message_id(chat: wire.Chat, within_chat: int) -> str:
    """Telegram numbers messages chat by chat, so an id needs both."""
    return f"{chat.id}:{within_chat}"


def _files(message: wire.Message) -> dict[str, Any]:
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return {"media": (_file(largest, "image", "image/jpeg"),)}
    for name, (kind, mime_type) in _FILES.items():
        if file := getattr(message, name):
            return {
                "media": (_file(file, kind, mime_type),),
                "media_form": _FORMS.get(name, ""),
                "sticker_emoji": clipped(file.emoji or "", 64),
            }
    return {}


def _file(file: wire.File, kind: str, mime_type: str) -> Media:
    return Media.model_validate(
        {
            "kind": kind,
            "provider_media_id": file.file_id,
            "mime_type": clipped(file.mime_type or mime_type, 256),
            "file_name": clipped(file.file_name or "", 512),
            "size_bytes": file.file_size,
            "seconds": file.duration,
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


def _attachments(message: wire.Message) -> Iterator[Attachment]:
    if contact := message.contact:
        yield _contact_card(contact)
    if poll := message.poll:
        options = tuple(option.text for option in poll.options)
        yield Choices(kind="poll", title=poll.question, options=options)
    if checklist := message.checklist:
        tasks = tuple(task.text for task in checklist.tasks)
        yield Choices(kind="checklist", title=checklist.title, options=tasks)
    if dice := message.dice:
        yield Dice(kind="dice", emoji=dice.emoji, value=dice.value)
    if story := message.story:
        yield Card(kind="story", title=story.chat.name if story.chat else "")
    if game := message.game:
        yield Card(kind="game", title=game.title, description=game.description)
    if invoice := message.invoice:
        yield Card(kind="invoice", title=invoice.title, description=invoice.description)
    if sent := message.web_app_data:
        yield read_form("web_app_data", sent.button_text, sent.data)


def _contact_card(contact: wire.Contact) -> SharedContact:
    """Return a contact with what its card says beside the name (vCard, RFC 6350)."""
    card = contact.vcard or ""
    says: dict[str, list[str]] = {}
    for name, value in _LINE_OF_CARD.findall(card.replace("\r\n", "\n").replace("\n ", "")):
        parts = (_ESCAPED.sub(r"\1", part).strip() for part in _PARTS_OF_VALUE.split(value))
        says.setdefault(name.upper(), []).append(", ".join(part for part in parts if part))
    return SharedContact(
        kind="contact",
        name=contact.name,
        organization=next(iter(says.get("ORG", ())), ""),
        phones=tuple(_each_once(contact.phone_number, *says.get("TEL", ()))),
        emails=tuple(says.get("EMAIL", ())),
        addresses=tuple(says.get("ADR", ())),
        urls=tuple(says.get("URL", ())),
    )


def _each_once(*numbers: str) -> Iterator[str]:
    """Yield numbers that differ in more than how they are written."""
    before: set[str] = set()
    for number in numbers:
        digits = re.sub(r"\D", "", number)
        if digits and digits not in before:
            yield number.removeprefix("tel:")
        before.add(digits)


def _rich_text(rich_message: Any) -> str:
    """Return the words of a message that is made of blocks, a line for each."""
    blocks = rich_message.get("blocks") if isinstance(rich_message, dict) else None
    if not isinstance(blocks, list):
        return ""
    return "\n".join("".join(_strings(block, _DEEPEST_TEXT)) for block in blocks[:_MOST_BLOCKS])[
        :MAX_TEXT
    ].strip()


def _strings(node: Any, depth: int) -> Iterator[str]:
    """Yield the runs of a rich text: a string, a list of texts, or one inside a format."""
    match node:
        case str():
            yield node
        case list() if depth:
            for each in node[:_MOST_BLOCKS]:
                yield from _strings(each, depth - 1)
        case dict() if depth:
            for name in ("text", "blocks", "items", "caption"):
                yield from _strings(node.get(name), depth - 1)
