"""How a language tells times and durations: `spoken.json` of its folder, and forms by number. Pure.

A form is a wording, or wordings by number: `{"1": "un'ora", "2-4 22-24": ..., "other": ...}`, the
first that fits. Of a clock the number is the hour, and a key such as "12:00" is a time of day.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sportello.language.languages import Language, by_language, part

type Forms = str | Mapping[str, str]


class DurationForms(NamedTuple):
    """`hours_and_a_half` is for languages that say it in fewer words than 30 minutes."""

    minutes: Forms
    hours: Forms
    hours_and_minutes: str
    hours_and_a_half: Forms | None = None


class WaitForms(NamedTuple):
    less_than: str
    about: str
    between: str
    more_than: str


class SpokenForms(NamedTuple):
    """`opening` and `deadline` are whole phrases, by how far off the day is.

    Their placeholders are parts of the date and the forms of `clock`, under names of its own.
    """

    weekdays: Sequence[str]
    months: Sequence[str]
    day_of_month: Forms
    clock: Mapping[str, Forms]
    opening: Mapping[str, str]
    deadline: Mapping[str, str]
    duration: DurationForms
    wait: WaitForms


@by_language
def spoken_forms(language: Language) -> SpokenForms:
    content = part(language, "spoken")
    forms = {
        "duration": DurationForms(**content["duration"]),
        "wait": WaitForms(**content["wait"]),
    }
    return SpokenForms(**{**content, **forms})


def form(forms: Forms, number: int, time_of_day: str = "") -> str:
    """Return the wording for a number, its placeholders still empty."""
    if isinstance(forms, str):
        return forms
    return next(wording for key, wording in forms.items() if _fits(key, number, time_of_day))


def form_of_number(forms: Forms, number: int) -> str:
    return form(forms, number).format(number=number)


def _fits(key: str, number: int, time_of_day: str) -> bool:
    if key == "other" or ":" in key:
        return key in {"other", time_of_day}
    spans = (span.partition("-") for span in key.split())
    return any(int(first) <= number <= int(last or first) for first, _, last in spans)
