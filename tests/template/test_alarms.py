"""Every alarm goes off in the trouble that it is for, and none on an ordinary day.

Real functions of the real template, in virtual time; what AWS publishes by itself is published by
the cloud of the tests, as AWS documents it.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from sportello.aws.logs import BY_CHANNEL, NAMESPACE, Metric
from sportello.dispatch import daily_look
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import Queue, QueueSettings, QueueTier
from sportello.settings_document import SettingsDocument
from sportello.subscriptions.settings import SubscriptionSettings
from sportello.table.outward.live_items import Connection, places_of
from support.alarms import Alarm, DataPoint, alarms, dimensions
from support.browser import Browser
from support.builders import NOW
from support.clouds.one_process.outside import Answer
from support.clouds.one_process.people import Condition, Script, Told
from support.clouds.one_process.stories import QUESTION, SETTINGS, UNKNOWN_QUESTION, sla
from support.clouds.one_process.watched import WatchedCloud
from support.clouds.small.dynamodb import error
from support.clouds.small.expressions import Item, Request
from support.template import referred, resources, template
from support.webhooks import fresh, recorded

HOUR = timedelta(hours=1)
QUARTER = HOUR / 4
ALARMS = {alarm.name: alarm for alarm in alarms()}

AS_AWS_PUBLISHES = {
    # namespace, metric, names of the dimensions
    ("AWS/ApiGateway", "5XXError", "ApiName", "Stage"),
    ("AWS/Lambda", "Errors", "FunctionName"),
    ("AWS/Lambda", "Invocations", "FunctionName"),
    ("AWS/Lambda", "IteratorAge", "FunctionName"),
    ("AWS/Lambda", "Throttles", "FunctionName"),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName"),
    ("AWS/States", "ExecutionsFailed", "StateMachineArn"),
}
"""As of 2026-11: docs.aws.amazon.com, the page on CloudWatch metrics of each service."""


# --- stories --------------------------------------------------------------------------------------


def customers(told: Told) -> Iterator[Condition]:
    """One is answered by the bot, one is handed to people whom nobody hears of again."""
    told.customer("giulia", "whatsapp", 393330000101).write(QUESTION)
    told.customer("marco", "telegram", 500600701).write(UNKNOWN_QUESTION)
    yield lambda: False


def customers_at_intervals(told: Told) -> Iterator[Condition]:
    for number in range(3):
        told.customer(f"giulia-{number}", "whatsapp", 393330000101 + number).write(QUESTION)
        yield after(told, timedelta(minutes=10))


def nobody(_told: Told) -> Iterator[Condition]:
    yield lambda: False


def unreadable_payloads(told: Told) -> Iterator[Condition]:
    entry = {"id": "1", "changes": [{"field": "messages", "value": "no value"}]}
    told.deliver("whatsapp", {"object": "whatsapp_business_account", "entry": [entry]})
    told.deliver("telegram", {"update_id": 1, "message": "no message"})
    yield lambda: False


def an_agent_changes_targets(told: Told) -> Iterator[Condition]:
    told.agent("sofia").writes(sla(first_response=600), after=1)
    yield lambda: False


def an_agent_works(told: Told) -> Iterator[Condition]:
    giulia = told.customer("giulia", "whatsapp", 393330000101)
    giulia.write(UNKNOWN_QUESTION)
    yield giulia.waits_for_people
    told.agent("anna").does("accept", giulia)
    yield lambda: False


def customers_with_pictures(told: Told) -> Iterator[Condition]:
    told.deliver("whatsapp", fresh(recorded("whatsapp", "image"), 1, at=told.cloud.world.now))
    told.deliver("telegram", fresh(recorded("telegram", "photo"), 1, at=told.cloud.world.now))
    yield lambda: False


def after(told: Told, amount: timedelta) -> Condition:
    due = told.cloud.world.now + amount
    return lambda: told.cloud.world.now >= due


# --- troubles -------------------------------------------------------------------------------------


BEFORE_THE_DAILY_LOOK = NOW.replace(hour=daily_look.HOUR, minute=0) - QUARTER


class Trouble(NamedTuple):
    """`of` are the alarms that must go off; `settings` what is in force."""

    of: frozenset[str]
    befall: Callable[[WatchedCloud], None] = lambda _watched: None
    story: Script = customers
    lasting: timedelta = HOUR
    settings: tuple[SettingsDocument, ...] = SETTINGS
    start: datetime = NOW


def broken(*names: str) -> Callable[[WatchedCloud], None]:
    return lambda watched: watched.broken.update(names)


def idle(*names: str) -> Callable[[WatchedCloud], None]:
    return lambda watched: watched.idle.update(names)


def providers_down(watched: WatchedCloud) -> None:
    watched.cloud.outside.down = True


def tokens_expired(watched: WatchedCloud) -> None:
    answer = watched.cloud.outside.answer

    def refuse(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        if "/whatsapp/" in url:
            return Answer({"error": {"code": 190, "type": "OAuthException"}}, status=401)
        if "/telegram/" in url:
            return Answer({"ok": False, "error_code": 401, "description": "Unauthorized"}, 401)
        return answer(url, body, headers)

    watched.cloud.outside.answer = refuse  # type: ignore[method-assign] # what is outside refuses


def endpoints_answer(status: int) -> Callable[[WatchedCloud], None]:
    def befall(watched: WatchedCloud) -> None:
        answer = watched.cloud.outside.answer

        def fail(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
            return Answer({}, status) if url.endswith("/desk") else answer(url, body, headers)

        watched.cloud.outside.answer = fail  # type: ignore[method-assign] # what is outside fails

    return befall


def subscribers_answer(status: int) -> Callable[[WatchedCloud], None]:
    def befall(watched: WatchedCloud) -> None:
        answer = watched.cloud.outside.answer

        def fail(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
            return Answer({}, status) if url.endswith("/crm") else answer(url, body, headers)

        watched.cloud.outside.answer = fail  # type: ignore[method-assign] # what is outside fails

    return befall


def nothing_takes_notices(watched: WatchedCloud) -> None:
    """Neither SES nor SNS nor the push service nor a connection, each in its own words."""

    def refuse(operation: str, _request: Request) -> Item:
        raise error("TooManyRequestsException", "made up", operation)

    refusing = dict.fromkeys(("sesv2", "sns", "apigatewaymanagementapi"), refuse)
    watched.cloud._services = {**watched.cloud._services, **refusing, "lambda": nothing_comes_of_it}
    connection = Connection(
        connection_id="c-1",
        agent_id="anna",
        opened_at=watched.start,
        lives_until=watched.start + timedelta(days=1),
        queues=("default",),
    )
    listener = connection.listener
    for place in places_of(listener):
        watched.cloud.table.keep(listener.to_attributes(place))
    endpoints_answer(503)(watched)


def nothing_comes_of_it(_operation: str, _request: Request) -> Item:
    return {}


def chats_answer(status: int) -> Callable[[WatchedCloud], None]:
    def befall(watched: WatchedCloud) -> None:
        answer = watched.cloud.outside.answer

        def fail(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
            is_a_chat = "/slack/" in url or url.endswith("/teams")
            return Answer({}, status) if is_a_chat else answer(url, body, headers)

        watched.cloud.outside.answer = fail  # type: ignore[method-assign] # what is outside fails

    return befall


def table_refuses(watched: WatchedCloud) -> None:
    call = watched.cloud.table.call

    def refuse(operation: str, request: Request) -> Item:
        if operation == "PutItem":
            raise error("InternalServerError", "made up", operation)
        return call(operation, request)

    watched.cloud._services = {**watched.cloud._services, "dynamodb": refuse}


def audit_refused(watched: WatchedCloud) -> None:
    call = watched.cloud.table.call

    def refuse(operation: str, request: Request) -> Item:
        if operation == "PutItem" and request["Item"]["entity"]["S"] == "audit":
            raise error("InternalServerError", "made up", operation)
        return call(operation, request)

    watched.cloud._services = {**watched.cloud._services, "dynamodb": refuse}


def executions_used_up(watched: WatchedCloud) -> None:
    """As Lambda publishes it when other functions have taken all of an account's executions."""
    for minute in range(3):
        at = watched.start + timedelta(minutes=minute)
        of = dimensions(FunctionName="DispatchFunction")
        watched.points.append(DataPoint("AWS/Lambda", "Throttles", of, at, 40))


