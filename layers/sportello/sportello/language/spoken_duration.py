"""A wait in the words a customer would use: "between 2 and 5 minutes", "meno di un minuto"."""

import math

from sportello.language.detection import Language

_MINUTE = 60
_HOUR = 60
"""Minutes in an hour."""
_HALF_HOUR = 30

_LONGEST_TOLD = 4 * _HOUR
"""Minutes; with an end further off, all that is known is that it will take long."""


def wait_in_words(low_seconds: float, high_seconds: float, language: Language) -> str:
    """Put a range as it reads after "the wait is", rounded outward to full minutes.

    Where the range reaches beyond four hours only its beginning is told.
    """
    low, high = math.floor(low_seconds / _MINUTE), math.ceil(high_seconds / _MINUTE)
    italian = language == "it"
    if low and high > _LONGEST_TOLD:
        return f"{'più di' if italian else 'more than'} {_minutes(low, language)}"
    if not low:
        return f"{'meno di' if italian else 'less than'} {_minutes(max(high, 1), language)}"
    if low >= high:
        return f"{'circa' if italian else 'about'} {_minutes(low, language)}"
    return _between(low, high, language)


def duration_in_words(seconds: float, language: Language) -> str:
    """Put a duration in hours and minutes, rounded to the nearest minute and at least one."""
    return _minutes(max(math.floor(seconds / _MINUTE + 0.5), 1), language)


def _between(low: int, high: int, language: Language) -> str:
    begin, end = _minutes(low, language), _minutes(high, language)
    if high < _HOUR:
        begin = str(low)
    elif low % _HOUR == 0 and high % _HOUR == 0:
        begin = str(low // _HOUR)
    return f"tra {begin} e {end}" if language == "it" else f"between {begin} and {end}"


def _minutes(count: int, language: Language) -> str:
    hours, minutes = divmod(count, _HOUR)
    return (_in_italian if language == "it" else _in_english)(hours, minutes)


def _in_italian(hours: int, minutes: int) -> str:
    small = "un minuto" if minutes == 1 else f"{minutes} minuti"
    if not hours:
        return small
    large = "un'ora" if hours == 1 else f"{hours} ore"
    if minutes == _HALF_HOUR:
        return f"{large} e mezza"
    return f"{large} e {small}" if minutes else large


def _in_english(hours: int, minutes: int) -> str:
    small = "a minute" if minutes == 1 else f"{minutes} minutes"
    if not hours:
        return small
    large = "an hour" if hours == 1 else f"{hours} hours"
    if minutes == _HALF_HOUR:
        return "an hour and a half" if hours == 1 else f"{hours} and a half hours"
    return f"{large} and {small}" if minutes else large
