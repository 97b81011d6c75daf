"""The OpenAPI document: what is in it is what is declared, read, shown and refused."""

import json
import re
from collections import Counter
from typing import Any

import pytest
from chalice.app import Blueprint, Request, Response

from agent_api import app as agent_api_app
from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import STATUSES, TITLES
from agent_api.calls.request_parts import read_body, read_idempotency_key
from agent_api.calls.route_declaration import DECLARED, Declared, route
from agent_api.documentation.api_document import EXAMPLES, STATUS_OF, openapi_document, problems_of
from sportello.model import Model
from support.agent_calls import call
from support.conformance import document, errors_at
from support.declared_shapes import in_words, problems_raised, shapes_read
from support.template import ROOT
from tools.examples import examples

ROUTES = sorted(DECLARED)
SHAPED = [each for each in ROUTES if DECLARED[each].shapes.answers is not None]
PAGE = (ROOT / "docs" / "agent-api.md").read_text(encoding="utf-8")
SHOWN: dict[str, dict[str, Any]] = json.loads(EXAMPLES.read_text(encoding="utf-8"))


def operation(method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = document()["paths"][path][method.lower()]
    return found


class Wish(Model):
    text: str


def view_of_a_wish(request: Request) -> None:
    read_idempotency_key(request)
    read_body(request, Wish, default=b"{}")


def references_in(part: Any) -> set[str]:
    match part:
        case {"$ref": str(reference)}:
            return {reference}
        case dict():
            return {each for value in part.values() for each in references_in(value)}
        case list():
            return {each for value in part for each in references_in(value)}
    return set()


# What is declared


def test_every_route_is_in_the_document() -> None:
    described = {
        (method.upper(), path)
        for path, methods in document()["paths"].items()
        for method in methods
    }
    assert described == {(m, path) for path, ms in agent_api_app.app.routes.items() for m in ms}


def test_every_route_declares_its_shapes() -> None:
    """As docs/conventions.md says; what the view reads is told, `answers` is for you to say."""
    missing = {
        f"{method} {path}": ", ".join(
            filter(None, (in_words(shapes_read(declared.view)), "answers=…"))
        )
        for (method, path), declared in DECLARED.items()
        if declared.view and declared.shapes.answers is None
    }
    assert missing == {}


def test_no_model_that_is_shown_is_called_like_its_field() -> None:
    """Generators of clients take both for one name."""
    alike = [
        name
        for name, schema in document()["components"]["schemas"].items()
        for field, shape in schema.get("properties", {}).items()
        if field.replace("_", "") == name.lower() and references_in(shape)
    ]
    assert alike == []


@pytest.mark.parametrize(("method", "path"), SHAPED)
def test_what_a_route_declares_is_what_its_view_reads(method: str, path: str) -> None:
    declared = DECLARED[method, path]
    assert declared.view
    assert in_words(declared.shapes) == in_words(shapes_read(declared.view))


def test_what_a_view_reads_is_found_where_it_is_read() -> None:
    shapes = shapes_read(view_of_a_wish)
    assert (shapes.keyed, shapes.body, shapes.query) == (True, Wish | None, None)
    assert in_words(shapes) == f"body={Wish | None}, keyed=True"


def test_an_operation_says_who_may_ask() -> None:
    for (method, path), declared in DECLARED.items():
        asked = operation(method, path)
        assert asked["x-permission"] == declared.permission
        assert ("403" in asked["responses"]) is (declared.permission is not None)
    assert document()["security"] == [{"idToken": []}]


def test_what_is_named_in_the_document_is_there_once() -> None:
    named = Counter(operation(*each)["operationId"] for each in ROUTES)
    assert [name for name, times in named.items() if times > 1] == []
    schemas = document()["components"]["schemas"]
    # Pydantic tells models of one name apart by their modules: rename one of them.
    assert [name for name in schemas if "__" in name] == []
    for reference in references_in(document()):
        _, *place = reference.split("/")
        part = document()
        for name in place:
            part = part[name]


def test_a_header_is_asked_for_where_it_is_read() -> None:
    reply = operation("POST", "/conversations/{conversation_id}/replies")["parameters"]
    assert {each["name"]: each["required"] for each in reply} == {
        "conversation_id": True,
        "Idempotency-Key": True,
    }
    written = operation("PUT", "/settings/{kind}")
    assert {each["name"]: each["required"] for each in written["parameters"]} == {
        "kind": True,
        "If-Match": False,
        "If-None-Match": False,
    }
    assert "ETag" in written["responses"]["200"]["headers"]
    assert "412" in written["responses"]


def test_a_body_that_may_be_left_out_is_not_required() -> None:
    accept = operation("POST", "/conversations/{conversation_id}/accept")["requestBody"]
    reply = operation("POST", "/conversations/{conversation_id}/replies")["requestBody"]
    assert (accept["required"], reply["required"]) == (False, True)


def test_a_route_without_shapes_is_described_as_far_as_it_is_known() -> None:
    described = openapi_document(
        {("GET", "/bells/{bell}"): Declared(Permission.READ_HEALTH, audited=False)}
    )
    responses = described["paths"]["/bells/{bell}"]["get"]["responses"]
    assert set(responses) == {"401", "403", "404", "429", "500", "503"}


def test_shapes_are_declared_with_the_route(monkeypatch: pytest.MonkeyPatch) -> None:
    declared: dict[tuple[str, str], Declared] = {}
    monkeypatch.setattr("agent_api.calls.route_declaration.DECLARED", declared)

    @route(Blueprint("bells"), "GET", "/bells", Permission.READ_HEALTH, answers={204: None})
    def read_bells(_request: Request, _agent: Agent) -> Response:
        return Response(body="", status_code=204)

    described = openapi_document(declared)["paths"]["/bells"]["get"]
    assert described["operationId"] == "read_bells"
    assert "content" not in described["responses"]["204"]
    assert "ETag" not in described["responses"]["204"]["headers"]


# Problems


def test_every_problem_comes_with_one_status_which_the_page_tells() -> None:
    rows = re.findall(r"^\| (\d{3}) \| `/problems/([\w-]+)` \|", PAGE, re.MULTILINE)
    assert {kind: int(status) for status, kind in rows} == STATUS_OF
    assert set(STATUS_OF) == set(TITLES)
    assert sum(map(len, STATUSES.values())) == len(TITLES)


def test_every_problem_but_of_paths_that_are_no_routes_is_some_routes() -> None:
    told = {kind for (m, p), each in DECLARED.items() for kind in problems_of(p, m, each)}
    assert set(TITLES) - told == {"method-not-allowed"}


@pytest.mark.parametrize(("method", "path"), SHAPED)
def test_a_problem_that_a_view_raises_is_declared(method: str, path: str) -> None:
    declared = DECLARED[method, path]
    assert declared.view
    assert problems_raised(declared.view) - set(problems_of(path, method, declared)) == set()


# Examples


def test_examples_are_those_of_the_page() -> None:
    """After a change on purpose, as `tools/examples.py` says."""
    assert examples(PAGE) == SHOWN
    assert len(SHOWN) >= 20


@pytest.mark.parametrize("named", SHOWN)
def test_an_example_is_in_the_document_and_fits_its_schema(named: str) -> None:
    method, path = named.split(" ")
    described, place = operation(method, path), ("paths", path, method.lower())
    if request := SHOWN[named].get("request"):
        in_body = (*place, "requestBody", "content", "application/json")
        assert described["requestBody"]["content"]["application/json"]["example"] == request
        assert errors_at((*in_body, "schema"), request) == []
    if response := SHOWN[named].get("response"):
        status = min(described["responses"])
        content = described["responses"][status]["content"]["application/json"]
        in_answer = (*place, "responses", status, "content", "application/json")
        assert content["example"] == response
        assert errors_at((*in_answer, "schema"), response) == []
        shape = (DECLARED[method, path].shapes.answers or {})[int(status)]
        assert isinstance(shape, type)
        shape.model_validate_json(json.dumps(response))


# How it is served


def test_whoever_is_signed_in_reads_it_and_again_only_if_it_changed() -> None:
    first = call("GET", "/openapi.json", groups="")
    assert (first.status, first.document["openapi"]) == (200, "3.1.1")
    assert first.headers["cache-control"] == "private, max-age=300"
    again = call("GET", "/openapi.json", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, "")
    assert call("GET", "/openapi.json", headers={"If-Match": '"another"'}).status == 412
    assert call("GET", "/openapi.json", agent="").status == 401
