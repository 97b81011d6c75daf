"""Ringing goes on: round after round, restarted where it has to be, and never twice at a time."""

from datetime import timedelta

import pytest

from sportello.conversation.commands import (
    ClosedDoors,
    Command,
    ExhaustLadder,
    FitClocks,
    OfferConversation,
    OfferToAgent,
    RestartLadder,
    SpokenPromise,
)
from sportello.conversation.decision import Decision
from sportello.conversation.effects import Machine, StartWorkflow
from sportello.conversation.events import LadderRestarted, RestartReason
from sportello.conversation.evolution import RING_GRACE
from sportello.conversation.handing_over.agent_claims import claims_of
from sportello.conversation.handing_over.climbing import ROUNDS_IN_AN_EXECUTION
from sportello.conversation.handing_over.ladders import RESTARTED_APART, ROUNDS_WITHOUT_A_QUESTION
from sportello.conversation.people_commands import LeaveAgent
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.hours.settings import OpeningHoursSettings
from sportello.queues.settings import Queue, QueueSettings
from sportello.sla.clocks import PromiseTerms
from support.builders import (
    NIGHT,
    NOW,
    accept,
    after,
    an_away_text,
    an_item,
    decide,
    decline,
    exhaust,
    messages,
    notices,
    offer,
    offered,
    queued,
    receive,
    request_human,
    resolve,
    resumed,
    return_to_bot,
    seconds,
    started,
    terms_with,
    tick,
    types,
    with_agent,
)

OFFICE = terms_with(opening_hours=OpeningHoursSettings(), hours_version=1)


def exhausted(ladder_round: int = 0) -> ExhaustLadder:
    return exhaust().model_copy(update={"ladder_round": ladder_round})


def after_rounds(amount: int) -> ConversationState:
    """A conversation that so many rounds of one tier have rung in vain for, all at one instant."""
    state = queued()
    for number in range(amount):
        state = after(rung_in(number), exhausted(number), state=state)
    return state


def rung_in(ladder_round: int, token: str = "") -> OfferConversation:
    token = token or f"token-{ladder_round}"
    return offer(task_token=token).model_copy(update={"ladder_round": ladder_round})


def ask_agent(agent_id: str = "anna", handoff_id: str = "handoff-2") -> OfferToAgent:
    return OfferToAgent(
        handoff_id=handoff_id,
        agent_id=agent_id,
        endpoints=(f"@{agent_id}/phone",),
        units=2,
        expires_at=NOW + seconds(30),
    )


def ladders(decision: Decision) -> list[StartWorkflow]:
    return [each for each in started(decision) if each.machine is Machine.ESCALATION]


def reasons(decision: Decision) -> list[str]:
    return [event.reason for event in decision.events if isinstance(event, LadderRestarted)]


# --- rounds -----------------------------------------------------------------------------------


def test_after_a_round_in_vain_the_first_tier_is_rung_again() -> None:
    decision = decide(after_rounds(1), rung_in(1), NOW)
    (notice,) = notices(decision)
    assert (notice.notice, notice.endpoint) == ("conversation.offered", "desk")
    assert (notice.data["round"], notice.data["tier"]) == (2, 1)
    assert notice.key != notices(decide(queued(), rung_in(0), NOW))[0].key


def test_supervisors_are_rung_after_each_round_with_its_number() -> None:
    told = []
    for number in range(3):
        state = after(rung_in(number), state=after_rounds(number))
        told += [n for n in notices(decide(state, exhausted(number), NOW)) if n.endpoint != "desk"]
    assert [n.notice for n in told] == ["ladder.exhausted"] * 3
    assert [n.data["round"] for n in told] == [1, 2, 3]
    assert len({n.key for n in told}) == 3


def test_a_round_that_ended_already_ends_no_second_time() -> None:
    assert decide(after_rounds(2), exhausted(0), NOW) == Decision()


def test_a_tier_of_a_round_gone_by_is_not_rung_any_more() -> None:
    decision = decide(after_rounds(2), rung_in(1, "late"), NOW)
    assert resumed(decision) == [("late", "declined")]
    assert notices(decision) == []


def test_the_pause_doubles_up_to_the_longest() -> None:
    terms = terms_with()
    queue = terms.queue("default")
    assert [queue.pause_seconds(n) for n in range(7)] == [30, 60, 120, 240, 480, 600, 600]
    assert queue.pause_seconds(10**6) == 600


