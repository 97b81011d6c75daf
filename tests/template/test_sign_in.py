"""Who signs in where, as it is deployed: nobody gives themselves a role."""

from typing import Any

import pytest

from agent_api.calls.permissions import Role
from support.template import template
from support.transformed import PYTHON, deployed, properties, rules_broken, transformed

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="`make tools` installs SAM")

BACK = {"SignInCallbackUrl": "https://desk.example/"}
SAML = BACK | {"SamlMetadataUrl": "https://idp.example/metadata"}
SECRET = "arn:aws:secretsmanager:eu-south-1:123456789012:secret:oidc-AbCdEf"
OIDC = BACK | {
    "OidcIssuer": "https://idp.example",
    "OidcClientId": "desk",
    "OidcClientSecretArn": SECRET,
}
GROUPS = {"GroupsClaim": "groups"}
WAYS = {"saml": SAML, "oidc": OIDC, "both": SAML | OIDC}
each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)

FEDERATED = {"SamlProvider", "OidcProvider", "FederatedClient", "FederatedSignInPages"}
DESK = {"SignInDomain", "DeskClient", "DeskSignInPages"}
NO_DESK = {"WithDesk": "false"}
DESK_DOMAIN = {"Fn::Sub": "https://${DeskDistribution.DomainName}/"}
PASSWORDS = {
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_CUSTOM_AUTH",
    "ALLOW_USER_AUTH",
}
CHOSEN = [*SAML, *OIDC, *GROUPS]


def providers(parameters: dict[str, str]) -> list[dict[str, Any]]:
    made = deployed(**parameters)
    return [made[name] for name in ("SamlProvider", "OidcProvider") if name in made]


def variables(**parameters: str) -> Any:
    return deployed(**parameters)["AgentApiFunction"]["Environment"]["Variables"]


# What is made


def test_nothing_of_it_is_there_unless_somebody_chooses_it() -> None:
    for name in CHOSEN:
        assert template()["Parameters"][name]["Default"] == ""
    assert not FEDERATED & set(deployed())
    assert variables()["FEDERATED_CLIENT_ID"] == ""


def test_a_provider_brings_what_it_needs_and_no_other_provider() -> None:
    assert FEDERATED - set(deployed(**SAML)) == {"OidcProvider"}
    assert FEDERATED - set(deployed(**OIDC)) == {"SamlProvider"}
    assert set(deployed(**SAML | OIDC)) >= FEDERATED


@each_way
def test_the_function_knows_the_client_at_which_people_of_the_provider_sign_in(
    way: dict[str, str],
) -> None:
    assert variables(**way)["FEDERATED_CLIENT_ID"] == {"Ref": "FederatedClient"}


def test_every_role_has_its_group() -> None:
    groups = properties("AWS::Cognito::UserPoolGroup").values()
    assert {group["GroupName"] for group in groups} == set(Role)


@pytest.mark.parametrize("parameters", [{}, SAML, OIDC, SAML | OIDC, SAML | OIDC | GROUPS])
def test_whole_choices_break_no_rule(parameters: dict[str, str]) -> None:
    assert rules_broken(**parameters) == set()


@pytest.mark.parametrize(
    ("parameters", "rule"),
    [
        (SAML | {"SignInCallbackUrl": ""}, "SignInLeadsBack"),
        (OIDC | {"SignInCallbackUrl": ""}, "SignInLeadsBack"),
        (OIDC | {"OidcClientId": ""}, "OidcIsWhole"),
        (OIDC | {"OidcClientSecretArn": ""}, "OidcIsWhole"),
    ],
)
def test_half_a_choice_is_refused_before_anything_is_made(
    parameters: dict[str, str], rule: str
) -> None:
    assert rules_broken(**parameters) == {rule}


def test_the_secret_is_no_parameter_and_in_no_template() -> None:
    details = deployed(**OIDC)["OidcProvider"]["ProviderDetails"]
    assert details["client_secret"] == {
        "Fn::Sub": "{{resolve:secretsmanager:${OidcClientSecretArn}:SecretString}}"
    }
    named = [name for name in template()["Parameters"] if "Secret" in name]
    assert named == ["OidcClientSecretArn"]


def test_the_address_to_sign_in_at_is_the_stacks_own_and_in_lower_case() -> None:
    of_the_stack = {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}
    domain = deployed(**SAML)["SignInDomain"]["Domain"]
    assert domain == {"Fn::Join": ["-", ["desk", of_the_stack]]}


# The desk's own page


def test_people_sign_in_at_the_desk_on_pages_of_the_pools_own() -> None:
    made = deployed()
    assert set(made) >= DESK
    client = made["DeskClient"]
    assert client["SupportedIdentityProviders"] == ["COGNITO"]
    assert client["CallbackURLs"] == client["LogoutURLs"] == [DESK_DOMAIN]
    assert made["SignInDomain"]["ManagedLoginVersion"] == 2
    assert made["DeskSignInPages"]["ClientId"] == {"Ref": "DeskClient"}


