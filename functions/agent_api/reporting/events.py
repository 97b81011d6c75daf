"""The feed of events: everything that was published, in order, to be read on from a cursor."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Annotated, Any

from chalice.app import Blueprint, Request, Response
from pydantic import Field

from agent_api.calls.identity import Agent
from agent_api.calls.moments import Moment, in_utc
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Fault, invalid
from agent_api.calls.request_parts import cursor_of, cursor_to, read_query
from agent_api.calls.route_declaration import answer_with, route
from sportello.conversation.published_events import PublishedEvent
from sportello.entrypoints import runtime
from sportello.model import Instant, Model
from sportello.subscriptions.publishing import retention
from sportello.table.keys import stamp
from sportello.table.outward.event_feed import POSITION, SETTLED_AFTER, RecordedEvents

MOST_READ = 1_000
"""Commits that a call looks through: of what a subscription asks for there may be nothing."""

routes = Blueprint(__name__)


type Cursor = Annotated[str, cursor_to(POSITION, dated=True)]


class FeedQuery(Model):
    """Without a cursor from an instant on, without that from the oldest that is kept."""

    cursor: Cursor = ""
    since: Moment | None = Field(default=None, alias="from")
    limit: int = Field(default=100, ge=1, le=200)


class FeedEvent(Model):
    """An event as a subscriber gets it."""

    type: str
    timestamp: Instant
    data: dict[str, Any]


class Feed(Model):
    """`cursor` is where to read on; `more` says that there is more already."""

    events: tuple[FeedEvent, ...]
    cursor: str
    more: bool


@route(routes, "GET", "/events", Permission.READ_EVENTS, query=FeedQuery, answers={200: Feed})
def read_feed(request: Request, _agent: Agent) -> Response:
    return feed_page(read_query(request, FeedQuery), lambda _event: True)


def feed_page(query: FeedQuery, asks_for: Callable[[PublishedEvent], bool]) -> Response:
    now = runtime.utc_now()
    position = start_of(query.cursor, query.since, now)
    recorded = runtime.table().subscriptions.feed.after(position, now - SETTLED_AFTER)
    return answer_with(page_of(recorded, position, query.limit, asks_for))


def start_of(cursor: str, since: date | None, now: datetime) -> str:
    """Return the position to begin behind; what has expired is not looked for."""
    if cursor and since is not None:
        fault = Fault(parameter="from", detail="not beside a cursor")
        raise invalid(fault)
    oldest = stamp(now - retention())
    return max(cursor or (stamp(in_utc(since)) if since is not None else oldest), oldest)


def page_of(
    recorded: Iterable[RecordedEvents],
    position: str,
    limit: int,
    asks_for: Callable[[PublishedEvent], bool],
) -> Feed:
    """Put a page together; the events of one commit stay together, even beyond the limit."""
    events: list[FeedEvent] = []
    for number, each in enumerate(recorded, start=1):
        if len(events) >= limit or number > MOST_READ:
            return Feed(events=tuple(events), cursor=cursor_of(position), more=True)
        events += [shown(event) for event in each.events if asks_for(event)]
        position = each.position
    return Feed(events=tuple(events), cursor=cursor_of(position), more=False)


def shown(event: PublishedEvent) -> FeedEvent:
    return FeedEvent(type=event.type, timestamp=event.at, data=event.data)
