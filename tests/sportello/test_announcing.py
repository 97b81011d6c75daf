"""The expected wait as customers hear it: from the table into words, and only when it is news."""

from collections.abc import Iterator

import pytest

from sportello.announcing import Announcing
from sportello.expected_wait import REFRESH_GAP
from sportello.observability import Metric
from sportello.settings import OpeningHoursSettings
from sportello.terms_in_force import terms_in_force
from support.builders import CONVERSATION, NOW, an_address, reply, seconds
from support.waits import a_wait
from support.working_desk import WorkingDesk, texts, working_desk

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
        office.table._client.put_item(TableName=office.table._name, Item=wait.to_attributes())


def handed_over(office: WorkingDesk) -> None:
    office.say("Vorrei parlare con una persona")


def test_who_enters_a_queue_hears_position_and_range(office: WorkingDesk) -> None:
    waited(office, 8, counted=240)  # one a minute
    handed_over(office)
    (said,) = texts(office.messages())
    assert "numero 1 in attesa" in said
    assert "minuti" in said
    announced = office.state.announced
    assert announced is not None
    assert announced.low_seconds <= 60 <= announced.high_seconds
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
    office.ladder.tick(CONVERSATION, told.review_at, office.now)
    *_, said = texts(office.messages())
    assert said.startswith("Un aggiornamento")
    again = office.state.announced
    assert again is not None
    assert again.at == office.now
    amount = len(office.messages())
    office.ladder.tick(CONVERSATION, told.review_at, office.now)
    assert len(office.messages()) == amount


def test_what_is_still_true_is_not_repeated(office: WorkingDesk) -> None:
    waited(office, 8, counted=240)
    handed_over(office)
    amount = len(office.messages())
    office.pass_time(REFRESH_GAP / 2)
    office.ladder.tick(CONVERSATION, None, office.now)
    assert len(office.messages()) == amount


def test_whether_the_range_held_is_counted(
    office: WorkingDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    waited(office, 8, counted=240)
    handed_over(office)
    announced = office.state.announced
    assert announced is not None
    office.pass_time(seconds(announced.low_seconds + 1))
    capsys.readouterr()
    office.ask(reply())
    (wait,) = office.table.queues.waits("default", office.now, office.now + seconds(1))
    assert wait.as_announced
    assert (wait.announced_low, wait.announced_high) == (
        announced.low_seconds,
        announced.high_seconds,
    )
    counted = capsys.readouterr().out
    assert Metric.WAITS_ANNOUNCED in counted
    assert Metric.WAITS_AS_ANNOUNCED in counted


def test_who_comes_second_is_told_so(office: WorkingDesk) -> None:
    waited(office, 8, counted=240)
    handed_over(office)
    office.pass_time(seconds(10))
    terms = terms_in_force(office.settings, office.table.load(CONVERSATION))
    second = Announcing(office.table, office.settings).on_entering(
        "default", terms, an_address(language="en"), office.now
    )
    assert second is not None
    assert second.wait.position == 2
    assert "number 2" in second.text
