"""What nobody can read, because a fault of ours wrote it, keeps nobody else from being served."""

from collections.abc import Iterator
from io import StringIO

import pytest

from sportello.conversation.commands import Accept
from sportello.routing.presence import Presence
from sportello.table.agents.agent_items import PROFILE, agent_key
from sportello.table.keys import key
from support.clouds.staffed_desk import StaffedDesk, staffed_desk


@pytest.fixture
def office() -> Iterator[StaffedDesk]:
    with staffed_desk() as empty:
        yield empty


def make_unreadable(office: StaffedDesk, name: str) -> None:
    (state,) = (item for item in office.items("state") if item["pk"] == key(name, "STATE")["pk"])
    office.put(state | {"state": {"S": '{"sequence": "many"}'}})


def test_an_agent_is_given_whoever_waits_behind_an_unreadable_conversation(
    office: StaffedDesk, logged: StringIO
) -> None:
    office.waits("c1", "c2")
    make_unreadable(office, "c1")
    office.at_work("anna")
    assert office.asked_for("c2") == "anna"
    assert "it cannot be read" in logged.getvalue()


def test_who_leaves_gives_back_what_they_had_beside_an_unreadable_conversation(
    office: StaffedDesk,
) -> None:
    office.at_work("anna", capacity=10)
    office.waits("c1", "c2")
    for name in ("c1", "c2"):
        office.ask(name, Accept(agent_id="anna"))
    office.at_work("bruno")
    make_unreadable(office, "c1")
    office.pass_time(1)
    office.present("anna", Presence.OFFLINE)
    office.settle("anna")
    assert office.asked_for("c2") == "bruno"


def test_a_full_agent_is_settled_though_they_have_an_unreadable_conversation(
    office: StaffedDesk,
) -> None:
    office.at_work("anna", capacity=2)
    office.waits("c1")
    office.ask("c1", Accept(agent_id="anna"))
    make_unreadable(office, "c1")
    office.settle("anna", unasked=True)
    assert office.asked() == []


def test_an_unreadable_agent_keeps_no_customer_from_another_one(
    office: StaffedDesk, logged: StringIO
) -> None:
    office.at_work("anna")
    office.pass_time(1)
    office.at_work("bruno")
    profile = {"profile": {"S": '{"capacity": "much"}'}, "version": {"N": "1"}}
    written_at = {"written_at": {"S": "2026-01-01T00:00:00.000000Z"}}
    office.put(agent_key("anna", PROFILE) | {"entity": {"S": "profile"}} | profile | written_at)
    office.waits("c1")
    assert office.asked_for("c1") == "bruno"
    assert "it cannot be read" in logged.getvalue()
