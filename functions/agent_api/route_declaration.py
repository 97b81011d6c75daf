"""How a route is declared: its view gets the request and the caller, its errors become problems."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from chalice.app import Blueprint, Request, Response

from agent_api.identity import Agent, agent_of
from agent_api.problems import problem_of
from sportello.aws.logs import logger
from sportello.model import Model

type View[**P] = Callable[Concatenate[Request, Agent, P], Response]


def route[**P](
    routes: Blueprint, method: str, path: str
) -> Callable[[View[P]], Callable[P, Response]]:
    """Declare what answers a route; whatever else it needs comes from the path."""

    def declare(view: View[P]) -> Callable[P, Response]:
        @wraps(view)
        def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
            request: Request = routes.current_request
            # Chalice would log the error with its message and answer in its own shape.
            try:
                agent = agent_of(request.context)
                logger.append_keys(agent_id=agent.id)
                return view(request, agent, *args, **kwargs)
            except Exception as error:  # noqa: BLE001 -- every error is answered, and told apart
                return problem_of(error).to_response(request)

        # Content types are checked where a body is read, so that a GET may carry any.
        declared: Callable[P, Response] = routes.route(path, methods=[method], content_types=[])(
            answer
        )
        return declared

    return declare


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
