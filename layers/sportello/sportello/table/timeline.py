"""A conversation as people read it: the log joined with content, in the order things were said."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from operator import itemgetter
from typing import Any

from pydantic import Field

from sportello.conversation.effects import SendMessage, SendRichMessage, WrittenText
from sportello.conversation.events import (
    ConversationEvent,
    ConversationJoined,
    ConversationMoved,
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
from sportello.table.batch_table import BATCH_GET_LIMIT
from sportello.table.desk_table import DeskTable
from sportello.table.inbound_items import InboundRecord
from sportello.table.items import EffectRecord, LogEntry
from sportello.table.shown_files import with_files
from sportello.table.story_links import StoryLinks

MAX_SHOWN_CHARACTERS = 8_192
MAX_PAGE_CHARACTERS = 150_000
"""A function answers with 6 MB at most, and a character takes up to twelve bytes on that way."""

LOOKED_AROUND = 50
"""Commits before a page that its replies may mean, and after it that may have changed it."""

_LAST_OF_ITS_SECOND = timedelta(microseconds=999_999)


_SHOWN_OF_CONTENT = {
    *("auto_submitted", "button_id", "button_description", "platform_sign", "origin"),
    *("media", "media_form", "sticker_emoji", "location", "live_location"),
    *("attachments", "forwarding"),
}


class TimelineEntry(Model):
    """`at` is the sender's time for messages and the time of the commit for everything else.

    `author` is customer, bot, system, agent, or business for what was written outside Sportello;
    it is empty where nobody said anything.
    """

    at: Instant
    type: str
    author: str = ""
    text: str = ""
    detail: dict[str, Any] = Field(default_factory=dict)


type Place = tuple[Instant, bool, Instant, str, int, int]


class ChangedStatus(Model):
    """What has become by now of a message that stands on an earlier page."""

    effect_key: str
    detail: dict[str, Any]


class Timeline(Model):
    """A page, oldest entry first; `older` is the cursor to the page before, None at the start.

    `sequence` is how far it reaches: what comes later is read after it. A page that was read after
    one has `newer`, the cursor to the next where there is more, and `changed` statuses of messages
    on earlier pages.
    """

    entries: tuple[TimelineEntry, ...]
    older: int | None
    sequence: int = 0
    newer: int | None = None
    changed: tuple[ChangedStatus, ...] = ()


@dataclass(slots=True)
class _Page:
    """The newest part of a log with its content, and the conversations that moved here in it."""

    entries: list[tuple[Place, TimelineEntry]] = field(default_factory=list)
    items: dict[str, InboundRecord] = field(default_factory=dict)
    sent: dict[str, EffectRecord] = field(default_factory=dict)
    joined: list[str] = field(default_factory=list)
    oldest: int = 0
    reaches: int = 0

    @property
    def links(self) -> StoryLinks:
        return StoryLinks(self.items, self.sent)


def read_timeline(
    table: DeskTable, conversation_id: str, limit: int, before: int | None = None
) -> Timeline:
    """Read the newest commits before a cursor, with the content they point at.

    Fewer than `limit` where the page would hold too much text; at least one. Where another
    conversation of the same customer moved here, the end of its story is on the same page, and
    `older` in the entry that tells so is the cursor into the rest of it.
    """
    page = read_commits(table, table.log_page(conversation_id, limit, before), conversation_id)
    shown = with_joined(table, page, limit)
    around = read_around(table, conversation_id, page, before)
    entries = with_links_and_files(table, page, shown, around)
    return Timeline(entries=entries, older=page.oldest or None, sequence=page.reaches)


def with_links_and_files(
    table: DeskTable, page: _Page, shown: Sequence[TimelineEntry], around: Sequence[TimelineEntry]
) -> tuple[TimelineEntry, ...]:
    """Return a page's entries with what they speak of, and what became of their files."""
    linked = page.links.applied_to([*shown, *around])
    return with_files(table.media, linked[: len(shown)], page.items)


