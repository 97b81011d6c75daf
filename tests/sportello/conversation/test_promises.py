"""Promises to the customer: who makes them, what keeps them, what is said when one is broken."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sportello.conversation.commands import Command, ExhaustLadder, KeepPromise, SpokenPromise, Tick
from sportello.conversation.decision import Decision
from sportello.conversation.effects import reply_key
from sportello.conversation.events import Author
from sportello.conversation.evolution import MAX_ENDED_PROMISES
from sportello.conversation.state import REPLY_BUDGET
from sportello.conversation.timing.promises import MAX_PROMISES
from sportello.errors import NotAllowed
from sportello.hours.settings import OpeningHoursSettings
from sportello.model import Instant
from sportello.sla.clocks import ClockKind, ClockState, PromiseTerms
from support.builders import (
    NIGHT,
    NOW,
    accept,
    an_item,
    answer,
    messages,
    offer,
    receive,
    reply,
    request_human,
    resolve,
    return_to_bot,
    seconds,
    terms_with,
    types,
)
from support.story import Story, endings, rung

PROMISE = ClockKind.PROMISE
WITHIN = 20 * 60
BY_ANSWER = PromiseTerms(within_seconds=WITHIN)
BY_HAND = PromiseTerms(within_seconds=WITHIN, kept_by="hand")
SORRY = "Ci scusiamo: siamo in ritardo."
RELAXED = terms_with()


def with_agent() -> Story:
    story = Story(RELAXED)
    story.write()
    story.do(request_human(), offer(), accept("anna"))
    return story


def promised_by_anna(promise: PromiseTerms = BY_ANSWER) -> Story:
    story = with_agent()
    story.do(reply("anna").model_copy(update={"promise": promise}))
    return story


def promised_by_ladder(promise: PromiseTerms = BY_ANSWER) -> Story:
    story = Story(RELAXED)
    story.write()
    spoken = SpokenPromise(text="Le rispondiamo entro le 11:20.", terms=promise)
    story.do(request_human(), offer(), ExhaustLadder(handoff_id="handoff-2", promise=spoken))
    return story


def promised_by_bot(promise: PromiseTerms = BY_ANSWER) -> Story:
    story = Story(RELAXED)
    story.write()
    story.do(answer().model_copy(update={"promise": promise}))
    return story


def keep(promise_id: str, agent_id: str = "anna") -> KeepPromise:
    return KeepPromise(agent_id=agent_id, promise_id=promise_id)


def wake_saying_sorry(story: Story) -> Decision:
    """Wake whatever is planned before the promise, then the promise; returns its breach."""
    due_at = story.clock(PROMISE).due_at
    assert due_at is not None
    while story.state.wake_at is not None and story.state.wake_at < due_at:
        story.now = max(story.now, story.state.wake_at)
        story.do(Tick(woken_for=story.state.wake_at, apology=SORRY))
    story.now = due_at
    return story.do(Tick(woken_for=due_at, apology=SORRY))


def echo(story: Story, sent_at: Instant) -> Decision:
    """A person of the business wrote on the channel itself."""
    item = an_item("echo-1", sent_at, received_at=story.now, kind="echo")
    return story.do(receive(item))


# --- making -----------------------------------------------------------------------------------


@pytest.mark.parametrize("promised", [promised_by_anna, promised_by_bot, promised_by_ladder])
def test_a_promise_is_a_clock_of_its_own_time(promised: Callable[[], Story]) -> None:
    clock = promised().clock(PROMISE)
    assert (clock.started_at, clock.due_at) == (NOW, NOW + seconds(WITHIN))
    assert clock.warn_at == NOW + seconds(0.8 * WITHIN)
    assert (clock.target_seconds, clock.calendar) == (WITHIN, "")


def test_what_the_ladder_promises_it_says_once() -> None:
    spoken = SpokenPromise(text="Le rispondiamo entro le 11:20.", terms=BY_ANSWER)
    exhausted = ExhaustLadder(handoff_id="handoff-2", promise=spoken)
    story = Story(RELAXED)
    story.write()
    story.do(request_human())
    (message,) = messages(story.do(exhausted))
    assert (message.text, message.author) == ("Le rispondiamo entro le 11:20.", Author.SYSTEM)
    assert story.do(exhausted) == Decision()


def test_a_promise_that_cannot_be_said_is_not_made() -> None:
    story = Story(RELAXED)
    story.write()
    story.do(answer("item-1"))
    for number in range(2, REPLY_BUDGET + 1):
        story.wait(1).write()
        story.do(answer(f"item-{number}"))
    story.write()
    story.do(request_human())
    spoken = SpokenPromise(text="Le rispondiamo.", terms=BY_ANSWER)
    decision = story.do(ExhaustLadder(handoff_id="handoff-2", promise=spoken))
    assert types(decision) == ["LadderExhausted"]


def test_a_promise_in_opening_hours_counts_in_them() -> None:
    story = Story(terms_with(opening_hours=OpeningHoursSettings(), hours_version=3), now=NIGHT)
    story.write()
    story.do(request_human(), accept())
    terms = PromiseTerms(within_seconds=WITHIN, in_opening_hours=True)
    story.do(reply().model_copy(update={"promise": terms}))
    clock = story.clock(PROMISE)
    assert clock.due_at == NIGHT.replace(day=5, hour=8, minute=20)
    assert (clock.calendar, clock.calendar_version) == ("default", 3)


def test_beyond_five_open_promises_an_agent_is_told_no() -> None:
    story = with_agent()
    for number in range(MAX_PROMISES):
        story.wait(1).do(reply(key=f"{number}").model_copy(update={"promise": BY_HAND}))
    before = story.state
    with pytest.raises(NotAllowed, match="keep one first"):
        story.do(reply(key="9").model_copy(update={"promise": BY_HAND}))
    assert story.state == before
    story.do(keep(reply_key("anna", "0")))
    story.do(reply(key="9").model_copy(update={"promise": BY_HAND}))
    assert sum(clock.running for clock in story.state.clocks if clock.kind is PROMISE) == 5


def test_beyond_five_open_promises_the_desk_promises_nothing_more() -> None:
    story = Story(RELAXED)
    for number in range(1, MAX_PROMISES + 2):
        story.wait(1).write()
        story.do(answer(f"item-{number}").model_copy(update={"promise": BY_HAND}))
    assert story.state.turn is None  # the sixth question was answered
    assert sum(clock.kind is PROMISE for clock in story.state.clocks) == MAX_PROMISES


# --- keeping ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("waited", "state"), [(WITHIN, ClockState.ACHIEVED), (WITHIN + 1, ClockState.BREACHED)]
)
def test_a_persons_answer_keeps_a_promise_of_one(waited: float, state: ClockState) -> None:
    story = promised_by_ladder()
    story.wait(waited).do(reply("anna"))
    assert story.clock(PROMISE).state is state
    assert endings(story.events)[PROMISE] == (state, "kept")


def test_the_bots_answer_keeps_no_promise_of_people() -> None:
    story = promised_by_bot()
    story.wait(1).write()
    story.do(answer("item-2"))
    assert story.clock(PROMISE).running


def test_an_answer_from_the_businesss_phone_keeps_a_promise_too() -> None:
    story = promised_by_ladder()
    later = story.wait(30).now
    story.do(receive(an_item("echo-1", later, kind="echo")))
    assert story.clock(PROMISE).state is ClockState.ACHIEVED


def test_a_reply_that_promises_anew_keeps_the_old_promise_and_begins_the_new_one() -> None:
    story = promised_by_anna()
    story.wait(60).do(reply(key="2").model_copy(update={"promise": BY_ANSWER}))
    states = [clock.state for clock in story.state.clocks if clock.kind is PROMISE]
    assert states == [ClockState.ACHIEVED, ClockState.PENDING]


def test_what_is_done_elsewhere_is_said_to_be_done() -> None:
    story = promised_by_anna(BY_HAND)
    story.do(reply(key="2"))
    clock = story.clock(PROMISE)
    assert clock.running  # words do not keep it
    story.wait(60).do(keep(clock.promise_id))
    assert endings(story.events)[PROMISE] == ("achieved", "kept")
    assert story.do(keep(clock.promise_id)) == Decision()


@pytest.mark.parametrize("promise_id", ["nothing", ""])
def test_only_a_promise_that_was_made_is_kept(promise_id: str) -> None:
    with pytest.raises(NotAllowed, match="no such promise"):
        promised_by_anna(BY_HAND).do(keep(promise_id))


def test_a_colleagues_promise_is_the_colleagues_to_keep() -> None:
    story = promised_by_anna(BY_HAND)
    promise_id = story.clock(PROMISE).promise_id
    with pytest.raises(NotAllowed, match="another agent"):
        story.do(keep(promise_id, "bruno"))
    story.do(keep(promise_id, "bruno").model_copy(update={"supervisor": True}))
    assert not story.clock(PROMISE).running


def test_kept_promises_are_forgotten_in_time() -> None:
    story = with_agent()
    for number in range(20):
        story.wait(1).do(reply(key=f"{number}").model_copy(update={"promise": BY_ANSWER}))
    promises = [clock for clock in story.state.clocks if clock.kind is PROMISE]
    assert sum(clock.running for clock in promises) == 1
    assert len(promises) <= MAX_ENDED_PROMISES + 1


@pytest.mark.parametrize(
    ("terms", "command", "ending"),
    [
        (BY_HAND, resolve(), "resolved"),
        (BY_ANSWER, resolve(), "resolved"),
        (BY_ANSWER, return_to_bot(), "returned"),
    ],
)
def test_a_promise_that_nobody_waits_for_any_more_is_over(
    terms: PromiseTerms, command: Command, ending: str
) -> None:
    story = promised_by_anna(terms)
    story.do(command)
    assert endings(story.events)[PROMISE] == ("cancelled", ending)


def test_a_call_that_was_promised_is_owed_whoever_has_the_conversation() -> None:
    story = promised_by_anna(BY_HAND)
    story.do(return_to_bot())
    assert story.clock(PROMISE).running
    (sorry,) = messages(wake_saying_sorry(story))
    assert sorry.text == SORRY


def test_a_reply_that_keeps_five_promises_may_make_one() -> None:
    story = promised_by_bot(BY_ANSWER)
    for number in range(2, MAX_PROMISES + 1):
        story.wait(1).write()
        said = answer(f"item-{number}")
        story.do(said.model_copy(update={"promise": BY_ANSWER}))
    story.wait(1).write()
    story.do(request_human(), accept())
    story.do(reply(key="r-1").model_copy(update={"promise": BY_HAND}))
    running = [clock for clock in story.state.clocks if clock.kind is PROMISE and clock.running]
    assert [clock.promise_id for clock in running] == [reply(key="r-1").key]


# --- breaking ---------------------------------------------------------------------------------


def test_a_broken_promise_is_apologised_for_once() -> None:
    story = promised_by_ladder()
    broken = wake_saying_sorry(story)
    (message,) = messages(broken)
    assert (message.text, message.author, message.automatic) == (SORRY, Author.SYSTEM, True)
    assert message.owner_version == story.state.owner.version
    assert story.clock(PROMISE).state is ClockState.BREACHING
    again = story.wait(timedelta(hours=2)).do(Tick(woken_for=None, apology=SORRY))
    assert messages(again) == []


def test_people_are_reminded_before_a_promise_is_broken() -> None:
    story = promised_by_ladder()
    story.wait(0.8 * WITHIN)
    assert ("clock.imminent", "desk") in rung(story.do(Tick(woken_for=None)))


def test_over_an_agent_nobody_apologises_but_the_agent_is_told() -> None:
    story = promised_by_anna()
    broken = wake_saying_sorry(story)
    assert messages(broken) == []
    assert rung(broken, "promise.broken") == [("promise.broken", "desk")]


def test_a_promise_kept_late_is_apologised_for_no_second_time() -> None:
    story = promised_by_ladder()
    wake_saying_sorry(story)
    story.wait(60).do(reply("anna"))
    assert endings(story.events)[PROMISE] == ("breached", "kept")
    late = story.wait(60).do(Tick(woken_for=None, apology=SORRY))
    assert messages(late) == []


def test_two_promises_broken_at_once_are_apologised_for_once() -> None:
    story = promised_by_bot(BY_HAND)
    story.write()
    story.do(answer("item-2").model_copy(update={"promise": BY_HAND}))
    story.wait(WITHIN)
    broken = story.do(Tick(woken_for=None, apology=SORRY))
    assert [message.text for message in messages(broken)] == [SORRY]
    assert types(broken).count("ClockAdvanced") == 2


# --- answers from elsewhere -------------------------------------------------------------------


def test_a_word_from_the_business_own_phone_keeps_a_promise_at_the_time_it_was_sent() -> None:
    story = promised_by_anna()
    story.wait(WITHIN + 30)
    echo(story, NOW + seconds(WITHIN - 10))
    clock = story.clock(PROMISE)
    assert (clock.state, clock.spent_seconds) == (ClockState.ACHIEVED, WITHIN - 10)


def test_what_was_said_before_a_promise_does_not_keep_it() -> None:
    story = promised_by_anna()
    story.wait(5)
    echo(story, NOW - seconds(30))
    assert story.clock(PROMISE).state is ClockState.PENDING
