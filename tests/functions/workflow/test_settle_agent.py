"""The queue of agents: each message has one looked at, and what waits is brought to them."""

import json
from collections.abc import Iterator

import pytest

from sportello.dispatch.settle_request import SettleRequest
from sportello.entrypoints import runtime
from support.agent_calls import LambdaContext
from support.clouds.staffed_desk import StaffedDesk, staffed_desk
from workflow import settle_agent


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[StaffedDesk]:
    with staffed_desk() as empty:
        monkeypatch.setattr(runtime, "desk", lambda: empty.desk)
        monkeypatch.setattr(runtime, "settings", lambda: empty.settings)
        monkeypatch.setattr(runtime, "utc_now", lambda: empty.now)
        yield empty


def message(**request: object) -> None:
    body = SettleRequest.model_validate(request).model_dump_json()
    settle_agent.handler({"Records": [{"body": body}]}, LambdaContext())


def test_an_agent_is_asked_for_whoever_waits(office: StaffedDesk) -> None:
    office.waits("c1")
    office.comes("anna")
    message(agent_id="anna")
    assert office.asked_for("c1") == "anna"


def test_who_is_not_to_be_settled_is_looked_at_only_where_the_sweep_says_so(
    office: StaffedDesk,
) -> None:
    office.at_work("anna")
    office.queue("c1")
    message(agent_id="anna")
    assert office.asked_for("c1") == ""
    message(agent_id="anna", unasked=True)
    assert office.asked_for("c1") == "anna"


def test_what_a_later_version_asks_besides_is_no_fault(office: StaffedDesk) -> None:
    office.waits("c1")
    office.comes("anna")
    body = json.dumps({"agent_id": "anna", "gently": True})
    settle_agent.handler({"Records": [{"body": body}]}, LambdaContext())
    assert office.asked_for("c1") == "anna"