def with_joined(table: DeskTable, page: _Page, limit: int) -> list[TimelineEntry]:
    """Put the ends of the stories on a page that go on in it, and return it in order."""
    joined, older = page.joined, {}
    while joined:
        other, *joined = joined
        room = MAX_PAGE_CHARACTERS - _characters(page.entries)
        its_page = read_commits(table, table.log_page(other, limit), other, room)
        page.entries += its_page.entries
        # What was handed on is where it went, and there its files are.
        page.items = its_page.items | page.items
        page.sent |= its_page.sent
        joined = [*joined, *its_page.joined]
        older[other] = its_page.oldest or None
    return [_with_cursor(entry, older) for entry in in_order(page.entries)]


def read_commits(
    table: DeskTable,
    log: Sequence[LogEntry],
    conversation_id: str,
    room: int = MAX_PAGE_CHARACTERS,
) -> _Page:
    """Read commits, in the order in which they are given, as far as there is room for them."""
    page = _Page()
    first = True
    handed_on = {
        item_id
        for commit in log
        for event in commit.events
        if isinstance(event, ConversationMoved)
        for item_id in event.handed_on
    }
    for commits in _portions(log):
        if not first and room <= 0:
            break
        items, sent = _content(table, conversation_id, commits)
        page.items |= items
        page.sent |= sent
        for commit in commits:
            if not first and room <= 0:
                break
            entries = placed(commit, items, sent, handed_on)
            room -= _characters(entries)
            page.entries += entries
            page.joined += [
                event.conversation_id
                for event in commit.events
                if isinstance(event, ConversationJoined)
            ]
            page.oldest = commit.sequence if first else min(page.oldest, commit.sequence)
            page.reaches = max(page.reaches, commit.sequence + len(commit.events))
            first = False
    return page


def read_around(
    table: DeskTable, conversation_id: str, page: _Page, before: int | None
) -> list[TimelineEntry]:
    """Read what a page speaks of and lies before it, and what has become of the page since."""
    log: list[LogEntry] = []
    if page.oldest and page.links.missing():
        log += table.log_page(conversation_id, LOOKED_AROUND, page.oldest)
    if before is not None:
        later = table.log_since(conversation_id, LOOKED_AROUND, before)
        log += [commit for commit in later if any(map(_speaks_of_another, commit.events))]
    entries: list[tuple[Place, TimelineEntry]] = []
    for commits in _portions(log):
        if not commits or _characters(entries) > MAX_PAGE_CHARACTERS:
            break
        items, sent = _content(table, conversation_id, commits)
        page.items |= items
        page.sent |= sent
        for commit in commits:
            entries += placed(commit, items, sent)
    return [entry for _, entry in entries]


def _speaks_of_another(event: ConversationEvent) -> bool:
    return isinstance(event, ItemNoted) and event.kind in {"edit", "revoke", "reaction", "echo"}


def _characters(entries: Iterable[tuple[Place, TimelineEntry]]) -> int:
    return sum(len(entry.text) + len(str(entry.detail)) for _, entry in entries)


def _with_cursor(entry: TimelineEntry, older: Mapping[str, int | None]) -> TimelineEntry:
    if entry.type != "ConversationJoined":
        return entry
    other = entry.detail["conversation_id"]
    return entry.model_copy(update={"detail": {**entry.detail, "older": older[other]}})


def _portions(log: Iterable[LogEntry]) -> Iterator[list[LogEntry]]:
    """Cut a log into what one read of the table can give the content of."""
    portion: list[LogEntry] = []
    keys = 0
    for commit in log:
        if portion and keys + len(commit.events) > BATCH_GET_LIMIT:
            yield portion
            portion, keys = [], 0
        portion.append(commit)
        keys += len(commit.events)
    yield portion


def _content(
    table: DeskTable, conversation_id: str, commits: Iterable[LogEntry]
) -> tuple[dict[str, InboundRecord], dict[str, EffectRecord]]:
    events = [event for commit in commits for event in commit.events]
    content = table.content(
        conversation_id,
        item_ids=[e.item_id for e in events if isinstance(e, MessageReceived | ItemNoted)],
        effect_keys=[e.effect_key for e in events if isinstance(e, Utterance)],
    )
    items = {record.item_id: record for record in content.inbound}
    sent = {record.effect.key: record for record in content.effects}
    return items, sent


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
    return tuple(entry for _, entry in sorted(entries, key=itemgetter(0)))


_SHOWN_OF_FILE = {"media_id", "kind", "mime_type", "size_bytes", "file_name"}


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
