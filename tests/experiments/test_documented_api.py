"""Whatever fits the OpenAPI document, and whatever does not, is answered as the document says.

Schemathesis makes the calls and judges the answers.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sportello.entrypoints import runtime
from sportello.messaging import public_urls
from support.around_the_api import surroundings
from support.clouds.staffed_desk import StaffedDesk
from support.clouds.table import desk
from support.conformance import document
from support.in_process import BASE, session

THOROUGH = 20 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 1

extents = pytest.mark.parametrize(
    "examples",
    [pytest.param(1, id="slice"), pytest.param(25, id="all", marks=pytest.mark.experiment)],
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]

EVERYTHING = "agent,supervisor,designer,admin"
OPERATIONS = sorted(
    (method, path) for path, methods in document()["paths"].items() for method in methods
)
# Who signs in, and how, is asked of the deployed API: tests/system/test_documented_api.py.
SCHEMA = schemathesis.openapi.from_dict({**document(), "security": []})


CONVERSATIONS = tuple(f"{number:032x}" for number in range(1, 9))
NAMES = {
    "conversation_id": CONVERSATIONS,
    "agent_id": ("anna", "bruno"),
    "queue": ("default",),
    "name": ("default", "phone"),
    "version": (0, 1),
}
"""What there is of what a path may name."""


@pytest.fixture(scope="module")
def busy() -> Iterator[StaffedDesk]:
    """A desk with people at work and customers who wait: whatever is asked of it stays done."""
    with desk() as empty:
        ours = StaffedDesk(empty)
        ours.at_work("anna", "bruno")
        for name in CONVERSATIONS:
            ours.queue(name)
        yield ours


@pytest.fixture
def working(busy: StaffedDesk, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(public_urls, "resolve_host", _unknown_host)
    monkeypatch.setattr(runtime, "desk", lambda: busy.desk)
    monkeypatch.setattr(runtime, "table", lambda: busy.table)
    monkeypatch.setattr(runtime, "settings", lambda: busy.settings)
    monkeypatch.setattr(runtime, "utc_now", lambda: busy.now)
    with surroundings():
        yield


def _unknown_host(_host: str, _port: int) -> list[str]:
    raise OSError("no such host")


@extents
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.usefixtures("working")
def test_an_answer_is_one_that_the_document_has(
    path: str, method: str, mode: GenerationMode, examples: int
) -> None:
    operation = SCHEMA[path][method]
    if mode is GenerationMode.NEGATIVE and not can_be_wrong(path, method):
        pytest.skip("it takes nothing that can be wrong")

    @settings(
        max_examples=examples * THOROUGH,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode), st.data())
    def try_it(case: Case[Any], data: st.DataObject) -> None:
        if mode is GenerationMode.POSITIVE:
            name_what_there_is(case, data)
        with session("anna", EVERYTHING) as anna:
            response = case.call(base_url=BASE, session=anna)
        case.validate_response(response, checks=CHECKS)

    try_it()


def can_be_wrong(path: str, method: str) -> bool:
    """Tell whether a route takes something that a schema forbids; any text will do for a header."""
    described = document()["paths"][path][method]
    content = described.get("requestBody", {}).get("content", {"application/json": None})
    parts = [each for each in described["parameters"] if each["schema"] != {"type": "string"}]
    return "application/json" in content and bool(parts or "requestBody" in described)


def name_what_there_is(case: Case[Any], data: st.DataObject) -> None:
    """Let a path lead to something, in most cases: by chance alone it would never."""
    for name in case.path_parameters:
        if name in NAMES and data.draw(st.sampled_from((True, True, True, False))):
            case.path_parameters[name] = data.draw(st.sampled_from(NAMES[name]))
