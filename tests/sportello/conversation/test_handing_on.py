"""From one to the other: who has it, who is rung, and that its customer keeps their place."""

from datetime import timedelta
from typing import Any

import pytest

from sportello.conversation.commands import Command, OfferToAgent, WaitNow
from sportello.conversation.decision import Decision
from sportello.conversation.effects import Machine, WriteNote
from sportello.conversation.events import LadderRestarted, NoteWritten, OwnerKind
from sportello.conversation.people_commands import (
    Consult,
    LeaveAgent,
    TakeOver,
    TransferToAgent,
    TransferToQueue,
    WriteDown,
)
from sportello.conversation.state import ConversationState
from sportello.errors import NotAllowed
from sportello.queues.settings import Queue, QueueSettings, QueueTier
from sportello.queues.waits import REFRESH_GAP, AnnouncedWait
from sportello.sla.clocks import ClockKind
from sportello.sla.policies import REMIND, Target
from support.builders import (
    NOW,
    a_queue,
    accept,
    after,
    an_away_text,
    an_item,
    decide,
    decline,
    messages,
    notices,
    offered,
    queued,
    receive,
    reply,
    resolve,
    resolved,
    resumed,
    return_to_bot,
    seconds,
    started,
    terms_with,
    tick,
    types,
    with_agent,
    with_bot,
)

SALES = Queue(tiers=(QueueTier(name="shop", endpoints=("shop",)),))
TERMS = terms_with(queues=QueueSettings(queues={"default": Queue(), "sales": SALES}))
OFFER_SECONDS = 120


def to_queue(queue: str = "sales", agent_id: str = "anna", **changes: Any) -> TransferToQueue:
    return TransferToQueue.model_validate({"agent_id": agent_id, "queue": queue, **changes})


def to_agent(colleague: str = "bruno", agent_id: str = "anna", **changes: Any) -> TransferToAgent:
    asked = OfferToAgent(
        handoff_id="",
        agent_id=colleague,
        endpoints=(f"@{colleague}/phone",),
        units=2,
        expires_at=NOW + seconds(OFFER_SECONDS),
        packet={"customer": {"display_name": "Anna"}},
    )
    fields = {"agent_id": agent_id, "queue": "default", "offer": asked, **changes}
    return TransferToAgent.model_validate(fields)


def ladders(decision: Decision) -> list[dict[str, Any]]:
    return [each.input for each in started(decision) if each.machine is Machine.ESCALATION]


def notes(decision: Decision) -> list[str]:
    return [effect.text for effect in decision.effects if isinstance(effect, WriteNote)]


def rung(decision: Decision, notice: str) -> list[str]:
    return [each.endpoint for each in notices(decision) if each.notice == notice]


# --- to a queue -------------------------------------------------------------------------------


def test_a_transfer_to_a_queue_rings_the_people_of_that_queue() -> None:
    decision = decide(with_agent(), to_queue(note="Vuole un preventivo."), NOW, TERMS)
    (ladder,) = ladders(decision)
    assert ladder["tiers"] == [{"name": "shop", "ring_seconds": 60}]
    assert notes(decision) == ["Vuole un preventivo."]
    assert messages(decision) == []
    state = after(to_queue(), state=with_agent(), terms=TERMS)
    assert (state.owner.kind, state.owner.name, state.queue) == ("queue", "sales", "sales")
    assert state.last_agent == "anna"


def test_who_waited_for_an_agents_first_answer_keeps_their_place() -> None:
    later = NOW + timedelta(minutes=20)
    state = after(to_queue(), now=later, state=with_agent(), terms=TERMS)
    assert state.waiting_since == queued().waiting_since == NOW


def test_who_is_moved_from_queue_to_queue_keeps_their_place_even_if_answered_before() -> None:
    back = after(reply(), to_queue("default"), state=with_agent(), terms=TERMS)
    later = NOW + timedelta(minutes=20)
    moved = to_queue(agent_id="chief", supervisor=True)
    assert after(moved, now=later, state=back, terms=TERMS).waiting_since == back.waiting_since


def test_an_agent_hears_that_a_supervisor_has_handed_their_conversation_on() -> None:
    state = with_agent("anna")
    decision = decide(state, to_queue(agent_id="chief", supervisor=True), NOW, TERMS)
    (told,) = [each for each in notices(decision) if each.notice == "conversation.reassigned"]
    assert told.data == {"agent_id": "anna", "queue": "sales", "reason": "transferred"}
    assert rung(decide(state, to_queue(), NOW, TERMS), "conversation.reassigned") == []