OTHER_WAYS = {
    "mail": {"notifier": "email", "to": "anna@example.com"},
    "browser": {"notifier": "push", **Browser("http://127.0.0.1/desk").subscription()},
    "telephone": {"notifier": "sms", "to": "+393330000101"},
    "open": {"notifier": "websocket"},
}
BY_OTHER_WAYS = (
    AgentEndpointSettings.model_validate({"endpoints": OTHER_WAYS}),
    QueueSettings(
        queues={
            "default": Queue(
                tiers=(QueueTier(name="all", endpoints=tuple(OTHER_WAYS), ring_seconds=300),),
                alert_endpoints=tuple(OTHER_WAYS),
            )
        }
    ),
    sla(first_response=3_600),
)
"""One tier of people who are rung by mail, in a browser, by telephone and at their desks."""

OTHER_FUNCTIONS = (
    "EmailNotifyFunction",
    "PushNotifyFunction",
    "SmsNotifyFunction",
    "WebSocketNotifyFunction",
)

CHATS = {
    "room": {"notifier": "slack", "channel": "C024BE91L"},
    "team": {"notifier": "teams", "url": "http://127.0.0.1/teams"},
}
BY_CHATS = (
    AgentEndpointSettings.model_validate({"endpoints": CHATS}),
    QueueSettings(
        queues={
            "default": Queue(
                tiers=(QueueTier(name="all", endpoints=tuple(CHATS), ring_seconds=300),),
                alert_endpoints=tuple(CHATS),
            )
        }
    ),
    sla(first_response=3_600),
)
"""One tier of people who are rung in chats of their own."""

