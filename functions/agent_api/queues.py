"""Queues: who waits in one, those first who should be taken first."""

from chalice.app import Blueprint, Request, Response
from pydantic import Field

from agent_api.endpoints import answer_with, endpoint
from agent_api.identity import Agent
from agent_api.problems import Problem
from agent_api.request_parts import read_query
from sportello import runtime
from sportello.model import Model
from sportello.queue_table import FOREVER
from sportello.settings import QueueSettings
from sportello.table_items import Waiting

routes = Blueprint(__name__)


class Page(Model):
    limit: int = Field(default=50, ge=1, le=100)


class WaitingConversations(Model):
    """`total` counts everybody who waits, also beyond those listed."""

    queue: str
    total: int
    conversations: tuple[Waiting, ...]


@endpoint(routes, "GET", "/queues/{queue}/waiting")
def read_waiting(request: Request, _agent: Agent, queue: str) -> Response:
    limit = read_query(request, Page).limit
    if queue not in runtime.settings().get(QueueSettings).queues:
        raise Problem(404, "unknown-queue", "See the settings for which there are.")
    waiting = sorted(
        runtime.table().queues.waiting(queue, limit),
        key=lambda known: (-known.priority.rank, known.since, known.conversation_id),
    )
    return answer_with(
        WaitingConversations(
            queue=queue,
            total=runtime.table().queues.line(queue, FOREVER).length,
            conversations=tuple(waiting[:limit]),
        )
    )
