"""What is deployed into an account, SAM's own additions included."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from sportello.aws.logs import BY_CHANNEL, NAMESPACE, Metric
from support.template import (
    channels_on_disk,
    functions,
    notifiers_on_disk,
    referred,
    template,
    where_it_is_deployed,
)
from support.transformed import PYTHON, deployed, made, properties, transformed

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="`make tools` installs SAM")

PARAMETERS = template()["Parameters"]
POLICY_BYTES = 20_480
"""Of a function: docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html."""

ENVIRONMENT_BYTES = 4_096
MOST_LAYERS = 5

ROLE_CHARACTERS = 10_240
"""Of all inline policies of a role: the page on IAM quotas."""

NEW_ACCOUNT = 10
"""Functions that a new account runs at once."""

SHARDS = 4
"""Of a new table's stream; more come with more than 4,000 writes a second."""


def is_chosen(resource: dict[str, Any]) -> bool:
    """Whether a resource is there only if a parameter says so."""
    return "Condition" in resource


def default(value: Any) -> Any:
    """Return what a property is unless somebody chooses otherwise."""
    return PARAMETERS[value["Ref"]]["Default"] if isinstance(value, dict) else value


# --- addresses --------------------------------------------------------------------------------


def test_each_api_has_one_stage_and_no_second_one_that_nothing_throttles() -> None:
    stages = properties("AWS::ApiGateway::Stage").values()
    apis = Counter(referred(stage["RestApiId"]) for stage in stages)
    assert apis == dict.fromkeys(made("AWS::ApiGateway::RestApi"), 1)
    deployments = properties("AWS::ApiGateway::Deployment").values()
    assert [each for each in deployments if "StageName" in each] == []
    assert not made("AWS::Serverless::Api")


def test_every_stage_is_throttled_in_all_its_methods() -> None:
    for name, stage in properties("AWS::ApiGateway::Stage").items():
        (settings,) = stage["MethodSettings"]
        assert (settings["HttpMethod"], settings["ResourcePath"]) == ("*", "/*"), name
        assert settings["ThrottlingRateLimit"]
        assert settings["ThrottlingBurstLimit"]


def test_what_the_public_may_call_has_modest_limits_that_can_be_chosen() -> None:
    (stage,) = (
        stage
        for stage in properties("AWS::ApiGateway::Stage").values()
        if referred(stage["RestApiId"]) == "ChannelApi"
    )
    (settings,) = stage["MethodSettings"]
    assert settings["ThrottlingRateLimit"] == {"Ref": "WebhookRateLimit"}
    assert settings["ThrottlingBurstLimit"] == {"Ref": "WebhookBurstLimit"}
    assert default(settings["ThrottlingRateLimit"]) == 50
    assert default(settings["ThrottlingBurstLimit"]) == 100


def test_an_api_says_who_may_call_it_so_that_the_guide_need_not_ask() -> None:
    for name, api in transformed_apis().items():
        for path, methods in api["Body"]["paths"].items():
            for method, operation in methods.items():
                open_on_purpose = name == "ChannelApi" or method == "options"
                assert ("security" in operation) != open_on_purpose, f"{name} {method} {path}"
    assert template()["Resources"]["ChannelApi"]["Properties"]["Auth"] == {"ApiKeyRequired": False}


def transformed_apis() -> dict[str, dict[str, Any]]:
    return properties("AWS::ApiGateway::RestApi")


def test_nothing_waits_for_what_waits_for_it() -> None:
    """SAM makes several resources of one API, between which cfn-lint sees a circle (E3004)."""
    resources = transformed()["Resources"]
    waits_for = {name: refers_to(each) & set(resources) for name, each in resources.items()}
    while free := {name for name, others in waits_for.items() if not others}:
        waits_for = {name: others - free for name, others in waits_for.items() if name not in free}
    assert waits_for == {}


def refers_to(part: Any) -> set[str]:
    """Return what a resource names, whatever it names it for."""
    found: set[str] = set()
    match part:
        case list():
            found.update(*map(refers_to, part))
        case dict():
            for key, value in part.items():
                found |= _named(key, value)
    return found


