"""Who calls, and what a page needs to know first."""

from datetime import timedelta
from typing import Any

import pytest

from agent_api.calls.permissions import ROLES, Role, permissions_of
from support.agent_calls import call
from support.builders import NOW
from support.clouds.staffed_desk import StaffedDesk


@pytest.fixture(autouse=True)
def at_work(staffed: StaffedDesk) -> StaffedDesk:
    return staffed


def me(groups: str, agent: str = "anna") -> Any:
    answer = call("GET", "/me", agent=agent, groups=groups)
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    return answer.document


@pytest.mark.parametrize("role", Role)
def test_a_caller_is_told_their_roles_and_what_these_allow(role: Role) -> None:
    told = me(role)
    assert (told["agent_id"], told["roles"]) == ("anna", [role])
    assert set(told["permissions"]) == ROLES[role]


def test_whom_nobody_has_put_into_a_group_is_told_so() -> None:
    told = me("customers")
    assert (told["roles"], told["permissions"], told["queues"]) == ([], [], [])
    assert told["sees"] is None


def test_whoever_takes_conversations_serves_the_queue_of_handoffs_or_those_of_the_profile() -> None:
    assert (me("agent")["queues"], me("agent")["display_name"]) == (["default"], "")
    assert me("admin")["queues"] == []
    queues = call("GET", "/settings/queues", groups="supervisor").document["document"]
    call(
        "PUT",
        "/settings/queues",
        {"queues": {**queues["queues"], "sales": {}}},
        groups="supervisor",
    )
    profile = {"display_name": "Anna", "queues": ["sales"]}
    assert call("PUT", "/agents/anna", profile, groups="supervisor").status == 200
    assert (me("agent")["queues"], me("agent")["display_name"]) == (["sales"], "Anna")


def test_members_of_a_team_are_told_what_they_see() -> None:
    teams = {"teams": {"north": {"queues": ["default"]}}}
    assert call("PUT", "/settings/teams", teams, groups="admin").status == 200
    told = me("supervisor,team-north,team-nowhere")
    assert (told["teams"], told["sees"]) == (["north", "nowhere"], ["default"])
    allowed = permissions_of([Role.SUPERVISOR], in_team=True)
    assert set(told["permissions"]) == allowed


def test_a_page_is_told_the_time_and_the_limits(
    at_work: StaffedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work.now = NOW + timedelta(hours=1)
    told = me("agent")
    assert told["server_time"] == "2026-03-04T11:00:00Z"
    assert told["settings"]["presence_seconds"] == 300
    assert told["settings"]["limits"] == {
        "reply_characters": 16_384,
        "note_characters": 4_000,
        "body_bytes": 262_144,
        "own_endpoints": 10,
        "calls": {"reads": None, "acts": None},
    }
    monkeypatch.setenv("READ_RATE_LIMIT", "25")
    monkeypatch.setenv("READ_BURST_LIMIT", "100")
    from sportello.aws import environment  # noqa: PLC0415 -- beside what it forgets

    environment._loaded.clear()
    calls = me("agent")["settings"]["limits"]["calls"]
    assert calls == {"reads": {"burst": 100, "per_second": 25.0}, "acts": None}
