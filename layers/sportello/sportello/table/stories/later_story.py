"""What is newer in a conversation than a reader has: commits after a sequence, oldest first."""

from collections.abc import Iterable

from sportello.conversation.events import DeliveryRecorded, Utterance
from sportello.table.desk_table import DeskTable
from sportello.table.items import LogEntry
from sportello.table.stories.timeline import (
    ChangedStatus,
    Timeline,
    read_around,
    read_commits,
    with_joined,
    with_links_and_files,
)
from sportello.table.stories.timeline_entries import outcome_of


def read_since(table: DeskTable, conversation_id: str, limit: int, after: int) -> Timeline:
    """Read the oldest commits after a cursor, with the content they point at.

    Commits follow one another without gap, and each reaches as far as the next one begins: so
    whoever goes on from where a page reaches meets every commit once.
    """
    log = table.log_since(conversation_id, limit + 1, after)
    page = read_commits(table, log[:limit], conversation_id)
    page.reaches = page.reaches or after
    shown = with_joined(table, page, limit)
    around = read_around(table, conversation_id, page, None)
    read = [commit for commit in log if commit.sequence < page.reaches]
    return Timeline(
        entries=with_links_and_files(table, page, shown, around),
        older=after or None,
        sequence=page.reaches,
        newer=page.reaches if len(read) < len(log) else None,
        changed=_changed(table, conversation_id, read),
    )


def _changed(
    table: DeskTable, conversation_id: str, commits: Iterable[LogEntry]
) -> tuple[ChangedStatus, ...]:
    """Tell what became of messages in commits that do not hold them."""
    events = [event for commit in commits for event in commit.events]
    here = {event.effect_key for event in events if isinstance(event, Utterance)}
    keys = dict.fromkeys(e.effect_key for e in events if isinstance(e, DeliveryRecorded))
    earlier = [effect_key for effect_key in keys if effect_key not in here]
    content = table.content(conversation_id, effect_keys=earlier)
    return tuple(
        ChangedStatus(effect_key=record.effect.key, detail=outcome_of(record))
        for record in content.effects
    )
