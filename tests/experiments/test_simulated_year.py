"""A whole year of a desk in virtual time: both clock changes, holidays, an August closure.

What must hold at each step is in `support.experiments.simulated_year.audit`; repeat a failure with
its recipe.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from sportello.conversation import decide as decider
from sportello.conversation import turns
from sportello.conversation.decision import Draft, EffectWithoutEvent
from sportello.conversation.events import Author, OutOfHoursTold
from sportello.conversation.handing_over import climbing, handoffs
from sportello.conversation.terms import ServiceTerms
from sportello.hours.opening_hours import OpeningHours
from sportello.sla.clocks import Clock, ClockChange, ClockKind
from support.experiments.simulated_year.conversations import LivedConversation
from support.experiments.simulated_year.no_clock import no_clock_is_read
from support.experiments.simulated_year.year import SimulatedYear

pytestmark = pytest.mark.experiment

type Measured = Callable[[str], None]

ROOT = Path(__file__).parents[2]
YEAR = (date(2026, 1, 1), date(2027, 1, 1))
CONVERSATIONS = 1_200

ANOTHER_DAY = """
import time
time.time = lambda: {now}
from datetime import date, datetime
from support.experiments.simulated_year.year import SimulatedYear
year = SimulatedYear({seed}, 40, date(2026, 1, 1), date(2027, 1, 1))
year.live()
print(year.digest())
"""


def test_a_year_keeps_every_rule_in_less_than_a_minute(measured: Measured) -> None:
    begin = time.process_time()
    year = SimulatedYear(2026, CONVERSATIONS, *YEAR)
    with no_clock_is_read():
        year.live()
    digest = year.digest()
    took = time.process_time() - begin
    ended, events = year.clocks_ended(), year.events()
    assert took < 60
    assert ended.keys() == {*ClockKind}
    assert year.clocks_changed().keys() == {*ClockChange}
    timers = year.timers()
    assert all(timer.woke_at for timer in timers)
    measured(
        f"a year: {CONVERSATIONS:,} conversations, {events['MessageReceived']:,} messages in, "
        f"{events['MessageQueued']:,} out, {sum(events.values()):,} events, "
        f"{year.edits} settings edits, {took:.1f} s of processor time"
    )
    measured(
        f"{len(timers):,} timers, each waking once, "
        f"{events['ClockAdvanced']:,} warnings and breaches, each at its very microsecond"
    )
    for kind, states in ended.items():
        how = ", ".join(f"{amount:,} {state}" for state, amount in sorted(states.items()))
        measured(f"{sum(states.values()):,} x {kind}: {how}")
    changes = sorted(year.clocks_changed().items())
    measured("clocks changed: " + ", ".join(f"{amount:,} {reason}" for reason, amount in changes))
    measured(f"seed 2026: {digest}")


def lived_elsewhere(seed: int, now: int, hash_seed: str, zone: str | None) -> str:
    """Live a smaller year in another process, on another day, under another TZ."""
    path = os.pathsep.join((str(ROOT / "layers" / "sportello"), str(ROOT / "tests")))
    env = {"PYTHONPATH": path, "PYTHONHASHSEED": hash_seed} | ({"TZ": zone} if zone else {})
    lived = subprocess.run(  # noqa: S603 -- this interpreter, with a script of this file
        [sys.executable, "-c", ANOTHER_DAY.format(seed=seed, now=now)],
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )
    return lived.stdout.strip()


def test_the_same_seed_lives_the_same_year_wherever_and_whenever() -> None:
    here = lived_elsewhere(1, 1_767_225_600, "0", None)
    there = lived_elsewhere(1, 4_102_444_800, "4711", "Asia/Tokyo")
    assert here == there
    assert len(here) == 64
    year = SimulatedYear(1, 40, *YEAR)
    year.live()
    assert year.digest() == here
    assert lived_elsewhere(2, 1_767_225_600, "0", None) != here


@pytest.mark.parametrize("seed", range(4))
def test_a_business_that_keeps_changing_its_mind_keeps_every_rule(seed: int) -> None:
    for first, after_last in (
        (date(2026, 3, 20), date(2026, 4, 8)),  # one clock change, Easter
        (date(2026, 8, 5), date(2026, 8, 28)),  # the summer closure
        (date(2026, 10, 16), date(2026, 11, 4)),  # the other clock change, All Saints
    ):
        SimulatedYear(seed, 40, first, after_last, days_to_edit=0.2).live()


# --- the audit finds what it is there for ---------------------------------------------------------


def nothing(*_: object) -> None:
    """Do nothing instead."""


def count_through_the_night(_: ServiceTerms, clock: Clock, now: datetime) -> float:
    since = clock.counting_since
    passed = (now - since).total_seconds() if since and now > since else 0
    return clock.spent_seconds + passed


def forget_what_was_spent(terms: ServiceTerms, clock: Clock, at: datetime) -> Clock:
    return COUNTING_FROM(terms, clock.model_copy(update={"spent_seconds": 0}), at)


def count_on_the_newest_calendar(terms: ServiceTerms, calendar: str, _: int) -> OpeningHours | None:
    return HOURS(terms, calendar, terms.hours_version)


def tell_at_every_message(draft: Draft, text: str, closed_since: datetime) -> None:
    draft.send(draft.unique("out_of_hours"), text, Author.SYSTEM)
    draft.record(OutOfHoursTold(at=draft.now, closed_since=closed_since))


COUNTING_FROM, HOURS = ServiceTerms.counting_from, ServiceTerms.hours


@pytest.mark.parametrize(
    ("where", "name", "fault"),
    [
        pytest.param(decider, "plan_wake", nothing, id="nobody-plans-a-wake"),
        pytest.param(decider, "plan_next_wake", nothing, id="a-tick-plans-no-other"),
        pytest.param(ServiceTerms, "counted", count_through_the_night, id="the-night-counts"),
        pytest.param(
            ServiceTerms, "counting_from", forget_what_was_spent, id="what-was-spent-is-forgotten"
        ),
        pytest.param(
            ServiceTerms, "hours", count_on_the_newest_calendar, id="counted-on-another-calendar"
        ),
        pytest.param(turns, "tell_out_of_hours", tell_at_every_message, id="told-at-every-message"),
        pytest.param(climbing, "_postpone", nothing, id="a-ladder-ends-behind-closed-doors"),
        pytest.param(LivedConversation, "closed_doors", nothing, id="closed-doors-are-rung"),
        pytest.param(handoffs, "resolve_clocks", nothing, id="a-promise-outlives-its-episode"),
    ],
)
def test_a_fault_does_not_live_through_the_weeks(
    where: object, name: str, fault: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, fault)
    # The decider itself refuses what would be lost without an event to tell of it.
    with pytest.raises((AssertionError, EffectWithoutEvent)):
        SimulatedYear(3, 60, date(2026, 3, 20), date(2026, 4, 8), days_to_edit=0.2).live()
