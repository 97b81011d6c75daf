"""Handles that a payload proves to be one person's lead to one conversation."""

import itertools
from collections.abc import Iterator

import pytest

from sportello.conversation.commands import (
    Accept,
    AnswerAsBot,
    Classify,
    ExhaustLadder,
    OfferConversation,
    Reply,
    Resolve,
    ReturnToBot,
    Tick,
)
from sportello.conversation.effects import FetchMedia, SendMessage
from sportello.conversation.events import Author, MessageQueued, OwnerKind
from sportello.messaging.items import DeliveryStatus, Media
from sportello.queues.settings import Queue, QueueSettings, QueueTier
from sportello.sla.clocks import ClockKind
from sportello.table.items import EffectRecord, StoredSettings
from sportello.table.keys import Attributes
from sportello.table.stories.timeline import read_timeline
from support.builders import NOW
from support.clouds.table import all_items
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
    earlier_version,
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


@pytest.mark.parametrize("order", list(itertools.permutations(range(len(PROOFS))))[::7])
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
    promises = [clock for clock in state.clocks if clock.promise_id]
    generations = [clock.generation for clock in promises]
    expected = [
        clock.model_copy(update={"generation": generation})
        for clock, generation in zip(owed, generations, strict=True)
    ]
    assert promises == expected


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


def test_the_files_of_what_was_handed_on_are_fetched_and_shown_where_it_went(
    office: PersonsDesk,
) -> None:
    photo = Media(kind="image", provider_media_id="photo-1")
    said = [
        written("uno", 1, PHONE).model_copy(update={"media": (photo,)}),
        written("due", 2, USER, after=10).model_copy(update={"media": (photo,)}),
    ]
    for message in said:
        office.now = message.sent_at
        office.say(message)
    office.accept(derived(PHONE))
    office.now = at(20)
    office.say(written("tre", 3, USER, PHONE, after=20))
    assert only(office) == derived(PHONE)
    story = read_timeline(office.table, derived(PHONE), 100)
    media_ids = [m["media_id"] for e in story.entries for m in e.detail.get("media", ())]
    assert [name.partition("-")[0] for name in media_ids] == [derived(PHONE)] * 2
    effects = [
        EffectRecord.from_attributes(item)
        for item in all_items(office.table)
        if item["entity"]["S"] == "effect"
    ]
    fetched = {
        f"{record.conversation_id}-{file.item_id}-{file.number}"
        for record in effects
        if isinstance(record.effect, FetchMedia)
        for file in record.effect.files
    }
    assert set(media_ids) <= fetched


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


def test_an_earlier_version_that_was_back_leaves_no_circle(office: PersonsDesk) -> None:
    said = [*(written(f"{n}", n, PHONE) for n in (1, 11, 12, 13)), written("due", 2, USER, after=5)]
    office.say(*said)
    said += [written("tre", 3, USER, PHONE, after=9), written("quattro", 4, USER, PHONE, after=90)]
    office.say(said[-2])
    assert only(office) == derived(PHONE)
    with earlier_version():
        office.say(said[-1])
        office.accept(derived(USER))
    said.append(written("cinque", 5, USER, PHONE, after=200))
    office.say(said[-1])
    assert only(office) == derived(USER)
    assert office.state(derived(USER)).goes_on_in == ""
    office.ask(derived(USER), Reply(agent_id="anna", key="reply:1", text="Ecco."))
    office.ask(derived(USER), Resolve(agent_id="anna"))
    office.now = at(300)
    said.append(written("sei", 6, PHONE, after=300))
    office.say(said[-1])
    assert office.faults(said) == []


def test_what_an_earlier_version_revived_is_joined_again(office: PersonsDesk) -> None:
    said = [*(written(f"{n}", n, USER) for n in (1, 11, 12)), written("due", 2, PHONE, after=5)]
    office.say(*said)
    said += [written("tre", 3, USER, PHONE, after=9), written("quattro", 4, PHONE, after=90)]
    office.say(said[-2])
    with earlier_version():
        office.say(said[-1])
        office.accept(derived(PHONE))
    said.append(written("cinque", 5, PHONE, after=200))
    office.say(said[-1])
    assert office.faults(said) == []
    assert office.state(only(office)).owner.name == "anna"


