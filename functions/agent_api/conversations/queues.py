"""Queues: who waits in one, those first who should be taken first."""

from chalice.app import Blueprint, Request, Response
from pydantic import Field

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Problem
from agent_api.calls.request_parts import read_query
from agent_api.calls.route_declaration import answer_with, route
from sportello.entrypoints import runtime
from sportello.model import Model
from sportello.queues.settings import QueueSettings
from sportello.table.items import StoredSettings, Waiting

LONGEST_NAME = 64
"""As settings allow it; the table cannot be asked for names of any length."""

routes = Blueprint(__name__)


class Page(Model):
    limit: int = Field(default=50, ge=1, le=100)


class WaitingConversations(Model):
    """`total` counts everybody who waits, also beyond those listed."""

    queue: str
    total: int
    conversations: tuple[Waiting, ...]


@route(
    routes,
    "GET",
    "/queues/{queue}/waiting",
    Permission.READ_QUEUES,
    query=Page,
    answers={200: WaitingConversations},
)
def read_waiting(request: Request, agent: Agent, queue: str) -> Response:
    limit = read_query(request, Page).limit
    if not agent.sees(queue):
        raise unknown_queue()
    waiting = runtime.table().queues.waiting(queue) if len(queue) <= LONGEST_NAME else []
    # A handoff decided on settings a moment old leads into a queue that was just removed.
    if not waiting and queue not in runtime.settings().get(QueueSettings).queues:
        raise unknown_queue()
    return answer_with(
        WaitingConversations(
            queue=queue,
            total=len(waiting),
            conversations=tuple(waiting[:limit]),
        )
    )


def unknown_queue() -> Problem:
    return Problem(404, "unknown-queue", "See the settings for which there are.")


def names_of_queues(settings: StoredSettings | None) -> tuple[str, ...]:
    """Return the queues of a version, whether or not it still fits; None is the packaged one."""
    return tuple(QueueSettings().queues if settings is None else settings.part("queues"))
