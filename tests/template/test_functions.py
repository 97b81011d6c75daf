"""Every function finds its code, its settings and no more rights than it needs."""

import importlib
import json
import re
from typing import Any

import pytest

from agent_api.calls import caller_limits
from agent_api.calls.identity import SignInEnvironment
from agent_api.inbox.search import SearchEnvironment
from agent_api.settings import endpoint_addresses
from agent_api.writing.reply_files import FileLinkEnvironment
from answers import link
from notifiers.push.keys import PushKeyEnvironment
from sportello.aws.clients import CONFIG
from sportello.aws.environment import Environment
from sportello.dispatch import dispatcher, fit_clocks, live_rows, stream, words_to_keep
from sportello.dispatch.sweep_budget import TIME
from sportello.entrypoints import notifier, receiver, runtime
from sportello.live.connections import LiveEnvironment
from sportello.media import scanning, store
from sportello.people.auditing import AuditEnvironment
from sportello.people.notifying.endpoint_urls import EndpointEnvironment
from sportello.subscriptions import informing, jobs, publishing, signing_keys
from support.template import (
    TEMPLATE,
    environment,
    events,
    functions,
    referred,
    resources,
    template,
    where_it_is_deployed,
)
from workflow import keep_words

FUNCTIONS = functions()

TABLE: list[type[Environment]] = [runtime.TableEnvironment]
TASK: list[type[Environment]] = [*TABLE, runtime.SettingsEnvironment]
DISPATCH: list[type[Environment]] = [
    *TASK,
    dispatcher.DispatchEnvironment,
    jobs.SubscriptionsEnvironment,
    publishing.FeedEnvironment,
]
LIVE: list[type[Environment]] = [*TASK, LiveEnvironment]

NEEDS: dict[str, list[type[Environment]]] = {
    "DispatchFunction": [
        *DISPATCH,
        stream.DeadLetterEnvironment,
        words_to_keep.WordsEnvironment,
        live_rows.LiveRowsEnvironment,
    ],
    "FitClocksFunction": [*TASK, fit_clocks.FitClocksEnvironment],
    "KeepWordsFunction": [*TABLE, keep_words.KeepWordsEnvironment],
    "SettleAgentFunction": TASK,
    "SweepFunction": DISPATCH,
    "ReceiveMessagesFunction": TASK,
    "RunBotFunction": TASK,
    "RequestHumanFunction": TASK,
    "TickFunction": TASK,
    "OfferConversationFunction": TASK,
    "ExhaustLadderFunction": TASK,
    "AgentApiFunction": [
        *TASK,
        EndpointEnvironment,
        AuditEnvironment,
        store.MediaEnvironment,
        PushKeyEnvironment,
        SearchEnvironment,
        SignInEnvironment,
        endpoint_addresses.NotifiersEnvironment,
        store.MediaEnvironment,
        scanning.ScanEnvironment,
        FileLinkEnvironment,
        caller_limits.LimitsEnvironment,
        LiveEnvironment,
        jobs.SubscriptionsEnvironment,
        publishing.FeedEnvironment,
        signing_keys.SigningKeyEnvironment,
    ],
    "SubscriptionsFunction": [
        *TASK,
        EndpointEnvironment,
        jobs.SubscriptionsEnvironment,
        informing.DeadLetterEnvironment,
        signing_keys.SigningKeyEnvironment,
    ],
    "LiveConnectFunction": TABLE,
    "LiveDisconnectFunction": LIVE,
    "LiveMessageFunction": [*LIVE, AuditEnvironment],
    "LivePushFunction": LIVE,
    "DeskPageFunction": TABLE,  # as all functions are told of it
    "FileLinkFunction": [*TABLE, store.MediaEnvironment],
    "AnswerLinkFunction": [*TASK, link.AnswerLinkEnvironment, AuditEnvironment],
}


def functions_called(*handlers: str) -> dict[str, str]:
    """Return by its logical id the channel or notifier of each function with such a handler."""
    return {
        name: function["Handler"].split(".")[1]
        for name, function in FUNCTIONS.items()
        if re.fullmatch("|".join(handlers), function["Handler"])
    }


