"""What in a story speaks of another part of it: replies, edits, withdrawals, reactions. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sportello.messaging.items import (
    Echo,
    Edit,
    InboundItem,
    Message,
    Reaction,
    Revoke,
    Unsupported,
)
from sportello.model import written
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import EffectRecord
from sportello.table.stories.timeline_entries import TimelineEntry

EXCERPT_CHARACTERS = 120
"""As much of a message as tells which one is meant."""

MAX_EDITS = 5
_EDIT_CHARACTERS = 500

_IDENTITY = frozenset({"item_id", "effect_key", "kind", "status", "automatic", "agent_id"})
"""What stays of an entry that was withdrawn."""

type EntryName = tuple[str, str]
"""The field of `detail` that names an entry, and its value."""


@dataclass
class _Changes:
    """What became of an entry since it was written."""

    edits: list[dict[str, str]] = field(default_factory=list)
    reactions: dict[str, dict[str, str]] = field(default_factory=dict)
    withdrawn_at: str = ""


class StoryLinks:
    """Content of a story, by which its entries are found that are spoken of."""

    def __init__(
        self, items: Mapping[str, InboundRecord], sent: Mapping[str, EffectRecord]
    ) -> None:
        self._items = {item_id: record.item for item_id, record in items.items()}
        self._names = dict(_provider_names(self._items, sent))

    def missing(self) -> bool:
        """Whether something is spoken of that is not among the content, nor shown beside it."""
        return any(
            original not in self._names and not _is_told_by_the_provider(item)
            for item in self._items.values()
            if (original := _original(item))
        )

    def applied_to(self, entries: Sequence[TimelineEntry]) -> list[TimelineEntry]:
        """Return the entries, each naming what it speaks of and showing what became of it."""
        changes = self._changes(entries)
        shown = [self._changed(entry, changes) for entry in entries]
        by_name = {name: entry for entry in shown if (name := _name(entry))}
        return [self._referring(entry, by_name) for entry in shown]

    def _changes(self, entries: Iterable[TimelineEntry]) -> Mapping[EntryName, _Changes]:
        changes: defaultdict[EntryName, _Changes] = defaultdict(_Changes)
        for entry in sorted(entries, key=lambda entry: entry.at):
            target = self._target(entry)
            if target is None:
                continue
            at = written(entry.at)
            match self._item(entry):
                case Edit() | Echo():
                    text = entry.text[:_EDIT_CHARACTERS]
                    changes[target].edits.append({"at": at, "text": text})
                case Revoke():
                    changes[target].withdrawn_at = at
                case Reaction(emoji=emoji):
                    changes[target].reactions[entry.author] = {
                        "author": entry.author,
                        "emoji": emoji,
                        "at": at,
                    }
                case _:
                    pass
        return changes

    def _changed(
        self, entry: TimelineEntry, changes: Mapping[EntryName, _Changes]
    ) -> TimelineEntry:
        change = changes.get(_name(entry) or ("", ""), _Changes())
        target = self._target(entry)
        of_original = changes.get(target, _Changes()) if target else _Changes()
        if isinstance(self._item(entry), Edit | Echo) and of_original.withdrawn_at:
            return _withdrawn(entry, of_original.withdrawn_at)
        if change.withdrawn_at:
            return _withdrawn(entry, change.withdrawn_at)
        detail = dict(entry.detail)
        if change.edits:
            detail["edits"] = change.edits[-MAX_EDITS:]
        if reactions := [each for each in change.reactions.values() if each["emoji"]]:
            detail["reactions"] = reactions
        return entry.model_copy(update={"detail": detail})

    def _referring(
        self, entry: TimelineEntry, by_name: Mapping[EntryName, TimelineEntry]
    ) -> TimelineEntry:
        item = self._item(entry)
        reference: dict[str, Any] = {}
        if isinstance(item, Message) and item.quote:
            reference = item.quote.model_dump(mode="json", exclude_defaults=True)
        target = self._target(entry)
        if target:
            reference |= {target[0]: target[1]}
        if target and (meant := by_name.get(target)):
            reference["author"] = meant.author
            reference.setdefault("text", meant.text)
        if "text" in reference:
            reference["text"] = reference["text"][:EXCERPT_CHARACTERS]
        if not reference:
            return entry
        return entry.model_copy(update={"detail": {**entry.detail, "refers_to": reference}})

    def _item(self, entry: TimelineEntry) -> InboundItem | None:
        return self._items.get(entry.detail.get("item_id", ""))

    def _target(self, entry: TimelineEntry) -> EntryName | None:
        item = self._item(entry)
        return self._names.get(_original(item)) if item else None


def _provider_names(
    items: Mapping[str, InboundItem], sent: Mapping[str, EffectRecord]
) -> Iterator[tuple[str, EntryName]]:
    """Yield what the provider calls each message, with what the story calls it."""
    for item_id, item in items.items():
        if isinstance(item, Message | Unsupported | Echo):
            yield item.provider_message_id, ("item_id", item_id)
    for effect_key, record in sent.items():
        if record.provider_message_id:
            yield record.provider_message_id, ("effect_key", effect_key)


def _original(item: InboundItem) -> str:
    """Return the provider's id of the message that an item speaks of, empty where none."""
    match item:
        case Edit() | Revoke() | Reaction():
            return item.original_message_id
        case Message():
            return item.in_reply_to
        case Echo():
            return item.edits
        case _:
            return ""


def _is_told_by_the_provider(item: InboundItem) -> bool:
    return isinstance(item, Message) and bool(item.quote and item.quote.text)


def _name(entry: TimelineEntry) -> EntryName | None:
    for name in ("item_id", "effect_key"):
        if value := entry.detail.get(name):
            return name, value
    return None


def _withdrawn(entry: TimelineEntry, at: str) -> TimelineEntry:
    """Show that something was taken back, as its reader sees it: without what it was."""
    detail = {name: value for name, value in entry.detail.items() if name in _IDENTITY}
    return entry.model_copy(update={"text": "", "detail": {**detail, "withdrawn_at": at}})