def test_a_desk_under_a_name_of_the_business_leads_back_to_that_name_alone() -> None:
    chosen = {"DeskDomainName": "desk.example.com", "DeskCertificateArn": "arn:aws:acm:us-east-1:1"}
    assert rules_broken(**chosen) == set()
    made = deployed(**chosen)
    assert made["DeskClient"]["CallbackURLs"] == [{"Fn::Sub": "https://${DeskDomainName}/"}]
    assert made["DeskDistribution"]["DistributionConfig"]["Aliases"] == ["desk.example.com"]


def test_without_a_desk_there_is_no_client_of_it_and_no_page_to_sign_in_at() -> None:
    assert not DESK & set(deployed(**NO_DESK))
    assert set(deployed(**NO_DESK, **SAML)) & DESK == {"SignInDomain"}
    assert stage(**NO_DESK) == {"desk_client": "none"}


def test_every_call_of_the_api_says_which_client_is_the_desks() -> None:
    assert stage() == {"desk_client": {"Ref": "DeskClient"}}


def stage(**parameters: str) -> Any:
    return deployed(**parameters)["AgentApiv1Stage"]["Variables"]


@each_way
def test_people_of_a_provider_sign_in_at_the_desk_with_their_groups(way: dict[str, str]) -> None:
    made = deployed(**way, **GROUPS)
    client = made["DeskClient"]
    providers = [{"Ref": name} for name in ("SamlProvider", "OidcProvider") if name in made]
    assert client["SupportedIdentityProviders"] == ["COGNITO", *providers]
    assert "custom:groups" in client["WriteAttributes"], "what is mapped could not arrive"
    assert "custom:groups" in client["ReadAttributes"]


# Who may write which groups somebody has


@pytest.mark.parametrize("way", [{}, *WAYS.values()], ids=["none", *WAYS])
def test_at_the_desks_client_a_password_is_taken_on_the_page_alone_and_writes_nothing(
    way: dict[str, str],
) -> None:
    client = deployed(**way)["DeskClient"]
    assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert set(client["AllowedOAuthScopes"]) == {"openid", "email", "profile"}
    assert client["AllowedOAuthFlows"] == ["code"]
    assert not client.get("GenerateSecret"), "a page keeps no secret"
    assert ("custom:groups" in client["WriteAttributes"]) == bool(way)


def test_whoever_signs_in_by_a_password_writes_standard_attributes_alone() -> None:
    client = deployed(**SAML, **GROUPS)["AgentPoolClient"]
    assert set(client["ExplicitAuthFlows"]) & PASSWORDS
    assert "email" in client["WriteAttributes"]
    assert [name for name in client["WriteAttributes"] if ":" in name] == []
    assert "ReadAttributes" not in client, "by default these are the standard ones"
    assert "SupportedIdentityProviders" not in client


@each_way
def test_at_the_providers_client_there_is_no_password_and_no_scope_to_write_with(
    way: dict[str, str],
) -> None:
    client = deployed(**way)["FederatedClient"]
    assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert set(client["AllowedOAuthScopes"]) == {"openid", "email", "profile"}
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["AllowedOAuthFlowsUserPoolClient"] is True
    assert not client.get("GenerateSecret"), "a page keeps no secret"


@each_way
def test_at_the_providers_client_nobody_signs_in_but_by_a_provider(way: dict[str, str]) -> None:
    client = deployed(**way)["FederatedClient"]
    made = [{"Ref": name} for name in ("SamlProvider", "OidcProvider") if name in deployed(**way)]
    assert client["SupportedIdentityProviders"] == made
    assert client["CallbackURLs"] == [BACK["SignInCallbackUrl"]]


@each_way
def test_what_a_provider_tells_can_be_written_where_it_arrives_and_read_again(
    way: dict[str, str],
) -> None:
    client = deployed(**way, **GROUPS)["FederatedClient"]
    for provider in providers(way | GROUPS):
        assert provider["AttributeMapping"]["custom:groups"] == "groups"
        assert set(provider["AttributeMapping"]) - {"username"} <= set(client["WriteAttributes"])
    assert "custom:groups" in client["ReadAttributes"]


@each_way
def test_groups_come_along_only_where_somebody_says_in_which_claim(way: dict[str, str]) -> None:
    for provider in providers(way):
        assert "custom:groups" not in provider["AttributeMapping"]


def test_an_attribute_that_can_never_be_taken_away_again_depends_on_no_choice() -> None:
    pool = properties("AWS::Cognito::UserPool")["AgentPool"]
    (attribute,) = pool["Schema"]
    assert (attribute["Name"], attribute["AttributeDataType"]) == ("groups", "String")
    assert attribute["Mutable"] is True, "Cognito could not write it anew at the next sign-in"
    assert attribute["StringAttributeConstraints"] == {"MinLength": "0", "MaxLength": "2048"}
    assert "Fn::If" not in str(pool["Schema"])
    assert "Condition" not in transformed()["Resources"]["AgentPool"]