def test_the_customer_is_promised_an_answer_after_the_first_round_alone() -> None:
    promise = SpokenPromise(text="Entro le 15.", terms=PromiseTerms(within_seconds=3_600))
    said = []
    for number in range(3):
        command = exhausted(number).model_copy(update={"promise": promise})
        said += messages(decide(after_rounds(number), command, NOW))
    assert [message.text for message in said] == ["Entro le 15."]


def test_who_declined_may_be_asked_again_in_the_next_round_and_not_before() -> None:
    state = after(ask_agent(), decline(), state=queued())
    assert state.passed_by == ("anna",)
    assert after(rung_in(0), state=state).passed_by == ("anna",)
    assert after(rung_in(0), exhausted(0), state=state).passed_by == ()


def test_after_a_hundred_rounds_another_ladder_goes_on_after_the_pause() -> None:
    state = queued().model_copy(update={"ladder_round": ROUNDS_IN_AN_EXECUTION - 1})
    decision = decide(state, exhausted(ROUNDS_IN_AN_EXECUTION - 1), NOW)
    (ladder,) = ladders(decision)
    assert ladder.input["round"] == ROUNDS_IN_AN_EXECUTION
    assert ladder.input["start_at"] == "2026-03-04T10:10:00Z"
    assert reasons(decision) == ["goes_on"]
    state = after(exhausted(ROUNDS_IN_AN_EXECUTION - 1), state=state)
    assert state.handoff_id == ladder.input["handoff_id"] != queued().handoff_id


LAST_ROUND = ROUNDS_WITHOUT_A_QUESTION - 1


def rung_in_vain_without_a_question() -> ConversationState:
    """Somebody of the business has answered by phone, and nobody took the conversation."""
    echoed = an_item("echo", NOW + seconds(1), kind="echo")
    answered = after(receive(echoed), now=NOW + seconds(1), state=queued())
    assert answered.turn is None
    state = answered.model_copy(update={"ladder_round": LAST_ROUND - 1})
    state = after(exhausted(LAST_ROUND - 1), state=state)
    assert state.rings_by is not None
    return after(exhausted(LAST_ROUND), state=state)


def test_for_whom_nobody_owes_an_answer_people_are_rung_for_a_while() -> None:
    state = rung_in_vain_without_a_question()
    assert state.rings_by is None
    assert decide(state, exhausted(LAST_ROUND), NOW + seconds(1)) == Decision()
    later = NOW + timedelta(hours=1)
    decision = decide(state, receive(an_item("item-2", later)), later)
    assert reasons(decision) == ["customer_wrote"]


@pytest.mark.parametrize("command", [tick(), FitClocks()])
def test_a_ladder_that_went_round_often_enough_is_started_by_no_clock(command: Command) -> None:
    assert reasons(decide(rung_in_vain_without_a_question(), command, NOW + seconds(2))) == []


def test_whose_ladder_has_ended_and_who_writes_at_night_is_rung_for_at_the_opening() -> None:
    state = rung_in_vain_without_a_question()
    decision = decide(state, receive(an_item("item-2", NIGHT)), NIGHT, OFFICE)
    (ladder,) = ladders(decision)
    assert ladder.input["start_at"] == "2026-03-05T08:00:00Z"
    state = after(receive(an_item("item-2", NIGHT)), now=NIGHT, state=state, terms=OFFICE)
    later = NIGHT + RESTARTED_APART
    assert ladders(decide(state, receive(an_item("item-3", later)), later, OFFICE)) == []


def test_whoever_waits_for_an_answer_is_rung_for_without_end() -> None:
    late = 10 * ROUNDS_IN_AN_EXECUTION + 5
    state = queued().model_copy(update={"ladder_round": late})
    assert after(exhausted(late), state=state).rings_by is not None


def test_a_machine_that_goes_round_no_more_has_another_one_go_on() -> None:
    ends = exhausted().model_copy(update={"ends": True})
    (ladder,) = ladders(decide(queued(), ends, NOW))
    assert (ladder.input["round"], ladder.input["start_at"]) == (1, "2026-03-04T10:00:30Z")


def test_at_closing_time_the_rounds_begin_anew_at_the_opening() -> None:
    closed = ClosedDoors(away=an_away_text(), waiting_ahead=0)
    state = after(ask_agent(), decline(), state=after_rounds(3))
    command = exhausted(3).model_copy(update={"closed": closed})
    (ladder,) = ladders(decide(state, command, NIGHT, OFFICE))
    assert ladder.input["start_at"] == "2026-03-05T08:00:00Z"
    assert "round" not in ladder.input
    state = after(command, now=NIGHT, state=state, terms=OFFICE)
    assert (state.ladder_round, state.passed_by) == (0, ())


