"""The API as it describes itself, asked of the deployed one."""

import json
import time
from collections import Counter
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from support.clouds.driven_desk import DrivenDesk, Measured

pytestmark = pytest.mark.system

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 2
"""Of each route and mode: the experiments try many more, in one process."""


@pytest.fixture(scope="module")
def described(desk: DrivenDesk) -> dict[str, Any]:
    found: dict[str, Any] = desk.ask("GET", "/openapi.json").expect(200).document()
    return found


def test_whoever_is_signed_in_reads_the_document_and_nobody_else(
    desk: DrivenDesk, described: dict[str, Any]
) -> None:
    assert described["openapi"].startswith("3.1")
    assert desk.ask("GET", "/openapi.json", role="").status == 401
    answer = desk.ask("GET", "/openapi.json", role="supervisor").expect(200)
    assert answer.document() == described
    again = {"If-None-Match": answer.headers["etag"]}
    assert desk.ask("GET", "/openapi.json", headers=again).status == 304


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_deployed_api_answers_as_its_document_says(
    desk: DrivenDesk, described: dict[str, Any], mode: GenerationMode, measured: Measured
) -> None:
    """What fits is asked only where it is read: the other tests' desk is left as it is."""
    schema = schemathesis.openapi.from_dict({**described, "security": []})
    statuses, begun = Counter[int](), time.monotonic()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Case[Any]) -> None:
        role = "supervisor" if case.method == "GET" else "agent"
        headers = {"Authorization": desk.stack.tokens[role]}
        response = case.call(base_url=desk.stack.agent_api_base, headers=headers)
        statuses[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    for path, methods in described["paths"].items():
        for method in methods:
            if mode is GenerationMode.NEGATIVE and not takes_json(methods[method]):
                continue
            if mode is GenerationMode.POSITIVE and method != "get":
                continue
            operation = schema[path][method]
            given(operation.as_strategy(generation_mode=mode))(ask)()
    assert sum(statuses.values()) >= len(described["paths"]) / 2
    seconds = time.monotonic() - begun
    measured(f"documented API, {mode.value}: {dict(sorted(statuses.items()))} in {seconds:.0f} s")


def takes_json(operation: dict[str, Any]) -> bool:
    return "application/json" in operation.get("requestBody", {}).get("content", {})


def test_one_caller_is_held_to_a_rate_and_told_when_to_ask_again(desk: DrivenDesk) -> None:
    limits = {"READ_RATE_LIMIT": "0.01", "READ_BURST_LIMIT": "2"}
    with desk.variables("AgentApiFunction", **limits):
        answers = [desk.ask("GET", "/me", role="supervisor") for _ in range(12)]
    refused = [answer for answer in answers if answer.status == 429]
    assert {answer.status for answer in answers} == {200, 429}
    problem = json.loads(refused[0].body)
    assert problem["type"] == "/problems/rate-limited"
    assert int(refused[0].headers["retry-after"]) > 1
    assert refused[0].headers["ratelimit-policy"] == '"reads";q=2;w=200'
    assert desk.ask("GET", "/me", role="supervisor").status == 200
