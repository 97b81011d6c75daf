"""Which waits for a person end with a decision, and what is written of each."""

import pytest

from sportello.conversation.commands import Classify, Command
from sportello.conversation.events import WaitAnnounced
from sportello.conversation.evolution import evolve
from sportello.conversation.timing.recorded_waits import ended_waits
from sportello.hours.settings import OpeningHoursSettings
from sportello.priorities import Priority
from sportello.queues.waits import AnnouncedWait, WaitOutcome, WaitRecord
from sportello.sla.clocks import ClockKind
from sportello.sla.policies import Target
from support.builders import (
    CONVERSATION,
    NOW,
    accept,
    an_item,
    answer,
    receive,
    reply,
    request_human,
    resolve,
    return_to_bot,
    seconds,
    terms_with,
)
from support.clouds.table import desk
from support.clouds.working_desk import WorkingDesk
from support.story import Story, around_the_clock


def waits_ended_by(story: Story, command: Command) -> tuple[WaitRecord, ...]:
    before = story.state
    events = story.do(command).events
    return ended_waits(CONVERSATION, "whatsapp", before, events, story.terms)


def waiting(**targets: int) -> Story:
    story = Story(around_the_clock(first_response=300, **targets))
    story.write()
    story.do(request_human())
    return story


def test_a_wait_that_was_answered_is_written_with_all_that_reports_need() -> None:
    story = waiting(queue_wait=60, resolution=900)
    started = story.clock(ClockKind.FIRST_RESPONSE)
    story.wait(42)
    assert waits_ended_by(story, reply()) == (
        WaitRecord(
            conversation_id=CONVERSATION,
            wait_id=str(started.generation),
            queue="default",
            channel="whatsapp",
            priority=Priority.NORMAL,
            waiting_since=NOW,
            ended_at=NOW + seconds(42),
            outcome=WaitOutcome.ANSWERED,
            counted_seconds=42,
            target_seconds=300,
            policy="messaging",
            policy_version=0,
        ),
    )


def test_taking_is_no_answer() -> None:
    assert waits_ended_by(waiting(), accept()) == ()


def test_a_wait_resolved_without_an_answer_was_abandoned() -> None:
    (wait,) = waits_ended_by(waiting().wait(400), resolve())
    assert (wait.outcome, wait.counted_seconds) == (WaitOutcome.ABANDONED, 400)


@pytest.mark.parametrize("lost", [return_to_bot()])
def test_a_wait_given_back_to_the_bot_is_neither(lost: Command) -> None:
    assert waits_ended_by(waiting(), lost) == ()


def test_a_wait_that_no_policy_measures_any_more_is_neither() -> None:
    story = waiting()
    before = story.state
    other = around_the_clock(resolution=900).model_copy(update={"sla_version": 1})
    events = story.settle(other).events
    assert any(event.type == "ClockEnded" for event in events)
    assert ended_waits(CONVERSATION, "whatsapp", before, events, story.terms) == ()


def test_an_answer_to_a_later_turn_or_of_the_bot_ends_no_first_wait() -> None:
    story = waiting(next_response=300)
    story.do(reply())
    story.write()
    assert waits_ended_by(story, reply(key="2")) == ()
    bots = Story(around_the_clock(first_response=300, first_response_any=60))
    bots.write()
    assert waits_ended_by(bots, answer()) == ()


def test_an_answer_from_elsewhere_ends_a_wait_too() -> None:
    story = waiting().wait(60)
    echo = an_item("echo-1", NOW + seconds(50), received_at=story.now, kind="echo")
    (wait,) = waits_ended_by(story, receive(echo))
    assert wait.outcome is WaitOutcome.ANSWERED


