"""What a notice tells people, read from its data and made safe to be shown. Pure.

Data is what some version wrote, so nothing in it is taken for granted; texts in it are strangers':
a line of theirs is one line here, without signs that nobody sees or that turn the text around.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sportello.model import Instant, Model, to_utc
from sportello.people.notifying.notice_texts import NoticeTexts
from sportello.people.notifying.notifier import Notification
from sportello.people.notifying.sent_files import SentFile, files_in, in_words, read_files

MOST_LINES = 6
LINE_CHARACTERS = 400
NAME_CHARACTERS = 80
_WORD_CHARACTERS = 80
_ID_CHARACTERS = 128

_CUT = "…"
_ANSWERS = frozenset({"first_response", "next_response"})
"""The clocks that an answer stops."""

_JOINERS = frozenset("\u200c\u200d")
"""Invisible, and part of how some letters and emoji are written."""


class SpokenLine(Model):
    """`author` is `customer`, `bot`, `agent` or `system`; `files` came with it."""

    author: str
    text: str
    files: tuple[SentFile, ...] = ()

    def in_words(self, texts: NoticeTexts) -> str:
        """Say it behind the files that came with it: "[photo] It arrived like this"."""
        files = in_words(self.files, texts)
        return f"[{files}] {self.text}".strip() if files else self.text


class NoticeFacts(Model):
    """Empty or None is what the notice does not tell; `lines` are the last ones spoken.

    `agent_id` is whose matter it is: who is asked, or has the conversation.
    """

    offer_id: str
    queue: str
    priority: str
    customer: str
    agent_id: str
    waiting_since: Instant | None
    due_at: Instant | None
    expires_at: Instant | None
    lines: tuple[SpokenLine, ...]


def facts_of(notification: Notification) -> NoticeFacts:
    data = notification.data
    customer = data.get("customer")
    name = customer.get("display_name") if isinstance(customer, Mapping) else None
    lines = (*_lines(data.get("transcript")), *_note(data.get("note")))
    return NoticeFacts(
        offer_id=_text(data.get("offer_id"), _WORD_CHARACTERS),
        queue=_text(data.get("queue"), _WORD_CHARACTERS),
        priority=_text(data.get("priority"), _WORD_CHARACTERS),
        customer=_text(name, NAME_CHARACTERS),
        agent_id=_text(data.get("agent_id"), _ID_CHARACTERS),
        waiting_since=_instant(data.get("waiting_since")),
        due_at=_instant(data.get("due_at")) or _first_due(data.get("clocks")),
        expires_at=_instant(data.get("expires_at")),
        lines=lines[-MOST_LINES:],
    )


def one_line(text: str, most: int) -> str:
    """Return a text as a single line of at most so many characters that holds only what is seen."""
    shown = "".join(_shown(text[: 4 * most]))
    line = " ".join(shown.split())
    if len(line) <= most and len(text) <= 4 * most:
        return line
    return line[: most - len(_CUT)].rstrip() + _CUT


def _shown(text: str) -> Iterator[str]:
    for character in text:
        match unicodedata.category(character):
            case "Cc" | "Zl" | "Zp":
                yield " "
            case "Cf" if character not in _JOINERS:
                pass  # bidirectional overrides, zero-width spaces, tags
            case "Cs":
                yield "\ufffd"  # half a character, which no UTF-8 holds
            case _:
                yield character


def _text(value: Any, most: int) -> str:
    return one_line(value, most) if isinstance(value, str) else ""


def _instant(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        return to_utc(at) if at.tzinfo else None
    except ValueError:
        return None


def _first_due(clocks: Any) -> datetime | None:
    answers = (clock for clock in _mappings(clocks) if clock.get("kind") in _ANSWERS)
    due = [_instant(clock.get("due_at")) for clock in answers]
    return min((at for at in due if at), default=None)


def _lines(transcript: Any) -> Iterator[SpokenLine]:
    for entry in _mappings(transcript):
        text = _text(entry.get("text"), LINE_CHARACTERS)
        files = _files(entry)
        if text or files:
            author = _text(entry.get("author"), _WORD_CHARACTERS)
            yield SpokenLine(author=author, text=text, files=files)


def _files(entry: Mapping[str, Any]) -> tuple[SentFile, ...]:
    """Return what was sent, its names made safe: they are strangers' as any text is."""
    return tuple(
        file.model_copy(
            update={"kind": one_line(file.kind, _WORD_CHARACTERS), "name": _name(file.name)}
        )
        for file in read_files(entry.get("files")) or files_in(entry.get("detail"))
    )


def _name(text: str) -> str:
    return one_line(text, _WORD_CHARACTERS)


def _note(note: Any) -> Iterator[SpokenLine]:
    """What a colleague says to whoever is asked, after all that was said before."""
    if text := _text(note, LINE_CHARACTERS):
        yield SpokenLine(author="agent", text=text)


def _mappings(value: Any) -> Iterable[Mapping[str, Any]]:
    entries = value if isinstance(value, list) else []
    return (entry for entry in entries if isinstance(entry, Mapping))