def test_an_unknown_handle_joins_what_an_earlier_version_revived(office: PersonsDesk) -> None:
    said = [*(written(f"{n}", n, USER) for n in (1, 11, 12)), written("due", 2, PHONE, after=5)]
    office.say(*said)
    said += [written("tre", 3, USER, PHONE, after=9), written("quattro", 4, PHONE, after=90)]
    office.say(said[-2])
    with earlier_version():
        office.say(said[-1])
        office.accept(derived(PHONE))
    said.append(written("cinque", 5, PARENT, USER, PHONE, after=200))
    office.say(said[-1])
    assert office.faults(said) == []
    assert office.state(only(office)).owner.name == "anna"


def test_what_comes_back_to_where_it_was_let_go_is_applied_there(office: PersonsDesk) -> None:
    message = written("uno", 1, PHONE)
    office.receive(message)
    (record,) = office.inbound()
    office.table.forward(derived(PHONE), [record.item_id], derived(USER))
    office.table.forward(derived(USER), [record.item_id], derived(PHONE))
    assert office.pending() == [derived(PHONE)]
    office.hand_in_all()
    assert office.state(derived(PHONE)).turn is not None


def test_however_much_waits_and_however_many_are_rung_a_join_fits_a_transaction(
    office: PersonsDesk,
) -> None:
    rung = tuple(f"desk-{n}" for n in range(30))
    tiers = (
        QueueTier(name="first", endpoints=rung[:20]),
        QueueTier(name="second", endpoints=rung[20:]),
    )
    settings = QueueSettings(queues={"default": Queue(tiers=tiers)})
    document = settings.model_dump(mode="json")
    office.table.put_settings("queues", StoredSettings(version=1, document=document), "x", NOW)
    said = [written(f"{n}", n, PHONE) for n in range(1, 52)]
    office.say(*said)
    office.accept(derived(PHONE))
    longer = [written(f"{n}", n, USER, after=1) for n in range(101, 221)]
    office.say(*longer)
    office.hand_over(derived(USER))
    offer = {
        "handoff_id": office.state(derived(USER)).handoff_id,
        "tier": 0,
        "tier_name": "first",
        "agents": (),
        "endpoints": rung[:20],
        "expires_at": at(600),
        "task_token": "token",
        "packet": {},
    }
    office.ask(derived(USER), OfferConversation.model_validate(offer))
    office.ask(derived(USER), Accept(agent_id="bruno"))
    proof = written("proof", 300, USER, PHONE, SPELLED_OTHERWISE, PARENT, after=20)
    office.say(proof)
    assert only(office) == derived(USER)
    assert office.pending() == []
    kept = {r.item_id for r in office.inbound(derived(USER))}
    assert {r.item_id for r in office.inbound(derived(PHONE))} & kept
    turn = office.state(derived(USER)).turn
    assert turn is not None
    assert turn.counted_from == at(0)


