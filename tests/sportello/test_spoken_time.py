from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from sportello.spoken_time import opening_in_words

ROME = ZoneInfo("Europe/Rome")
WEDNESDAY_NOON = datetime(2026, 11, 25, 12, tzinfo=ROME)


@pytest.mark.parametrize(
    ("opening", "italian", "english"),
    [
        ("2026-11-25 14:30", "alle 14:30", "at 2:30 pm"),
        ("2026-11-25 12:00", "alle 12:00", "at noon"),
        ("2026-11-26 00:00", "domani alle 0:00", "tomorrow at 12:00 am"),
        ("2026-11-26 01:05", "domani all'1:05", "tomorrow at 1:05 am"),
        ("2026-11-26 09:00", "domani alle 9:00", "tomorrow at 9:00 am"),
        ("2026-11-27 09:00", "venerdì alle 9:00", "on Friday at 9:00 am"),
        ("2026-12-01 09:00", "martedì alle 9:00", "on Tuesday at 9:00 am"),
        (
            "2026-12-02 09:00",
            "mercoledì 2 dicembre alle 9:00",
            "on Wednesday 2 December at 9:00 am",
        ),
        ("2026-12-07 09:00", "lunedì 7 dicembre alle 9:00", "on Monday 7 December at 9:00 am"),
        ("2027-02-01 09:00", "lunedì 1° febbraio alle 9:00", "on Monday 1 February at 9:00 am"),
    ],
)
def test_an_opening_reads_as_a_person_would_say_it(
    opening: str, italian: str, english: str
) -> None:
    at = datetime.fromisoformat(opening).replace(tzinfo=ROME)
    assert opening_in_words(at, WEDNESDAY_NOON, "it", ROME) == italian
    assert opening_in_words(at, WEDNESDAY_NOON, "en", ROME) == english


def test_today_and_tomorrow_are_those_of_the_zone_it_is_told_in() -> None:
    opening = datetime(2026, 11, 26, 0, 30, tzinfo=ROME)
    assert opening_in_words(opening, WEDNESDAY_NOON, "en", ROME) == "tomorrow at 12:30 am"
    london = ZoneInfo("Europe/London")
    assert opening_in_words(opening, WEDNESDAY_NOON, "en", london) == "at 11:30 pm"


def test_a_clock_change_on_the_way_moves_no_day() -> None:
    saturday = datetime(2026, 10, 24, 23, 30, tzinfo=ROME)
    monday = datetime(2026, 10, 26, 0, 15, tzinfo=ROME)
    assert opening_in_words(monday, saturday, "it", ROME) == "lunedì alle 0:15"
