"""Long lists that nobody had to write: what the agent API would answer of a crowd."""

import copy
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route

type Row = dict[str, Any]

PAGE_OF_ROWS = 50


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def row(number: int, at: datetime, **differs: Any) -> Row:
    """Return a row of somebody who waits; the higher the number, the later they are due."""
    since = at - timedelta(minutes=20) + timedelta(seconds=number)
    made: Row = {
        "conversation_id": f"{number:032x}",
        "sequence": 3,
        "channel": ("whatsapp", "telegram")[number % 2],
        "name": f"Customer {number:04}",
        "language": "en",
        "owner": {"kind": "queue", "name": "default", "version": 2, "since": instant(since)},
        "lifecycle": "open",
        "queue": "default",
        "priority": "normal",
        "last_words": {
            "at": instant(since),
            "author": "customer",
            "text": f"My parcel number {number} has not come, where is it?",
            "media": [],
        },
        "waiting_since": instant(since),
        "due": {
            "kind": "first_response",
            "at": instant(since + timedelta(minutes=30)),
            "state": "pending",
        },
        "offer": None,
        "unread": 1,
        "undelivered": 0,
        "tags": [],
        "snoozed_until": None,
        "last_activity_at": instant(since),
    }
    return made | copy.deepcopy(differs)


def answer_lists(page: Page, rows: Sequence[Mapping[str, Any]]) -> None:
    """Let every list be this one, page by page, whatever the desk has."""

    def answer(route: Route) -> None:
        asked = parse_qs(urlsplit(route.request.url).query)
        begin = int(asked.get("cursor", ["0"])[0])
        end = begin + int(asked.get("limit", [str(PAGE_OF_ROWS)])[0])
        route.fulfill(
            json={
                "view": asked.get("view", ["waiting"])[0],
                "at": instant(datetime.now(UTC)),
                "rows": list(rows[begin:end]),
                "cursor": str(end) if end < len(rows) else None,
            },
            headers={"Access-Control-Allow-Origin": "*"},
        )

    def count(route: Route) -> None:
        views = ("waiting", "mine", "breaching", "snoozed", "unassigned", "all", "closed")
        counted = {"count": min(len(rows), 100), "is_least": len(rows) > 100}
        route.fulfill(
            json={"at": instant(datetime.now(UTC)), "counts": dict.fromkeys(views, counted)},
            headers={"Access-Control-Allow-Origin": "*"},
        )

    page.route("**/v1/inbox?*", answer)
    page.route("**/v1/inbox", answer)
    page.route("**/v1/inbox/counts*", count)
