"""The notes of a conversation, found in its log: newest first, a page at a time."""

from collections.abc import Iterable

from sportello.conversation.effects import WriteNote
from sportello.conversation.events import ColleaguesMentioned, NoteWritten
from sportello.model import Instant, Model
from sportello.table.desk_table import DeskTable
from sportello.table.items import LogEntry

LOG_PAGE = 100
MOST_LOG_PAGES = 5
"""How far one look goes back in a log with few notes in it."""


class Note(Model):
    """`text` is empty where its content is gone; `mentions` are the colleagues it names."""

    effect_key: str
    agent_id: str
    at: Instant
    text: str
    mentions: tuple[str, ...]


class Notes(Model):
    """A page, newest first; `older` is the cursor to the page before, None at the start.

    A page may hold fewer notes than it could, or none, and have an `older` all the same.
    """

    notes: tuple[Note, ...]
    older: int | None


def read_notes(
    table: DeskTable, conversation_id: str, limit: int, before: int | None = None
) -> Notes:
    notes: list[Note] = []
    oldest = before
    for _ in range(MOST_LOG_PAGES):
        log = table.log_page(conversation_id, LOG_PAGE, oldest)
        if not log:
            return Notes(notes=_with_text(table, conversation_id, notes), older=None)
        for commit in log:
            # A commit stays whole, as the cursor is between commits: a macro's may have several.
            notes += _notes_of(commit)
            oldest = commit.sequence
            if len(notes) >= limit:
                break
        if len(notes) >= limit or not oldest:
            break
    return Notes(notes=_with_text(table, conversation_id, notes), older=oldest or None)


def _notes_of(commit: LogEntry) -> list[Note]:
    mentions = {
        event.effect_key: event.colleagues
        for event in commit.events
        if isinstance(event, ColleaguesMentioned)
    }
    return [
        Note(
            effect_key=event.effect_key,
            agent_id=event.agent_id,
            at=event.at,
            text="",
            mentions=mentions.get(event.effect_key, ()),
        )
        for event in reversed(commit.events)
        if isinstance(event, NoteWritten)
    ]


def _with_text(table: DeskTable, conversation_id: str, notes: Iterable[Note]) -> tuple[Note, ...]:
    notes = tuple(notes)
    content = table.content(conversation_id, effect_keys=[note.effect_key for note in notes])
    texts = {
        record.effect.key: record.effect.text
        for record in content.effects
        if isinstance(record.effect, WriteNote)
    }
    return tuple(note.model_copy(update={"text": texts.get(note.effect_key, "")}) for note in notes)
