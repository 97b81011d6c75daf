"""Handles that a payload proves to be one person's lead to one conversation."""

import itertools
from collections.abc import Iterator

import pytest

from sportello.conversation.commands import Reply
from sportello.conversation.events import OwnerKind
from sportello.messaging.items import DeliveryStatus
from sportello.table.timeline import read_timeline
from support.experiments.one_person import (
    NEW_PHONE,
    NEW_USER,
    PARENT,
    PHONE,
    SPELLED_OTHERWISE,
    USER,
    PersonsDesk,
    at,
    derived,
    echo,
    handle_change,
    persons_desk,
    receipt,
    written,
)


@pytest.fixture
def office() -> Iterator[PersonsDesk]:
    with persons_desk() as office:
        yield office


PROOFS = (
    (PHONE,),
    (USER, PHONE),
    (USER,),
    (PARENT, USER),
    (PARENT, USER, PHONE),
)
"""What one customer's payloads have told over the months, each in its turn."""


def only(office: PersonsDesk) -> str:
    (name,) = office.going_on()
    return name


@pytest.mark.parametrize("order", list(itertools.permutations(range(len(PROOFS)))))
def test_whatever_came_first_and_is_left_out_later_there_is_one_conversation(
    office: PersonsDesk, order: tuple[int, ...]
) -> None:
    said = [written(f"{n}", n, *PROOFS[n], after=place) for place, n in enumerate(order)]
    for message in said:
        office.now = message.sent_at
        office.say(message)
    # Without the payload that tells number and user id together nothing would prove it.
    assert office.faults(said) == []
    turn = office.state(only(office)).turn
    assert turn is not None
    assert len(turn.items) == len(said)
    assert turn.counted_from == at(0)


@pytest.mark.parametrize("order", list(itertools.permutations(range(len(PROOFS)))))
def test_in_one_call_too(office: PersonsDesk, order: tuple[int, ...]) -> None:
    said = [written(f"{n}", n, *PROOFS[n]) for n in order]
    office.say(*said)
    assert office.faults(said) == []


@pytest.mark.parametrize("known_by", [PHONE, USER, PARENT])
@pytest.mark.parametrize("proof", [(USER, PHONE), (PARENT, USER, PHONE), (PARENT, USER)])
def test_the_conversation_that_an_agent_has_goes_on(
    office: PersonsDesk, known_by: str, proof: tuple[str, ...]
) -> None:
    said = [written("Il mio pacco?", 1, known_by), written("Allora?", 2, *proof, after=60)]
    office.say(said[0])
    office.accept(derived(known_by))
    office.say(said[1])
    if known_by in proof:
        assert office.faults(said) == []
        state = office.state(derived(known_by))
        assert (state.owner.kind, state.owner.name) == (OwnerKind.AGENT, "anna")
        assert state.turn is not None
        assert len(state.turn.items) == 2


def test_two_conversations_with_people_become_that_of_the_agent(office: PersonsDesk) -> None:
    said = [written("uno", 1, PHONE), written("due", 2, USER, after=10)]
    office.say(*said)
    office.hand_over(derived(USER))
    office.accept(derived(PHONE))
    proof = written("tre", 3, USER, PHONE, after=20)
    office.say(proof)
    assert office.faults([*said, proof]) == []
    state = office.state(only(office))
    assert state.owner.name == "anna"
    assert state.turn is not None
    assert state.turn.counted_from == at(0)
    assert office.state(derived(USER)).clocks
    assert not any(clock.running for clock in office.state(derived(USER)).clocks)


def test_a_receipt_that_names_both_handles_is_proof_enough(office: PersonsDesk) -> None:
    said = [written("uno", 1, PHONE)]
    office.say(*said)
    office.accept(derived(PHONE))
    office.ask(derived(PHONE), Reply(agent_id="anna", key="reply:1", text="Eccomi."))
    office.say(receipt(f"{derived(PHONE)}/reply:1", 1, USER, PHONE))
    later = written("due", 2, USER, after=30)
    office.say(later)
    assert office.faults([*said, later]) == []
    assert only(office) == derived(PHONE)


def test_an_echo_to_a_number_spelled_otherwise_answers_the_conversation(
    office: PersonsDesk,
) -> None:
    said = [written("uno", 1, PHONE)]
    office.say(*said)
    office.hand_over(derived(PHONE))
    office.say(echo("Eccomi.", 1, SPELLED_OTHERWISE, PHONE, after=20))
    assert office.faults(said) == []
    assert only(office) == derived(PHONE)
    state = office.state(derived(PHONE))
    assert state.turn is None
    address = office.table.load(derived(PHONE)).address
    assert address is not None
    assert address.reply_to == PHONE


def test_an_echo_before_the_customer_ever_wrote_leaves_one_conversation(
    office: PersonsDesk,
) -> None:
    office.say(echo("Buongiorno, il suo ordine e' pronto.", 1, SPELLED_OTHERWISE, PHONE))
    said = [written("Grazie, arrivo", 1, USER, PHONE, SPELLED_OTHERWISE, after=60)]
    office.say(*said)
    assert office.faults(said) == []


