"""The documentation of this API for programs, made from what its routes declare."""

from chalice.app import Blueprint, Request, Response

from agent_api.calls.identity import Agent
from agent_api.calls.preconditions import etag
from agent_api.calls.route_declaration import answer_with_json, route
from agent_api.calls.versions import not_modified

UNCHANGED_SECONDS = 300
"""It changes with a deployment."""

routes = Blueprint(__name__)


@route(routes, "GET", "/openapi.json", None, answers={200: "application/json"}, versioned=True)
def read_openapi(request: Request, _agent: Agent) -> Response:
    """Describe every route: what it reads, what it answers, and who may call it."""
    from agent_api.documentation.api_document import written_document  # noqa: PLC0415 -- no other route makes schemas

    document = written_document()
    return not_modified(request, document.hash) or answer_with_json(
        document.text,
        headers={
            "cache-control": f"private, max-age={UNCHANGED_SECONDS}",
            "etag": etag(document.hash),
        },
    )
