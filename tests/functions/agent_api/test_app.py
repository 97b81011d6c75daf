import base64
import io
import json
import re
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from chalice.app import Response

from agent_api.app import app, handler
from agent_api.calls.problems import MEDIA_TYPE, TITLES, problem_of, speak_problems
from agent_api.calls.route_declaration import DECLARED
from sportello.aws.logs import logger
from sportello.table.desk_table import DeskTable
from support.agent_calls import PARAMETERS, LambdaContext, call, event_of
from support.builders import CONVERSATION
from support.template import ROOT

HERE = f"/conversations/{CONVERSATION}"
REPLIES = f"{HERE}/replies"
ROUTES = {(method, path) for path, methods in app.routes.items() for method in methods}
KEY = {"Idempotency-Key": "k-1"}


def test_every_route_and_problem_is_documented() -> None:
    document = (ROOT / "docs" / "agent-api.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^### `(\w+) (\S+)`", document, re.MULTILINE))
    assert headings == ROUTES
    rows = re.findall(r"^\| (\d{3}) \| `/problems/([\w-]+)` \|", document, re.MULTILINE)
    assert {kind for _, kind in rows} == set(TITLES)


def test_a_page_of_any_origin_reads_every_answer_and_its_headers() -> None:
    for answer in (call("GET", "/me"), call("GET", "/nothing"), call("GET", "/me", agent="")):
        assert answer.headers["access-control-allow-origin"] == "*"
        exposed = answer.headers["access-control-expose-headers"].lower().split(", ")
        own = {"content-type", "cache-control"}
        said = {name for name in answer.headers if not name.startswith("access-control-")} - own
        assert said <= set(exposed)


# Who may call


@pytest.mark.parametrize(
    ("method", "path"), sorted(each for each in ROUTES if DECLARED[each].permission)
)
def test_no_route_answers_somebody_in_no_role(method: str, path: str) -> None:
    here = path.format_map(PARAMETERS)
    answer = call(method, here, groups="customers")
    assert (answer.status, answer.problem) == (403, "forbidden")


@pytest.mark.parametrize(("method", "path"), sorted(ROUTES))
def test_no_route_answers_a_call_that_no_authorizer_saw(method: str, path: str) -> None:
    here = path.format_map(PARAMETERS)
    answer = call(method, here, agent="")
    assert (answer.status, answer.problem) == (401, "not-signed-in")


def test_whoever_is_signed_in_may_ask_who_they_are_and_what_there_is_and_nothing_else() -> None:
    assert {each for each, route in DECLARED.items() if route.permission is None} == {
        ("GET", "/me"),
        ("GET", "/openapi.json"),
    }


# What Chalice would answer in a shape of its own


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/customers",
        "/{proxy+}",
        "/setting",
        "/settings/bot/",
        "/settings//bot",
        "/settings%2Fbot",
        "/settings/%zz",
        "/settings/perché",
        f"/settings/{'b' * 5_000}",
    ],
    ids=lambda path: path[:20],
)
def test_an_unknown_path_is_not_found_whatever_the_method(method: str, path: str) -> None:
    answer = call(method, path)
    assert (answer.status, answer.problem) == (404, "unknown-path")


@pytest.mark.parametrize(("method", "path"), sorted(ROUTES))
def test_another_method_is_not_allowed_and_the_right_ones_are_named(method: str, path: str) -> None:
    allowed = sorted(declared for declared, route in ROUTES if route == path)
    assert method in allowed
    for other in {*METHODS, "QUERY"} - set(allowed):
        answer = call(other, path.format_map(PARAMETERS))
        assert (answer.status, answer.problem) == (405, "method-not-allowed")
        assert answer.headers["allow"] == ", ".join(allowed)


def test_a_parameter_reaches_its_view_decoded() -> None:
    answer = call("POST", "/settings/b%6ft/calendars/default/closures", groups="agent,supervisor")
    assert answer.document["detail"] == "Only opening_hours has calendars."