WITH_SUBSCRIBERS = (
    *SETTINGS,
    SubscriptionSettings.model_validate(
        {"subscriptions": {"crm": {"url": "http://127.0.0.1/crm"}}}
    ),
)

A_PAGER = AgentEndpointSettings.model_validate({"endpoints": {"front": {"notifier": "pager"}}})
"""A notifier that is not deployed: its queue is not there."""

TROUBLES: Mapping[str, Trouble] = {
    "payloads that nobody can read": Trouble(
        frozenset({"WhatsAppQuarantineAlarm", "TelegramQuarantineAlarm"}),
        story=unreadable_payloads,
    ),
    "tokens that have expired": Trouble(
        frozenset({"WhatsAppConfigurationAlarm", "TelegramConfigurationAlarm"}), tokens_expired
    ),
    "providers that are down": Trouble(
        frozenset(
            {
                "WhatsAppDeliveryOverdueAlarm",
                "TelegramDeliveryOverdueAlarm",
                "WhatsAppDeliveryDeadLettersAlarm",
                "TelegramDeliveryDeadLettersAlarm",
            }
        ),
        providers_down,
        lasting=5 * HOUR,
    ),
    "providers that hand out no files": Trouble(
        frozenset({"WhatsAppFetchOverdueAlarm", "TelegramFetchOverdueAlarm"}),
        providers_down,
        customers_with_pictures,
        lasting=HOUR / 2,
    ),
    "files that nobody fetches": Trouble(
        frozenset({"WhatsAppFetchAgeAlarm", "TelegramFetchAgeAlarm"}),
        idle("WhatsAppFetchFunction", "TelegramFetchFunction"),
        customers_with_pictures,
        lasting=HOUR / 2,
    ),
    "fetchers of files that do not even load": Trouble(
        frozenset({"WhatsAppFetchDeadLettersAlarm", "TelegramFetchDeadLettersAlarm"}),
        broken("WhatsAppFetchFunction", "TelegramFetchFunction"),
        customers_with_pictures,
        lasting=9 * HOUR,
    ),
    "queues that nothing reads": Trouble(
        frozenset(
            {"WhatsAppDeliveryAgeAlarm", "TelegramDeliveryAgeAlarm", "WebhookNotifierAgeAlarm"}
        ),
        idle("WhatsAppDeliverFunction", "TelegramDeliverFunction", "WebhookNotifyFunction"),
    ),
    "readers of queues that do not even load": Trouble(
        frozenset(
            {"WhatsAppDeliveryAgeAlarm", "TelegramDeliveryAgeAlarm", "WebhookNotifierAgeAlarm"}
        ),
        broken("WhatsAppDeliverFunction", "TelegramDeliverFunction", "WebhookNotifyFunction"),
    ),
    "an endpoint that answers 500": Trouble(
        frozenset({"WebhookNotifierOverdueAlarm", "WebhookNotifierDeadLettersAlarm"}),
        endpoints_answer(500),
    ),
    "mails, pushes, text messages and open desks that take nothing": Trouble(
        frozenset(
            f"{way}Notifier{alarm}Alarm"
            for way in ("Email", "Push", "Sms", "WebSocket")
            for alarm in ("Overdue", "DeadLetters")
        ),
        nothing_takes_notices,
        lasting=5 * HOUR,
        settings=BY_OTHER_WAYS,
    ),
    "mails, pushes, text messages and frames that nobody sends": Trouble(
        frozenset(
            {
                "EmailNotifierAgeAlarm",
                "PushNotifierAgeAlarm",
                "SmsNotifierAgeAlarm",
                "WebSocketNotifierAgeAlarm",
            }
        ),
        idle(*OTHER_FUNCTIONS),
        settings=BY_OTHER_WAYS,
    ),
    "chats that take nothing": Trouble(
        frozenset(
            f"{chat}Notifier{alarm}Alarm"
            for chat in ("Slack", "Teams")
            for alarm in ("Overdue", "DeadLetters")
        ),
        chats_answer(500),
        lasting=5 * HOUR,
        settings=BY_CHATS,
    ),
    "chats that nobody writes to": Trouble(
        frozenset({"SlackNotifierAgeAlarm", "TeamsNotifierAgeAlarm"}),
        idle("SlackNotifyFunction", "TeamsNotifyFunction"),
        settings=BY_CHATS,
    ),
    "an endpoint that is gone": Trouble(frozenset({"EndpointGoneAlarm"}), endpoints_answer(410)),
    "a subscriber that answers 500": Trouble(
        frozenset({"SubscriptionsOverdueAlarm"}),
        subscribers_answer(500),
        settings=WITH_SUBSCRIBERS,
    ),
    "a subscriber that is gone": Trouble(
        frozenset({"SubscriptionGoneAlarm"}), subscribers_answer(410), settings=WITH_SUBSCRIBERS
    ),
    "events that nobody can bring to subscribers": Trouble(
        frozenset({"SubscriptionsDeadLettersAlarm"}),
        broken("SubscriptionsFunction"),
        lasting=4 * HOUR,
        settings=WITH_SUBSCRIBERS,
    ),
    "a stream that nothing reads": Trouble(
        frozenset({"MessagesSweptAlarm"}), idle("DispatchFunction"), customers_at_intervals
    ),
    "a dispatcher that fails": Trouble(
        frozenset(
            {
                "DispatchErrorsAlarm",
                "DispatchAgeAlarm",
                "DispatchDeadLettersAlarm",
                "MessagesSweptAlarm",
            }
        ),
        broken("DispatchFunction"),
        customers_at_intervals,
    ),
    "executions that are used up": Trouble(
        frozenset({"DispatchThrottlesAlarm"}), executions_used_up
    ),
    "a sweep that fails": Trouble(frozenset({"SweepErrorsAlarm"}), broken("SweepFunction"), nobody),
    "a sweep that does not run": Trouble(
        frozenset({"SweepMissingAlarm"}), idle("SweepFunction"), nobody
    ),
    "a notifier that is not deployed": Trouble(
        frozenset({"NotSweptAlarm", "DispatchDeadLettersAlarm"}),
        settings=(*SETTINGS[1:], A_PAGER),
    ),
    "a desk without endpoints": Trouble(frozenset({"NobodyToRingAlarm"}), settings=()),
    "a desk without endpoints and without customers": Trouble(
        frozenset({"NobodyToRingAlarm"}), story=nobody, settings=(), start=BEFORE_THE_DAILY_LOOK
    ),
    "turns that fail": Trouble(
        frozenset({"TriageFailuresAlarm"}), broken("ReceiveMessagesFunction")
    ),
    "clocks that fail": Trouble(frozenset({"SlaTimerFailuresAlarm"}), broken("TickFunction")),
    "the end of a ladder that fails": Trouble(
        frozenset({"EscalationFailuresAlarm", "StrandedAlarm"}), broken("ExhaustLadderFunction")
    ),
    "changed settings that reach no clock": Trouble(
        frozenset({"FitClocksDeadLettersAlarm"}),
        broken("FitClocksFunction"),
        an_agent_changes_targets,
        4 * HOUR,
    ),
    "agents who are given nothing": Trouble(
        frozenset({"RoutingDeadLettersAlarm"}),
        broken("SettleAgentFunction"),
        an_agent_works,
        HOUR,
    ),
    "words that nobody keeps": Trouble(
        frozenset({"WordsDeadLettersAlarm"}), broken("KeepWordsFunction"), lasting=HOUR
    ),
    "a table that takes nothing": Trouble(
        frozenset({"ChannelApiFailuresAlarm"}), table_refuses, lasting=QUARTER
    ),
    "a receiver that does not even load": Trouble(
        frozenset({"ChannelApiFailuresAlarm"}), broken("WhatsAppReceiveFunction"), lasting=QUARTER
    ),
    "acts that nobody can read of later": Trouble(
        frozenset({"NotAuditedAlarm"}), audit_refused, an_agent_works, QUARTER
    ),
    "an agent API that fails": Trouble(
        frozenset({"AgentApiFailuresAlarm"}), broken("AgentApiFunction"), an_agent_works, QUARTER
    ),
}


