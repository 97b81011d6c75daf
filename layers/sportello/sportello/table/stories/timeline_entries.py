"""What people are shown of a commit: its events with content, and where each stands. Pure."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, timedelta
from operator import itemgetter
from typing import Any

from pydantic import Field

from sportello.conversation.effects import SendMessage, SendRichMessage, WrittenText
from sportello.conversation.events import (
    ConversationEvent,
    ItemNoted,
    MessageReceived,
    UnknownEvent,
    Utterance,
    bus_detail,
)
from sportello.media.kept_file import MediaState
from sportello.messaging.items import (
    Content,
    DeliveryStatus,
    InboundItem,
    Message,
    Reaction,
    Revoke,
    Unsupported,
)
from sportello.messaging.refusals import explain_refusal
from sportello.model import Instant, Model
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import EffectRecord, LogEntry
from sportello.table.keys import stamp

MAX_SHOWN_CHARACTERS = 8_192

_LAST_OF_ITS_SECOND = timedelta(microseconds=999_999)

_SHOWN_OF_CONTENT = {
    *("auto_submitted", "button_id", "button_description", "platform_sign", "origin"),
    *("media", "media_form", "sticker_emoji", "location", "live_location"),
    *("attachments", "forwarding"),
}
_SHOWN_OF_FILE = {"media_id", "kind", "mime_type", "size_bytes", "file_name"}


class TimelineEntry(Model):
    """`at` is the sender's time for messages and the time of the commit for everything else.

    `author` is customer, bot, system, agent, or business for what was written outside Sportello;
    it is empty where nobody said anything. Entries stand in the order of their `place`, whichever
    page they came with.
    """

    at: Instant
    type: str
    author: str = ""
    text: str = ""
    detail: dict[str, Any] = Field(default_factory=dict)
    place: str = ""


type Place = tuple[Instant, bool, Instant, str, int, int]


def placed(
    commit: LogEntry,
    items: Mapping[str, InboundRecord],
    sent: Mapping[str, EffectRecord],
    handed_on: Collection[str] = (),
) -> list[tuple[Place, TimelineEntry]]:
    """Return what is shown of a commit's events, with where each stands.

    Items that were handed on are shown where they went.
    """
    elsewhere = {*handed_on, *(name for name, record in items.items() if record.forwarded_to)}
    return [
        (_place(event, commit.sequence, number), _cut(_entry(event, items, sent)))
        for number, event in enumerate(commit.events)
        if _shown(event) and not (isinstance(event, MessageReceived) and event.item_id in elsewhere)
    ]


def in_order(entries: Iterable[tuple[Place, TimelineEntry]]) -> tuple[TimelineEntry, ...]:
    return tuple(
        entry.model_copy(update={"place": _in_words(place)})
        for place, entry in sorted(entries, key=itemgetter(0))
    )


def _in_words(place: Place) -> str:
    """Write a place as a text that sorts as the place does."""
    moment, is_ours, since, item_id, sequence, number = place
    at, then = stamp(moment.astimezone(UTC)), stamp(since.astimezone(UTC))
    return f"{at}#{is_ours:d}#{then}#{item_id}#{sequence:012d}#{number:04d}"


def _cut(entry: TimelineEntry) -> TimelineEntry:
    length = len(entry.text)
    if length <= MAX_SHOWN_CHARACTERS:
        return entry
    detail = {**entry.detail, "shown_of": length}
    return entry.model_copy(update={"text": entry.text[:MAX_SHOWN_CHARACTERS], "detail": detail})


def _shown(event: ConversationEvent) -> bool:
    if isinstance(event, ItemNoted) and event.kind == "receipt":
        return False
    return not event.hidden


def _place(event: ConversationEvent, sequence: int, number: int) -> Place:
    """Return where an event stands: at its moment, what came in before what followed.

    What came in at one moment stands in the order of receipt, which no repeated or late commit
    changes; the rest in the order in which it was committed.
    """
    moment = _moment(event)
    if isinstance(event, MessageReceived | ItemNoted):
        return moment, False, event.received_at or event.sent_at, event.item_id, sequence, number
    return moment, True, moment, "", sequence, number


def _moment(event: ConversationEvent) -> Instant:
    """Return when something was said or done, as nearly as the provider's clock lets us know.

    A time in whole seconds may be any instant of its second: it is the one of receipt, or the
    second's last. Else a question asked right after an answer would be shown above it.
    """
    match event:
        case MessageReceived() | ItemNoted():
            sent_at, received_at = event.sent_at, event.received_at or event.sent_at
            if sent_at.microsecond:
                return sent_at
            return max(sent_at, min(received_at, sent_at + _LAST_OF_ITS_SECOND))
        case _:
            return event.at


def _entry(
    event: ConversationEvent,
    items: Mapping[str, InboundRecord],
    sent: Mapping[str, EffectRecord],
) -> TimelineEntry:
    match event:
        case MessageReceived() | ItemNoted():
            return _received(event, items.get(event.item_id))
        case Utterance():
            return _written(event, sent.get(event.effect_key))
        case UnknownEvent():
            # What it tells may be confidential: only its own version knows.
            return TimelineEntry(at=event.at, type=event.type, detail={"type": event.stored_type})
        case _:
            return TimelineEntry(at=event.at, type=event.type, detail=bus_detail(event))


def _received(event: MessageReceived | ItemNoted, record: InboundRecord | None) -> TimelineEntry:
    detail: dict[str, Any] = {"item_id": event.item_id, "kind": event.kind}
    text = ""
    match record.item if record else None:
        case Content() as content:
            text = content.text
            detail |= content.model_dump(
                mode="json", include=_SHOWN_OF_CONTENT, exclude_defaults=True
            )
            if isinstance(content, Message):
                text = text or content.button_id or _as_typed(content.platform_sign)
        case Reaction(emoji=emoji):
            text = emoji
        case Unsupported(provider_kind=kind):
            detail["provider_kind"] = kind
        case _:
            pass
    author = _author(event.kind, record.item if record else None)
    return TimelineEntry(at=event.sent_at, type=event.type, author=author, text=text, detail=detail)


def _as_typed(sign: str) -> str:
    return f"/{sign}" if sign else ""


def _author(kind: str, item: InboundItem | None) -> str:
    if kind == "handle_change":
        return ""
    on_the_phone = isinstance(item, Revoke | Reaction) and item.by_business
    return "business" if on_the_phone or kind == "echo" else "customer"


def _beside_the_text(message: SendMessage) -> dict[str, Any]:
    """Return what else the customer is shown; places of a template are in its text already."""
    shown: dict[str, Any] = {}
    if message.buttons:
        shown["buttons"] = [{"id": each.id, "title": each.title} for each in message.buttons]
    if isinstance(message, SendRichMessage) and message.media:
        shown["media"] = [
            {**file.model_dump(mode="json", include=_SHOWN_OF_FILE), "state": MediaState.STORED}
            for file in message.media
        ]
    if isinstance(message, SendRichMessage) and message.template:
        shown["template"] = message.template.model_dump(include={"name", "language"})
    return shown


def _written(event: Utterance, record: EffectRecord | None) -> TimelineEntry:
    effect = record.effect if record else None
    shown = {"effect_key", "automatic", "agent_id"}
    detail = event.model_dump(mode="json", include=shown, exclude_defaults=True)
    if record:
        detail |= outcome_of(record)
    if isinstance(effect, SendMessage):
        detail |= _beside_the_text(effect)
    return TimelineEntry(
        at=event.at,
        type=event.type,
        author=event.author,
        text=effect.text if isinstance(effect, WrittenText) else "",
        detail=detail,
    )


def outcome_of(record: EffectRecord) -> dict[str, Any]:
    """Say what became of a message, in words where it did not arrive."""
    outcome: dict[str, Any] = {}
    if isinstance(record.effect, SendMessage):
        outcome["status"] = record.status
        if record.status is DeliveryStatus.UNKNOWN:
            outcome["doubtful"] = True
        if record.status is DeliveryStatus.REFUSED:
            outcome |= explain_refusal(record.error_code).model_dump(mode="json")
    if record.error_code:
        outcome["error_code"] = record.error_code
    return outcome
