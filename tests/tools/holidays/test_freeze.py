"""The packaged holidays are what their sources say; our Italian rules against the package's."""

from collections.abc import Iterable, Mapping
from datetime import date

import holidays
from tools.holidays import italian
from tools.holidays.freeze import FOLDER, YEARS, frozen_files

REMEMBRANCE = "Giorno dell'unità nazionale"

# Where a city's day is not what the package has for the whole province, and why.
OTHER_PATRONS = {
    "PG": ({(8, 11), (10, 4)}, "the package has the patrons of Assisi, we that of Perugia"),
    "VE": ({(4, 25), (11, 21)}, "the package adds the Madonna della Salute, a vow, not the patron"),
}


def package_days(province: str | None = None, years: Iterable[int] = YEARS) -> Mapping[date, str]:
    found = holidays.country_holidays("IT", subdiv=province, years=years, language="it_IT")
    return dict(found.items())


def test_the_frozen_files_are_what_the_pinned_package_and_our_rules_give() -> None:
    frozen = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    expected = frozen_files()
    assert sorted(frozen) == sorted(expected)
    differing = [name for name, text in expected.items() if frozen[name] != text]
    assert not differing, "run python -m tools.holidays.freeze, and move the version"


def test_our_italy_is_the_packages_without_a_day_of_remembrance() -> None:
    """The package lists the Sunday of national unity (law 54 of 1977): nobody is off for it."""
    ours = {day for year in YEARS for day in italian.national_holidays(year)}
    theirs = package_days()
    assert ours <= theirs.keys()
    extra = {day: theirs[day] for day in theirs.keys() - ours}
    assert set(extra.values()) == {REMEMBRANCE}
    assert all((day.month, day.isoweekday()) == (11, 7) and day.day <= 7 for day in extra)


def test_our_patrons_are_the_packages_but_for_those_named() -> None:
    years = (2025, 2026)
    national = package_days(years=years)
    for province, patron in italian.PATRONS.items():
        theirs = {
            (day.month, day.day)
            for day, label in package_days(province, years).items()
            if national.get(day) != label
        }
        expected, _why = OTHER_PATRONS.get(province, ({(patron.month, patron.day)}, ""))
        assert theirs == expected, province


def test_easter_of_2038_falls_on_the_liberation() -> None:
    april = italian.national_holidays(2038)
    assert april[date(2038, 4, 25)] == "Festa della Liberazione; Pasqua"
    assert april[date(2038, 4, 26)] == "Lunedì dell'Angelo"


def test_the_fourth_of_october_is_a_holiday_again_from_2026() -> None:
    is_holiday = {
        year: date(year, 10, 4) in italian.national_holidays(year)
        for year in (2024, 2025, 2026, 2027)
    }
    assert is_holiday == {2024: False, 2025: False, 2026: True, 2027: True}