def ringing(trouble: Trouble) -> frozenset[str]:
    """Return the alarms that go off in a trouble."""
    watched = WatchedCloud(trouble.start, *trouble.settings)
    trouble.befall(watched)
    watched.watch(trouble.story, trouble.lasting)
    since, until = watched.start, watched.start + trouble.lasting
    return frozenset(alarm.name for alarm in alarms() if alarm.rings(watched.points, since, until))


@pytest.mark.parametrize("name", TROUBLES)
def test_a_trouble_is_noticed(name: str) -> None:
    assert TROUBLES[name].of <= ringing(TROUBLES[name])


def test_there_is_no_alarm_that_no_trouble_sets_off() -> None:
    assert {alarm for trouble in TROUBLES.values() for alarm in trouble.of} == set(ALARMS)


# --- quiet ----------------------------------------------------------------------------------------


def providers_down_for_two_minutes(told: Told) -> Iterator[Condition]:
    told.cloud.outside.down = True
    yield from customers_once(told)
    yield after(told, timedelta(minutes=2))
    told.cloud.outside.down = False
    yield lambda: False


def customers_once(told: Told) -> Iterator[Condition]:
    told.customer("giulia", "whatsapp", 393330000101).write(QUESTION)
    yield after(told, timedelta(seconds=1))


