"""What is said for a promise that was not kept, in the words in which it was made."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from sportello.conversation.commands import FitClocks
from sportello.hours.settings import OpeningHoursSettings
from sportello.queues.settings import QueueSettings
from sportello.sla.clocks import Clock, ClockKind, PromiseTerms
from support.builders import CONVERSATION, NIGHT, answer, seconds
from support.clouds.working_desk import WorkingDesk, working_desk

UNKNOWN = "Il mio coccodrillo di peluche canta stonato la domenica"
UNKNOWN_IN_ENGLISH = "Where is the invoice of my singing crocodile, please?"


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    with working_desk() as empty:
        yield empty


def promise_as_bot(office: WorkingDesk, turn_id: str, **terms: Any) -> None:
    item_id = office.write("Mi richiamate?")
    office.receive(item_id, turn_id=turn_id)
    said = answer(item_id, turn_id=turn_id)
    office.ask(said.model_copy(update={"promise": PromiseTerms(**terms)}))


def promise_as_desk(office: WorkingDesk, text: str, **terms: Any) -> str:
    """Hand over and find nobody; returns what the customer is told."""
    queue = {"promise_when_unanswered": terms, "alert_endpoints": ["desk"]}
    office.configure(QueueSettings, queues={"default": queue})
    office.receive(office.write(text))
    office.hand_over()
    office.escalating.exhaust(CONVERSATION, office.state.handoff_id, office.now)
    return office.messages()[-1].text


def promises(office: WorkingDesk) -> list[Clock]:
    return [clock for clock in office.state.clocks if clock.kind is ClockKind.PROMISE]


def break_promise(office: WorkingDesk) -> None:
    due_at = promises(office)[0].due_at
    assert due_at is not None
    office.now = due_at
    office.ticking.tick(CONVERSATION, due_at, due_at)


def apologies(office: WorkingDesk) -> list[str]:
    return [m.text for m in office.messages() if m.key.startswith("promise_broken:")]


def test_promises_of_one_night_that_are_due_at_one_instant_get_one_apology(
    office: WorkingDesk,
) -> None:
    office.now = NIGHT
    promise_as_bot(office, "turn-1", within_seconds=1_200, in_opening_hours=True)
    office.pass_time(timedelta(minutes=5))
    promise_as_bot(office, "turn-2", within_seconds=1_200, in_opening_hours=True)
    assert len({clock.due_at for clock in promises(office)}) == 1
    break_promise(office)
    (said,) = apologies(office)
    assert "entro le 9:20" in said


def test_a_tick_whose_clock_is_behind_the_last_decision_apologises_too(
    office: WorkingDesk,
) -> None:
    promise_as_bot(office, "turn-1", within_seconds=600)
    due_at = promises(office)[0].due_at
    assert due_at is not None
    office.now = due_at + timedelta(milliseconds=20)
    office.receive(office.write("Allora?"), turn_id="turn-2")  # on another machine
    office.ticking.tick(CONVERSATION, due_at, due_at - timedelta(milliseconds=20))
    assert len(apologies(office)) == 1


def test_an_apology_names_the_time_that_was_promised_whatever_the_hours_are_now(
    office: WorkingDesk,
) -> None:
    said = promise_as_desk(office, UNKNOWN, within_seconds=1_200, in_opening_hours=True)
    assert "entro le 11:20" in said
    till_five_past = {"time_zone": "Europe/Rome", "weekly": {"mon-fri": [["09:00", "11:05"]]}}
    office.pass_time(seconds(10))
    office.configure(OpeningHoursSettings, calendars={"default": till_five_past})
    office.ask(FitClocks())
    break_promise(office)
    assert "11:20" in apologies(office)[0]


def test_midnight_is_called_the_same_before_it_and_at_it(office: WorkingDesk) -> None:
    office.now = NIGHT.replace(hour=16, minute=30)  # 17:30 in Rome
    said = promise_as_desk(office, UNKNOWN_IN_ENGLISH, within_seconds=6 * 3_600 + 1_800)
    assert "by midnight" in said
    break_promise(office)
    assert "by midnight" in apologies(office)[0]
