import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sportello.language.languages import Language
from sportello.language.spoken_time import deadline_in_words, opening_in_words

ROME = ZoneInfo("Europe/Rome")
WEDNESDAY_NOON = datetime(2026, 11, 25, 12, tzinfo=ROME)


def in_rome(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ROME)


@pytest.mark.parametrize(
    ("opening", "italian", "english"),
    [
        ("2026-11-25 14:30", "alle 14:30", "at 2:30 pm"),
        ("2026-11-25 12:00", "alle 12:00", "at noon"),
        ("2026-11-26 00:00", "a mezzanotte", "at midnight"),
        ("2026-11-26 00:05", "domani alle 0:05", "tomorrow at 12:05 am"),
        ("2026-11-26 01:05", "domani all'1:05", "tomorrow at 1:05 am"),
        ("2026-11-26 09:00", "domani alle 9:00", "tomorrow at 9:00 am"),
        ("2026-11-26 13:00", "domani alle 13:00", "tomorrow at 1:00 pm"),
        ("2026-11-27 00:00", "venerdì 27 alle 0:00", "on Friday 27 at 12:00 am"),
        ("2026-11-27 09:00", "venerdì 27 alle 9:00", "on Friday 27 at 9:00 am"),
        ("2026-11-30 12:00", "lunedì 30 alle 12:00", "on Monday 30 at noon"),
        (
            "2026-12-02 09:00",
            "mercoledì 2 dicembre alle 9:00",
            "on Wednesday 2 December at 9:00 am",
        ),
        ("2026-12-07 09:00", "lunedì 7 dicembre alle 9:00", "on Monday 7 December at 9:00 am"),
        (
            "2027-02-01 09:00",
            "lunedì 1° febbraio 2027 alle 9:00",
            "on Monday 1 February 2027 at 9:00 am",
        ),
    ],
)
def test_an_opening_reads_as_a_person_would_say_it(
    opening: str, italian: str, english: str
) -> None:
    assert opening_in_words(in_rome(opening), WEDNESDAY_NOON, "it", ROME) == italian
    assert opening_in_words(in_rome(opening), WEDNESDAY_NOON, "en", ROME) == english


@pytest.mark.parametrize(
    ("deadline", "italian", "english"),
    [
        ("2026-11-25 15:40", "entro le 15:40", "by 3:40 pm"),
        ("2026-11-25 15:40:01", "entro le 15:41", "by 3:41 pm"),
        ("2026-11-25 12:00", "entro le 12:00", "by noon"),
        ("2026-11-25 01:00", "entro l'1:00", "by 1:00 am"),
        ("2026-11-26 00:00", "entro mezzanotte", "by midnight"),
        ("2026-11-26 01:00", "entro domani all'1:00", "by 1:00 am tomorrow"),
        ("2026-11-26 09:20", "entro domani alle 9:20", "by 9:20 am tomorrow"),
        ("2026-11-26 12:00", "entro domani alle 12:00", "by noon tomorrow"),
        ("2026-11-30 09:20", "entro lunedì 30 alle 9:20", "by 9:20 am on Monday 30"),
        (
            "2026-12-01 09:20",
            "entro martedì 1° dicembre alle 9:20",
            "by 9:20 am on Tuesday 1 December",
        ),
        ("2026-11-24 18:00", "entro ieri alle 18:00", "by 6:00 pm yesterday"),
        (
            "2026-11-23 18:00",
            "entro lunedì 23 novembre alle 18:00",
            "by 6:00 pm on Monday 23 November",
        ),
    ],
)
def test_a_deadline_reads_as_a_person_would_say_it(
    deadline: str, italian: str, english: str
) -> None:
    assert deadline_in_words(in_rome(deadline), WEDNESDAY_NOON, "it", ROME) == italian
    assert deadline_in_words(in_rome(deadline), WEDNESDAY_NOON, "en", ROME) == english


def test_today_and_tomorrow_are_those_of_the_zone_it_is_told_in() -> None:
    opening = datetime(2026, 11, 26, 0, 30, tzinfo=ROME)
    assert opening_in_words(opening, WEDNESDAY_NOON, "en", ROME) == "tomorrow at 12:30 am"
    assert deadline_in_words(opening, WEDNESDAY_NOON, "it", ROME) == "entro domani alle 0:30"
    london = ZoneInfo("Europe/London")
    assert opening_in_words(opening, WEDNESDAY_NOON, "en", london) == "at 11:30 pm"
    assert deadline_in_words(opening, WEDNESDAY_NOON, "it", london) == "entro le 23:30"


