from typing import Any

import pytest

from agent_api.calls.identity import agent_of, groups_in, names_in
from agent_api.calls.permissions import Permission, Role
from agent_api.calls.problems import Problem


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


# Groups that an identity provider names

FEDERATED = "the-providers-client"
NATIVE = "the-pools-client"
IDENTITIES = '[{"providerName":"saml","providerType":"SAML","primary":"true"}]'


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEDERATED_CLIENT_ID", FEDERATED)


def federated(**changes: Any) -> dict[str, Any]:
    claims = {
        "sub": "anna",
        "aud": FEDERATED,
        "cognito:username": "saml_anna@example.org",
        "identities": IDENTITIES,
        "custom:groups": "[supervisor, team-north]",
    }
    return {"authorizer": {"claims": claims | changes}}


@pytest.mark.usefixtures("provider")
def test_whom_a_provider_knows_has_the_groups_that_it_names() -> None:
    agent = agent_of(federated())
    assert agent.roles == {Role.SUPERVISOR}
    assert agent.teams == ("north",)


@pytest.mark.usefixtures("provider")
def test_groups_of_the_pool_count_beside_them() -> None:
    both = federated(**{"cognito:groups": "eu-south-1_x_saml,analyst"})
    assert agent_of(both).roles == {Role.SUPERVISOR, Role.ANALYST}


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize(
    "changes",
    [
        {"aud": NATIVE, "identities": None},
        {"aud": NATIVE},
        {"aud": None},
        {"aud": ""},
        {"aud": [FEDERATED]},
        {"identities": None},
        {"identities": ""},
        {"identities": "[]"},
        {"identities": []},
        {"identities": {}},
    ],
)
def test_what_somebody_wrote_of_themselves_gives_them_nothing(changes: dict[str, Any]) -> None:
    agent = agent_of(federated(**{"custom:groups": "[admin, supervisor]"}, **changes))
    assert (agent.roles, agent.teams) == (frozenset(), ())


@pytest.mark.parametrize("client", [None, ""])
def test_where_no_provider_is_set_up_none_is_believed(
    monkeypatch: pytest.MonkeyPatch, client: str | None
) -> None:
    if client is not None:
        monkeypatch.setenv("FEDERATED_CLIENT_ID", client)
    for audience in ("", None, FEDERATED):
        assert agent_of(federated(aud=audience)).roles == frozenset()


def test_at_the_desks_own_client_an_identity_providers_person_has_its_groups() -> None:
    claims = federated(**{"custom:groups": "[agent, team-north]"}, aud="desk-client")
    at_the_desk = agent_of(claims, {"desk_client": "desk-client"})
    assert at_the_desk.roles == {Role.AGENT}
    assert at_the_desk.teams == ("north",)
    for stage in (None, {}, {"desk_client": "none"}, {"desk_client": ""}):
        assert agent_of(claims, stage).roles == frozenset()


@pytest.mark.parametrize("identities", [None, "", "[]"])
def test_at_the_desk_too_a_password_brings_the_groups_of_the_pool_alone(
    identities: str | None,
) -> None:
    claims = federated(
        **{"custom:groups": "[admin, supervisor]", "cognito:groups": "agent"},
        aud="desk-client",
        identities=identities,
    )
    assert agent_of(claims, {"desk_client": "desk-client"}).roles == {Role.AGENT}


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize("username", ["anna", "", None])
def test_an_account_with_a_password_that_was_linked_to_a_provider_has_its_groups_there_alone(
    username: str | None,
) -> None:
    """By its password it would keep those that the provider said last, whatever became of it."""
    linked: dict[str, Any] = {"cognito:username": username, "cognito:groups": "agent"}
    at_the_desk = agent_of(federated(**linked, aud="desk"), {"desk_client": "desk"})
    assert at_the_desk.roles == {Role.AGENT}
    assert at_the_desk.teams == ()
    assert agent_of(federated(**linked)).roles == {Role.AGENT, Role.SUPERVISOR}


@pytest.mark.usefixtures("provider")
def test_a_native_account_keeps_the_groups_of_the_pool_and_gains_none() -> None:
    written = {"cognito:groups": "agent", "custom:groups": "admin", "aud": NATIVE}
    assert agent_of(federated(**written, identities=None)).roles == {Role.AGENT}


@pytest.mark.parametrize(
    ("attribute", "names"),
    [
        ("agent", {"agent"}),
        ("[agent]", {"agent"}),
        ("[agent, team-north]", {"agent", "team-north"}),
        ('["agent", "team-north"]', {"agent", "team-north"}),
        ("[agent,team-north]", {"agent", "team-north"}),
        ("Travel agent", {"Travel agent"}),
        ("[Travel+agent, Sales%2C+admin]", {"Travel+agent", "Sales%2C+admin"}),
        ('["Sales, admin", 5, null]', {"Sales, admin"}),
        ("Sales, admin", {"Sales, admin"}),
        ("CN=admin,OU=Sales", {"CN=admin,OU=Sales"}),
        ("[ ]", set()),
        ("", set()),
        (None, set()),
        (5, set()),
    ],
)
def test_a_groups_name_stays_whole(attribute: object, names: set[str]) -> None:
    assert names_in(attribute) == names
