"""What the business's own systems hear of a conversation: facts and ids, no content."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from local.cloud.observing import wait_until
from support.clouds.driven_desk import PATIENCE_SECONDS, DrivenDesk, conversation_in, said_in

pytestmark = pytest.mark.system

FACTS = {
    "EpisodeOpened",
    "MessageReceived",
    "HandoffRequested",
    "ClockStarted",
    "OwnerChanged",
    "MessageQueued",
    "ClockEnded",
    "ConversationResolved",
}


@pytest.fixture
def listener(desk: DrivenDesk) -> Iterator[str]:
    """The URL of a queue that gets everything Sportello publishes from now on."""
    name = f"listener-{secrets.token_hex(4)}"
    sqs, events = desk.laptop.client("sqs"), desk.laptop.client("events")
    url: str = sqs.create_queue(QueueName=name)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn = attributes["Attributes"]["QueueArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    rule = {"EventBusName": desk.stack.bus}
    pattern = json.dumps({"source": ["sportello"]})
    events.put_rule(Name=name, EventPattern=pattern, **rule)
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}], **rule)
    yield url
    events.remove_targets(Rule=name, Ids=["queue"], **rule)
    events.delete_rule(Name=name, **rule)
    sqs.delete_queue(QueueUrl=url)


def test_the_bus_tells_a_conversations_facts_and_none_of_its_content(
    desk: DrivenDesk, listener: str
) -> None:
    customer = desk.whatsapp_customer()
    customer.write("Il mio unicorno a dondolo ha paura del buio")
    conversation_id = conversation_in(desk.await_sent(customer))
    desk.act(conversation_id, "accept").expect(200)
    desk.reply(conversation_id, "Gli lasci accesa una lucina").expect(202)
    desk.act(conversation_id, "resolve").expect(200)
    heard: list[dict[str, Any]] = []

    def all_heard() -> bool:
        heard.extend(told_to(desk, listener, conversation_id))
        return {event["detail-type"] for event in heard} >= FACTS

    wait_until(all_heard, seconds=PATIENCE_SECONDS, what="all facts on the bus")

    assert {event["source"] for event in heard} == {"sportello"}
    # The bus tells at least once, and what it tells again under the same id.
    details = {json.dumps(event["detail"], sort_keys=True): event for event in heard}
    assert len({event["detail"]["id"] for event in heard}) == len(details), (
        "each has an id of its own"
    )
    (handoff,) = (
        event["detail"] for event in details.values() if event["detail-type"] == "HandoffRequested"
    )
    assert handoff["reason"] == "unknown_question"
    told = json.dumps(heard, ensure_ascii=False)
    for private in (customer.phone, customer.name, "unicorno", "lucina", "task_token"):
        assert private not in told
    for call in desk.sent_to(customer):
        assert said_in(call) not in told


def told_to(desk: DrivenDesk, listener: str, conversation_id: str) -> list[dict[str, Any]]:
    """Take what is in the queue, and return what is about this conversation."""
    sqs = desk.laptop.client("sqs")
    messages = sqs.receive_message(QueueUrl=listener, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=listener, ReceiptHandle=message["ReceiptHandle"])
    events = [json.loads(message["Body"]) for message in messages]
    return [event for event in events if event["detail"]["conversation_id"] == conversation_id]
