"""Who is told of what."""

import pytest
from pydantic import ValidationError

from sportello.subscriptions.settings import Subscription, SubscriptionSettings
from support.published import an_event

URL = "https://crm.example/events"


@pytest.mark.parametrize(
    ("events", "event_type", "is_told"),
    [
        (["*"], "ConversationResolved", True),
        (["ConversationResolved"], "ConversationResolved", True),
        (["ConversationResolved"], "ConversationReturned", False),
        (["Conversation*"], "ConversationReturned", True),
        (["Clock*", "AgentAssigned"], "AgentAssigned", True),
        (["Clock*", "AgentAssigned"], "AgentOffered", False),
    ],
)
def test_a_subscriber_is_told_of_the_types_it_asked_for(
    events: list[str], event_type: str, *, is_told: bool
) -> None:
    subscription = Subscription.model_validate({"url": URL, "events": events})
    assert subscription.asks_for(an_event(event_type)) is is_told


@pytest.mark.parametrize(("queues", "is_told"), [([], True), (["sales"], True), (["care"], False)])
def test_a_subscriber_is_told_of_the_queues_it_asked_for(
    queues: list[str], *, is_told: bool
) -> None:
    subscription = Subscription.model_validate({"url": URL, "queues": queues})
    assert subscription.asks_for(an_event(queue="sales")) is is_told


def test_what_was_in_no_queue_yet_is_of_none() -> None:
    subscription = Subscription.model_validate({"url": URL, "queues": ["sales"]})
    assert not subscription.asks_for(an_event(queue=""))


@pytest.mark.parametrize("pattern", ["", "conversation.resolved", "*Resolved", "C*d", "A" * 70])
def test_a_pattern_is_a_type_or_the_beginning_of_one(pattern: str) -> None:
    with pytest.raises(ValidationError):
        Subscription.model_validate({"url": URL, "events": [pattern]})


def test_there_is_a_limit_to_subscriptions() -> None:
    many = {f"s-{number}": {"url": URL} for number in range(51)}
    with pytest.raises(ValidationError):
        SubscriptionSettings.model_validate({"subscriptions": many})


def test_the_hash_is_of_the_address_alone() -> None:
    one = Subscription.model_validate({"url": URL})
    assert one.hash == one.model_copy(update={"enabled": False}).hash
    assert one.hash != Subscription.model_validate({"url": f"{URL}/2"}).hash
    assert "crm" not in one.hash