def test_only_time_that_counts_is_written() -> None:
    terms = terms_with(
        {ClockKind.FIRST_RESPONSE: Target(seconds=300)},
        opening_hours=OpeningHoursSettings(),
        hours_version=1,
    )
    story = Story(terms, now=NOW.replace(hour=11, minute=59))  # a minute before the lunch break
    story.write()
    story.do(request_human())
    story.now = NOW.replace(hour=13, minute=2)
    (wait,) = waits_ended_by(story, reply())
    assert (wait.counted_seconds, wait.target_seconds) == (180, 300)


def test_what_the_customer_was_told_about_the_wait_is_kept_with_it() -> None:
    story = waiting()
    told(story, 60, 240)
    (wait,) = waits_ended_by(story, reply())
    assert (wait.announced_low, wait.announced_high) == (60, 240)


def told(story: Story, low: float, high: float) -> None:
    wait = AnnouncedWait(
        position=1, low_seconds=low, high_seconds=high, at=story.now, review_at=None
    )
    story.state = evolve(story.state, WaitAnnounced(at=story.now, wait=wait))


def test_a_range_that_was_told_anew_counts_from_then() -> None:
    story = waiting()
    told(story.wait(90), 60, 120)
    told(story.wait(600), 300, 600)
    (wait,) = waits_ended_by(story.wait(420), reply())
    assert (wait.counted_seconds, wait.announced_low, wait.announced_high) == (1110, 990, 1290)
    assert wait.as_announced


def test_the_range_told_last_is_the_one_that_is_judged() -> None:
    story = waiting()
    told(story, 0, 1_200)
    told(story.wait(600), 60, 300)
    (wait,) = waits_ended_by(story.wait(420), reply())
    assert wait.as_announced is False


def test_a_closed_night_is_no_part_of_a_range() -> None:
    terms = terms_with(
        {ClockKind.FIRST_RESPONSE: Target(seconds=300)},
        opening_hours=OpeningHoursSettings(),
        hours_version=1,
    )
    story = Story(terms, now=NOW.replace(hour=11, minute=50))  # ten minutes before the lunch break
    story.write()
    story.do(request_human())
    told(story.wait(300), 240, 600)
    story.now = NOW.replace(hour=13, minute=1)
    (wait,) = waits_ended_by(story, reply())
    assert (wait.counted_seconds, wait.announced_low, wait.announced_high) == (660, 540, 900)


def test_a_range_stays_true_when_the_policy_changes_meanwhile() -> None:
    story = waiting()
    told(story.wait(60), 30, 90)
    story.wait(30).do(Classify(agent_id="anna", priority=Priority.URGENT))
    other = around_the_clock(first_response=900).model_copy(update={"sla_version": 1})
    story.settle(other)
    (wait,) = waits_ended_by(story.wait(60), reply())
    assert (wait.counted_seconds, wait.announced_low, wait.announced_high) == (150, 90, 150)


def test_what_the_customer_was_told_outlives_that_an_agent_takes_them() -> None:
    story = waiting()
    told(story, 60, 240)
    story.wait(61).do(accept())
    assert story.state.announced is not None
    assert story.state.announced.review_at is None
    (wait,) = waits_ended_by(story.wait(5), reply())
    assert (wait.announced_low, wait.announced_high, wait.as_announced) == (60, 240, True)


def test_a_bot_knows_nothing_of_what_was_told_in_a_queue() -> None:
    story = waiting()
    told(story, 60, 240)
    story.do(return_to_bot())
    assert story.state.announced is None


def test_the_commit_that_ends_a_wait_writes_it() -> None:
    with desk() as empty:
        office = WorkingDesk(empty)
        office.receive(office.write("Voglio parlare con una persona"))
        office.hand_over()
        office.pass_time(seconds(30))
        assert list(empty.table.queues.waits("default", NOW, NOW + seconds(60))) == []
        office.ask(reply())
        office.pass_time(seconds(30))
        (wait,) = empty.table.queues.waits("default", NOW, NOW + seconds(60))
    assert (wait.outcome, wait.counted_seconds) == (WaitOutcome.ANSWERED, 30)
    assert (wait.queue, wait.channel, wait.policy) == ("default", "fake", "messaging")
