"""The task of a timer: one that Step Functions woke within the second acts when it is due."""

import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from sportello.entrypoints import runtime
from sportello.model import written
from sportello.sla.clocks import ClockState
from support.agent_calls import LambdaContext
from support.builders import CONVERSATION, seconds
from support.clouds.working_desk import WorkingDesk, working_desk
from workflow import tick


class Now:
    """The time that the function sees, and how long it has slept."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.slept = 0.0

    def sleep(self, amount: float) -> None:
        self.slept += amount
        self.at += seconds(amount)


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    with working_desk() as empty:
        empty.say("Vorrei parlare con una persona")
        yield empty


@pytest.fixture
def due(office: WorkingDesk) -> datetime:
    wake_at = office.state.wake_at
    assert wake_at is not None
    return wake_at


def ticked(
    office: WorkingDesk, due: datetime, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> Now:
    now = Now(at)
    monkeypatch.setattr(time, "sleep", now.sleep)
    monkeypatch.setattr(runtime, "utc_now", lambda: now.at)
    monkeypatch.setattr(runtime, "desk", lambda: office.desk)
    monkeypatch.setattr(runtime, "settings", lambda: office.settings)
    request = {"conversation_id": CONVERSATION, "wake_at": written(due)}
    tick.handler(request, LambdaContext())
    return now


@pytest.mark.parametrize("early", [0.7, 0.999_999, 0, -2])
def test_a_clock_acts_when_it_is_due_and_not_a_second_before(
    early: float, office: WorkingDesk, due: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = ticked(office, due, due - seconds(early), monkeypatch)
    assert now.at == due + seconds(max(0, -early))
    assert ClockState.IMMINENT in {clock.state for clock in office.state.clocks}


def test_a_timer_that_wakes_far_too_early_is_not_slept_for(
    office: WorkingDesk, due: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = ticked(office, due, due - seconds(60), monkeypatch)
    assert now.slept == 0
    assert {clock.state for clock in office.state.clocks} == {ClockState.PENDING}
    assert office.state.wake_at == due
