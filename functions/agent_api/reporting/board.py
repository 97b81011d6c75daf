"""The board: how every queue stands that the caller sees."""

import re
from typing import Annotated

from chalice.app import Blueprint, Request, Response
from pydantic import Field

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.request_parts import cursor_of, cursor_to, read_query
from agent_api.calls.route_declaration import answer_with, route
from agent_api.conversations.queues import unknown_queue
from sportello.entrypoints import runtime
from sportello.model import Instant, Model
from sportello.people.queue_board import QueueBoard, QueueStanding
from sportello.queues.settings import QueueSettings
from sportello.settings_document import Name

_QUEUE = re.compile(r"[\w\-]{1,64}", re.ASCII)

routes = Blueprint(__name__)


class BoardQuery(Model):
    queue: Name | None = None
    limit: int = Field(default=50, ge=1, le=50)
    cursor: Annotated[str, cursor_to(_QUEUE)] = ""


class Board(Model):
    """`at` is the time of it; `cursor` is None once every queue was told of."""

    at: Instant
    queues: tuple[QueueStanding, ...]
    cursor: str | None


@route(
    routes,
    "GET",
    "/board",
    Permission.READ_QUEUES,
    query=BoardQuery,
    answers={200: Board},
    problems=("unknown-queue",),
)
def read_board(request: Request, agent: Agent) -> Response:
    query, now = read_query(request, BoardQuery), runtime.utc_now()
    visible = sorted(filter(agent.sees, runtime.settings().get(QueueSettings).queues))
    if query.queue is not None:
        if query.queue not in visible:
            raise unknown_queue()
        visible = [query.queue]
    names = [name for name in visible if name > query.cursor]
    shown = names[: query.limit]
    standings = QueueBoard(runtime.table(), runtime.settings()).standings(shown, now)
    cursor = cursor_of(shown[-1]) if len(names) > len(shown) else None
    return answer_with(Board(at=now, queues=tuple(standings), cursor=cursor))
