"""What was published, in the order in which it was recorded."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from sportello.table.desk_table import DeskTable
from sportello.table.keys import stamp
from sportello.table.outward.event_feed import POSITION, EventFeed
from support.builders import NOW, seconds
from support.clouds.table import all_items, table
from support.published import some_events

WEEK = timedelta(days=7)
DAY = timedelta(days=1)


@pytest.fixture
def desk_table() -> Iterator[DeskTable]:
    with table() as empty:
        yield empty


@pytest.fixture
def feed(desk_table: DeskTable) -> EventFeed:
    return desk_table.subscriptions.feed


def record(feed: EventFeed, number: int, at: datetime) -> None:
    feed.record(f"{'c' * 32}#publish:{number}", some_events(first=number), at, WEEK)


def sequences(feed: EventFeed, position: str, until: datetime) -> list[int]:
    return [each.events[0].data["sequence"] for each in feed.after(position, until)]


def test_it_is_read_in_the_order_of_recording_over_days(feed: EventFeed) -> None:
    for number, at in enumerate((NOW, NOW + seconds(1), NOW + DAY, NOW + 3 * DAY)):
        record(feed, number, at)
    assert sequences(feed, stamp(NOW), NOW + 4 * DAY) == [0, 1, 2, 3]
    assert sequences(feed, stamp(NOW + seconds(1)), NOW + 2 * DAY) == [1, 2]


def test_it_is_read_on_behind_a_position(feed: EventFeed) -> None:
    for number in range(3):
        record(feed, number, NOW)
    positions = [each.position for each in feed.after(stamp(NOW), NOW + DAY)]
    assert sequences(feed, positions[0], NOW + DAY) == [1, 2]
    assert sequences(feed, positions[-1], NOW + DAY) == []
    assert all(POSITION.fullmatch(position) for position in positions)


def test_what_is_recorded_at_the_end_or_later_is_not_read(feed: EventFeed) -> None:
    record(feed, 0, NOW)
    assert sequences(feed, stamp(NOW - DAY), NOW) == []
    assert sequences(feed, stamp(NOW + DAY), NOW) == []


def test_an_event_of_long_ago_that_is_recorded_now_stands_at_the_end(feed: EventFeed) -> None:
    record(feed, 0, NOW)
    feed.record(f"{'c' * 32}#publish:9", some_events(at=NOW - DAY, first=9), NOW + seconds(1), WEEK)
    assert sequences(feed, stamp(NOW - DAY), NOW + DAY) == [0, 9]


def test_it_is_kept_as_long_as_it_is_told_to(feed: EventFeed, desk_table: DeskTable) -> None:
    record(feed, 0, NOW)
    (item,) = all_items(desk_table)
    assert item["expires_at"]["N"] == str(int((NOW + WEEK).timestamp()))
