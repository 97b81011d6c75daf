"""What the template says of subscriptions agrees with how long events are tried and kept."""

from datetime import timedelta

from agent_api.reporting.subscriptions import ONE_AT_A_TIME
from sportello.subscriptions.retries import GIVEN_UP_AFTER, LONGEST_DELAY, next_delay
from support.template import functions, resources, template

QUEUE = resources("AWS::SQS::Queue")["SubscriptionsQueue"]


def test_an_event_lies_in_its_queue_for_longer_than_it_is_tried() -> None:
    retention = timedelta(seconds=QUEUE["MessageRetentionPeriod"])
    assert retention >= GIVEN_UP_AFTER + LONGEST_DELAY


def test_an_event_is_given_up_by_its_age_and_not_by_its_attempts() -> None:
    age, attempts = timedelta(0), 1
    while (delay := next_delay(age)) is not None:
        age, attempts = age + delay, attempts + 1
    assert QUEUE["RedrivePolicy"]["maxReceiveCount"] >= 2 * attempts


def test_what_is_given_up_can_still_be_replayed() -> None:
    least = template()["Parameters"]["EventRetentionDays"]["MinValue"]
    assert timedelta(days=least) > GIVEN_UP_AFTER


def test_the_bus_is_archived_only_where_somebody_says_for_how_long() -> None:
    archive = template()["Resources"]["EventArchive"]
    condition = template()["Conditions"][archive["Condition"]]
    assert condition == {"Fn::Not": [{"Fn::Equals": [{"Ref": "EventArchiveDays"}, 0]}]}
    assert template()["Parameters"]["EventArchiveDays"]["Default"] == 0
    assert archive["Properties"]["RetentionDays"] == {"Ref": "EventArchiveDays"}


def test_nobody_makes_a_key_while_another_call_may_still_make_one() -> None:
    assert timedelta(seconds=functions()["AgentApiFunction"]["Timeout"]) < ONE_AT_A_TIME


def test_a_replay_may_go_on_for_as_long_as_it_takes() -> None:
    assert functions()["SubscriptionsFunction"]["RecursiveLoop"] == "Allow"
