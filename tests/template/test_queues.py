"""Nothing that fails may vanish, and nobody may fail to notice."""

import json

import pytest

from sportello.table.agents.agent_items import DUE
from support.template import events, functions, referred, resources, template

QUEUES = resources("AWS::SQS::Queue")
DEAD_LETTERS = {name for name in QUEUES if name.endswith("DeadLetters")}
CONSUMERS = {
    referred(event["Queue"]): (name, function, event)
    for name, function in functions().items()
    for event in events(function, "SQS")
}
FAILED_AS_A_WHOLE = {"FitClocksQueue", "RoutingQueue", "WordsQueue"}
"""Read message by message by a function that raises: there is no part of a batch to report."""


@pytest.mark.parametrize("queue", sorted(set(QUEUES) - DEAD_LETTERS))
def test_every_queue_has_a_dead_letter_queue_of_its_own_kind(queue: str) -> None:
    target = referred(QUEUES[queue]["RedrivePolicy"]["deadLetterTargetArn"])
    assert target == f"{queue.removesuffix('Queue')}DeadLetters"
    assert QUEUES[queue].get("FifoQueue") == QUEUES[target].get("FifoQueue")


@pytest.mark.parametrize("queue", sorted(set(QUEUES) - DEAD_LETTERS))
def test_every_queue_reports_partial_failures_and_outwaits_its_function(queue: str) -> None:
    _, function, event = CONSUMERS[queue]
    if queue in FAILED_AS_A_WHOLE:
        assert event["BatchSize"] == 1
        assert "FunctionResponseTypes" not in event
    else:
        assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert QUEUES[queue]["VisibilityTimeout"] >= 6 * function["Timeout"]


@pytest.mark.parametrize("queue", sorted(DEAD_LETTERS))
def test_every_dead_letter_queue_raises_an_alarm_at_its_first_message(queue: str) -> None:
    alarm = resources("AWS::CloudWatch::Alarm")[f"{queue}Alarm"]
    assert referred(alarm["Dimensions"][0]["Value"]) == queue
    assert alarm["Threshold"] == 1
    assert [referred(action) for action in alarm["AlarmActions"]] == ["AlarmTopic"]


def test_the_stream_is_read_by_one_function_that_sets_bad_records_aside() -> None:
    readers = [
        (name, event)
        for name, function in functions().items()
        for event in events(function, "DynamoDB")
    ]
    assert [name for name, _ in readers] == ["DispatchFunction"]
    event = readers[0][1]
    new, asked, shown = (json.loads(each["Pattern"]) for each in event["FilterCriteria"]["Filters"])
    assert new["eventName"] == ["INSERT"]
    entities = new["dynamodb"]["NewImage"]["entity"]["S"]
    assert set(entities) == {"inbound", "effect", "settings"}
    assert set(asked["eventName"]) == {"INSERT", "MODIFY"}
    assert asked["dynamodb"]["NewImage"] == {"entity": {"S": ["agent"]}, "settle": {"S": [DUE]}}
    assert set(shown["eventName"]) == {"INSERT", "MODIFY"}
    image = {"entity": {"S": ["state"]}, "live": {"S": [{"exists": True}]}}
    assert shown["dynamodb"]["NewImage"] == image
    assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert event["BisectBatchOnFunctionError"] is True
    assert event["MaximumRecordAgeInSeconds"] == 3_600  # nothing stands still for a day
    assert referred(event["DestinationConfig"]["OnFailure"]["Destination"]) == "DispatchDeadLetters"


def test_delivery_takes_one_message_at_a_time_so_one_timeout_covers_one_call() -> None:
    delivering = [
        event for name, _, event in CONSUMERS.values() if name.endswith("DeliverFunction")
    ]
    assert delivering
    assert {event["BatchSize"] for event in delivering} == {1}


def test_what_must_outlive_the_stack_is_kept() -> None:
    kept = {
        name
        for name, resource in template()["Resources"].items()
        if resource.get("DeletionPolicy") == "RetainExceptOnCreate"
    }
    assert kept == {"DeskTable", "MediaBucket", "ConversationKey", "AgentPool"}
