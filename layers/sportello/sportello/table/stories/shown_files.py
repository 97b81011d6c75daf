"""The files of a story as people see them: what was sent, and what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sportello.media.kept_file import KeptFile, MediaState
from sportello.media.names import MediaName
from sportello.messaging.items import Content
from sportello.table.files.media_table import MediaTable
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.stories.timeline_entries import TimelineEntry


def with_files(
    table: MediaTable,
    entries: Sequence[TimelineEntry],
    items: Mapping[str, InboundRecord],
) -> tuple[TimelineEntry, ...]:
    """Return entries with the state of their files; a story without files costs no call."""
    names = {
        index: list(_names(items[entry.detail["item_id"]]))
        for index, entry in enumerate(entries)
        if entry.detail.get("media") and entry.detail.get("item_id") in items
    }
    files = table.files(name for each in names.values() for name in each)
    return tuple(
        _with_states(entry, names[index], files) if index in names else entry
        for index, entry in enumerate(entries)
    )


def _names(record: InboundRecord) -> Iterator[MediaName]:
    item = record.item
    for number in range(len(item.media) if isinstance(item, Content) else 0):
        yield MediaName(record.conversation_id, record.item_id, number)


def _with_states(
    entry: TimelineEntry, names: Sequence[MediaName], files: Mapping[MediaName, KeptFile]
) -> TimelineEntry:
    media = [
        {**sent, **_shown(name, files.get(name))}
        for sent, name in zip(entry.detail["media"], names, strict=False)
    ]
    return entry.model_copy(update={"detail": {**entry.detail, "media": media}})


def _shown(name: MediaName, file: KeptFile | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"media_id": name.media_id, "state": str(MediaState.PENDING)}
    if file is None:
        return shown
    names = {"reason", "mime_type", "size_bytes", "width", "height"}
    findings = file.model_dump(mode="json", include=names, exclude_defaults=True)
    return {**shown, "state": str(file.state), **findings}
