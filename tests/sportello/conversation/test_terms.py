"""What opening hours and policies make of an instant."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms, Staffing
from sportello.hours.settings import OpeningHoursSettings
from sportello.priorities import Priority
from sportello.queues.settings import Queue, QueueSettings
from sportello.sla.clocks import Clock, ClockKind, PromiseTerms
from sportello.sla.settings import SlaSettings
from support.builders import ACCOUNT, CHANNEL, NIGHT, NOW, a_clock, a_queue, seconds, terms_with

PACKAGED = OpeningHoursSettings()
NIGHT_SHIFT = {"time_zone": "Europe/Rome", "weekly": {"mon-sun": [["20:00", "24:00"]]}}


def hours_of(**calendar: Any) -> OpeningHoursSettings:
    named = {"time_zone": "Europe/Rome", "weekly": {}, **calendar}
    return OpeningHoursSettings.model_validate({"calendars": {"default": named}})


def terms_at(hours: OpeningHoursSettings, **changes: Any) -> ServiceTerms:
    return terms_with(opening_hours=hours, hours_version=1, **changes)


def counted_on(hours: OpeningHoursSettings, start: datetime, **changes: Any) -> Clock:
    """A clock as the terms compute it that starts at an instant."""
    fields: dict[str, Any] = {"calendar": "default", "calendar_version": 1} | changes
    return terms_at(hours).counting_from(a_clock(start, **fields), start)


# --- who is there -----------------------------------------------------------------------------


def test_in_opening_hours_people_are_there() -> None:
    assert terms_at(PACKAGED).staffing("default", NOW).closed is None


def test_at_night_the_closed_period_reaches_until_morning() -> None:
    closed = terms_at(PACKAGED).staffing("default", NIGHT).closed
    assert closed is not None
    assert closed.start == NIGHT.replace(hour=17)
    assert closed.end == NIGHT.replace(day=5, hour=8)


@pytest.mark.parametrize("queue", ["default", "gone"])
def test_a_calendar_that_is_missing_or_never_opens_counts_as_always_staffed(queue: str) -> None:
    always = Staffing(hours=None, closed=None)
    assert terms_at(hours_of()).staffing(queue, NIGHT) == always
    nothing = OpeningHoursSettings.model_validate({"calendars": {}})
    assert terms_at(nothing).staffing(queue, NIGHT) == always


def test_a_channel_account_may_have_hours_of_its_own_whatever_the_queue() -> None:
    document = PACKAGED.model_dump(mode="json")
    document["calendars"]["night"] = NIGHT_SHIFT
    document["accounts"] = {f"{CHANNEL}:{ACCOUNT}": "night"}
    own = OpeningHoursSettings.model_validate(document)
    for queue in ("default", "gone"):
        assert terms_at(own).calendar_name(queue) == "night"
    assert terms_at(own).staffing("default", NIGHT).closed is None
    assert terms_at(own).staffing("default", NOW).closed is not None
    other_account = terms_at(own, account_id="account-2")
    assert other_account.calendar_name("default") == "default"
    assert other_account.staffing("default", NIGHT).closed is not None


def test_a_queue_names_its_calendar() -> None:
    queues = QueueSettings(queues={"default": Queue(), "sales": Queue(calendar="sales")})
    terms = terms_with(queues=queues)
    assert [terms.calendar_name(name) for name in ("default", "sales", "gone")] == [
        "default",
        "sales",
        "",
    ]


def test_a_queue_that_was_removed_rings_nobody() -> None:
    assert terms_with().queue("gone").tiers == ()
    assert terms_with().queue("default") == a_queue()


# --- what is promised -------------------------------------------------------------------------


def test_priority_and_segment_choose_the_policy() -> None:
    def policy(name: str, target: int, **fits: Any) -> dict[str, Any]:
        return {"name": name, "targets": {"first_response": {"seconds": target}}, **fits}

    sla = SlaSettings.model_validate(
        {
            "policies": [
                policy("vips", 30, segments=["vip"]),
                policy("high", 60, priorities=["high", "urgent"]),
                policy("all", 300),
            ]
        }
    )
    terms = terms_with(sla=sla)
    kind = ClockKind.FIRST_RESPONSE
    for state, name, target in (
        (ConversationState(), "all", 300),
        (ConversationState(priority=Priority.HIGH), "high", 60),
        (ConversationState(priority=Priority.HIGH, segment="vip"), "vips", 30),
    ):
        assert terms.policy(state).name == name
        found = terms.target(state, kind)
        assert found is not None
        assert found.seconds == target
    assert terms.target(ConversationState(), ClockKind.RESOLUTION) is None
    assert terms.target(ConversationState(), ClockKind.PROMISE) is None


@pytest.mark.parametrize(("in_opening_hours", "due"), [(False, 30), (True, 62 + 28)])
def test_a_promise_is_due_where_its_terms_count(in_opening_hours: bool, due: int) -> None:  # noqa: FBT001 -- pytest names it
    before_lunch = NOW.replace(hour=11, minute=58)
    promise = PromiseTerms(within_seconds=30 * 60, in_opening_hours=in_opening_hours)
    due_at = terms_at(PACKAGED).promised_by(promise, "default", before_lunch)
    assert due_at == before_lunch + timedelta(minutes=due)


def test_a_promise_where_nobody_ever_opens_is_due_by_the_clock_on_the_wall() -> None:
    promise = PromiseTerms(within_seconds=600, in_opening_hours=True)
    assert terms_at(hours_of()).promised_by(promise, "default", NOW) == NOW + seconds(600)
    assert terms_with().promised_by(promise, "gone", NOW) == NOW + seconds(600)


def test_a_queue_tells_the_time_of_its_calendar() -> None:
    assert terms_at(PACKAGED).zone("default") == ZoneInfo("Europe/Rome")
    assert terms_at(hours_of(time_zone="Asia/Kolkata")).zone("default") == ZoneInfo("Asia/Kolkata")
    assert terms_with().zone("gone") == UTC


# --- counting ---------------------------------------------------------------------------------


def test_a_clock_counts_open_time_only() -> None:
    before_lunch = NOW.replace(hour=11, minute=58)
    clock = counted_on(PACKAGED, before_lunch)
    assert clock.due_at == NOW.replace(hour=13, minute=3)
    assert clock.warn_at == NOW.replace(hour=13, minute=2)
    terms = terms_at(PACKAGED)
    assert terms.counted(clock, NOW.replace(hour=12, minute=30)) == 120
    assert terms.counted(clock, NOW.replace(hour=13, minute=3)) == 300


def test_a_clock_without_a_calendar_counts_all_time() -> None:
    clock = counted_on(PACKAGED, NIGHT, calendar="", calendar_version=0)
    assert (clock.warn_at, clock.due_at) == (NIGHT + seconds(240), NIGHT + seconds(300))
    assert terms_at(PACKAGED).counted(clock, NIGHT + seconds(7)) == 7


def test_what_is_spent_already_is_not_counted_again() -> None:
    clock = counted_on(PACKAGED, NOW, spent_seconds=100)
    assert (clock.warn_at, clock.due_at) == (NOW + seconds(140), NOW + seconds(200))
    assert terms_at(PACKAGED).counted(clock, NOW + seconds(5)) == 105
    used_up = counted_on(PACKAGED, NOW, spent_seconds=1_000)
    assert (used_up.warn_at, used_up.due_at) == (NOW, NOW)


def test_nothing_is_counted_before_a_clock_counts_nor_while_it_is_paused() -> None:
    terms = terms_at(PACKAGED)
    clock = counted_on(PACKAGED, NOW, spent_seconds=9)
    assert terms.counted(clock, NOW - seconds(30)) == 9
    instants: dict[str, Any] = dict.fromkeys(("counting_since", "warn_at", "due_at"))
    assert terms.counted(a_clock(spent_seconds=9, **instants), NOW + timedelta(days=1)) == 9


def test_a_calendar_that_ends_before_the_target_lets_time_run_on() -> None:
    ends_today = hours_of(special={"2026-03-04": [["09:00", "12:00"]]})
    clock = counted_on(ends_today, NOW, target_seconds=86_400)
    assert (clock.due_at, clock.calendar) == (NOW + timedelta(days=1), "")
    assert clock.calendar_version == 0


def test_a_clock_counts_on_the_version_of_the_calendar_it_names() -> None:
    terms = terms_with(
        opening_hours=hours_of(weekly={"mon-sun": [["00:00", "24:00"]]}),
        hours_version=2,
        past_hours={1: PACKAGED},
    )
    older = a_clock(NIGHT, calendar="default", calendar_version=1)
    newer = a_clock(NIGHT, calendar="default", calendar_version=2)
    assert terms.counting_from(older, NIGHT).due_at == NIGHT.replace(day=5, hour=8, minute=5)
    assert terms.counting_from(newer, NIGHT).due_at == NIGHT + seconds(300)
    assert terms.counted(older, NIGHT + seconds(60)) == 0
    assert terms.counted(newer, NIGHT + seconds(60)) == 60


def test_before_its_first_handoff_a_conversation_keeps_the_hours_of_where_it_would_go() -> None:
    terms = terms_with()
    assert terms.calendar_name("") == terms.calendar_name("default") == "default"
    assert terms.queue("").alert_endpoints == ("supervisor",)
    assert terms.zone("") == ZoneInfo("Europe/Rome")
