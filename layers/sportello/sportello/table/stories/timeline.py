"""A conversation as people read it: the log joined with content, in the order things were said."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sportello.conversation.events import (
    ConversationEvent,
    ConversationJoined,
    ConversationMoved,
    ItemNoted,
    MessageReceived,
    Utterance,
)
from sportello.model import Model
from sportello.table.batch_table import BATCH_GET_LIMIT
from sportello.table.desk_table import DeskTable
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import EffectRecord, LogEntry
from sportello.table.stories.shown_files import with_files
from sportello.table.stories.story_links import StoryLinks
from sportello.table.stories.timeline_entries import Place, TimelineEntry, in_order, placed

MAX_PAGE_CHARACTERS = 150_000
"""A function answers with 6 MB at most, and a character takes up to twelve bytes on that way."""

LOOKED_AROUND = 50
"""Commits before a page that its replies may mean, and after it that may have changed it."""


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
