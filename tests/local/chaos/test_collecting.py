"""What the run with trouble makes of the stack's queues, and how it counts what is in them."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from local.chaos.collecting import (
    DELIVERY_VISIBILITY_SECONDS,
    NOTICE_RECEIVES,
    TICK_SECONDS,
    Queues,
    under_way,
)
from sportello.aws.clients import aws_client
from support.builders import NOW, accept, after, queued, reply, with_bot
from support.clouds.quick_moto import aws
from support.template import resources

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

NAMES = {
    queue["QueueName"]["Fn::Sub"].removeprefix("${AWS::StackName}-").removesuffix(".fifo")
    for queue in resources("AWS::SQS::Queue").values()
    if "QueueName" in queue
}
"""Those of the template that have names of their own: the channels' and the notifiers'."""

MOST = "50"


@pytest.fixture
def sqs() -> Iterator["SQSClient"]:
    """A stack's queues, all with the same dead letters."""
    with aws():
        client: SQSClient = aws_client("sqs")
        url = client.create_queue(QueueName="desk-DeadLetters")["QueueUrl"]
        arn = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        target = arn["Attributes"]["QueueArn"]
        policy = json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": MOST})
        for name in NAMES:
            client.create_queue(QueueName=f"desk-{name}", Attributes={"RedrivePolicy": policy})
        yield client


def attributes(sqs: "SQSClient", name: str) -> dict[str, str]:
    url = sqs.get_queue_url(QueueName=f"desk-{name}")["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return {str(name): value for name, value in answer["Attributes"].items()}


def test_only_a_notice_is_soon_a_dead_letter(sqs: "SQSClient") -> None:
    Queues(sqs, "desk").hurry()
    policies = {name: json.loads(attributes(sqs, name)["RedrivePolicy"]) for name in NAMES}
    assert {name: int(policy["maxReceiveCount"]) for name, policy in policies.items()} == {
        name: NOTICE_RECEIVES if name.startswith("notify-") else int(MOST) for name in NAMES
    }
    assert {name.partition("-")[0] for name in NAMES} == {"deliver", "fetch", "notify"}


def test_what_is_in_hand_is_shown_again_soon_but_for_dead_letters(sqs: "SQSClient") -> None:
    before = attributes(sqs, "DeadLetters")["VisibilityTimeout"]
    Queues(sqs, "desk").hurry()
    assert attributes(sqs, "notify-webhook")["VisibilityTimeout"] == str(
        DELIVERY_VISIBILITY_SECONDS
    )
    assert attributes(sqs, "DeadLetters")["VisibilityTimeout"] == before


def test_a_turn_that_somebody_has_leased_is_under_way() -> None:
    assert under_way(with_bot(), NOW)
    assert not under_way(after(accept(), reply(), state=queued()), NOW)


def test_a_clock_that_runs_is_not_under_way_until_it_is_overdue() -> None:
    state = queued()
    assert state.wake_at is not None
    assert not under_way(state, state.wake_at)
    assert under_way(state, state.wake_at + TICK_SECONDS)
