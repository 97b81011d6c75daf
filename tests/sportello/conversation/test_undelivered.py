"""Answers that did not arrive: who hears of them, and how long they are on the list."""

import pytest

from sportello.conversation.effects import reply_key
from sportello.conversation.events import OwnerKind
from sportello.conversation.people_commands import AcknowledgeUndelivered, TakeOver
from sportello.conversation.state import MAX_UNDELIVERED, ConversationState
from sportello.errors import NotAllowed
from sportello.messaging.items import DeliveryStatus
from support.builders import (
    accept,
    offer,
    record_delivery,
    reply,
    request_human,
    resolve,
    return_to_bot,
    types,
)
from support.story import Story, around_the_clock, rung

REFUSED, ACCEPTED = DeliveryStatus.REFUSED, DeliveryStatus.ACCEPTED
DELIVERED, UNKNOWN = DeliveryStatus.DELIVERED, DeliveryStatus.UNKNOWN
FIRST, SECOND, THIRD = (reply_key("anna", key) for key in "123")
BELL = "@anna/phone"


@pytest.fixture
def story() -> Story:
    """Anna has answered."""
    story = Story(around_the_clock(first_response=300))
    story.write()
    story.do(request_human(), offer(), accept("anna"), reply())
    return story


def listed(state: ConversationState) -> list[str]:
    return [each.effect_key for each in state.open_undelivered]


def test_an_answer_that_is_refused_is_on_the_list_with_whoever_wrote_it(story: Story) -> None:
    story.hear(FIRST, REFUSED)
    (lost,) = story.state.open_undelivered
    assert (lost.effect_key, lost.agent_id, lost.at) == (FIRST, "anna", story.now)
    assert not lost.of_part


def test_an_answer_that_fails_after_it_was_accepted_is_on_the_list(story: Story) -> None:
    story.hear(FIRST, ACCEPTED)
    assert listed(story.state) == []
    story.hear(FIRST, REFUSED)
    assert listed(story.state) == [FIRST]


def test_whoever_wrote_it_is_rung_though_a_supervisor_has_it(story: Story) -> None:
    story.do(TakeOver(agent_id="chief", supervisor=True))
    decision = story.hear(FIRST, REFUSED)
    told = rung(decision, "message.not_delivered")
    assert ("message.not_delivered", BELL) in told
    assert ("message.not_delivered", "desk") in told
    assert story.state.owner.name == "chief"


@pytest.mark.parametrize("command", [resolve(), return_to_bot()], ids=["resolved", "given back"])
def test_whoever_wrote_it_is_rung_though_nobody_has_it(story: Story, command: object) -> None:
    story.do(command)  # type: ignore[arg-type] # one of two commands
    decision = story.hear(FIRST, REFUSED)
    assert ("message.not_delivered", BELL) in rung(decision)
    assert story.state.owner.kind is OwnerKind.QUEUE


def test_an_owner_who_wrote_it_themselves_is_rung_once_at_each_bell(story: Story) -> None:
    decision = story.hear(FIRST, REFUSED)
    told = rung(decision, "message.not_delivered")
    assert len(told) == len(set(told))


def test_an_answer_that_stands_and_was_written_since_makes_up_for_it(story: Story) -> None:
    story.hear(FIRST, REFUSED)
    story.do(reply(key="2"))
    assert listed(story.state) == [FIRST]
    story.hear(SECOND, ACCEPTED)
    assert listed(story.state) == []


def test_an_answer_of_which_nobody_knows_makes_up_for_nothing(story: Story) -> None:
    story.hear(FIRST, REFUSED)
    story.do(reply(key="2"))
    story.hear(SECOND, UNKNOWN)
    assert listed(story.state) == [FIRST]


def test_an_answer_written_before_anybody_knew_makes_up_for_nothing(story: Story) -> None:
    story.do(reply(key="2"))
    story.hear(FIRST, REFUSED)
    story.hear(SECOND, DELIVERED)
    assert listed(story.state) == [FIRST]


def test_if_what_made_up_for_it_is_lost_too_both_are_on_the_list(story: Story) -> None:
    story.hear(FIRST, REFUSED)
    story.do(reply(key="2"))
    story.hear(SECOND, ACCEPTED)
    story.hear(SECOND, REFUSED)
    assert listed(story.state) == [FIRST, SECOND]


def test_of_two_that_make_up_for_it_one_is_enough(story: Story) -> None:
    story.hear(FIRST, REFUSED)
    story.do(reply(key="2"), reply(key="3"))
    story.hear(SECOND, ACCEPTED)
    story.hear(THIRD, ACCEPTED)
    story.hear(THIRD, REFUSED)
    assert listed(story.state) == [THIRD]


def test_what_is_made_up_for_by_something_delivered_is_forgotten(story: Story) -> None:
    story.hear(FIRST, REFUSED)
    story.do(reply(key="2"))
    story.hear(SECOND, ACCEPTED)
    assert story.state.undelivered
    story.hear(SECOND, DELIVERED)
    assert story.state.undelivered == ()


def test_an_answer_that_arrived_after_all_is_taken_off(story: Story) -> None:
    story.hear(FIRST, REFUSED)
    story.hear(FIRST, DELIVERED)
    assert listed(story.state) == []


def test_a_lost_part_stays_on_the_list_though_the_rest_was_delivered(story: Story) -> None:
    sent = story.messages[FIRST]
    lost = record_delivery(FIRST, REFUSED).model_copy(update={"of_part": True, "sent": sent})
    story.do(lost)
    story.hear(FIRST, DELIVERED)
    (part,) = story.state.open_undelivered
    assert part.of_part


def test_a_few_are_remembered_those_first_that_nothing_makes_up_for(story: Story) -> None:
    story.hear(FIRST, REFUSED)
    for number in range(2, MAX_UNDELIVERED + 3):
        story.do(reply(key=str(number)))
        story.hear(reply_key("anna", str(number)), REFUSED)
    keys = [reply_key("anna", str(number)) for number in range(3, MAX_UNDELIVERED + 3)]
    assert listed(story.state) == keys


def test_whoever_wrote_it_acknowledges_it_whose_conversation_it_is_by_now(story: Story) -> None:
    story.do(TakeOver(agent_id="chief", supervisor=True))
    story.hear(FIRST, REFUSED)
    with pytest.raises(NotAllowed):
        story.do(AcknowledgeUndelivered(agent_id="bruno"))
    decision = story.do(AcknowledgeUndelivered(agent_id="anna"))
    assert "UndeliveredAcknowledged" in types(decision)
    assert story.state.undelivered == ()


def test_to_acknowledge_what_is_not_on_the_list_changes_nothing(story: Story) -> None:
    story.hear(FIRST, REFUSED)
    assert not story.do(AcknowledgeUndelivered(agent_id="anna", effect_keys=(SECOND,))).events
    assert listed(story.state) == [FIRST]
    story.do(AcknowledgeUndelivered(agent_id="anna", effect_keys=(FIRST,)))
    assert not story.do(AcknowledgeUndelivered(agent_id="anna")).events
