"""A wait as a customer would say it: "between 2 and 5 minutes", "meno di un minuto". Pure."""

import math

from sportello.language.languages import Language
from sportello.language.spoken_forms import DurationForms, form_of_number, spoken_forms

_MINUTE = 60
_HOUR = 60
"""Minutes in an hour."""
_HALF_HOUR = 30

_LONGEST_RANGE = 4 * _HOUR
"""Minutes; with an end further off, all that is known is that it will take long."""


def wait_in_words(low_seconds: float, high_seconds: float, language: Language) -> str:
    """Put a range as it reads after "the wait is", rounded outward to full minutes.

    Where the range reaches beyond four hours only its beginning is said.
    """
    low, high = math.floor(low_seconds / _MINUTE), math.ceil(high_seconds / _MINUTE)
    spoken = spoken_forms(language)
    durations, wait = spoken.duration, spoken.wait
    if low and high > _LONGEST_RANGE:
        return wait.more_than.format(duration=_minutes(low, durations))
    if not low:
        return wait.less_than.format(duration=_minutes(max(high, 1), durations))
    if low >= high:
        return wait.about.format(duration=_minutes(low, durations))
    return wait.between.format(low=_begin(low, high, durations), high=_minutes(high, durations))


def duration_in_words(seconds: float, language: Language) -> str:
    """Put a duration in hours and minutes, rounded to the nearest minute and at least one."""
    count = max(math.floor(seconds / _MINUTE + 0.5), 1)
    return _minutes(count, spoken_forms(language).duration)


def _begin(low: int, high: int, durations: DurationForms) -> str:
    """Leave out the unit where the end of the range names the same."""
    if high < _HOUR:
        return str(low)
    if low % _HOUR == 0 and high % _HOUR == 0:
        return str(low // _HOUR)
    return _minutes(low, durations)


def _minutes(count: int, durations: DurationForms) -> str:
    hours, minutes = divmod(count, _HOUR)
    if not hours:
        return form_of_number(durations.minutes, minutes)
    if not minutes:
        return form_of_number(durations.hours, hours)
    if minutes == _HALF_HOUR and durations.hours_and_a_half is not None:
        return form_of_number(durations.hours_and_a_half, hours)
    return durations.hours_and_minutes.format(
        hours=form_of_number(durations.hours, hours),
        minutes=form_of_number(durations.minutes, minutes),
    )
