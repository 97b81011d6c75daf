"""What a shift is judged by: an honest log passes, and each fault of a log is found."""

from collections import Counter
from datetime import timedelta

from local.shift.evidence import Evidence, examine, quantile
from local.shift.report import Shift, verdict
from sportello.conversation.events import (
    AgentOffered,
    AgentOfferEnded,
    Author,
    ConversationEvent,
    HandoffRequested,
    MessageQueued,
    OfferOutcome,
    OwnerChanged,
    OwnerKind,
)
from sportello.messaging.items import Visibility
from support.builders import NOW

ID = "c" * 32


def handoff() -> list[ConversationEvent]:
    return [
        OwnerChanged(at=NOW, kind=OwnerKind.QUEUE, name="orders", version=1),
        HandoffRequested(at=NOW, handoff_id="handoff-1", queue="orders", reason="asked"),
    ]


def offered(offer_id: str, seconds: float) -> AgentOffered:
    now = NOW + timedelta(seconds=seconds)
    return AgentOffered(
        at=now,
        handoff_id="handoff-1",
        offer_id=offer_id,
        agent_id="ada",
        units=2,
        expires_at=now + timedelta(seconds=8),
    )


def ended(offer_id: str, seconds: float, outcome: OfferOutcome) -> AgentOfferEnded:
    now = NOW + timedelta(seconds=seconds)
    return AgentOfferEnded(at=now, offer_id=offer_id, agent_id="ada", outcome=outcome)


def taken(seconds: float) -> OwnerChanged:
    now = NOW + timedelta(seconds=seconds)
    return OwnerChanged(at=now, kind=OwnerKind.AGENT, name="ada", version=2)


def said(seconds: float) -> MessageQueued:
    return MessageQueued(
        at=NOW + timedelta(seconds=seconds),
        effect_key="reply:1",
        author=Author.AGENT,
        agent_id="ada",
        visibility=Visibility.PRIVATE,
        automatic=False,
    )


def examined(*events: ConversationEvent) -> Evidence:
    evidence = Evidence()
    examine(evidence, ID, events)
    return evidence


def shift_of(evidence: Evidence, over: Counter[str] | None = None) -> Shift:
    return Shift(
        seconds=1,
        conversations=1,
        evidence=evidence,
        customers=Counter({"answered by a person": 1}),
        workers={},
        most_held=Counter(),
        over_capacity=over or Counter(),
        looks=3,
    )


HONEST = (
    *handoff(),
    offered("one", 1),
    ended("one", 9, OfferOutcome.EXPIRED),
    offered("two", 10),
    ended("two", 12, OfferOutcome.ACCEPTED),
    taken(12),
    said(15),
)


def test_a_wait_ends_with_the_agents_first_word() -> None:
    found = examined(*HONEST)
    assert found.to_a_person == [15]
    assert found.to_be_taken == [12]
    assert found.offers["agents asked"] == 2
    assert verdict(shift_of(found)) == []


def test_who_waits_in_the_end_was_left_standing() -> None:
    assert examined(*handoff()).stranded == [ID]
    assert "left standing" in " ".join(verdict(shift_of(examined(*handoff()))))


def test_an_offer_that_never_ends_is_found() -> None:
    assert examined(*handoff(), offered("one", 1)).left_open == [ID]


def test_two_who_are_asked_at_once_are_found() -> None:
    found = examined(*handoff(), offered("one", 1), offered("two", 2))
    assert found.asked_twice_at_once == [ID]


def test_an_agent_who_held_too_much_is_named() -> None:
    assert verdict(shift_of(examined(*HONEST), Counter({"ada": 2}))) == [
        "ada held more than they can take"
    ]


def test_the_quantile_is_one_of_the_values() -> None:
    assert quantile([4, 1, 3, 2], 0.5) == 2
    assert quantile([1], 0.95) == 1
    assert quantile([], 0.5) == 0