@pytest.mark.parametrize("body", ["{", "", "nonsense", '{"text": "a"', "[" * 100_000, "\ud800"])
def test_a_body_that_is_no_json_is_malformed(body: str) -> None:
    answer = call("POST", REPLIES, body, headers=KEY)
    assert (answer.status, answer.problem) == (400, "malformed-json")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"]
)
def test_a_body_of_another_type_is_refused(content_type: str) -> None:
    answer = call("POST", REPLIES, {"text": "a"}, headers={**KEY, "Content-Type": content_type})
    assert (answer.status, answer.problem) == (415, "unsupported-media-type")


def test_a_body_without_a_type_is_refused_and_not_taken_for_none() -> None:
    claims = {"sub": "anna", "cognito:groups": "agent"}
    event = event_of("POST", f"{HERE}/accept", claims=claims, body='{"agent_id": "bruno"}')
    answer = handler(event | {"headers": None}, LambdaContext())
    assert answer["statusCode"] == 415


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_be_declared_in_any_way(content_type: str) -> None:
    answer = call("POST", REPLIES, {}, headers={**KEY, "Content-Type": content_type})
    assert answer.problem == "validation"


@pytest.mark.usefixtures("counter")
def test_an_empty_body_needs_no_type() -> None:
    answer = call("POST", f"{HERE}/accept", headers={"Content-Type": "text/plain"})
    assert answer.problem == "unknown-conversation"


def test_a_body_in_base64_is_the_same_body() -> None:
    body = base64.b64encode(b'{"text": 5}').decode()
    answer = call("POST", REPLIES, body, headers=KEY, isBase64Encoded=True)
    assert answer.document["errors"][0]["pointer"] == "/text"
    answer = call("POST", REPLIES, "?", headers=KEY, isBase64Encoded=True)
    assert answer.problem == "malformed-json"


def test_a_body_too_large_is_refused_unread() -> None:
    answer = call("POST", REPLIES, "x" * 262_145, headers=KEY)
    assert (answer.status, answer.problem) == (413, "body-too-large")


def test_an_event_of_another_kind_is_answered_neutrally() -> None:
    answer = handler({"version": "2.0", "rawPath": HERE}, LambdaContext())
    assert answer["statusCode"] == 500
    assert json.loads(answer["body"])["type"] == "/problems/internal"


def test_an_error_of_the_frameworks_own_leaves_as_a_problem() -> None:
    own = Response(body={"Code": "BadRequest", "Message": "quoted"}, status_code=400)
    answer = speak_problems({})(None, lambda _: own)
    assert (answer.status_code, answer.headers["content-type"]) == (500, MEDIA_TYPE)
    assert "quoted" not in answer.body


# What goes wrong on our side


def test_a_service_out_of_reach_asks_for_another_attempt() -> None:
    problem = problem_of(EndpointConnectionError(endpoint_url="https://example.com"))
    assert (problem.status, problem.kind, problem.headers) == (503, "busy", {"retry-after": "5"})


@pytest.mark.usefixtures("counter")
def test_an_unforeseen_error_is_logged_by_type_and_place_and_told_to_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise KeyError("+39 333 1234567")

    lines = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", lines)
    monkeypatch.setattr(DeskTable, "load", fail)
    answer = call("GET", HERE)
    assert (answer.status, answer.problem) == (500, "internal")
    assert "333" not in answer.body + lines.getvalue()
    [line] = map(json.loads, lines.getvalue().splitlines())
    assert line["error"] == "KeyError"
    assert re.fullmatch(r"\w+\.py:\d+", line["where"])
    assert line["correlation_id"] == answer.document["instance"].removeprefix("urn:uuid:")


def test_what_was_sent_is_not_repeated_in_a_problem() -> None:
    answer = call("POST", REPLIES, {"text": ["+39 333 1234567"]}, headers=KEY)
    assert answer.problem == "validation"
    assert "333" not in answer.body
