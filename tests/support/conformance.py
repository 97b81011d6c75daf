"""Whether the agent API answers as its own OpenAPI document says, asked of every call of a test."""

import json
from functools import cache
from typing import Any

import jsonschema_rs
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from agent_api.app import app
from agent_api.calls.problems import MEDIA_TYPE
from agent_api.calls.route_declaration import DECLARED
from agent_api.calls.routing import match_route
from agent_api.documentation.api_document import openapi_document

type Errors = list[str]


@cache
def document() -> dict[str, Any]:
    """The document as a test may look at it: whole, as JSON."""
    made: dict[str, Any] = json.loads(json.dumps(openapi_document()))
    return made


@cache
def validator(*place: str) -> jsonschema_rs.Draft202012Validator:
    """Of the schema at a place of the document."""
    schema: Any = document()
    for name in place:
        schema = schema[name]
    whole = {**schema, "components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def errors_at(place: tuple[str, ...], instance: Any) -> Errors:
    return [
        f"{error.instance_path}: {error.message}"
        for error in validator(*place).iter_errors(instance)
    ]


def hold_to_document(method: str, path: str, status: int, media_type: str, body: str) -> None:
    """Fail unless a route may answer so; one that declares no shapes may answer anyhow."""
    match = match_route(path, app.routes)
    declared = DECLARED.get((method, match.route)) if match else None
    if match is None or declared is None or declared.shapes.answers is None:
        return
    where = f"{method} {match.route} {status}"
    responses = document()["paths"][match.route][method.lower()]["responses"]
    assert str(status) in responses, f"{where} is not in the document"
    content = responses[str(status)].get("content")
    if content is None:
        assert body == "", where
        return
    assert media_type in content, f"{where} is no {media_type}"
    operation = ("paths", match.route, method.lower())
    place = (*operation, "responses", str(status), "content", media_type, "schema")
    assert errors_at(place, json.loads(body)) == [], where
    if media_type == MEDIA_TYPE:
        kind = json.loads(body)["type"].removeprefix("/problems/")
        assert kind in responses[str(status)]["x-problems"], f"{where}: declare {kind!r}"
    elif isinstance(shape := declared.shapes.answers[status], type):
        # What the model has no field for would be in no document.
        assert unforeseen(shape, body) == [], where


def unforeseen(shape: type[BaseModel], body: str) -> list[ErrorDetails]:
    """Return what of an answer its model does not know; words of a later version are no fault."""
    try:
        shape.model_validate_json(body)
    except ValidationError as error:
        return [fault for fault in error.errors() if fault["type"] != "enum"]
    return []
