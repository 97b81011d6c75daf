"""What events look like: a JSON Schema of each, for whoever takes or reads them."""

from typing import Any

from chalice.app import Blueprint, Request, Response

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Problem
from agent_api.calls.route_declaration import answer_with, route
from sportello.model import Model
from sportello.subscriptions.jobs import TEST_EVENT
from sportello.subscriptions.schemas import published_types, schema_of

routes = Blueprint(__name__)


class ListedSchema(Model):
    type: str
    schema_path: str


class SchemasPage(Model):
    schemas: tuple[ListedSchema, ...]


class PublishedSchema(Model):
    """`document` is JSON Schema 2020-12, with an example in it."""

    type: str
    document: dict[str, Any]


@route(routes, "GET", "/events/schemas", Permission.READ_EVENTS, answers={200: SchemasPage})
def list_schemas(_request: Request, _agent: Agent) -> Response:
    types = sorted([*published_types(), TEST_EVENT])
    listed = (ListedSchema(type=name, schema_path=f"/events/schemas/{name}") for name in types)
    return answer_with(SchemasPage(schemas=tuple(listed)))


@route(
    routes,
    "GET",
    "/events/schemas/{event_type}",
    Permission.READ_EVENTS,
    answers={200: PublishedSchema},
    problems=("unknown-event-type",),
)
def read_event_schema(_request: Request, _agent: Agent, event_type: str) -> Response:
    schema = schema_of(event_type)
    if schema is None:
        raise Problem(404, "unknown-event-type", "GET /events/schemas lists what is published.")
    return answer_with(PublishedSchema(type=event_type, document=schema))