RECEIVERS = functions_called(r"channels\.\w+\.receive\.handler")
DELIVERERS = functions_called(r"channels\.\w+\.deliver\.handler")
FETCHERS = functions_called(r"channels\.\w+\.fetch\.handler")
NOTIFIERS = functions_called(r"notifiers\.\w+\.notify")
ANSWERERS = functions_called(r"notifiers\.\w+\.answer\.handler")


def channel_needs(channel: str, way: str) -> list[type[Environment]]:
    """Return what a channel's function reads beside what all of its kind do."""
    importlib.import_module(f"channels.{channel}.{way}")
    places = {f"channels.{channel}.secret", f"channels.{channel}.{way}"}
    if way != "receive":
        places.add(f"channels.{channel}.api_url")
    return [model for model in subclasses(Environment) if model.__module__ in places]


def notifier_needs(package: str) -> list[type[Environment]]:
    """Return what a notifier reads: its own environment, and that of addresses and of links."""
    module = importlib.import_module(package)
    own = [
        model
        for model in subclasses(Environment)
        if f"{model.__module__}.".startswith(f"{package}.")
    ]
    endpoint = [EndpointEnvironment] * hasattr(module, "post_to_endpoint")
    return own + endpoint + [LiveEnvironment] * hasattr(module, "gateway")


def subclasses(base: type[Environment]) -> set[type[Environment]]:
    return set(base.__subclasses__())


NEEDS |= {
    name: [*TABLE, receiver.ReceiverEnvironment, *channel_needs(channel, "receive")]
    for name, channel in RECEIVERS.items()
}
NEEDS |= {
    name: [*TASK, *channel_needs(channel, "deliver"), store.MediaEnvironment]
    for name, channel in DELIVERERS.items()
}
NEEDS |= {
    name: [
        *TABLE,
        *channel_needs(channel, "fetch"),
        store.MediaEnvironment,
        scanning.ScanEnvironment,
    ]
    for name, channel in FETCHERS.items()
}
NEEDS |= {
    name: [
        *TASK,
        *notifier_needs(f"notifiers.{module}"),
        *[notifier.LinkSigningEnvironment] * ("ANSWER_URL_BASE" in environment(FUNCTIONS[name])),
    ]
    for name, module in NOTIFIERS.items()
}
NEEDS |= {
    name: [*TASK, *notifier_needs(f"notifiers.{module}"), AuditEnvironment]
    for name, module in ANSWERERS.items()
}


def test_every_function_is_accounted_for() -> None:
    assert set(NEEDS) == set(FUNCTIONS)


def test_every_environment_model_is_some_functions_need() -> None:
    needed = {model for models in NEEDS.values() for model in models}
    shipped = {
        model for model in subclasses(Environment) if not model.__module__.startswith("test")
    }
    assert shipped <= needed


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_gets_exactly_the_variables_it_reads(name: str) -> None:
    read = {field.upper() for model in NEEDS[name] for field in model.model_fields}
    given = {
        variable
        for variable in environment(FUNCTIONS[name])
        if not variable.startswith("POWERTOOLS_")
    }
    assert given == read


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_handler_imports(name: str) -> None:
    module, _, attribute = FUNCTIONS[name]["Handler"].rpartition(".")
    assert callable(getattr(importlib.import_module(module), attribute))


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_ships_byte_code(name: str) -> None:
    assert template()["Resources"][name]["Metadata"] == {"BuildMethod": "makefile"}


def test_no_permission_is_a_wildcard_without_a_written_reason() -> None:
    wild = re.compile(r"(Resource|Action):.*\*|^\s*- [a-z]+:[A-Za-z]*\*|\barn:.*\*")
    for number, line in enumerate(TEMPLATE.read_text().splitlines(), start=1):
        if wild.search(line):
            assert "# reason:" in line, f"line {number}: {line.strip()}"


def statements(function: str) -> list[dict[str, Any]]:
    policies = FUNCTIONS[function].get("Policies", [])
    return [where_it_is_deployed(one) for policy in policies for one in policy["Statement"]]


def may(function: str, action: str) -> str:
    """Return what a function may do this to, as the template writes it; empty for nothing.

    What holds only under a condition is left out.
    """
    return " ".join(
        json.dumps(statement.get("Resource"))
        for statement in statements(function)
        if action in statement["Action"] and "Condition" not in statement
    )


