"""How a route is declared: its view gets the request and the caller, its errors become problems."""

from collections.abc import Callable, Mapping
from functools import wraps
from types import UnionType
from typing import Any, Concatenate, NamedTuple

from chalice.app import Blueprint, Request, Response
from pydantic import BaseModel

from agent_api.calls.audit import audit
from agent_api.calls.caller_limits import SPENT, headers_of, spend
from agent_api.calls.identity import Agent, agent_of
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import problem_of
from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.model import Model
from sportello.routing.teams import TeamSettings

type View[**P] = Callable[Concatenate[Request, Agent, P], Response]

type Body = type[BaseModel] | UnionType | str | None
"""A model, `Model | None` where it may be left out, or a media type of what is no JSON."""

type Answers = Mapping[int, type[BaseModel] | str | None]
"""By status: a model, the media type of JSON that has none, or None where there is no body."""


class Shapes(NamedTuple):
    """What a route reads and how it answers, as its documentation says it.

    `answers` is None where nothing was declared. `problems` are those that do not follow from the
    rest. Who is `keyed` asks for an `Idempotency-Key`, who is `versioned` reads preconditions and
    answers with an `ETag`.
    """

    query: type[BaseModel] | None = None
    body: Body = None
    answers: Answers | None = None
    problems: tuple[str, ...] = ()
    keyed: bool = False
    versioned: bool = False


class Declared(NamedTuple):
    """What was declared of a view; `audited` says it of one that only reads.

    Without a permission whoever is signed in may ask.
    """

    permission: Permission | None
    audited: bool
    shapes: Shapes = Shapes()
    view: Callable[..., Response] | None = None


DECLARED: dict[tuple[str, str], Declared] = {}
"""What was declared, by method and path."""


class NothingNew(Response):
    """Answers a call of which nothing comes: it is no act, and is audited nowhere.

    It says again what is so already, or concerns nobody but the caller.
    """


def route[**P](  # noqa: PLR0913 -- each word declares one thing
    routes: Blueprint,
    method: str,
    path: str,
    permission: Permission | None,
    *,
    audited: bool = False,
    query: type[BaseModel] | None = None,
    body: Body = None,
    answers: Answers | None = None,
    problems: tuple[str, ...] = (),
    keyed: bool = False,
    versioned: bool = False,
) -> Callable[[View[P]], Callable[P, Response]]:
    """Declare what answers a route, what it asks of the caller, and of what shape both are.

    Whatever else the view needs comes from the path. Every act is audited, whoever only reads is
    where it is `audited`. The shapes are for `/openapi.json`, and tests hold the view to them.
    """
    shapes = Shapes(query, body, answers, problems, keyed=keyed, versioned=versioned)

    def declare(view: View[P]) -> Callable[P, Response]:
        is_audited = audited or method != "GET"
        DECLARED[method, path] = Declared(permission, is_audited, shapes, view)

        @wraps(view)
        def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
            request: Request = routes.current_request
            agent, problem, limits = None, "", None
            # Chalice would log the error with its message and answer in its own shape.
            try:
                agent = agent_of(request.context, request.stage_vars)
                logger.append_keys(agent_id=agent.id)
                limits = spend(agent.id, method)
                limits.require_rest()
                if permission:
                    agent.require(permission)
                response = view(request, within_scope(agent), *args, **kwargs)
            except Exception as error:  # noqa: BLE001 -- every error is answered, and told apart
                refusal = problem_of(error)
                response, problem = refusal.to_response(request), refusal.kind
            response.headers.update(headers_of(limits))
            # Whoever calls too often is refused so cheaply that it can be done as often.
            is_act = is_audited and problem != SPENT and not isinstance(response, NothingNew)
            if agent and is_act:
                asked_for = permission or ""
                audit(request, agent, path, asked_for, response.status_code, problem)
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
    return answer_with_json(document.model_dump_json(), status=status, headers=headers)


def answer_with_json(
    body: str, *, status: int = 200, headers: Mapping[str, Any] | None = None
) -> Response:
    return Response(
        body=body,
        status_code=status,
        headers={
            "content-type": "application/json",
            "cache-control": "no-store",
            **(headers or {}),
        },
    )