def test_a_transfer_into_a_closed_queue_says_so() -> None:
    closed = to_queue(away=an_away_text())
    assert [m.text for m in messages(decide(with_agent(), closed, NOW, TERMS))] == [
        an_away_text().text
    ]
    answered = after(reply(), state=with_agent())
    assert messages(decide(answered, closed, NOW, TERMS)) == []


def test_a_transfer_that_comes_twice_is_made_once() -> None:
    state = after(to_queue(), state=with_agent(), terms=TERMS)
    assert decide(state, to_queue(), NOW, TERMS) == Decision()


def told_a_wait(state: ConversationState) -> ConversationState:
    wait = AnnouncedWait(position=3, low_seconds=60, high_seconds=240, at=NOW, review_at=None)
    return state.model_copy(update={"announced": wait})


def test_who_is_moved_to_another_queue_is_soon_told_their_place_there() -> None:
    soon = NOW + seconds(5)
    state = after(to_queue(), now=soon, state=told_a_wait(with_agent()), terms=TERMS)
    assert state.announced is not None
    assert state.announced.review_at == NOW + REFRESH_GAP
    news = WaitNow(wait=state.announced, text="Ora è il numero 1.")
    look = tick().model_copy(update={"news": news})
    assert [m.text for m in messages(decide(state, look, NOW + REFRESH_GAP, TERMS))] == [news.text]


# --- to a person ------------------------------------------------------------------------------


def test_a_transfer_to_a_colleague_rings_that_colleague_alone() -> None:
    decision = decide(with_agent(), to_agent(note="È un tuo cliente."), NOW)
    (asked,) = notices(decision)
    assert (asked.endpoint, asked.notice) == ("@bruno/phone", "conversation.offered")
    assert (asked.data["agent_id"], asked.data["transferred_by"]) == ("bruno", "anna")
    assert ladders(decision) == []
    state = after(to_agent(), state=with_agent())
    assert state.personal_offer is not None
    assert state.rings_by == NOW + seconds(OFFER_SECONDS) + seconds(60)
    assert after(accept("bruno"), state=state).owner.name == "bruno"


@pytest.mark.parametrize(
    ("command", "now"),
    [
        pytest.param(decline("bruno"), NOW, id="declined"),
        pytest.param(tick(), NOW + seconds(OFFER_SECONDS), id="silent"),
        pytest.param(LeaveAgent(agent_id="bruno"), NOW, id="gone home"),
    ],
)
def test_what_the_colleague_does_not_take_goes_the_ordinary_way(command: Command, now: Any) -> None:
    state = after(to_agent(), state=with_agent())
    decision = decide(state, command, now)
    (ladder,) = ladders(decision)
    assert [e.reason for e in decision.events if isinstance(e, LadderRestarted)] == ["not_taken"]
    state = after(command, now=now, state=state)
    assert (state.owner.kind, state.handoff_id) == ("queue", ladder["handoff_id"])
    assert state.passed_by == ("anna", "bruno")


def test_a_transfer_to_a_colleague_that_comes_twice_rings_once() -> None:
    state = after(to_agent(), state=with_agent())
    assert decide(state, to_agent(), NOW) == Decision()


def test_a_colleague_who_has_it_is_not_handed_it() -> None:
    with pytest.raises(NotAllowed):
        decide(with_agent("bruno"), to_agent("bruno", "chief", supervisor=True), NOW)


def test_whoever_takes_it_by_a_shared_bell_ends_the_colleagues_ring() -> None:
    own = OfferToAgent(
        handoff_id="handoff-2",
        agent_id="bruno",
        endpoints=("@bruno/phone",),
        units=2,
        expires_at=NOW + seconds(30),
    )
    state = after(own, state=offered())
    decision = decide(state, accept("anna"), NOW)
    assert sorted(rung(decision, "offer.accepted")) == ["@bruno/phone", "desk"]
    assert after(accept("anna"), state=state).ringing == ("desk",)
    assert after(accept("bruno"), state=state).ringing == ("@bruno/phone",)


def with_own_bell(agent_id: str = "bruno") -> ConversationState:
    """A conversation of an agent who is rung for it at their own bell alone."""
    return after(to_agent(agent_id), accept(agent_id), state=with_agent())


