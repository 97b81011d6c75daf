from typing import Any

import pytest

from agent_api.identity import agent_of, groups_in
from agent_api.permissions import Permission
from agent_api.problems import Problem


def context(groups: str | None, sub: str = "3f6c-anna") -> dict[str, Any]:
    claims = {"sub": sub} | ({} if groups is None else {"cognito:groups": groups})
    return {"authorizer": {"claims": claims}}


@pytest.mark.parametrize(
    ("claim", "groups"),
    [
        ("agent", {"agent"}),
        ("agent,supervisor", {"agent", "supervisor"}),
        ("agent, supervisor", {"agent", "supervisor"}),
        ("[agent supervisor]", {"agent", "supervisor"}),
        ("[agent]", {"agent"}),
        ("", set()),
        ("[]", set()),
        ("agents,no-supervisor", {"agents", "no-supervisor"}),
    ],
)
def test_groups_are_read_in_every_form_they_arrive_in(claim: str, groups: set[str]) -> None:
    assert groups_in(claim) == groups


@pytest.mark.parametrize(
    ("groups", "supervisor"), [("agent", False), ("supervisor", True), ("[agent supervisor]", True)]
)
def test_an_agent_is_named_by_the_subject(groups: str, supervisor: bool) -> None:  # noqa: FBT001 -- a column of the table
    agent = agent_of(context(groups))
    assert (agent.id, agent.supervisor) == ("3f6c-anna", supervisor)


@pytest.mark.parametrize("groups", [None, "", "agents", "supervisors,customers", "team-north"])
def test_whoever_is_in_no_role_may_nothing(groups: str | None) -> None:
    agent = agent_of(context(groups))
    assert agent.permissions == frozenset()
    with pytest.raises(Problem) as refused:
        agent.require(Permission.READ_SETTINGS)
    assert (refused.value.status, refused.value.kind) == (403, "forbidden")


@pytest.mark.parametrize(
    "request_context",
    [{}, {"authorizer": None}, {"authorizer": {}}, context("agent", ""), context("agent", "a b")],
)
def test_without_a_proved_subject_nobody_is_signed_in(request_context: dict[str, Any]) -> None:
    with pytest.raises(Problem) as refused:
        agent_of(request_context)
    assert (refused.value.status, refused.value.kind) == (401, "not-signed-in")