# --- a customer who writes again --------------------------------------------------------------


def test_a_customer_who_writes_between_two_rounds_is_rung_for_at_once() -> None:
    decision = decide(after_rounds(2), receive(an_item("item-2")), NOW)
    (ladder,) = ladders(decision)
    assert (ladder.input["start_at"], ladder.input["round"]) == ("2026-03-04T10:00:00Z", 2)
    assert reasons(decision) == ["customer_wrote"]


def test_the_ladder_that_rested_is_sent_home_then() -> None:
    state = after(receive(an_item("item-2")), state=after_rounds(1))
    assert resumed(decide(state, rung_in(1), NOW)) == [("token-1", "withdrawn")]


def test_a_customer_who_writes_and_writes_is_rung_for_at_once_a_minute_later() -> None:
    state = after(receive(an_item("item-2")), state=after_rounds(1))
    soon, later = NOW + RESTARTED_APART - seconds(1), NOW + RESTARTED_APART
    assert ladders(decide(state, receive(an_item("item-3", soon)), soon)) == []
    assert len(ladders(decide(state, receive(an_item("item-3", later)), later))) == 1


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(queued(), id="about to ring"),
        pytest.param(offered(), id="rings"),
        pytest.param(after(ask_agent(), state=after_rounds(1)), id="an agent is asked"),
        pytest.param(with_agent(), id="taken"),
    ],
)
def test_no_second_ladder_is_started_beside_one_that_rings(state: ConversationState) -> None:
    assert ladders(decide(state, receive(an_item("item-2")), NOW)) == []


def test_at_night_a_customer_who_writes_again_is_rung_for_at_the_opening_as_planned() -> None:
    decision = decide(after_rounds(1), receive(an_item("item-2", NIGHT)), NIGHT, OFFICE)
    assert ladders(decision) == []


def test_an_agent_who_is_asked_sees_what_the_customer_writes() -> None:
    state = after(rung_in(0), ask_agent(), state=queued())
    rung = notices(decide(state, receive(an_item("item-2")), NOW))
    assert [(n.endpoint, n.data["again"]) for n in rung] == [("desk", True), ("@anna/phone", True)]


# --- nobody is rung although it is time -------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (queued(), seconds(0)),
        (offered(), seconds(60)),
        (after_rounds(1), seconds(30)),
        (after_rounds(3), seconds(120)),
        (after(decline(), state=offered()), seconds(0)),
    ],
)
def test_it_is_known_by_when_ringing_goes_on(state: ConversationState, expected: timedelta) -> None:
    assert state.rings_by == NOW + expected + RING_GRACE
    assert decide(state, RestartLadder(), NOW + expected + RING_GRACE - seconds(1)) == Decision()
    decision = decide(state, RestartLadder(), NOW + expected + RING_GRACE)
    assert reasons(decision) == ["stranded"]
    assert len(ladders(decision)) == 1


def test_at_night_ringing_goes_on_at_the_opening() -> None:
    state = after(receive(an_item(sent_at=NIGHT)), now=NIGHT, terms=OFFICE)
    state = after(request_human(), now=NIGHT, state=state, terms=OFFICE)
    assert state.rings_by == NIGHT.replace(day=5, hour=8) + RING_GRACE


@pytest.mark.parametrize("command", [accept(), resolve(), return_to_bot()])
def test_nobody_is_to_be_rung_for_who_has_somebody(command: Command) -> None:
    assert after(command, state=offered()).ring_by is None


def test_a_stranded_offer_to_an_agent_is_over_too() -> None:
    state = after(ask_agent(), state=queued())
    later = NOW + RING_GRACE
    decision = decide(state, RestartLadder(), later)
    assert types(decision)[:2] == ["AgentOfferEnded", "LadderRestarted"]
    assert reasons(decision) == [RestartReason.STRANDED]
    assert "offer.expired" in [notice.notice for notice in notices(decision)]


# --- what an earlier version of the code has left -----------------------------------------------


def asked_alone(transferred_by: str = "") -> ConversationState:
    """Bruno is asked for a conversation, until ten seconds from now."""
    command = OfferToAgent(
        handoff_id="handoff-2",
        agent_id="bruno",
        units=2,
        expires_at=NOW + seconds(10),
        transferred_by=transferred_by,
    )
    return after(command, state=queued())


def taken_by_an_earlier_version(transferred_by: str = "") -> ConversationState:
    """Anna has it, and the offer to Bruno is still there: who took it off him knew of none."""
    left = asked_alone(transferred_by).personal_offer
    return after(accept(), state=asked_alone()).model_copy(update={"personal_offer": left})