@pytest.mark.parametrize(
    "commands",
    [
        pytest.param((TakeOver(agent_id="chief", supervisor=True),), id="taken over"),
        pytest.param((to_queue("default", "bruno"), accept("chief")), id="not rung for yet"),
    ],
)
def test_who_has_it_no_more_is_rung_for_it_no_more(commands: tuple[Command, ...]) -> None:
    desk = a_queue(tiers=(QueueTier(name="desk", endpoints=("desk",)),))
    state = after(*commands, state=with_own_bell())
    decision = decide(state, receive(an_item("item-2")), NOW, terms_with(queue=desk))
    assert rung(decision, "message.received") == ["desk"]


def test_what_was_given_up_rings_the_people_of_its_queue() -> None:
    """Neither a bell of who had it, nor those of the queue where handoffs go."""
    desk = a_queue(tiers=(QueueTier(name="desk", endpoints=("desk",)),))
    terms = terms_with(
        {ClockKind.FIRST_RESPONSE: Target(seconds=300, around_the_clock=True, at_warning=REMIND)},
        queues=QueueSettings(queues={"default": desk, "sales": SALES}),
    )
    state = after(to_queue("sales", "bruno"), state=with_own_bell(), terms=terms)
    warned = NOW + seconds(240)
    assert rung(decide(state, tick(warned), warned, terms), "clock.imminent") == ["shop"]
    state = after(accept("anna"), state=state, terms=terms)
    written = decide(state, receive(an_item("item-2")), NOW, terms)
    assert rung(written, "message.received") == ["shop"]
    taken_from_anna = decide(state, TakeOver(agent_id="chief", supervisor=True), NOW, terms)
    assert rung(taken_from_anna, "conversation.taken_over") == ["shop"]


def test_who_resolved_it_is_rung_at_their_own_bell_if_they_go_on() -> None:
    state = after(resolve("bruno"), reply("bruno"), state=with_own_bell())
    assert state.bells == ("@bruno/phone",)


# --- who may, and when ------------------------------------------------------------------------


@pytest.mark.parametrize("command", [to_queue(), to_agent()], ids=["queue", "colleague"])
@pytest.mark.parametrize(
    "state", [with_bot(), queued(), with_agent("bruno2"), resolved()], ids=lambda s: s.owner.kind
)
def test_only_whose_it_is_hands_it_on(state: ConversationState, command: Command) -> None:
    with pytest.raises(NotAllowed):
        decide(state, command, NOW, TERMS)


@pytest.mark.parametrize("command", [to_queue(), to_agent()], ids=["queue", "colleague"])
@pytest.mark.parametrize(
    "state", [with_bot(), offered(), with_agent("bruno2")], ids=lambda s: s.owner.kind
)
def test_a_supervisor_hands_on_whatever_is_not_settled(
    state: ConversationState, command: Command
) -> None:
    asked = command.model_copy(update={"agent_id": "chief", "supervisor": True})
    after_it = after(asked, state=state, terms=TERMS)
    assert after_it.owner.kind is OwnerKind.QUEUE
    assert after_it.offer is None


def test_a_transfer_meant_for_an_earlier_owner_is_refused() -> None:
    with pytest.raises(NotAllowed, match="changed hands"):
        decide(with_agent(), to_queue(owner_version=2), NOW, TERMS)


# --- taking over ------------------------------------------------------------------------------


def taken_over(agent_id: str = "chief") -> TakeOver:
    return TakeOver(agent_id=agent_id, supervisor=True)


def test_a_supervisor_takes_over_from_an_agent_who_is_told() -> None:
    decision = decide(with_agent("anna"), taken_over(), NOW)
    (told,) = notices(decision)
    assert (told.notice, told.endpoint) == ("conversation.taken_over", "desk")
    assert told.data == {"agent_id": "anna", "taken_by": "chief"}
    assert after(taken_over(), state=with_agent()).owner.name == "chief"


def test_a_supervisor_takes_over_from_queue_and_bot() -> None:
    decision = decide(offered(), taken_over(), NOW)
    assert resumed(decision) == [("token-1", "accepted")]
    assert rung(decision, "conversation.taken_over") == []
    assert after(taken_over(), state=with_bot()).owner.name == "chief"


def test_who_has_it_takes_over_nothing_and_an_agent_nothing_at_all() -> None:
    assert decide(with_agent("chief"), taken_over(), NOW) == Decision()
    with pytest.raises(NotAllowed):
        decide(with_agent("anna"), TakeOver(agent_id="bruno"), NOW)
    with pytest.raises(NotAllowed):
        decide(resolved(), taken_over(), NOW)