def _named(key: str, value: Any) -> set[str]:
    match key, value:
        case ("Ref" | "DependsOn", str(name)):
            return {name}
        case ("DependsOn", [*names]):
            return {*names}
        case ("Fn::GetAtt", [name, *_]):
            return {name}
        case ("Fn::Sub", str(text)):
            return {name.partition(".")[0] for name in re.findall(r"\$\{([^!}]+)\}", text)}
        case ("Fn::Sub", [text, names]):
            return (_named(key, text) - set(names)) | refers_to(names)
    return refers_to(value)


# --- names ------------------------------------------------------------------------------------

NAMED_BY_AWS = {"MetricName", "FunctionName", "StageName", "RoleName"}
"""References to others, and what is no resource's own name in its region."""

NAMED_INSIDE = {"AWS::Cognito::UserPoolGroup", "AWS::Cognito::UserPoolIdentityProvider"}
"""Named inside something of the stack's."""


def own_names() -> dict[str, Any]:
    return {
        f"{logical_id}.{key}": value
        for logical_id, resource in transformed()["Resources"].items()
        if resource["Type"] not in NAMED_INSIDE
        for key, value in resource.get("Properties", {}).items()
        if (key == "Name" or key.endswith("Name")) and key not in NAMED_BY_AWS
    }


def test_whatever_has_a_name_of_its_own_bears_the_stacks() -> None:
    names = own_names()
    assert len(names) >= 5
    without = {where: name for where, name in names.items() if "AWS::StackName" not in str(name)}
    assert without == {}


def test_nothing_is_called_sportello_whatever_the_stack_is_called() -> None:
    """Names, dimensions and variables: a second stack's would be taken for the first one's."""
    for logical_id, resource in transformed()["Resources"].items():
        plain = re.findall(r'"sportello"', json.dumps(resource.get("Properties", {})))
        assert plain == [], logical_id


def test_every_function_counts_and_logs_under_the_stacks_name() -> None:
    for name, function in properties("AWS::Lambda::Function").items():
        variables = function["Environment"]["Variables"]
        assert variables["POWERTOOLS_SERVICE_NAME"] == {"Ref": "AWS::StackName"}, name


def test_an_alarm_looks_at_dimensions_that_are_counted() -> None:
    ours = [
        alarm
        for alarm in properties("AWS::CloudWatch::Alarm").values()
        if alarm.get("Namespace") == NAMESPACE
    ]
    assert ours
    for alarm in ours:
        values = {each["Name"]: each["Value"] for each in alarm.get("Dimensions", ())}
        by_channel = Metric(alarm["MetricName"]) in BY_CHANNEL
        assert set(values) == ({"service", "channel"} if by_channel else {"service"})
        assert values["service"] == {"Ref": "AWS::StackName"}
        assert values.get("channel", "whatsapp") in {*channels_on_disk(), *notifiers_on_disk()}


# --- what is kept and what is not -------------------------------------------------------------


def test_a_failed_creation_leaves_nothing_and_a_deleted_stack_what_cannot_be_made_again() -> None:
    kept = {}
    for name, resource in transformed()["Resources"].items():
        assert resource.get("DeletionPolicy") != "Retain", name
        if resource.get("DeletionPolicy") == "RetainExceptOnCreate":
            kept[name] = resource.get("UpdateReplacePolicy")
    assert kept == dict.fromkeys(
        ["DeskTable", "MediaBucket", "ConversationKey", "AgentPool"], "Retain"
    )


def test_nothing_that_protects_from_deletion_stands_in_the_way_of_a_failed_creation() -> None:
    assert PARAMETERS["DeletionProtection"]["Default"] == "false"
    protected = {
        "DeletionProtectionEnabled": {"Ref": "DeletionProtection"},
        "DeletionProtection": {"Fn::If": ["ProtectedFromDeletion", "ACTIVE", "INACTIVE"]},
    }
    found = {
        key: value
        for resource in transformed()["Resources"].values()
        for key, value in resource.get("Properties", {}).items()
        if key.startswith("DeletionProtection")
    }
    assert found == protected
    assert transformed()["Conditions"]["ProtectedFromDeletion"] == {
        "Fn::Equals": [{"Ref": "DeletionProtection"}, "true"]
    }