QUIET: Mapping[str, Trouble] = {
    "an ordinary hour": Trouble(frozenset()),
    "a night without customers": Trouble(frozenset(), story=nobody, lasting=9 * HOUR),
    "an agent who works": Trouble(frozenset(), story=an_agent_works),
    "a provider that is away for two minutes": Trouble(
        frozenset(), story=providers_down_for_two_minutes
    ),
}


@pytest.mark.parametrize("name", QUIET)
def test_nobody_is_woken_for_nothing(name: str) -> None:
    assert ringing(QUIET[name]) == frozenset()


# --- as the template declares them ----------------------------------------------------------------


@pytest.mark.parametrize("alarm", alarms(), ids=lambda alarm: alarm.name)
def test_an_alarm_watches_what_is_published(alarm: Alarm) -> None:
    names = sorted(name for name, _ in alarm.dimensions)
    namespace, metric = alarm.properties["Namespace"], alarm.properties["MetricName"]
    if namespace == NAMESPACE:
        by_channel = Metric(metric) in BY_CHANNEL
        assert names == (["channel", "service"] if by_channel else ["service"])
    else:
        assert (namespace, metric, *names) in AS_AWS_PUBLISHES


@pytest.mark.parametrize("alarm", alarms(), ids=lambda alarm: alarm.name)
def test_an_alarm_reaches_the_topic_and_the_runbook(alarm: Alarm) -> None:
    assert alarm.properties["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    assert "docs/operating.md" in alarm.properties["AlarmDescription"]


def test_a_missing_sweep_is_the_only_thing_that_is_bad_news_when_it_is_missing() -> None:
    missing = {
        name for name, each in ALARMS.items() if each.properties["TreatMissingData"] == "breaching"
    }
    assert missing == {"SweepMissingAlarm"}


def test_every_queue_that_somebody_waits_for_has_an_alarm_of_its_age() -> None:
    watched = {
        referred(each.properties["Dimensions"][0]["Value"])
        for each in ALARMS.values()
        if each.properties["MetricName"] == "ApproximateAgeOfOldestMessage"
    }
    named = {name for name, queue in resources("AWS::SQS::Queue").items() if "QueueName" in queue}
    assert watched == named


def test_what_nobody_is_told_of_is_said_when_it_is_deployed() -> None:
    warning = template()["Outputs"]["Warning"]
    condition = template()["Conditions"][warning["Condition"]]
    assert condition == {"Fn::Equals": [{"Ref": "AlarmEmail"}, ""]}
    assert "AlarmEmail is empty" in warning["Value"]
