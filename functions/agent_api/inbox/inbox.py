"""The inbox: the lists that agents work through, in full rows, and how long each is."""

from typing import Annotated

from chalice.app import Blueprint, Request, Response
from pydantic import Field

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Fault, invalid
from agent_api.calls.request_parts import cursor_of, cursor_to, read_query
from agent_api.calls.route_declaration import answer_with, route
from agent_api.calls.scope import works_on
from agent_api.conversations.queues import unknown_queue
from agent_api.people.agents import served_queues
from sportello.entrypoints import runtime
from sportello.inbox.lists import Amount, InboxLists
from sportello.inbox.row import InboxRow
from sportello.inbox.views import Listed, View
from sportello.model import Instant, Model
from sportello.queues.settings import QueueSettings
from sportello.settings_document import Name
from sportello.table.inbox.inbox_standing import POSITION

MOST_QUEUES = 50
"""Queues whose lists are merged into one; each is asked for its share of a page."""

routes = Blueprint(__name__)


class InboxQuery(Model):
    """`queue` narrows a list to one queue, which need not be one that the agent serves."""

    view: View = View.WAITING
    queue: Name | None = None
    limit: int = Field(default=25, ge=1, le=50)
    cursor: Annotated[str, cursor_to(POSITION)] = ""


class CountsQuery(Model):
    queue: Name | None = None


class Inbox(Model):
    """`at` is the time of the rows; `cursor` is None once the list is through."""

    view: View
    at: Instant
    rows: tuple[InboxRow, ...]
    cursor: str | None


class InboxCounts(Model):
    at: Instant
    counts: dict[View, Amount]


@route(
    routes,
    "GET",
    "/inbox",
    Permission.READ_CONVERSATIONS,
    query=InboxQuery,
    answers={200: Inbox},
    problems=("unknown-queue",),
)
def read_inbox(request: Request, agent: Agent) -> Response:
    query, now = read_query(request, InboxQuery), runtime.utc_now()
    queues = queues_shown(agent, query.view, query.queue)
    if len(queues) > MOST_QUEUES:
        fault = Fault(parameter="queue", detail=f"name one: there are more than {MOST_QUEUES}")
        raise invalid(fault)
    listed = Listed(view=query.view, agent_id=agent.id, queues=queues, at=now)
    page = _lists_for(agent).page(listed, query.cursor, query.limit)
    require_queue(query.queue, has_rows=bool(page.rows))
    cursor = cursor_of(page.goes_on_after) if page.goes_on_after else None
    return answer_with(Inbox(view=query.view, at=now, rows=page.rows, cursor=cursor))


@route(
    routes,
    "GET",
    "/inbox/counts",
    Permission.READ_CONVERSATIONS,
    query=CountsQuery,
    answers={200: InboxCounts},
    problems=("unknown-queue",),
)
def read_counts(request: Request, agent: Agent) -> Response:
    queue, now = read_query(request, CountsQuery).queue, runtime.utc_now()
    shown = {view: queues_shown(agent, view, queue) for view in View}
    lists = [
        Listed(view=view, agent_id=agent.id, queues=queues[:MOST_QUEUES], at=now)
        for view, queues in shown.items()
    ]
    amounts = _lists_for(agent).counts(lists)
    narrowed = (amount for view, amount in amounts.items() if view is not View.MINE)
    require_queue(queue, has_rows=any(amount.count for amount in narrowed))
    counts = {
        view: amount.model_copy(update={"is_least": True})
        if len(shown[view]) > MOST_QUEUES
        else amount
        for view, amount in amounts.items()
    }
    return answer_with(InboxCounts(at=now, counts=counts))


def require_queue(queue: str | None, *, has_rows: bool) -> None:
    """Refuse a queue that there is not; one that was removed is there until nothing is in it."""
    if queue and not has_rows and queue not in _settings().queues:
        raise unknown_queue()


def queues_shown(agent: Agent, view: View, queue: str | None) -> tuple[str, ...]:
    """Return the queues of a list, with an empty name for what would be handed to one of them."""
    settings = _settings()
    if view is View.MINE:
        return ()
    if queue is not None:
        if not agent.sees(queue):
            raise unknown_queue()
        names = {queue}
    elif view is View.WAITING:
        stored = runtime.table().agents.profile(agent.id)
        names = set(filter(agent.sees, served_queues(stored.profile.queues if stored else ())))
    else:
        names = set(settings.queues) if agent.scope is None else set(agent.scope)
    unnamed = {""} if settings.handoff_queue in names else set()
    return tuple(sorted(names | unnamed))


def _lists_for(agent: Agent) -> InboxLists:
    return InboxLists(runtime.table(), lambda state: works_on(agent, state))


def _settings() -> QueueSettings:
    return runtime.settings().get(QueueSettings)