KEEPERS = {
    "AgentApiFunction",
    "AnswerLinkFunction",
    "DispatchFunction",
    "ExhaustLadderFunction",
    "FitClocksFunction",
    "OfferConversationFunction",
    "ReceiveMessagesFunction",
    "SettleAgentFunction",
    "SlackAnswerFunction",
    "SweepFunction",
    "TickFunction",
    *DELIVERERS,
}
"""Who commits what changes an agent's room or list, or a place in line."""

CONNECTED = {
    "LiveDisconnectFunction",
    "LiveMessageFunction",
    "LivePushFunction",
    "WebSocketNotifyFunction",
}
"""Who may find that a connection is gone, and forgets it."""


def test_only_whoever_changes_what_an_agent_has_may_delete() -> None:
    deleting = {name for name in FUNCTIONS if may(name, "dynamodb:DeleteItem")}
    assert deleting == KEEPERS | CONNECTED


def test_only_those_who_apply_items_mark_effects_or_keep_agents_may_update_the_table() -> None:
    assert {name for name in FUNCTIONS if may(name, "dynamodb:UpdateItem")} == {
        "LiveConnectFunction",  # uses tickets up
        "SubscriptionsFunction",  # notes how subscribers take what they are told
        *KEEPERS,
        *CONNECTED,
        *NOTIFIERS,
    }


def test_only_who_keeps_words_may_write_many_items_at_once() -> None:
    assert {name for name in FUNCTIONS if may(name, "dynamodb:BatchWriteItem")} == {
        "KeepWordsFunction"
    }


def test_those_who_read_settings_may_read_one_document_and_several_at_once() -> None:
    readers = {n for n in FUNCTIONS if "SETTINGS_CACHE_SECONDS" in environment(FUNCTIONS[n])}
    reading = {name for name in FUNCTIONS if may(name, "dynamodb:GetItem")}
    assert reading - {"LiveConnectFunction"} == readers
    loading = {name for name in FUNCTIONS if may(name, "dynamodb:BatchGetItem")}
    assert loading == readers | DELIVERERS.keys() | FETCHERS.keys() | {"KeepWordsFunction"}


def test_only_those_who_look_for_what_is_pending_may_query_it() -> None:
    assert {name for name in FUNCTIONS if "/index/pending" in may(name, "dynamodb:Query")} == {
        "FitClocksFunction",
        "SweepFunction",
    }


def test_whoever_tells_or_orders_a_wait_may_see_who_waits() -> None:
    assert {name for name in FUNCTIONS if "/index/waiting" in may(name, "dynamodb:Query")} == {
        "AgentApiFunction",
        "ExhaustLadderFunction",
        "OfferConversationFunction",
        "RequestHumanFunction",
        "SweepFunction",
        "TickFunction",
    }


def test_only_the_agent_api_may_see_what_agents_lists_hold() -> None:
    assert {name for name in FUNCTIONS if "/index/inbox" in may(name, "dynamodb:Query")} == {
        "AgentApiFunction"
    }


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_may_fill_only_queues_that_it_is_told_of(name: str) -> None:
    queues = "|".join(resources("AWS::SQS::Queue"))
    told = json.dumps(FUNCTIONS[name].get("Environment", {}))
    filled = may(name, "sqs:SendMessage")
    assert ("${AWS::StackName}-" in filled) == ("QUEUE_URL_BASE" in told)
    assert set(re.findall(queues, filled)) <= set(re.findall(queues, told))


def test_the_sweep_fills_no_queue_that_only_the_stream_fills() -> None:
    by_the_stream = re.compile("DispatchDeadLetters|FitClocksQueue|WordsQueue")
    assert by_the_stream.search(may("DispatchFunction", "sqs:SendMessage"))
    assert not by_the_stream.search(may("SweepFunction", "sqs:SendMessage"))


def test_nothing_repeats_a_sweep_behind_its_back() -> None:
    never = {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}
    sweep = FUNCTIONS["SweepFunction"]
    (schedule,) = events(sweep, "ScheduleV2")
    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert (schedule["RetryPolicy"], sweep["EventInvokeConfig"]) == (never, never)


def test_a_sweep_ends_before_its_function_does() -> None:
    config = vars(CONFIG)
    attempts = config["retries"]["total_max_attempts"]
    longest_call = attempts * (config["connect_timeout"] + config["read_timeout"])
    left = FUNCTIONS["SweepFunction"]["Timeout"] - TIME.total_seconds()
    assert longest_call < left