# --- an agent who has left --------------------------------------------------------------------


def test_who_waits_for_an_agent_who_has_left_is_back_in_line_at_their_place() -> None:
    later = NOW + timedelta(minutes=5)
    decision = decide(with_agent(), LeaveAgent(agent_id="anna"), later)
    assert len(ladders(decision)) == 1
    state = after(LeaveAgent(agent_id="anna"), now=later, state=with_agent())
    assert (state.handoff_reason, state.waiting_since) == ("agent_left", NOW)
    assert state.last_agent == "anna"


def test_whom_an_agent_who_has_left_answered_stays_theirs_unless_all_are_to_go() -> None:
    answered = after(reply(), state=with_agent())
    assert decide(answered, LeaveAgent(agent_id="anna"), NOW) == Decision()
    left = after(LeaveAgent(agent_id="anna", all=True), state=answered)
    assert left.owner.kind is OwnerKind.QUEUE


@pytest.mark.parametrize("state", [with_agent("bruno"), queued(), with_bot(), resolved()])
def test_an_agent_who_leaves_takes_nothing_from_anybody_else(state: ConversationState) -> None:
    assert decide(state, LeaveAgent(agent_id="anna", all=True), NOW) == Decision()


def test_a_customer_who_writes_to_an_agent_who_has_left_waits_for_another_one() -> None:
    answered = after(reply(), state=with_agent())
    command = receive(an_item("item-2")).model_copy(update={"owner_left": True})
    decision = decide(answered, command, NOW)
    assert "HandoffRequested" in types(decision)
    assert rung(decision, "message.received") == []
    assert len(ladders(decision)) == 1


def test_a_courtesy_to_an_agent_who_has_left_calls_nobody() -> None:
    thanks = an_item("item-2").model_copy(update={"thanks": True})
    command = receive(thanks).model_copy(update={"owner_left": True})
    state = after(command, state=after(reply(), state=with_agent()))
    assert state.owner.kind is OwnerKind.AGENT


# --- notes and questions ----------------------------------------------------------------------


def test_a_note_is_kept_and_sent_to_nobody() -> None:
    decision = decide(with_agent(), WriteDown(agent_id="bruno", text="Ha già pagato."), NOW)
    assert notes(decision) == ["Ha già pagato."]
    assert not messages(decision)
    assert not notices(decision)
    (event,) = [e for e in decision.events if isinstance(e, NoteWritten)]
    assert (event.agent_id, event.author) == ("bruno", "agent")
    assert "Ha già pagato" not in event.model_dump_json()


def test_a_note_answers_nothing() -> None:
    before = with_agent()
    state = after(WriteDown(agent_id="anna", text="Richiamare."), state=before)
    assert (state.turn, state.clocks, state.lifecycle) == (
        before.turn,
        before.clocks,
        before.lifecycle,
    )


def a_question(colleague: str = "bruno", agent_id: str = "anna") -> Consult:
    return Consult(
        agent_id=agent_id,
        colleague=colleague,
        endpoints=(f"@{colleague}/phone",),
        note="Che sconto posso fare?",
    )


def test_a_colleague_who_is_asked_is_rung_and_the_conversation_stays() -> None:
    decision = decide(with_agent(), a_question(), NOW)
    (asked,) = notices(decision)
    assert (asked.endpoint, asked.notice) == ("@bruno/phone", "conversation.consulted")
    assert (asked.data["asked_by"], asked.data["note"]) == ("anna", "Che sconto posso fare?")
    state = after(a_question(), state=with_agent())
    assert (state.owner, state.consulted) == (with_agent().owner, ("bruno",))


def test_who_was_asked_is_so_until_people_have_it_no_more() -> None:
    state = after(a_question(), state=with_agent())
    assert after(to_queue(), accept("carla"), state=state, terms=TERMS).consulted == ("bruno",)
    assert after(return_to_bot(), state=state).consulted == ()


@pytest.mark.parametrize(
    ("state", "question"),
    [
        (with_agent("bruno"), a_question("bruno", "bruno")),
        (with_agent("bruno"), a_question("carla", "anna")),
        (queued(), a_question()),
        (resolved(), a_question()),
    ],
)
def test_only_who_has_it_asks_and_only_others(state: ConversationState, question: Consult) -> None:
    with pytest.raises(NotAllowed):
        decide(state, question, NOW)