def test_the_table_can_be_restored_to_any_second() -> None:
    (table,) = properties("AWS::DynamoDB::Table").values()
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_no_log_is_kept_for_ever() -> None:
    groups = properties("AWS::Logs::LogGroup")
    assert {referred(group["RetentionInDays"]) for group in groups.values()} == {"LogRetentionDays"}
    for name, function in properties("AWS::Lambda::Function").items():
        # Lambda would make a group of its own, which nothing expires.
        assert referred(function["LoggingConfig"]["LogGroup"]) in groups, name


# --- rights -----------------------------------------------------------------------------------


def statements() -> list[tuple[str, dict[str, Any]]]:
    return [
        (name, where_it_is_deployed(statement))
        for name, role in properties("AWS::IAM::Role").items()
        for policy in role.get("Policies", ())
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def test_no_role_may_do_everything_of_anything() -> None:
    for role, statement in statements():
        actions = statement["Action"]
        for action in actions if isinstance(actions, list) else [actions]:
            assert "*" not in action, f"{role} may {action}"


def test_only_the_delivery_of_logs_is_for_all_resources() -> None:
    everywhere = {
        role: s["Action"]
        for role, s in statements()
        if s.get("Resource") == "*" and "aws:CalledViaLast" not in str(s.get("Condition"))
    }
    assert everywhere
    for role, actions in everywhere.items():
        assert role.endswith("StateMachineRole")
        assert {action.partition(":")[0] for action in actions} == {"logs"}


def test_the_only_managed_policy_is_the_one_that_writes_logs() -> None:
    managed = {
        policy["Fn::Sub"] if isinstance(policy, dict) else policy
        for role in properties("AWS::IAM::Role").values()
        for policy in role.get("ManagedPolicyArns", ())
    }
    for arn in managed:
        assert re.search(
            r"policy/service-role/AWSLambda(BasicExecution|SQSQueueExecution|DynamoDBExecution)Role$",
            arn,
        )


def test_every_role_serves_one_service_alone() -> None:
    for name, role in properties("AWS::IAM::Role").items():
        assert "RoleName" not in role, "a named role needs CAPABILITY_NAMED_IAM"
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        (service,) = statement["Principal"]["Service"]
        assert service.endswith(".amazonaws.com"), name


def test_the_policy_of_a_function_has_room_for_its_callers() -> None:
    """Each event of the type Api is a permission, and a function's policy holds 20 KB."""
    sizes: Counter[str] = Counter()
    for permission in properties("AWS::Lambda::Permission").values():
        function = referred(permission["FunctionName"])
        sizes[function] += written_out(permission)
        assert "SourceArn" in permission or "SourceAccount" in permission
    assert sizes
    assert max(sizes.values()) < POLICY_BYTES / 4


def written_out(document: Any) -> int:
    """Return about how long a document is once AWS has put ids and ARNs into it."""
    text = json.dumps(document)
    return len(text) + 80 * (text.count('"Ref"') + text.count('"Fn::'))


LONGEST_ID, LONGEST_NUMBER = 120, 5
"""An ARN, a queue's URL or a name that AWS has made; a figure among the parameters."""


def longest(value: Any) -> int:
    """Return how long a variable may be once it has its value."""
    match value:
        case {"Ref": name} if PARAMETERS.get(name, {}).get("Type") == "Number":
            return LONGEST_NUMBER
        case {"Ref": name} if allowed := PARAMETERS.get(name, {}).get("AllowedValues"):
            return max(map(len, allowed))
        case {"Fn::If": [_, *parts]} | {"Fn::Join": [_, [*parts]]}:
            return sum(longest(part) + 1 for part in parts)
        case {"Fn::Sub": str(text)}:
            return len(re.sub(r"\$\{[^}]+\}", "", text)) + 25 * text.count("${")
        case dict():
            return LONGEST_ID
        case _:
            return len(str(value))


def test_every_role_and_environment_fits_into_what_aws_takes() -> None:
    for name, role in properties("AWS::IAM::Role").items():
        assert written_out(role.get("Policies", [])) < ROLE_CHARACTERS / 2, name
    for name, function in properties("AWS::Lambda::Function").items():
        variables = function["Environment"]["Variables"]
        size = sum(len(each) + longest(value) for each, value in variables.items())
        assert size < ENVIRONMENT_BYTES, name
        assert len(function["Layers"]) <= MOST_LAYERS


# --- what runs at once ------------------------------------------------------------------------


def mappings() -> dict[str, dict[str, Any]]:
    return properties("AWS::Lambda::EventSourceMapping")


CALLING_OUT = re.compile(r"channels\.\w+\.deliver\.handler|notifiers\.\w+\.notify")


def test_who_calls_others_does_so_a_few_at_a_time() -> None:
    handlers = {name: function["Handler"] for name, function in functions().items()}
    limited = {
        referred(mapping["FunctionName"]): mapping.get("ScalingConfig")
        for mapping in mappings().values()
        if CALLING_OUT.fullmatch(handlers[referred(mapping["FunctionName"])])
    }
    assert len(limited) == len(channels_on_disk()) + len(notifiers_on_disk())
    assert all(
        limit == {"MaximumConcurrency": {"Ref": "OutboundConcurrency"}}
        for limit in limited.values()
    )


def test_what_may_wait_for_others_and_the_dispatchers_fit_into_a_new_account() -> None:
    outbound = {
        referred(mapping["Properties"]["EventSourceArn"]): default(
            mapping["Properties"]["ScalingConfig"]["MaximumConcurrency"]
        )
        for mapping in made("AWS::Lambda::EventSourceMapping").values()
        if "ScalingConfig" in mapping["Properties"] and not is_chosen(mapping)
    }
    # Nobody is told of events until somebody writes a subscription; docs/deploying.md warns them.
    del outbound["SubscriptionsQueue"]
    answers = [most for queue, most in outbound.items() if not queue.endswith("FetchQueue")]
    assert sum(answers) < NEW_ACCOUNT, "whatever hangs leaves the webhooks some"
    assert sum(outbound.values()) <= NEW_ACCOUNT, "and so do files, unless all providers hang"
    (stream,) = (m for m in mappings().values() if "ParallelizationFactor" in m)
    assert SHARDS * default(stream["ParallelizationFactor"]) < NEW_ACCOUNT
    assert not any(
        "ReservedConcurrentExecutions" in function
        for function in properties("AWS::Lambda::Function").values()
    ), "no new account can reserve any"


def test_the_least_that_sqs_takes_is_the_least_that_can_be_chosen() -> None:
    assert (
        PARAMETERS["OutboundConcurrency"]["MinValue"],
        PARAMETERS["OutboundConcurrency"]["MaxValue"],
    ) == (2, 1000)
    assert (
        PARAMETERS["DispatchersPerShard"]["MinValue"],
        PARAMETERS["DispatchersPerShard"]["MaxValue"],
    ) == (1, 10)


# --- people -----------------------------------------------------------------------------------


def test_a_token_is_good_for_an_hour_and_a_sign_in_for_a_working_day() -> None:
    clients = properties("AWS::Cognito::UserPoolClient")
    assert set(clients) == {"AgentPoolClient", "DeskClient", "FederatedClient"}
    for client in clients.values():
        units = {"IdToken": "hours", "AccessToken": "hours", "RefreshToken": "hours"}
        assert client["TokenValidityUnits"] == units
        assert (client["IdTokenValidity"], client["AccessTokenValidity"]) == (1, 1)
        assert 8 <= client["RefreshTokenValidity"] <= 12
        assert client["EnableTokenRevocation"] is True


@pytest.mark.parametrize(
    ("chosen", "factors"),
    [("OFF", None), ("OPTIONAL", ["SOFTWARE_TOKEN_MFA"]), ("ON", ["SOFTWARE_TOKEN_MFA"])],
)
def test_a_second_factor_is_off_or_a_choice_or_a_must(
    chosen: str, factors: list[str] | None
) -> None:
    pool = deployed(AgentMfa=chosen)["AgentPool"]
    assert (pool["MfaConfiguration"], pool.get("EnabledMfas")) == (chosen, factors)


def test_agents_may_add_an_authenticator_and_need_not() -> None:
    (pool,) = properties("AWS::Cognito::UserPool").values()
    assert default(pool["MfaConfiguration"]) == "OPTIONAL"
    # Cognito refuses a list of factors beside OFF.
    offered = {"Fn::If": ["MfaOffered", ["SOFTWARE_TOKEN_MFA"], {"Ref": "AWS::NoValue"}]}
    assert pool["EnabledMfas"] == offered
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
