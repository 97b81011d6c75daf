"""Telegram's service messages: what happened in a chat or account, and nobody said."""

import re
from collections.abc import Mapping
from typing import Any

_NAMED_BY_WHAT_HAPPENED = re.compile(
    r"[a-z_]+_(?:added|allowed|approved|approval_failed|changed|closed|completed|created|declined"
    r"|deleted|done|edited|ended|failed|hidden|invited|joined|left|paid|refunded|removed|reopened"
    r"|scheduled|sent|set|shared|started|stopped|triggered|unhidden|updated|upgraded)"
)
"""How Telegram names service messages, those to come too: `forum_topic_created`, `boost_added`."""

_OTHERS = frozenset(
    {
        "connected_website",
        "delete_chat_photo",
        "gift",
        "giveaway",
        "giveaway_winners",
        "left_chat_member",
        "migrate_from_chat_id",
        "migrate_to_chat_id",
        "new_chat_members",
        "new_chat_photo",
        "new_chat_title",
        "pinned_message",
        "refunded_payment",
        "successful_payment",
        "unique_gift",
    }
)


def notice_in(message: Mapping[str, Any]) -> str | None:
    """Return what a message without content of its own is a note of.

    The fields are those of Message (core.telegram.org/bots/api).
    """
    return next((name for name in message if is_notice(name)), None)


def is_notice(field: str) -> bool:
    return field in _OTHERS or _NAMED_BY_WHAT_HAPPENED.fullmatch(field) is not None
