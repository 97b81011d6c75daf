"""The OpenAPI document of the agent API (3.1), put together from what its routes declare.

Imported by the one route that serves it, when somebody asks for the first time.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from inspect import getdoc
from pathlib import Path
from types import UnionType
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel

from agent_api.calls.json_schemas import DIALECT, ModelIn, components
from agent_api.calls.preconditions import tag_of
from agent_api.calls.problems import STATUSES
from agent_api.calls.route_declaration import DECLARED, Declared, Shapes
from agent_api.documentation.document_parts import (
    HEADERS,
    ID_TOKEN,
    INFORMATION,
    PARAMETERS,
    PROBLEM_SCHEMA,
    header,
    parameter,
    problem_response,
)
from sportello.settings.kinds import KINDS
from sportello.settings_document import SettingsDocument

SCHEMAS = "#/components/schemas/"
EXAMPLES = Path(__file__).with_name("examples.json")
"""Taken out of `docs/agent-api.md`, as a test holds them to be; `tools/examples.py` writes them."""

STATUS_OF = {kind: status for status, kinds in STATUSES.items() for kind in kinds}

FOR_EVERYBODY = ("not-signed-in", "rate-limited", "internal", "busy", "settings-unfit")
OF_A_BODY = ("malformed-json", "body-too-large", "unsupported-media-type", "validation")
OF_A_KEY = ("idempotency-key-missing", "idempotency-key-reused")

NAMED_IN_PATHS: Mapping[str, str] = {
    "conversation_id": "unknown-conversation",
    "kind": "unknown-settings-kind",
    "queue": "unknown-queue",
    "agent_id": "unknown-agent",
}
"""What is wrong with a path whose parameter names nothing."""

_IN_BRACES = re.compile(r"\{(\w+)\}")


class Written(NamedTuple):
    text: str
    hash: str


@cache
def written_document() -> Written:
    """Return the document as JSON, made once for the life of a process."""
    text = json.dumps(openapi_document(), ensure_ascii=False, separators=(",", ":"))
    return Written(text, tag_of(text))


def openapi_document(declared: Mapping[tuple[str, str], Declared] = DECLARED) -> dict[str, Any]:
    """Describe some routes; one that declares no shapes is there with what follows by itself."""
    references, schemas = components(
        (each for route in declared.values() for each in models_of(route.shapes)),
        f"{SCHEMAS}{{model}}",
    )
    examples = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    paths: dict[str, dict[str, Any]] = {}
    for (method, path), route in sorted(declared.items(), key=lambda each: each[0][1]):
        description = Description(path, method, route, references, schemas)
        operation = description.operation(examples.get(f"{method} {path}", {}))
        paths.setdefault(path, {})[method.lower()] = operation
    for route in declared.values():
        if route.shapes.query:
            # Its fields are parameters, and it is nothing by itself.
            schemas.pop(name_of(references[route.shapes.query, "validation"]), None)
    return {
        "openapi": "3.1.1",
        "jsonSchemaDialect": DIALECT,
        "info": INFORMATION,
        "servers": [{"url": "."}],
        "security": [{"idToken": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted({**schemas, "Problem": PROBLEM_SCHEMA}.items())),
            "headers": HEADERS,
            "securitySchemes": {"idToken": ID_TOKEN},
        },
    }


def models_of(shapes: Shapes) -> Iterator[ModelIn]:
    if shapes.query:
        yield shapes.query, "validation"
    yield from ((model, "validation") for model in models_in(shapes.body))
    for answer in (shapes.answers or {}).values():
        if isinstance(answer, type):
            yield answer, "serialization"


def models_in(body: object) -> tuple[type[BaseModel], ...]:
    """Return the models that a body may be of: of settings one for each kind."""
    if body is SettingsDocument:
        return tuple(KINDS.values())
    if isinstance(body, UnionType):
        return tuple(each for each in get_args(body) if each is not type(None))
    return (body,) if isinstance(body, type) else ()


def name_of(reference: Mapping[str, Any]) -> str:
    return str(reference["$ref"]).removeprefix(SCHEMAS)


def problems_of(path: str, method: str, route: Declared) -> list[str]:
    """Return the kinds of problems that a route may answer with, in the order of their statuses."""
    shapes, names = route.shapes, _IN_BRACES.findall(path)
    kinds = {*FOR_EVERYBODY, *shapes.problems}
    kinds |= {NAMED_IN_PATHS[name] for name in names if name in NAMED_IN_PATHS}
    kinds |= {"unknown-path"} if names else set()
    kinds |= {"forbidden"} if route.permission else set()
    kinds |= set(OF_A_BODY) if shapes.body is not None else set()
    kinds |= {"validation"} if shapes.query else set()
    kinds |= set(OF_A_KEY) if shapes.keyed else set()
    kinds |= {"version-mismatch"} if shapes.versioned else set()
    kinds |= {"not-allowed"} if "conversation_id" in names and method != "GET" else set()
    return sorted(kinds, key=lambda kind: (STATUS_OF[kind], kind))


class Description(NamedTuple):
    """A route on its way into the document."""

    path: str
    method: str
    route: Declared
    references: Mapping[ModelIn, dict[str, Any]]
    schemas: Mapping[str, Any]

    def operation(self, examples: Mapping[str, Any]) -> dict[str, Any]:
        view, permission = self.route.view, self.route.permission
        name = view.__name__ if view else f"{self.method} {self.path}"
        need = f"Needs `{permission}`." if permission else "For whoever is signed in."
        words = " ".join((getdoc(view) or "").split()) if view else ""
        return {
            "operationId": name,
            "summary": name.replace("_", " ").capitalize(),
            "description": f"{words}\n\n{need}" if words else need,
            "tags": [self.path.split("/")[1]],
            "x-permission": permission,
            "parameters": list(self.parameters()),
            **self.request_body(examples),
            "responses": dict(sorted(self.responses(examples).items())),
        }

    def parameters(self) -> Iterator[dict[str, Any]]:
        for name in _IN_BRACES.findall(self.path):
            yield parameter("path", name, PARAMETERS.get(name, {"type": "string"}))
        shapes = self.route.shapes
        if shapes.query:
            query = self.schemas[name_of(self.references[shapes.query, "validation"])]
            for name, schema in query["properties"].items():
                is_needed = name in query.get("required", ())
                yield parameter("query", name, schema, required=is_needed)
        if shapes.keyed:
            yield parameter("header", "Idempotency-Key", PARAMETERS["Idempotency-Key"])
        if shapes.versioned:
            yield parameter("header", "If-Match", {"type": "string"}, required=False)
            yield parameter("header", "If-None-Match", {"type": "string"}, required=False)

    def request_body(self, examples: Mapping[str, Any]) -> dict[str, Any]:
        body = self.route.shapes.body
        if body is None:
            return {}
        if isinstance(body, str):
            return {"requestBody": {"required": True, "content": {body: {"schema": TEXT}}}}
        models = [self.references[model, "validation"] for model in models_in(body)]
        content = {
            "schema": models[0] if len(models) == 1 else {"anyOf": models},
            **({"example": examples["request"]} if "request" in examples else {}),
        }
        return {
            "requestBody": {
                "required": not isinstance(body, UnionType),
                "content": {"application/json": content},
            }
        }

    def responses(self, examples: Mapping[str, Any]) -> dict[str, Any]:
        kinds: dict[int, list[str]] = {}
        for kind in problems_of(self.path, self.method, self.route):
            kinds.setdefault(STATUS_OF[kind], []).append(kind)
        refusals = {str(status): problem_response(status, each) for status, each in kinds.items()}
        answers = {
            str(status): self.answer(status, shape, examples)
            for status, shape in (self.route.shapes.answers or {}).items()
        }
        if self.route.shapes.versioned and self.method == "GET":
            unchanged = {"description": "Not Modified", "headers": {"ETag": header("ETag")}}
            answers[str(HTTPStatus.NOT_MODIFIED.value)] = unchanged
        return answers | refusals

    def answer(
        self, status: int, shape: type[BaseModel] | str | None, examples: Mapping[str, Any]
    ) -> dict[str, Any]:
        tags = ("ETag",) if self.route.shapes.versioned and shape is not None else ()
        names = (*tags, "RateLimit", "RateLimit-Policy")
        answer: dict[str, Any] = {
            "description": HTTPStatus(status).phrase,
            "headers": {name: header(name) for name in names},
        }
        if isinstance(shape, str):
            answer["content"] = {shape: {"schema": {"type": "object"}}}
        elif shape is not None:
            content = {"schema": self.references[shape, "serialization"]}
            if "response" in examples:
                content["example"] = examples["response"]
            answer["content"] = {"application/json": content}
        return answer


TEXT = {"type": "string"}