@pytest.mark.parametrize("command", [offer(), exhausted()])
def test_an_offer_for_whose_end_nobody_came_ends_when_the_ladder_goes_on(command: Command) -> None:
    state = after(command, now=NOW + seconds(10), state=asked_alone())
    assert state.personal_offer is None


@pytest.mark.parametrize("transferred_by", ["", "carla"])
def test_a_left_over_offer_neither_ends_nor_rings_anybody(transferred_by: str) -> None:
    state = taken_by_an_earlier_version(transferred_by)
    later = NOW + seconds(60)
    assert not {"AgentOfferEnded", "LadderRestarted"} & set(types(decide(state, tick(), later)))


def test_a_left_over_offer_keeps_no_timer_from_what_is_due_after_it() -> None:
    at = NOW + seconds(10)
    state = after(tick(at), now=at, state=taken_by_an_earlier_version())
    assert state.wake_at == state.next_threshold() == NOW + seconds(240)


def test_a_left_over_offer_keeps_nobody_from_being_asked() -> None:
    state = after(LeaveAgent(agent_id="anna"), state=taken_by_an_earlier_version())
    assert (state.owner.kind, state.personal_offer) == ("queue", None)


def test_a_left_over_offer_takes_no_room() -> None:
    claims = claims_of("c1", taken_by_an_earlier_version(), ServiceTerms())
    assert claims.keys() == {"anna"}


def rung_once_by_an_earlier_version() -> ConversationState:
    """A conversation for which a ladder has ended that never went round, and was not watched."""
    ended = {"ladder_exhausted": True, "offered_tier": 0, "ring_by": None}
    return queued().model_copy(update=ended)


@pytest.mark.parametrize("command", [tick(), FitClocks()])
def test_who_waited_before_ringing_went_on_is_rung_for_again(command: Command) -> None:
    decision = decide(rung_once_by_an_earlier_version(), command, NOW)
    (restarted,) = (e for e in decision.events if isinstance(e, LadderRestarted))
    assert restarted.reason is RestartReason.GOES_ON
    assert len([s for s in started(decision) if s.machine is Machine.ESCALATION]) == 1
    state = after(command, state=rung_once_by_an_earlier_version())
    assert "LadderRestarted" not in types(decide(state, command, NOW))


@pytest.mark.parametrize("state", [with_agent(), queued(), offered(), after_rounds(2)])
def test_whose_ringing_goes_on_has_no_second_ladder(state: ConversationState) -> None:
    assert "LadderRestarted" not in types(decide(state, tick(), NOW))


# --- at the opening -----------------------------------------------------------------------------


def test_a_ladder_that_comes_to_the_opening_too_early_is_put_off_under_another_name() -> None:
    met = offer().model_copy(update={"closed": ClosedDoors(away=an_away_text(), waiting_ahead=0)})
    (first,) = ladders(decide(queued(), met, NIGHT, OFFICE))
    state = after(met, now=NIGHT, state=queued(), terms=OFFICE)
    early = met.model_copy(update={"handoff_id": first.input["handoff_id"]})
    moment_before = NIGHT.replace(day=5, hour=8) - timedelta(milliseconds=20)
    (second,) = ladders(decide(state, early, moment_before, OFFICE))
    assert second.input["start_at"] == first.input["start_at"]
    assert second.input["handoff_id"] != first.input["handoff_id"]


# --- a queue is taken out of the settings -------------------------------------------------------

REMOVED = terms_with(queues=QueueSettings(queues={"other": Queue()}, handoff_queue="other"))


@pytest.mark.parametrize("command", [offer(), exhausted()])
def test_who_waits_in_a_queue_that_is_gone_is_rung_for_where_handoffs_go(command: Command) -> None:
    later = NOW + seconds(60)
    decision = decide(queued(), command, later, REMOVED)
    (ladder,) = ladders(decision)
    state = after(command, now=later, state=queued(), terms=REMOVED)
    assert (state.owner.name, state.queue, state.handoff_id) == (
        "other",
        "other",
        ladder.input["handoff_id"],
    )
    assert state.waiting_since == queued().waiting_since


def test_what_is_taken_from_an_agent_goes_to_no_queue_that_is_gone() -> None:
    state = after(accept(), state=queued())
    state = after(LeaveAgent(agent_id="anna"), state=state, terms=REMOVED)
    assert (state.owner.kind, state.queue) == ("queue", "other")
