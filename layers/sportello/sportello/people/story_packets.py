"""The story that people are rung with, so that the customer repeats nothing."""

import json
from collections.abc import Sequence
from typing import Any

from sportello.messaging.items import DeliveryStatus
from sportello.messaging.statuses import LOST
from sportello.model import written
from sportello.people.notifying.notice_texts import notice_texts
from sportello.people.notifying.sent_files import SentFile, files_in, in_words
from sportello.table.desk_table import DeskTable
from sportello.table.items import Address, Conversation
from sportello.table.stories.timeline import read_timeline
from sportello.table.stories.timeline_entries import TimelineEntry

PACKET_COMMITS = 15
"""How far back the story goes that an agent is rung with."""

PACKET_CHARACTERS = 20_000
"""How long that story may be: an offer to 20 endpoints is one transaction, of 4 MB at most."""

_IN_DOUBT = LOST | {DeliveryStatus.UNKNOWN}
"""Whoever reads the story has to know what its customer may never have read."""

_ENTRY_CHARACTERS = 100
"""What an entry takes besides its text and detail."""


def story_packet(table: DeskTable, conversation: Conversation) -> dict[str, Any]:
    """Return what an agent needs so that the customer repeats nothing."""
    story = read_timeline(table, conversation.conversation_id, PACKET_COMMITS)
    address = conversation.address
    utterances = [entry for entry in story.entries if entry.author]
    since = conversation.state.waiting_since
    return {
        "customer": _customer(address),
        "episode": conversation.state.episode,
        "waiting_since": written(since) if since else None,
        "transcript": _newest(utterances),
        "clocks": [
            {
                "kind": clock.kind,
                "state": clock.state,
                "due_at": written(clock.due_at) if clock.due_at else None,
            }
            for clock in conversation.state.clocks
        ],
    }


def _customer(address: Address | None) -> dict[str, Any]:
    origin = address.origin if address else None
    came_from = {"origin": origin.model_dump(mode="json", exclude_defaults=True)} if origin else {}
    return {
        "display_name": address.display_name if address else "",
        "language": (address.language if address else "") or None,
        **came_from,
    }


def _told_of(file: SentFile) -> dict[str, Any]:
    """Say what was sent, for whoever shows no pictures, in the packaged language."""
    words = in_words([file], notice_texts(None))
    return {**file.model_dump(exclude_defaults=True), "words": words}


def _newest(utterances: Sequence[TimelineEntry]) -> list[dict[str, Any]]:
    """Return the end of a story, as much as every notice of an offer has room for."""
    transcript = []
    room = PACKET_CHARACTERS
    for entry in reversed(utterances):
        if room <= 0:
            break
        detail = entry.detail if len(json.dumps(entry.detail)) < room - len(entry.text) else {}
        line: dict[str, Any] = {
            "at": written(entry.at),
            "author": entry.author,
            "text": entry.text[:room],
            "detail": detail,
        }
        if files := files_in(entry.detail):
            line["files"] = [_told_of(file) for file in files]
        if entry.type == "NoteWritten":
            line["note"] = True
        if entry.detail.get("status") in _IN_DOUBT:
            line["status"] = entry.detail["status"]
        transcript.append(line)
        room -= len(entry.text) + len(json.dumps(detail)) + _ENTRY_CHARACTERS
    return transcript[::-1]
