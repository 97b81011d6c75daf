"""An instant in the words a customer would use: "tomorrow at 9:00 am", "lunedì 7 alle 9:00". Pure.

The words follow "we are back" or "we will answer". Today goes without saying; further days are
named so that they cannot be taken for another. Seconds are dropped, so that no words promise more
than the instant they stand for.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo

from sportello.language.languages import Language
from sportello.language.spoken_forms import SpokenForms, form, form_of_number, spoken_forms

_NEAR_DAYS = {-1: "yesterday", 0: "today", 1: "tomorrow"}
_DAYS_WITHOUT_MONTH = 6
"""A week ahead, the same weekday is today's: from there on the month helps."""

_HALF_DAY = 12
"""Hours."""


def opening_in_words(opening: datetime, now: datetime, language: Language, zone: tzinfo) -> str:
    """Say when, as it reads after "we are back", seen from `now` on the clocks of `zone`.

    `zone` is the customer's where it is known, else the desk's.
    """
    spoken = spoken_forms(language)
    return _phrase(spoken.opening, opening, now, spoken, zone)


def deadline_in_words(at: datetime, now: datetime, language: Language, zone: tzinfo) -> str:
    """Say by when, preposition included, as it reads after "we will answer": "by 3:40 pm"."""
    # Rounded up: whoever answers within the minute named has kept their word.
    spoken = spoken_forms(language)
    return _phrase(spoken.deadline, _next_full_minute(at), now, spoken, zone)


def _next_full_minute(at: datetime) -> datetime:
    minute = at.replace(second=0, microsecond=0)
    return minute if minute == at else minute + timedelta(minutes=1)


def _phrase(
    phrases: Mapping[str, str], at: datetime, now: datetime, spoken: SpokenForms, zone: tzinfo
) -> str:
    local = at.astimezone(zone)
    return phrases[_day(at, now, zone)].format(
        weekday=spoken.weekdays[local.weekday()],
        day=form_of_number(spoken.day_of_month, local.day),
        month=spoken.months[local.month - 1],
        year=local.year,
        **_clock(local, spoken),
    )


def _day(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Name the phrase that tells the day."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    days_ahead = local.toordinal() - today.toordinal()
    is_midnight = (local.hour, local.minute) == (0, 0)
    # The midnight that ends today few would place tomorrow; the one just past was named before
    # it, as the end of that day.
    if is_midnight and (days_ahead == 1 or (days_ahead == 0 and at <= now)):
        return "midnight"
    if days_ahead in _NEAR_DAYS:
        return _NEAR_DAYS[days_ahead]
    if local.year != today.year:
        return "day_month_and_year"
    if local.month == today.month and 0 < days_ahead <= _DAYS_WITHOUT_MONTH:
        return "day"
    return "day_and_month"


def _clock(local: datetime, spoken: SpokenForms) -> Mapping[str, str]:
    hour, minute = local.hour, f"{local.minute:02}"
    values = {"hour": hour, "hour12": hour % _HALF_DAY or _HALF_DAY, "minute": minute}
    return {
        name: form(forms, hour, time_of_day=f"{hour}:{minute}").format(**values)
        for name, forms in spoken.clock.items()
    }