def test_a_clock_change_on_the_way_moves_no_day() -> None:
    saturday = datetime(2026, 10, 24, 23, 30, tzinfo=ROME)
    monday = datetime(2026, 10, 26, 0, 15, tzinfo=ROME)
    assert opening_in_words(monday, saturday, "it", ROME) == "lunedì 26 alle 0:15"


INSTANTS = st.datetimes(
    datetime(2025, 1, 1),  # noqa: DTZ001 -- hypothesis adds the zone
    datetime(2028, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
AHEAD = st.one_of(
    st.timedeltas(timedelta(0), timedelta(days=2)),
    st.timedeltas(timedelta(days=-400), timedelta(days=400)),
    st.integers(-9, 9).map(lambda days: timedelta(days=days)),
)
ZONES = st.sampled_from(
    ["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Beirut"]
).map(ZoneInfo)


@example(datetime(2026, 12, 31, 22, tzinfo=UTC), timedelta(hours=1), ROME)  # a year's last midnight
@example(datetime(2026, 11, 25, 11, tzinfo=UTC), timedelta(hours=13), ROME)  # one at night
@given(INSTANTS, AHEAD, ZONES)
def test_the_words_give_back_the_very_minute(
    now: datetime, ahead: timedelta, zone: ZoneInfo
) -> None:
    at = now + ahead
    meant = at.astimezone(zone).replace(second=0, microsecond=0, tzinfo=None)
    not_before = at + timedelta(minutes=1, microseconds=-1)
    latest = not_before.astimezone(zone).replace(second=0, microsecond=0, tzinfo=None)
    today = now.astimezone(zone).date()
    for language in PATTERNS:
        assert read(opening_in_words(at, now, language, zone), today, language) == meant
        assert read(deadline_in_words(at, now, language, zone), today, language) == latest


MONTHS = {
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre"
    " dicembre".split(),
    "en": "January February March April May June July August September October November"
    " December".split(),
}
WEEKDAYS = {
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica".split(),
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
}
OTHER_DAYS = {"domani": 1, "tomorrow": 1, "ieri": -1, "yesterday": -1}

ITALIAN = re.compile(
    r"(?:entro )?(?:(?P<near>domani|ieri) |(?P<weekday>\w+ì|sabato|domenica) (?P<day>\d+)°?"
    r"(?: (?P<month>[a-z]+o|[a-z]+e))?(?: (?P<year>\d{4}))? )?"
    r"(?:(?:a )?(?P<midnight>mezzanotte)|(?:(?:al)?l'|(?:al)?le )(?P<hour>\d+):(?P<minute>\d\d))"
)
ENGLISH_DAY = (
    r"(?:(?P<near>tomorrow|yesterday)|on (?P<weekday>\w+day) (?P<day>\d+)"
    r"(?: (?P<month>[A-Z][a-z]+))?(?: (?P<year>\d{4}))?)"
)
ENGLISH_CLOCK = (
    r"(?:(?P<midnight>midnight)|(?P<noon>noon)|(?P<hour>\d+):(?P<minute>\d\d) (?P<half>am|pm))"
)
PATTERNS: dict[str, list[re.Pattern[str]]] = {
    "it": [ITALIAN],
    "en": [
        re.compile(rf"(?:{ENGLISH_DAY} )?at {ENGLISH_CLOCK}"),
        re.compile(rf"by {ENGLISH_CLOCK}(?: {ENGLISH_DAY})?"),
    ],
}


def read(words: str, today: date, language: Language) -> datetime:
    """Understand the words as a reader would, who knows nothing but today's date."""
    said = next(m for pattern in PATTERNS[language] if (m := pattern.fullmatch(words)))
    part = said.groupdict()
    if part["midnight"]:
        return datetime.combine(today + timedelta(days=1), time.min)
    if part.get("noon"):
        clock = time(12)
    else:
        hour = int(part["hour"])
        if language == "en":
            hour = hour % 12 + 12 * (part["half"] == "pm")
        clock = time(hour, int(part["minute"]))
    if not part["day"]:
        return datetime.combine(today + timedelta(days=OTHER_DAYS.get(part["near"], 0)), clock)
    month = MONTHS[language].index(part["month"]) + 1 if part["month"] else today.month
    day = date(int(part["year"] or today.year), month, int(part["day"]))
    assert WEEKDAYS[language][day.weekday()] == part["weekday"]
    return datetime.combine(day, clock)