def test_the_clocks_are_fitted_again_when_no_cache_is_older() -> None:
    longest_cache = template()["Parameters"]["SettingsCacheSeconds"]["MaxValue"]
    assert longest_cache + 5 < dispatcher.MAX_SQS_DELAY


def test_logs_are_kept_for_a_time_and_not_for_ever() -> None:
    assert all("RetentionInDays" in group for group in resources("AWS::Logs::LogGroup").values())
    logging = template()["Globals"]["Function"]["LoggingConfig"]
    assert referred(logging["LogGroup"]) in resources("AWS::Logs::LogGroup")


def test_nothing_costs_money_while_nobody_writes() -> None:
    kinds = {resource["Type"] for resource in template()["Resources"].values()}
    always_on = {
        "AWS::EC2::NatGateway", "AWS::RDS::DBInstance", "AWS::OpenSearchService::Domain",
        "AWS::ElastiCache::CacheCluster", "AWS::Kinesis::Stream", "AWS::EC2::Instance",
    }  # fmt: skip
    assert not kinds & always_on
    assert resources("AWS::DynamoDB::Table")["DeskTable"]["BillingMode"] == "PAY_PER_REQUEST"
    assert not any("ProvisionedConcurrencyConfig" in function for function in FUNCTIONS.values())


def test_the_agent_api_has_one_event_and_one_permission_whatever_its_routes() -> None:
    # SAM makes a permission of each event of the type Api; a policy holds about fifty.
    [event] = FUNCTIONS["AgentApiFunction"]["Events"].values()
    assert event["Type"] == "Api"
    assert event["Properties"] == {
        "RestApiId": {"Ref": "AgentApi"},
        "Path": "/{proxy+}",
        "Method": "ANY",
    }
    assert not resources("AWS::Lambda::Permission")


def test_the_agent_api_knows_every_notifier_that_is_deployed() -> None:
    names = FUNCTIONS["AgentApiFunction"]["Environment"]["Variables"]["NOTIFIERS"]["Fn::Join"][1]
    assert {where_it_is_deployed(name) for name in names} == set(NOTIFIERS.values())
    conditions = {
        where_it_is_deployed(name): name["Fn::If"][0] for name in names if isinstance(name, dict)
    }
    declared = template()["Resources"]
    assert conditions == {
        notifier: declared[function]["Condition"]
        for function, notifier in NOTIFIERS.items()
        if "Condition" in declared[function]
    }


def test_every_call_of_the_agent_api_passes_its_authorizer() -> None:
    api = resources("AWS::Serverless::Api")["AgentApi"]
    assert api["Auth"] == {
        "DefaultAuthorizer": "SignedIn",
        "Authorizers": {"SignedIn": {"UserPoolArn": {"Fn::GetAtt": ["AgentPool", "Arn"]}}},
        "AddDefaultAuthorizerToCorsPreflight": False,  # browsers ask without a token
    }
    assert not {"DefinitionBody", "DefinitionUri"} & api.keys()
    callers = {
        name
        for name, function in FUNCTIONS.items()
        for event in function.get("Events", {}).values()
        if referred(event.get("Properties", {}).get("RestApiId")) == "AgentApi"
    }
    assert callers == {"AgentApiFunction"}


def test_the_agent_api_is_throttled_as_a_whole() -> None:
    [settings] = resources("AWS::Serverless::Api")["AgentApi"]["MethodSettings"]
    assert (settings["HttpMethod"], settings["ResourcePath"]) == ("*", "/*")
    assert settings["ThrottlingRateLimit"] == 500
    assert settings["ThrottlingBurstLimit"] == 1000


def test_whoever_may_query_an_index_names_one_that_the_table_has() -> None:
    indexes = resources("AWS::DynamoDB::Table")["DeskTable"]["GlobalSecondaryIndexes"]
    known = {index["IndexName"] for index in indexes}
    named = set(re.findall(r"/index/([a-z*]+)", TEMPLATE.read_text()))
    assert named == known


def test_no_answer_of_the_gateway_itself_is_kept_by_anybody() -> None:
    answers = resources("AWS::Serverless::Api")["AgentApi"]["GatewayResponses"]
    assert answers
    for answer in answers.values():
        assert answer["ResponseParameters"]["Headers"]["Cache-Control"] == "'no-store'"
