"""Public holidays: named, dated data sets in `data/holidays`, each with its source. Pure.

Nothing is computed here, and no date beyond a set's `last` is known to it: such days count as
ordinary ones. `python -m tools.holidays.freeze` writes the files.
"""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field

_FOLDER = Path(__file__).parent / "data/holidays"


@cache
def holiday_set_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


def _is_known(name: str) -> str:
    if name not in holiday_set_names():
        there_are = ", ".join(holiday_set_names())
        raise ValueError(f"there is no such set of holidays; there are: {there_are}")
    return name


def _offer_names(schema: dict[str, Any]) -> None:
    schema["enum"] = list(holiday_set_names())


def _listed(names: object) -> object:
    return (names,) if isinstance(names, str) else names


HolidaySetName = Annotated[str, AfterValidator(_is_known), Field(json_schema_extra=_offer_names)]
HolidaySets = Annotated[
    tuple[HolidaySetName, ...],
    BeforeValidator(_listed, json_schema_input_type=HolidaySetName | tuple[HolidaySetName, ...]),
]


class HolidaySet(NamedTuple):
    """Holidays of a place from `first` to `last`; those of the sets it `includes` are its own too.

    `version` is the day the data was last found to need a change.
    """

    name: str
    title: str
    version: date
    source: str
    first: date
    last: date
    includes: tuple[str, ...]
    days: Mapping[date, str]


@cache
def holiday_set(name: str) -> HolidaySet:
    """Read a packaged set by a name that validation has let through.

    `yearly` in its file are days that fall on one date in all its years.
    """
    content: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    for key in ("version", "first", "last"):
        content[key] = date.fromisoformat(content[key])
    content["includes"] = tuple(content["includes"])
    days = {date.fromisoformat(day): label for day, label in content["days"].items()}
    years = range(content["first"].year, content["last"].year + 1)
    for day, label in content.pop("yearly", {}).items():
        days |= {date.fromisoformat(f"{year}-{day}"): label for year in years}
    content["days"] = dict(sorted(days.items()))
    return HolidaySet(**content)


@cache
def labelled_holidays(names: tuple[str, ...]) -> Mapping[int, str]:
    """Map the ordinals of days to their holidays, each with its set and that set's version.

    A day in several sets goes by the first that names it, a set's own days before included ones.
    """
    labels: dict[int, str] = {}
    for name in names:
        own = holiday_set(name)
        for day, label in own.days.items():
            labels.setdefault(day.toordinal(), f"{label} ({own.name} {own.version})")
        for day_number, label in labelled_holidays(own.includes).items():
            labels.setdefault(day_number, label)
    return labels
