"""Time travel: weeks of traffic around the clock changes; the whole year is in `make prove`.

What must hold at each step is in `support.experiments.simulated_year.audit`.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sportello.channel_kinds import ChannelKind
from sportello.conversation.events import ClockAdvanced
from sportello.conversation.terms import ServiceTerms
from sportello.sla.clocks import Clock, ClockKind
from support.experiments.simulated_year import machines
from support.experiments.simulated_year.business import OFFICE, ROME, Business, calendars
from support.experiments.simulated_year.conversations import LivedConversation, Waiting
from support.experiments.simulated_year.no_clock import no_clock_is_read
from support.experiments.simulated_year.virtual_time import VirtualTime
from support.experiments.simulated_year.year import SimulatedYear

SPRING = (date(2026, 3, 22), date(2026, 4, 8))
AUTUMN = (date(2026, 10, 18), date(2026, 11, 2))


def rome(*wall: int) -> datetime:
    return datetime(*wall, tzinfo=ZoneInfo(ROME)).astimezone(UTC)  # type: ignore[arg-type,misc]  # year to second


@pytest.mark.parametrize(
    ("written", "warned", "due"),
    [
        pytest.param(
            rome(2026, 3, 13, 16, 59, 50),
            rome(2026, 3, 16, 9, 3, 50),
            rome(2026, 3, 16, 9, 4, 50),
            id="over-a-weekend",
        ),
        pytest.param(
            rome(2026, 3, 27, 16, 59, 50),
            datetime(2026, 3, 30, 7, 3, 50, tzinfo=UTC),
            datetime(2026, 3, 30, 7, 4, 50, tzinfo=UTC),
            id="over-the-night-that-loses-an-hour",
        ),
        pytest.param(
            rome(2026, 10, 23, 16, 59, 50),
            datetime(2026, 10, 26, 8, 3, 50, tzinfo=UTC),
            datetime(2026, 10, 26, 8, 4, 50, tzinfo=UTC),
            id="over-the-night-that-gains-an-hour",
        ),
        pytest.param(
            rome(2026, 4, 3, 16, 59, 50),
            rome(2026, 4, 7, 9, 3, 50),
            rome(2026, 4, 7, 9, 4, 50),
            id="over-easter-monday",
        ),
    ],
)
def test_five_minutes_begun_ten_seconds_before_closing_end_where_the_calendar_says(
    written: datetime, warned: datetime, due: datetime
) -> None:
    time = VirtualTime(written)
    conversation = LivedConversation(
        time, Business(calendars(2026)), Waiting(), ChannelKind.MESSAGING, "friday"
    )
    time.at(written, lambda: conversation.receive("item-1"))
    time.at(
        written + timedelta(seconds=2),
        lambda: conversation.bot_hands_over("turn-item-1", 1, OFFICE),
    )
    time.pass_until(due + timedelta(seconds=1))
    acted = [
        (event.state, event.at, event.due_at)
        for event in conversation.events
        if isinstance(event, ClockAdvanced) and event.kind is ClockKind.FIRST_RESPONSE
    ]
    assert acted == [("imminent", warned, due), ("breaching", due, due)]
    assert [timer.woke_at for timer in conversation.timers if timer.woke_at] == [warned, due]


@pytest.mark.parametrize("weeks", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_weeks_around_a_clock_change_keep_every_rule(weeks: tuple[date, date]) -> None:
    year = SimulatedYear(4, 12, *weeks)
    year.live()
    assert {"achieved", "breached"} <= set().union(*year.clocks_ended().values())
    assert {*year.clocks_ended()} == {*ClockKind}


def test_the_same_seed_lives_the_same_life_without_a_look_at_the_clock() -> None:
    digests = []
    for seed in (1, 1, 2):
        year = SimulatedYear(seed, 2, *SPRING)
        with no_clock_is_read():
            year.live()
        digests.append(year.digest())
    assert digests[0] == digests[1] != digests[2]


def test_a_look_at_the_clock_is_noticed() -> None:
    with pytest.raises(AssertionError, match=r"datetime\.now"), no_clock_is_read():
        datetime.now(UTC)


def test_a_deadline_a_microsecond_off_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = ServiceTerms.counting_from

    def counting_from(self: ServiceTerms, clock: Clock, at: datetime) -> Clock:
        counting = exact(self, clock, at)
        assert counting.due_at is not None
        off = counting.due_at + timedelta(microseconds=1)
        return counting.model_copy(update={"due_at": off})

    monkeypatch.setattr(ServiceTerms, "counting_from", counting_from)
    with pytest.raises(AssertionError) as found:
        SimulatedYear(4, 2, *SPRING).live()
    assert "to repeat it: SimulatedYear(4, 2, datetime.date(2026, 3, 22), " in "".join(
        found.value.__notes__
    )


def test_a_timer_that_oversleeps_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    at = VirtualTime.at

    def late(self: VirtualTime, instant: datetime, happening: object) -> None:
        oversleeps = getattr(happening, "__func__", None) is machines.SlaTimer._wake
        at(self, instant + timedelta(microseconds=oversleeps), happening)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(VirtualTime, "at", late)
    with pytest.raises(AssertionError):
        SimulatedYear(4, 2, *SPRING).live()
