"""An instant in the words a customer would use: "tomorrow at 9:00 am", "lunedì alle 9:00"."""

from datetime import datetime, tzinfo

from sportello.language import Language

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
_DAYS_NAMED_BY_WEEKDAY = 6
"""A week ahead, the bare weekday would mean today's."""


def opening_in_words(opening: datetime, now: datetime, language: Language, zone: tzinfo) -> str:
    """Put an opening as it reads after "we are back", seen from `now` on the clocks of `zone`."""
    local = opening.astimezone(zone)
    time = _time_in_italian(local) if language == "it" else _time_in_english(local)
    days_ahead = local.toordinal() - now.astimezone(zone).toordinal()
    if days_ahead <= 0:
        return time
    if days_ahead == 1:
        return f"{'domani' if language == 'it' else 'tomorrow'} {time}"
    day = _WEEKDAYS[language][local.weekday()]
    if days_ahead > _DAYS_NAMED_BY_WEEKDAY:
        first_in_italian = language == "it" and local.day == 1
        number = "1°" if first_in_italian else str(local.day)
        day = f"{day} {number} {_MONTHS[language][local.month - 1]}"
    return f"{day} {time}" if language == "it" else f"on {day} {time}"


def _time_in_italian(local: datetime) -> str:
    article = "all'" if local.hour == 1 else "alle "
    return f"{article}{local.hour}:{local.minute:02}"


def _time_in_english(local: datetime) -> str:
    if (local.hour, local.minute) == (12, 0):
        return "at noon"
    half = "am" if local.hour < 12 else "pm"  # noqa: PLR2004 - hours of half a day
    return f"at {local.hour % 12 or 12}:{local.minute:02} {half}"
