"""Hypothesis strategies: calendars as settings documents, and instants around clock changes."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

CLOCK_CHANGES = {
    "Europe/Rome": (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
    "America/New_York": (
        datetime(2026, 3, 8, 7, tzinfo=UTC),
        datetime(2026, 11, 1, 6, tzinfo=UTC),
    ),
    # Half an hour, forth and back.
    "Australia/Lord_Howe": (
        datetime(2026, 4, 4, 15, tzinfo=UTC),
        datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    ),
}
CALM = {
    "Asia/Kolkata": (datetime(2026, 1, 6, 0, tzinfo=UTC), datetime(2026, 12, 25, 12, tzinfo=UTC))
}
"""Where the clocks never change: around holidays instead."""


class Scene(NamedTuple):
    """A calendar and an instant, its exceptions and the instant close to one another."""

    document: dict[str, Any]
    start: datetime


CLOCK_TIMES = st.one_of(
    st.sampled_from("00:00 00:30 01:00 01:30 02:00 02:15 02:30 02:45 03:00 22:00 23:59".split()),
    st.integers(0, 24 * 60 - 1).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}"),
)
WINDOWS = (
    st.tuples(CLOCK_TIMES, CLOCK_TIMES | st.just("24:00"))
    .filter(lambda window: window[0] != window[1])
    .map(list)
)
WEEKS = st.dictionaries(
    st.sampled_from("mon tue wed thu fri sat sun".split()),
    st.lists(WINDOWS, min_size=1, max_size=3),
    min_size=1,
)
LABELS = st.sampled_from(["", "Ferie", "Inventario"])


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    zone = draw(st.sampled_from([*CLOCK_CHANGES, *CALM]))
    change = draw(st.sampled_from((CLOCK_CHANGES | CALM)[zone]))
    start = change + timedelta(
        minutes=draw(st.integers(-2_000, 1_500)), seconds=draw(st.integers(0, 59))
    )
    nearby = st.integers(-3, 4).map(lambda days: change.date() + timedelta(days=days))
    document: dict[str, Any] = {"time_zone": zone, "weekly": draw(WEEKS)}
    document["closed"] = draw(st.lists(closures(nearby), max_size=3))
    document["special"] = draw(
        st.dictionaries(nearby.map(date.isoformat), special_days(), max_size=3)
    )
    document["holidays"] = draw(st.lists(st.sampled_from(["IT", "IT-RM", "US"]), max_size=2))
    return Scene(document, start)


def closures(days: st.SearchStrategy[date]) -> st.SearchStrategy[Any]:
    stretches = st.tuples(days, st.integers(0, 3)).map(
        lambda drawn: [drawn[0].isoformat(), (drawn[0] + timedelta(days=drawn[1])).isoformat()]
    )
    return st.one_of(
        days.map(date.isoformat),
        stretches,
        st.builds(
            lambda ends, label: {"first": ends[0], "last": ends[1], "label": label},
            stretches,
            LABELS,
        ),
    )


def special_days() -> st.SearchStrategy[Any]:
    windows = st.lists(WINDOWS, max_size=2)

    def labelled(day: list[list[str]], label: str) -> Mapping[str, Any]:
        return {"windows": day, "label": label}

    return windows | st.builds(labelled, windows, LABELS)
