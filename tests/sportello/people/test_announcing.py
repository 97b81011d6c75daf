"""The expected wait as customers hear it: from the table into words, and only when it is news."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from sportello.aws.logs import Metric
from sportello.conversation.commands import Classify, Command, WaitNow
from sportello.conversation.events import OwnerKind
from sportello.conversation.timing.announced_wait import KEPT_BACK
from sportello.hours.settings import OpeningHoursSettings
from sportello.people.announcing import Announcing
from sportello.priorities import Priority
from sportello.queues.waits import REFRESH_GAP
from sportello.sla.clocks import ClockKind
from sportello.sla.policies import ClockActions, Target
from sportello.table.items import wait_attributes
from support.builders import (
    CONVERSATION,
    NOW,
    accept,
    an_address,
    reply,
    request_human,
    seconds,
    terms_with,
)
from support.clouds.working_desk import WorkingDesk, texts, working_desk
from support.story import Story
from support.waits import a_wait, somebody_waiting

ALWAYS = {"time_zone": "Europe/Rome", "weekly": {"mon-sun": [["00:00", "24:00"]]}}
NEVER_NOW = {"time_zone": "Europe/Rome", "weekly": {"sun": [["09:00", "12:00"]]}}


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    with working_desk() as office:
        office.configure(OpeningHoursSettings, calendars={"default": ALWAYS})
        yield office


def waited(office: WorkingDesk, amount: int, counted: float, *, apart: float = 60) -> None:
    """Let customers have waited one after another, the last of them until just now."""
    for number in range(amount):
        ended_at = office.now - seconds(number * apart)
        wait = a_wait(counted, ended_at=ended_at, wait_id=str(number), announced_low=None)
        office.table._client.put_item(TableName=office.table._name, Item=wait_attributes(wait))


def handed_over(office: WorkingDesk) -> None:
    office.say("Vorrei parlare con una persona")


def test_who_enters_a_queue_hears_position_and_range(office: WorkingDesk) -> None:
    waited(office, 8, counted=240, apart=90)
    handed_over(office)
    (said,) = texts(office.messages())
    assert "numero 1 in attesa" in said
    assert "minuti" in said
    announced = office.state.announced
    assert announced is not None
    assert announced.low_seconds <= 90 <= announced.high_seconds
    assert announced.review_at == NOW + seconds(announced.high_seconds)


def test_without_data_nothing_is_said_of_the_wait(office: WorkingDesk) -> None:
    handed_over(office)
    (said,) = texts(office.messages())
    assert "attesa previsto" not in said
    assert office.state.announced is None


def test_outside_opening_hours_nothing_is_said_of_the_wait(office: WorkingDesk) -> None:
    waited(office, 8, counted=240)
    office.configure(OpeningHoursSettings, calendars={"default": NEVER_NOW})
    handed_over(office)
    (said,) = texts(office.messages())
    assert "riapre" in said
    assert office.state.announced is None


def test_a_quiet_queue_looks_back_for_weeks(office: WorkingDesk) -> None:
    waited(office, 5, counted=240, apart=86_400)
    handed_over(office)
    assert office.state.announced is not None


def test_a_wait_that_drags_on_is_told_anew_once(office: WorkingDesk) -> None:
    waited(office, 8, counted=240)
    handed_over(office)
    told = office.state.announced
    assert told is not None
    assert told.review_at is not None
    office.now = told.review_at
    office.ticking.tick(CONVERSATION, told.review_at, office.now)
    *_, said = texts(office.messages())
    assert said.startswith("Un aggiornamento")
    again = office.state.announced
    assert again is not None
    assert again.at == office.now
    amount = len(office.messages())
    office.ticking.tick(CONVERSATION, told.review_at, office.now)
    assert len(office.messages()) == amount


def test_what_is_still_true_is_not_repeated(office: WorkingDesk) -> None:
    waited(office, 8, counted=240)
    handed_over(office)
    amount = len(office.messages())
    office.pass_time(REFRESH_GAP / 2)
    office.ticking.tick(CONVERSATION, None, office.now)
    assert len(office.messages()) == amount


@pytest.mark.parametrize("steps", [[reply()], [accept(), reply()]])
def test_whether_the_range_held_is_counted(
    office: WorkingDesk, capsys: pytest.CaptureFixture[str], steps: list[Command]
) -> None:
    waited(office, 8, counted=240)
    handed_over(office)
    announced = office.state.announced
    assert announced is not None
    office.pass_time(seconds(announced.low_seconds + 1))
    capsys.readouterr()
    for step in steps:
        office.ask(step)
    (wait,) = office.table.queues.waits("default", office.now, office.now + seconds(1))
    assert wait.as_announced
    assert (wait.announced_low, wait.announced_high) == (
        announced.low_seconds,
        announced.high_seconds,
    )
    counted = capsys.readouterr().out
    assert Metric.WAITS_ANNOUNCED in counted
    assert Metric.WAITS_AS_ANNOUNCED in counted


def told_on_entering(office: WorkingDesk, priority: Priority = Priority.NORMAL) -> WaitNow:
    terms = office.settings.terms(office.table.load(CONVERSATION))
    told = Announcing(office.table, office.settings).on_entering(
        "default", terms, an_address(language="en"), office.now, priority
    )
    assert told is not None
    return told


def test_who_comes_second_is_told_so(office: WorkingDesk) -> None:
    waited(office, 8, counted=240)
    handed_over(office)
    office.pass_time(seconds(10))
    second = told_on_entering(office)
    assert second.wait.position == 2
    assert "number 2" in second.text


def let_wait(
    office: WorkingDesk, name: str, since: datetime, priority: Priority = Priority.NORMAL
) -> None:
    item = somebody_waiting(name, since, priority)
    office.table._client.put_item(TableName=office.table._name, Item=item)


def test_positions_go_by_priority_as_the_list_of_those_waiting_does(office: WorkingDesk) -> None:
    waited(office, 8, counted=240)
    let_wait(office, "low", NOW - seconds(90), Priority.LOW)
    let_wait(office, "normal", NOW - seconds(30))
    let_wait(office, "high", NOW - seconds(60), Priority.HIGH)
    positions = {known: told_on_entering(office, known).wait.position for known in Priority}
    assert positions == {
        Priority.URGENT: 1,
        Priority.HIGH: 2,
        Priority.NORMAL: 3,
        Priority.LOW: 4,
    }


def test_who_is_urgent_is_told_so_when_the_bot_hands_over(office: WorkingDesk) -> None:
    waited(office, 8, counted=240)
    let_wait(office, "another", NOW - seconds(30))
    office.receive(office.write("Vorrei una persona"))
    office.ask(Classify(agent_id="anna", priority=Priority.URGENT))
    office.hand_over()
    assert office.state.announced is not None
    assert office.state.announced.position == 1


def test_a_forgotten_conversation_spoils_nobodys_estimate(office: WorkingDesk) -> None:
    # A quiet shop: somebody every eleven minutes, answered after 20 seconds by a free agent.
    waited(office, 12, counted=20, apart=660)
    undisturbed = told_on_entering(office)
    let_wait(office, "forgotten", NOW - timedelta(days=3))
    assert told_on_entering(office) == undisturbed


def test_whose_agent_fell_silent_keeps_their_place() -> None:
    silence = Target(seconds=900, around_the_clock=True, at_breach=ClockActions(reassign=True))
    story = Story(terms_with({ClockKind.AGENT_SILENCE: silence}))
    story.write()
    story.do(request_human())
    story.wait(60).do(accept())
    while story.state.owner.kind is OwnerKind.AGENT:
        story.wake()
    assert story.state.owner.since == NOW + seconds(960)
    assert story.state.waiting_since == NOW


def hours_of_waiting(office: WorkingDesk) -> list[str]:
    """What a customer hears in three hours in which nobody comes."""
    over = office.now + timedelta(hours=3)
    while (wake_at := office.state.wake_at) is not None and wake_at <= over:
        office.now = max(office.now, wake_at)
        office.ticking.tick(CONVERSATION, wake_at, office.now)
    return texts(office.messages())


def test_news_of_the_wait_leave_budget_for_what_matters_more(office: WorkingDesk) -> None:
    waited(office, 8, counted=30)
    handed_over(office)
    said = hours_of_waiting(office)
    assert len(said) > 2
    assert office.state.budget_left(office.now) >= KEPT_BACK


def test_who_waits_in_vain_is_not_told_the_same_again_and_again(office: WorkingDesk) -> None:
    waited(office, 8, counted=30)
    handed_over(office)
    _, *updates = hours_of_waiting(office)
    assert len(updates) == len(set(updates))
