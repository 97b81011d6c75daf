"""Each deadline explains itself: what counted, what did not, and by which settings."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.conversation.commands import Command, FitClocks, Snooze
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.conversation.timing.clock_explanation import ClockExplanation, explain_clock
from sportello.hours.settings import OpeningHoursSettings
from sportello.sla.clocks import Clock, ClockKind
from sportello.sla.policies import Target
from support.builders import (
    NOW,
    accept,
    an_item,
    decide,
    history,
    receive,
    reply,
    request_human,
    resolve,
    seconds,
    terms_with,
)

if TYPE_CHECKING:
    from sportello.conversation.events import ConversationEvent

OFFICE = {"time_zone": "Europe/Rome", "weekly": {"mon-fri": [["09:00", "17:00"]]}}
SHORTER = {"time_zone": "Europe/Rome", "weekly": {"mon-fri": [["09:00", "12:00"]]}}
FRIDAY_AFTERNOON = datetime(2026, 4, 3, 14, 30, tzinfo=UTC)
"""16:30 in Rome, before Easter."""


def hours(**calendar: Any) -> OpeningHoursSettings:
    return OpeningHoursSettings.model_validate({"calendars": {"default": calendar}})


class Story:
    """A conversation under terms that may change, and all its events."""

    def __init__(self, terms: ServiceTerms, began_at: datetime) -> None:
        self.terms = terms
        self.versions = {0: terms.opening_hours}
        self.state = ConversationState()
        self.events: list[ConversationEvent] = []
        for command in (receive(an_item(sent_at=began_at)), request_human()):
            self.do(command, began_at)

    def do(self, command: Command, at: datetime) -> None:
        decision = decide(self.state, command, at, self.terms)
        self.state, _ = history([command], at, self.state, self.terms)
        self.events += decision.events

    def edit_hours(self, calendar: dict[str, Any], at: datetime) -> None:
        version = self.terms.hours_version + 1
        self.versions[version] = hours(**calendar)
        self.terms = self.terms.model_copy(
            update={
                "opening_hours": self.versions[version],
                "hours_version": version,
                "past_hours": dict(self.versions),
            }
        )
        self.do(FitClocks(), at)

    def clock(self, kind: ClockKind) -> Clock:
        (found,) = (clock for clock in self.state.clocks if clock.kind is kind)
        return found

    def explain(self, kind: ClockKind, now: datetime) -> ClockExplanation:
        return explain_clock(
            self.clock(kind),
            self.events,
            lambda name, version: self.versions[version].calendars.get(name),
            now,
        )


def a_story(
    target: Target, began_at: datetime = NOW, kind: ClockKind = ClockKind.FIRST_RESPONSE
) -> Story:
    return Story(terms_with({kind: target}, opening_hours=hours(**OFFICE)), began_at)


def counted(explanation: ClockExplanation) -> float:
    return sum((s.end - s.start).total_seconds() for s in explanation.spans if s.counted)


def test_a_holiday_between_is_named_and_not_counted() -> None:
    terms = terms_with(
        {ClockKind.FIRST_RESPONSE: Target(seconds=7_200)},
        opening_hours=hours(**OFFICE, holidays="IT"),
    )
    told = Story(terms, FRIDAY_AFTERNOON).explain(ClockKind.FIRST_RESPONSE, FRIDAY_AFTERNOON)
    assert counted(told) == 7_200
    assert [(span.reason, span.counted) for span in told.spans if span.counted] == [
        ("open", True),
        ("open", True),
    ]
    (easter_monday,) = (s for s in told.spans if s.start.day == 5 and s.reason == "holiday")
    assert easter_monday.label
    assert told.spans[-1].end == datetime(2026, 4, 7, 8, 30, tzinfo=UTC)


def test_around_the_clock_everything_counts() -> None:
    told = a_story(Target(seconds=300, around_the_clock=True)).explain(
        ClockKind.FIRST_RESPONSE, NOW + seconds(60)
    )
    assert [(s.reason, s.counted) for s in told.spans] == [("around_the_clock", True)]
    assert (told.counted_seconds, counted(told)) == (60, 300)


def test_a_pause_says_for_whom_it_was() -> None:
    story = a_story(
        Target(seconds=8 * 3_600, pauses_while=("awaiting_customer",)), kind=ClockKind.RESOLUTION
    )
    story.do(accept(), NOW)
    story.do(reply(), NOW + seconds(600))
    story.do(receive(an_item("item-2", NOW + seconds(900))), NOW + seconds(900))
    told = story.explain(ClockKind.RESOLUTION, NOW + seconds(900))
    (pause,) = (span for span in told.spans if span.reason == "awaiting_customer")
    assert (pause.start, pause.end) == (NOW + seconds(600), NOW + seconds(900))
    assert [revision.reason for revision in told.revisions] == [
        "started",
        "awaiting_customer",
        "resumed",
    ]
    assert counted(told) == 8 * 3_600
    assert told.counted_seconds == 600


def test_a_paused_clock_is_explained_until_now() -> None:
    story = a_story(
        Target(seconds=3_600, pauses_while=("awaiting_customer",)), kind=ClockKind.RESOLUTION
    )
    story.do(reply(), NOW + seconds(60))
    told = story.explain(ClockKind.RESOLUTION, NOW + seconds(100))
    assert [(s.reason, (s.end - s.start).total_seconds()) for s in told.spans] == [
        ("open", 60),
        ("awaiting_customer", 40),
    ]


def test_a_pause_that_goes_on_for_another_reason_says_so() -> None:
    story = a_story(
        Target(seconds=3_600, pauses_while=("awaiting_customer", "snoozed")),
        kind=ClockKind.RESOLUTION,
    )
    story.do(accept(), NOW)
    story.do(Snooze(agent_id="anna", until=NOW + timedelta(hours=9)), NOW + seconds(60))
    story.do(reply(), NOW + seconds(80))
    told = story.explain(ClockKind.RESOLUTION, NOW + seconds(100))
    assert [span.reason for span in told.spans] == ["open", "snoozed", "awaiting_customer"]


def test_hours_edited_in_a_pause_are_not_why_it_pauses() -> None:
    story = a_story(
        Target(seconds=3_600, pauses_while=("awaiting_customer",)), kind=ClockKind.RESOLUTION
    )
    story.do(reply(), NOW + seconds(60))
    story.edit_hours(SHORTER, NOW + seconds(80))
    told = story.explain(ClockKind.RESOLUTION, NOW + seconds(100))
    assert [span.reason for span in told.spans] == [
        "open",
        "awaiting_customer",
        "awaiting_customer",
    ]
    assert [revision.reason for revision in told.revisions][-1] == "opening_hours"


def test_edited_hours_are_explained_on_both_sides_of_the_edit() -> None:
    story = a_story(Target(seconds=4 * 3_600))  # from 11:00 in Rome
    edited_at = NOW + timedelta(minutes=30)
    story.edit_hours(SHORTER, edited_at)
    told = story.explain(ClockKind.FIRST_RESPONSE, edited_at)
    assert [(r.reason, r.calendar_version) for r in told.revisions] == [
        ("started", 0),
        ("opening_hours", 1),
    ]
    assert told.revisions[0].due_at == NOW + timedelta(hours=4)
    # Half an hour on the old hours, half an hour until 12:00 on the new ones, three tomorrow.
    assert counted(told) == 4 * 3_600
    assert told.spans[-1].end == datetime(2026, 3, 5, 11, 0, tzinfo=UTC)


def test_what_started_earlier_is_explained_from_there() -> None:
    story = a_story(Target(seconds=300, around_the_clock=True))
    earlier = an_item("item-0", NOW - seconds(40), received_at=NOW + seconds(5))
    story.do(receive(earlier), NOW + seconds(5))
    told = story.explain(ClockKind.FIRST_RESPONSE, NOW + seconds(5))
    assert told.spans[0].start == NOW - seconds(40)
    assert counted(told) == 300


def test_an_ended_clock_is_explained_up_to_its_end() -> None:
    story = a_story(Target(seconds=300))
    story.do(reply(), NOW + seconds(400))
    told = story.explain(ClockKind.FIRST_RESPONSE, NOW + timedelta(days=3))
    assert counted(told) == told.counted_seconds == 400


def test_what_was_answered_elsewhere_is_explained_up_to_that_answer() -> None:
    story = a_story(Target(seconds=300))
    echo = an_item("echo-1", NOW + seconds(200), received_at=NOW + seconds(290), kind="echo")
    story.do(receive(echo), NOW + seconds(290))
    clock, told = (
        story.clock(ClockKind.FIRST_RESPONSE),
        story.explain(ClockKind.FIRST_RESPONSE, NOW + timedelta(days=3)),
    )
    assert counted(told) == told.counted_seconds == clock.spent_seconds == 200
    assert clock.ended_at == told.spans[-1].end == NOW + seconds(200)


def test_what_a_clock_counted_before_the_events_at_hand_is_told_as_a_sum() -> None:
    story = a_story(
        Target(seconds=3_600, pauses_while=("awaiting_customer",)), kind=ClockKind.RESOLUTION
    )
    story.do(reply(), NOW + seconds(60))
    began = len(story.events)
    story.do(receive(an_item("item-2", NOW + seconds(90))), NOW + seconds(90))
    story.events = story.events[began:]
    told = story.explain(ClockKind.RESOLUTION, NOW + seconds(100))
    assert told.carried_seconds == 60
    assert told.carried_seconds + counted(told) == 3_600


def test_a_clock_that_ended_before_the_events_at_hand_counts_nothing_twice() -> None:
    story = a_story(Target(seconds=300))
    story.do(reply(), NOW + seconds(100))
    story.events = []
    told = story.explain(ClockKind.FIRST_RESPONSE, NOW + seconds(900))
    assert (told.counted_seconds, told.carried_seconds, told.spans) == (100, 100, ())


@pytest.mark.parametrize("kind", [ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION])
@given(target=st.integers(1, 400_000), edits=st.lists(st.integers(0, 200_000), max_size=3))
def test_counted_spans_sum_to_the_target(kind: ClockKind, target: int, edits: list[int]) -> None:
    story = a_story(Target(seconds=target), kind=kind)
    for number, edit in enumerate(sorted(edits)):
        at = NOW + seconds(edit)
        clock = story.clock(kind)
        if clock.due_at is None or at >= clock.due_at:
            break
        story.edit_hours(SHORTER if number % 2 == 0 else OFFICE, at)
    told = story.explain(kind, NOW)
    assert counted(told) == target
    for earlier, later in zip(told.spans, told.spans[1:], strict=False):
        assert earlier.end == later.start


def test_after_resolving_the_explanation_still_stands() -> None:
    story = a_story(Target(seconds=300))
    story.do(resolve(), NOW + seconds(100))
    told = story.explain(ClockKind.FIRST_RESPONSE, NOW + seconds(900))
    assert counted(told) == 100