def test_one_transaction_hands_on_one_item_whatever_waits(
    office: PersonsDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty long e-mails are more than the 4 MB a transaction holds."""
    office.say(written("uno", 1, PHONE))
    office.accept(derived(PHONE))
    office.say(*(written(f"{n}", n, USER, after=1) for n in range(10, 30)))
    amounts: list[int] = []
    transact = office.table._transact

    def counted(writes: list[Attributes], guards: int) -> None:
        items = [w["Update"]["Key"]["sk"]["S"] for w in writes if "Update" in w]
        amounts.append(sum(name.startswith("IN#") for name in items))
        transact(writes, guards)

    office.receive(proof := written("tre", 3, USER, PHONE, after=20))
    monkeypatch.setattr(office.table, "_transact", counted)
    office.hand_in(derived(USER))
    assert amounts == [1]
    office.hand_in_all()
    turn = office.state(derived(PHONE)).turn
    assert turn is not None
    assert len(turn.items) == 22
    assert proof.sent_at == turn.items[-1].sent_at


def test_a_waiting_message_that_was_deleted_does_not_prevent_the_join(office: PersonsDesk) -> None:
    office.say(written("uno", 1, PHONE), written("due", 2, USER, after=5))
    office.accept(derived(USER))
    (record,) = office.inbound(derived(PHONE))
    deleted = {"pk": {"S": f"CONV#{derived(PHONE)}"}, "sk": {"S": f"IN#{record.item_id}"}}
    office.table._client.delete_item(TableName=office.table._name, Key=deleted)
    office.say(written("tre", 3, USER, PHONE, after=9))
    assert only(office) == derived(USER)


def test_a_late_request_never_reaches_who_has_the_number_now(office: PersonsDesk) -> None:
    office.say(written("A", 1, PHONE), *(written("A", n, USER, after=1) for n in range(10, 20)))
    office.say(written("A", 2, USER, PHONE, after=5))
    office.accept(derived(USER))
    office.ask(derived(USER), Reply(agent_id="anna", key="reply:1", text="ok"))
    office.ask(derived(USER), Resolve(agent_id="anna"))
    office.now = at(9_000)
    office.say(written("B", 3, "fake_user:IT.77", PHONE, after=9_000))
    office.say(written("B", 4, PHONE, after=9_010))
    somebody_else = derived("fake_user:IT.77")
    turn = office.state(somebody_else).turn
    assert turn is not None
    assert len(turn.items) == 2
    office.ask(derived(PHONE), Reply(agent_id="anna", key="reply:2", text="Il suo referto"))
    assert office.table.load(derived(USER), effect_keys=["reply:2"]).effects
    assert not office.table.load(somebody_else, effect_keys=["reply:2"]).effects
    assert office.table.load_going_on(derived(PHONE)).conversation_id == derived(USER)


STRANGER = "fake_user:IT.77"


@pytest.mark.parametrize("told", [(USER, USER, NEW_PHONE, PHONE), (PHONE, NEW_PHONE)])
def test_a_notice_does_not_open_the_story_of_whoever_has_the_new_number(
    office: PersonsDesk, told: tuple[str, ...]
) -> None:
    office.say(written("B", 1, STRANGER, NEW_PHONE))
    office.accept(derived(STRANGER), "bruno")
    office.say(written("A", 2, PHONE), written("A", 3, USER, PHONE, after=5))
    mine = only_other(office, derived(STRANGER))
    office.now = at(1_000)
    office.say(handle_change(1, *told, after=1_000, reply_to=NEW_PHONE))
    office.say(written("A", 4, USER, NEW_PHONE, after=1_010))
    assert sorted(office.going_on()) == sorted([derived(STRANGER), mine])
    theirs = office.state(derived(STRANGER)).turn
    assert theirs is not None
    assert len(theirs.items) == 1
    office.say(written("A", 5, NEW_PHONE, after=1_020))
    turn = office.state(mine).turn
    assert turn is not None
    assert len(turn.items) == 4


def only_other(office: PersonsDesk, conversation: str) -> str:
    (name,) = (name for name in office.going_on() if name != conversation)
    return name


def test_a_notice_takes_no_number_from_whoever_has_proven_to_hold_it(office: PersonsDesk) -> None:
    office.say(written("A", 1, USER, PHONE))
    office.say(written("B", 2, STRANGER, PHONE, after=60))
    office.say(handle_change(1, USER, USER, NEW_PHONE, PHONE, after=70, reply_to=NEW_PHONE))
    office.say(written("B", 3, PHONE, after=80))
    turn = office.state(derived(STRANGER)).turn
    assert turn is not None
    assert len(turn.items) == 2


def promising(key: str, within_seconds: int) -> Reply:
    promise = {"within_seconds": within_seconds, "kept_by": "hand"}
    fields = {"agent_id": "anna", "key": key, "text": "La chiamo", "promise": promise}
    return Reply.model_validate(fields)


def test_two_promises_that_came_together_are_each_apologised_for(office: PersonsDesk) -> None:
    for number, handle in ((1, PHONE), (2, USER)):
        office.say(written(f"{number}", number, handle, after=number))
        office.accept(derived(handle))
        office.ask(derived(handle), promising(f"reply:{number}", 3_600 * number))
    office.now = at(20)
    office.say(written("tre", 3, USER, PHONE, after=20))
    name = only(office)
    office.ask(name, Reply(agent_id="anna", key="reply:9", text="ok"))
    office.ask(name, ReturnToBot(agent_id="anna"))
    for after in (3_700, 7_300):
        office.now = at(after)
        office.ask(name, Tick(woken_for=None, apology="Ci scusi"))
    apologies = [e for e in office.log(name) if isinstance(e, MessageQueued)]
    assert [e.author for e in apologies if e.automatic] == [Author.SYSTEM, Author.SYSTEM]


def test_promises_of_one_name_are_both_owed(office: PersonsDesk) -> None:
    terms = {"within_seconds": 1_200, "kept_by": "answer"}
    for number, handle in ((1, PHONE), (2, USER)):
        office.now = at(10 * number)
        office.say(written(f"{number}", number, handle, after=10 * number))
        office.hand_over(derived(handle))
        fields = {"handoff_id": office.state(derived(handle)).handoff_id}
        promise = {"text": "entro venti minuti", "terms": terms}
        command = ExhaustLadder.model_validate({**fields, "promise": promise})
        office.ask(derived(handle), command)
    office.say(written("tre", 3, USER, PHONE, after=40))
    promises = [c for c in office.state(only(office)).clocks if c.promise_id]
    assert sorted(c.started_at for c in promises) == [at(10), at(20)]
    assert all(c.promise_id.startswith("answer:") for c in promises)


def test_a_parent_s_id_and_a_user_s_are_no_strangers(office: PersonsDesk) -> None:
    said = [written("uno", 1, PHONE), written("due", 2, USER, PHONE, after=1)]
    said.append(written("tre", 3, PARENT, PHONE, after=2))
    office.say(*said)
    assert office.faults(said) == []


def bots_answer(office: PersonsDesk, conversation: str) -> AnswerAsBot:
    state = office.state(conversation)
    assert state.turn is not None
    return AnswerAsBot(
        turn_id=state.turn.leased_to,
        owner_version=state.owner.version,
        item_ids=tuple(item.item_id for item in state.turn.items),
        key="bot:1",
        text="Sono il bot",
        lease_seconds=90,
    )


def test_no_answer_of_the_bot_leaves_once_an_agent_has_the_customer(office: PersonsDesk) -> None:
    office.say(written("uno", 1, PHONE))
    office.accept(derived(PHONE))
    office.say(written("due", 2, USER, after=5))
    office.ask(derived(USER), bots_answer(office, derived(USER)))
    office.say(written("tre", 3, USER, PHONE, after=10))
    (sent,) = office.table.load(derived(USER), effect_keys=["bot:1"]).effects
    assert isinstance(sent.effect, SendMessage)
    assert not office.table.claim_message(derived(USER), sent.effect, office.now)
    turn = office.state(derived(PHONE)).turn
    assert turn is not None
    # What it would have answered waits for the agent.
    assert len(turn.items) == 3


def test_what_the_bot_has_answered_in_time_stays_answered(office: PersonsDesk) -> None:
    office.say(written("uno", 1, PHONE))
    office.accept(derived(PHONE))
    office.say(written("due", 2, USER, after=5))
    office.ask(derived(USER), bots_answer(office, derived(USER)))
    (sent,) = office.table.load(derived(USER), effect_keys=["bot:1"]).effects
    assert isinstance(sent.effect, SendMessage)
    assert office.table.claim_message(derived(USER), sent.effect, office.now)
    office.say(written("tre", 3, USER, PHONE, after=10))
    turn = office.state(derived(PHONE)).turn
    assert turn is not None
    assert len(turn.items) == 2


def test_an_agent_s_silence_counts_from_when_they_were_given_the_other_conversation(
    office: PersonsDesk,
) -> None:
    office.say(written("uno", 1, PHONE))
    office.accept(derived(PHONE))
    office.ask(derived(PHONE), Reply(agent_id="anna", key="reply:1", text="ok"))
    office.now = at(60)
    office.say(written("due", 2, USER, after=60))
    office.hand_over(derived(USER))
    joined_at = office.now = at(60 + 960)
    office.say(written("tre", 3, USER, PHONE, after=60 + 960))
    running = {c.kind: c.started_at for c in office.state(derived(PHONE)).clocks if c.running}
    assert running[ClockKind.AGENT_SILENCE] == joined_at
    assert running[ClockKind.NEXT_RESPONSE] == at(60)
    office.ask(derived(PHONE), Tick(woken_for=None))
    assert office.state(derived(PHONE)).owner.name == "anna"


def test_the_earlier_place_in_line_is_kept(office: PersonsDesk) -> None:
    office.say(written("uno", 1, PHONE))
    office.hand_over(derived(PHONE))
    office.now = at(1_800)
    office.say(*(written("due", n, USER, after=1_800) for n in range(5, 12)))
    office.hand_over(derived(USER))
    office.now = at(2_000)
    office.say(written("tre", 3, USER, PHONE, after=2_000))
    state = office.state(derived(USER))
    assert only(office) == derived(USER)
    assert state.waiting_since == at(0)
    running = {c.kind: c.started_at for c in state.clocks if c.running}
    assert running[ClockKind.QUEUE_WAIT] == running[ClockKind.RESOLUTION] == at(0)


def test_the_segment_of_the_other_conversation_goes_on(office: PersonsDesk) -> None:
    office.say(written("uno", 1, PHONE))
    office.accept(derived(PHONE))
    office.ask(derived(PHONE), Classify(agent_id="anna", segment="vip"))
    office.ask(derived(PHONE), Reply(agent_id="anna", key="reply:1", text="ok"))
    office.ask(derived(PHONE), Resolve(agent_id="anna"))
    office.say(written("due", 2, USER, after=10))
    office.hand_over(derived(USER))
    office.say(written("tre", 3, USER, PHONE, after=20))
    assert only(office) == derived(USER)
    assert office.state(derived(USER)).segment == "vip"


def test_an_agent_who_was_never_rung_hears_of_the_join(office: PersonsDesk) -> None:
    queue = Queue(tiers=(QueueTier(name="first", endpoints=("desk-1",)),))
    document = QueueSettings(queues={"default": queue}).model_dump(mode="json")
    office.table.put_settings("queues", StoredSettings(version=1, document=document), "x", NOW)
    office.say(written("uno", 1, PHONE))
    office.accept(derived(PHONE))
    office.say(written("due", 2, USER, after=5))
    office.say(written("tre", 3, USER, PHONE, after=9))
    assert [key for key in effect_keys(office) if key.startswith("joined:")]


def effect_keys(office: PersonsDesk) -> list[str]:
    names: list[str] = [item["sk"]["S"] for item in all_items(office.table)]
    return [name.removeprefix("FX#") for name in names if name.startswith("FX#")]


def test_no_page_shows_a_message_that_was_handed_on(office: PersonsDesk) -> None:
    for number in range(1, 8):
        office.now = at(number)
        office.say(written(f"P{number}", number, PHONE, after=number))
    office.say(*(written(f"U{n}", n, USER, after=n) for n in range(11, 31)))
    office.now = at(40)
    office.say(written("proof", 40, USER, PHONE, after=40))
    assert only(office) == derived(USER)
    texts: list[str] = []
    for name in (derived(PHONE), derived(USER)):
        page = read_timeline(office.table, name, 3)
        texts += [entry.text for entry in page.entries if entry.text and name == derived(USER)]
        while page.older is not None:
            page = read_timeline(office.table, name, 3, page.older)
            texts += [entry.text for entry in page.entries if entry.text]
    assert sorted(set(texts)) == sorted(texts)


def test_an_echo_of_the_same_second_stands_below_the_message_it_answers(
    office: PersonsDesk,
) -> None:
    office.now = at(0.4)
    office.say(written("Ciao", 1, PHONE))
    office.now = at(0.7)
    office.say(echo("Benvenuto!", 1, PHONE))
    story = read_timeline(office.table, derived(PHONE), 50)
    assert [entry.text for entry in story.entries if entry.text] == ["Ciao", "Benvenuto!"]
