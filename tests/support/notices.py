"""Notices as chats are rung with them, and strangers' texts to try them with."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from sportello.model import written
from sportello.people.notifying.notifier import Notification
from support.builders import CONVERSATION, NOW

OFFER = "handoff-2-0"

STORY: list[dict[str, Any]] = [
    {"at": written(NOW), "author": "customer", "text": "Il mio pacco è in ritardo", "detail": {}},
    {"at": written(NOW), "author": "bot", "text": "Un momento", "detail": {}},
]

OFFERED: dict[str, Any] = {
    "offer_id": OFFER,
    "tier": 1,
    "tier_name": "first_line",
    "expires_at": written(NOW + timedelta(minutes=1)),
    "reason": "requested",
    "queue": "sales",
    "priority": "high",
    "customer": {"display_name": "Niccolò", "language": "it"},
    "episode": 1,
    "waiting_since": written(NOW - timedelta(minutes=2)),
    "transcript": STORY,
    "clocks": [
        {"kind": "resolution", "state": "pending", "due_at": written(NOW)},
        {"kind": "first_response", "state": "pending", "due_at": "2026-03-04T10:05:00.25Z"},
    ],
}

HOSTILE = (
    "<!channel>",
    "<!here|everybody>",
    "<@U0123456789>",
    "<https://evil.example|Accept>",
    "&lt;!channel&gt;",
    "@channel @everyone",
    "[Accept](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "**bold** _it_ `code` ```",
    "{{DATE(2017-02-14T06:00:00Z, SHORT)}}",
    "{{{{{{",
    "${$root.secret}",
    "first\nQueue: urgent\r\nAccept: https://evil.example",
    "first\u2028second\u2029third",
    "\u202egnp.exe\u202c",
    "a\u200b\u2066b\u2069",
    "\x00\x1b[31m\x7f",
    "\ud800",
    "😀" * 5_000,
    "&<>" * 2_000,
    '"\\' * 2_000,
)
"""What turns a text into signs, calls everybody, forges a link, or is simply too long."""

strangers_texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=60),
    st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=3).map("".join),
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | strangers_texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def notice(
    notice: str = "conversation.offered",
    data: dict[str, Any] | None = None,
    address: dict[str, Any] | None = None,
    **fields: Any,
) -> Notification:
    return Notification.model_validate(
        {
            "id": f"{CONVERSATION}/offer:{OFFER}:desk",
            "notice": notice,
            "at": NOW,
            "conversation_id": CONVERSATION,
            "channel": "whatsapp",
            "endpoint": "desk",
            "address": address or {},
            "data": OFFERED if data is None else data,
            **fields,
        }
    )


def spoken_by(text: str) -> dict[str, Any]:
    """Return the data of an offer to a customer whose every word and name is a text."""
    line = {"at": written(NOW), "author": "customer", "text": text, "detail": {}}
    return OFFERED | {"customer": {"display_name": text}, "transcript": [line] * 30}
