"""How a route is declared: its view gets the request and the caller, its errors become problems."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, NamedTuple

from chalice.app import Blueprint, Request, Response

from agent_api.audit import audit
from agent_api.identity import Agent, agent_of
from agent_api.permissions import Permission
from agent_api.problems import problem_of
from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.model import Model
from sportello.routing.teams import TeamSettings

type View[**P] = Callable[Concatenate[Request, Agent, P], Response]


class Declared(NamedTuple):
    """What was declared of a view; `audited` says it of one that only reads."""

    permission: Permission
    audited: bool


DECLARED: dict[tuple[str, str], Declared] = {}
"""What was declared, by method and path."""


class NothingNew(Response):
    """Answers a call of which nothing comes: it is no act, and is audited nowhere.

    It says again what is so already, or concerns nobody but the caller.
    """


def route[**P](
    routes: Blueprint, method: str, path: str, permission: Permission, *, audited: bool = False
) -> Callable[[View[P]], Callable[P, Response]]:
    """Declare what answers a route, and what it asks of the caller.

    Whatever else the view needs comes from the path. Every act is audited, whoever only reads is
    where it is `audited`.
    """
    DECLARED[method, path] = Declared(permission, audited=audited or method != "GET")

    def declare(view: View[P]) -> Callable[P, Response]:
        @wraps(view)
        def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
            request: Request = routes.current_request
            agent, problem = None, ""
            # Chalice would log the error with its message and answer in its own shape.
            try:
                agent = agent_of(request.context)
                logger.append_keys(agent_id=agent.id)
                agent.require(permission)
                response = view(request, within_scope(agent), *args, **kwargs)
            except Exception as error:  # noqa: BLE001 -- every error is answered, and told apart
                refusal = problem_of(error)
                response, problem = refusal.to_response(request), refusal.kind
            is_act = DECLARED[method, path].audited and not isinstance(response, NothingNew)
            if agent and is_act:
                audit(request, agent, path, permission, response.status_code, problem)
            return response

        # Content types are checked where a body is read, so that a GET may carry any.
        declared: Callable[P, Response] = routes.route(path, methods=[method], content_types=[])(
            answer
        )
        return declared

    return declare


def within_scope(agent: Agent) -> Agent:
    """Return an agent who sees the queues of their teams, as the settings have them."""
    if not agent.teams:
        return agent
    settings = runtime.settings().get(TeamSettings)
    return agent.model_copy(update={"scope": settings.scope_of(agent.teams)})


def answer_with(
    document: Model, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Answer with a document that no cache keeps: it is about people."""
    return Response(
        body=document.model_dump_json(),
        status_code=status,
        headers={
            "content-type": "application/json",
            "cache-control": "no-store",
            **(headers or {}),
        },
    )
