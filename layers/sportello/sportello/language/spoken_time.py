"""An instant in the words a customer would use: "tomorrow at 9:00 am", "lunedì 7 alle 9:00".

The words follow "we are back" or "we will answer". Today goes without saying; further days are
named so that they cannot be taken for another. Hours are told as each language does, of a day in
Italian, of half a day in English: neither needs "in the morning" besides. Seconds are dropped, so
that no words promise more than the instant they stand for.
"""

from datetime import datetime, time, timedelta, tzinfo
from typing import NamedTuple

from sportello.language.detection import Language

_WEEKDAYS = {
    "it": ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "it": (
        *("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno"),
        *("luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_NEAR_DAYS = {
    "it": {-1: "ieri", 0: "", 1: "domani"},
    "en": {-1: "yesterday", 0: "", 1: "tomorrow"},
}
_DAYS_WITHOUT_MONTH = 6
"""A week ahead, the same weekday is today's: from there on the month helps."""


class _Told(NamedTuple):
    """An instant on somebody's clocks, and what they would call the day of it.

    `day` is empty for today, and for the midnight that ends it, which few would place tomorrow.
    """

    local: datetime
    day: str
    ends_today: bool


def opening_in_words(opening: datetime, now: datetime, language: Language, zone: tzinfo) -> str:
    """Say when, as it reads after "we are back", seen from `now` on the clocks of `zone`.

    `zone` is the customer's where it is known, else the desk's.
    """
    told = _told(opening, now, language, zone)
    if language == "it":
        clock = "a mezzanotte" if told.ends_today else _italian_clock(told.local, "alle ", "all'")
        return f"{told.day} {clock}".strip()
    return f"{told.day} at {_english_clock(told)}".strip()


def deadline_in_words(at: datetime, now: datetime, language: Language, zone: tzinfo) -> str:
    """Say by when, preposition included, as it reads after "we will answer": "by 3:40 pm"."""
    # Rounded up: whoever answers within the minute told has kept their word.
    told = _told(_next_full_minute(at), now, language, zone)
    if language == "en":
        return f"by {_english_clock(told)} {told.day}".strip()
    if told.ends_today:
        return "entro mezzanotte"
    if told.day:
        return f"entro {told.day} {_italian_clock(told.local, 'alle ', "all'")}"
    return f"entro {_italian_clock(told.local, 'le ', "l'")}"


def _next_full_minute(at: datetime) -> datetime:
    minute = at.replace(second=0, microsecond=0)
    return minute if minute == at else minute + timedelta(minutes=1)


def _told(at: datetime, now: datetime, language: Language, zone: tzinfo) -> _Told:
    local = at.astimezone(zone).replace(second=0, microsecond=0)
    today = now.astimezone(zone)
    days_ahead = local.toordinal() - today.toordinal()
    is_midnight = local.time() == time.min
    # The midnight just past was told before it, as the end of that day.
    ends_today = is_midnight and (days_ahead == 1 or (days_ahead == 0 and at <= now))
    near = _NEAR_DAYS[language]
    if ends_today or days_ahead in near:
        return _Told(local, "" if ends_today else near[days_ahead], ends_today)
    day = f"{_WEEKDAYS[language][local.weekday()]} {local.day}"
    if language == "it" and local.day == 1:
        day += "°"
    same_month = (local.year, local.month) == (today.year, today.month)
    if not (same_month and 0 < days_ahead <= _DAYS_WITHOUT_MONTH):
        day += f" {_MONTHS[language][local.month - 1]}"
    if local.year != today.year:
        day += f" {local.year}"
    return _Told(local, day if language == "it" else f"on {day}", ends_today)


def _italian_clock(local: datetime, article: str, before_one: str) -> str:
    return f"{before_one if local.hour == 1 else article}{local.hour}:{local.minute:02}"


def _english_clock(told: _Told) -> str:
    if told.ends_today:
        return "midnight"
    local = told.local
    if (local.hour, local.minute) == (12, 0):
        return "noon"
    half = "am" if local.hour < 12 else "pm"  # noqa: PLR2004 - hours of half a day
    return f"{local.hour % 12 or 12}:{local.minute:02} {half}"