@pytest.mark.parametrize("told", [(USER, NEW_USER), (USER, NEW_USER, PHONE)])
def test_a_user_id_that_changed_is_followed(office: PersonsDesk, told: tuple[str, ...]) -> None:
    said = [written("uno", 1, USER, PHONE)]
    office.say(*said)
    office.accept(derived(USER))
    office.say(handle_change(1, *told, after=10))
    later = written("due", 2, NEW_USER, after=20)
    office.say(later)
    assert office.faults([*said, later]) == []
    assert office.state(only(office)).owner.name == "anna"


def test_a_number_that_changed_is_followed_and_written_to(office: PersonsDesk) -> None:
    said = [written("uno", 1, PHONE)]
    office.say(*said)
    office.say(handle_change(1, PHONE, NEW_PHONE, after=10))
    address = office.table.load(derived(PHONE)).address
    assert address is not None
    assert address.reply_to == NEW_PHONE
    later = written("due", 2, NEW_PHONE, after=20)
    office.say(later)
    assert office.faults([*said, later]) == []


def test_a_number_handed_on_to_somebody_else_opens_nobodys_story(office: PersonsDesk) -> None:
    """Two lasting ids that no notice joins are two people, whoever has the number now."""
    mine = [written("uno", 1, USER, PHONE)]
    office.say(*mine)
    office.say(handle_change(1, USER, USER, NEW_PHONE, after=10))
    theirs = [written("due", 2, "fake_user:IT.77", PHONE, after=9_000)]
    office.say(*theirs)
    assert sorted(office.going_on()) == sorted([derived(USER), derived("fake_user:IT.77")])
    again = written("tre", 3, PHONE, after=9_100)
    office.say(again)
    turn = office.state(derived("fake_user:IT.77")).turn
    assert turn is not None
    assert len(turn.items) == 2


def test_what_was_promised_in_the_other_conversation_is_still_owed(office: PersonsDesk) -> None:
    said = [written("uno", 1, PHONE)]
    office.say(*said)
    office.accept(derived(PHONE))
    promise = {"within_seconds": 3_600, "kept_by": "hand"}
    command = Reply.model_validate(
        {"agent_id": "anna", "key": "reply:1", "text": "La chiamo entro un'ora", "promise": promise}
    )
    office.ask(derived(PHONE), command)
    owed = [clock for clock in office.state(derived(PHONE)).clocks if clock.promise_id]
    office.say(written("due", 2, USER, after=10))
    office.accept(derived(USER), "bruno")
    longer = [written(f"{n}", n, USER, after=n) for n in range(11, 30)]
    office.say(*longer)
    office.say(written("tre", 3, USER, PHONE, after=40))
    state = office.state(only(office))
    assert [clock for clock in state.clocks if clock.promise_id] == owed


def test_a_late_request_of_a_client_is_not_carried_out_in_the_other_conversation(
    office: PersonsDesk,
) -> None:
    office.say(written("uno", 1, PHONE))
    office.accept(derived(PHONE))
    reply = Reply(agent_id="anna", key="reply:1", text="Eccomi.")
    office.ask(derived(PHONE), reply)
    office.say(written("due", 2, USER, after=10))
    office.accept(derived(USER), "bruno")
    office.say(*(written(f"{n}", n, USER, after=n) for n in range(11, 40)))
    office.say(written("tre", 3, USER, PHONE, after=50))
    assert only(office) == derived(USER)
    before = office.table.load(derived(PHONE), effect_keys=["reply:1"])
    committed = office.desk.act(
        derived(PHONE), lambda _: None, office.now, effect_keys=["reply:1"], follow=True
    )
    assert committed.before == before


def test_the_story_shows_what_was_said_in_the_other_conversation(office: PersonsDesk) -> None:
    said = [written("uno", 1, PHONE), written("due", 2, USER, after=10)]
    for message in said:
        office.now = message.sent_at
        office.say(message)
    office.accept(derived(PHONE))
    office.now = at(20)
    proof = written("tre", 3, USER, PHONE, after=20)
    office.say(proof)
    story = read_timeline(office.table, only(office), 100)
    assert [e.text for e in story.entries if e.author == "customer"] == ["uno", "due", "tre"]
    (joined,) = [e for e in story.entries if e.type == "ConversationJoined"]
    assert joined.detail["conversation_id"] == derived(USER)


def test_one_handle_alone_costs_nothing(office: PersonsDesk) -> None:
    office.say(written("uno", 1, PHONE))
    assert office.state(derived(PHONE)).aliases == ()
    assert office.conversations() == [derived(PHONE)]


def test_a_reply_lost_where_the_customer_was_is_asked_for_where_they_are(
    office: PersonsDesk,
) -> None:
    said = [written("uno", 1, PHONE)]
    office.say(*said)
    office.accept(derived(PHONE))
    office.ask(derived(PHONE), Reply(agent_id="anna", key="reply:1", text="Eccomi."))
    office.say(written("due", 2, USER, after=10))
    office.accept(derived(USER), "bruno")
    office.say(*(written(f"{n}", n, USER, after=n) for n in range(11, 40)))
    office.say(written("tre", 3, USER, PHONE, after=50))
    assert only(office) == derived(USER)
    lost = receipt(f"{derived(PHONE)}/reply:1", 1, PHONE)
    office.say(lost.model_copy(update={"status": DeliveryStatus.REFUSED}))
    turn = office.state(derived(USER)).turn
    assert turn is not None
    assert turn.counted_from == at(0)
    assert office.state(derived(PHONE)).turn is None
    assert office.pending() == []
