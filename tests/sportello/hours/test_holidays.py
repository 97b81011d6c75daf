import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import holidays
import sportello.hours.holidays
from sportello.hours.holidays import holiday_set, holiday_set_names, labelled_holidays
from sportello.hours.opening_hours import OpeningHours

FOLDER = Path(sportello.hours.holidays.__file__).parent / "data/holidays"
ROOT = Path(__file__).parents[3]


def days(name: str, year: int) -> dict[str, str]:
    return {
        f"{day:%m-%d}": label
        for number, label in labelled_holidays((name,)).items()
        if (day := date.fromordinal(number)).year == year
    }


def test_italy_of_2026_is_complete() -> None:
    assert {day: label.partition(" (IT ")[0] for day, label in days("IT", 2026).items()} == {
        "01-01": "Capodanno",
        "01-06": "Epifania",
        "04-05": "Pasqua",
        "04-06": "Lunedì dell'Angelo",
        "04-25": "Festa della Liberazione",
        "05-01": "Festa del Lavoro",
        "06-02": "Festa della Repubblica",
        "08-15": "Assunzione di Maria (Ferragosto)",
        "10-04": "San Francesco d'Assisi",
        "11-01": "Ognissanti",
        "12-08": "Immacolata Concezione",
        "12-25": "Natale",
        "12-26": "Santo Stefano",
    }
    assert "10-04" not in days("IT", 2025)


@pytest.mark.parametrize(
    ("name", "day", "patron"),
    [
        ("IT-RM", "06-29", "Santi Pietro e Paolo"),
        ("IT-MI", "12-07", "Sant'Ambrogio"),
        ("IT-TO", "06-24", "San Giovanni Battista"),
        ("IT-NA", "09-19", "San Gennaro"),
        ("IT-GE", "06-24", "San Giovanni Battista"),
        ("IT-BO", "10-04", "San Petronio"),
        ("IT-VE", "04-25", "San Marco"),
    ],
)
def test_a_patron_comes_on_top_of_the_nation(name: str, day: str, patron: str) -> None:
    city, nation = days(name, 2026), days("IT", 2026)
    version = holiday_set(name).version
    assert city[day] == f"{patron} ({name} {version})"
    assert {**nation, day: city[day]} == city


@pytest.mark.parametrize(
    ("name", "nation", "own"),
    [
        ("IT-BZ", "IT", {"05-25": "Lunedì di Pentecoste / Pfingstmontag"}),
        ("IT-SR", "IT", {"12-13": "Santa Lucia"}),
        ("IT-LE", "IT", {"08-26": "Sant'Oronzo"}),
        ("IT-AT", "IT", {"05-05": "San Secondo di Asti"}),
        ("IT-FC", "IT", {"02-04": "Madonna del Fuoco"}),
        ("IT-PO", "IT", {"12-26": "Santo Stefano"}),
        ("FR-6AE", "FR", {"04-03": "Vendredi saint", "12-26": "Saint-Étienne"}),
        ("FR-57", "FR", {"04-03": "Vendredi saint", "12-26": "Saint-Étienne"}),
        ("FR-974", "FR", {"12-20": "Abolition de l'esclavage"}),
        ("PT-20", "PT", {"05-25": "Dia da Região Autónoma dos Açores"}),
        ("PT-11", "PT", {"06-13": "Dia de Santo António"}),
        ("DE-BYK", "DE-BY", {"08-15": "Mariä Himmelfahrt"}),
        ("DE-BYA", "DE-BYK", {"08-08": "Augsburger Hohes Friedensfest"}),
        ("DE-SNK", "DE-SN", {"06-04": "Fronleichnam"}),
    ],
)
def test_a_region_keeps_its_days_on_top_of_its_nation(
    name: str, nation: str, own: dict[str, str]
) -> None:
    version = holiday_set(name).version
    labelled = {day: f"{label} ({name} {version})" for day, label in own.items()}
    assert days(name, 2026) == {**days(nation, 2026), **labelled}


def test_whit_monday_of_south_tyrol_moves_with_easter() -> None:
    whit_mondays = [str(day) for day in holiday_set("IT-BZ").days]
    assert whit_mondays[:4] == ["2024-05-20", "2025-06-09", "2026-05-25", "2027-05-17"]
    assert len(whit_mondays) == 17
    for name in ("Bolzano", "Bozen", "Alto Adige", "Südtirol"):
        assert name in holiday_set("IT-BZ").title


def test_every_province_of_italy_has_a_set_but_two_of_several_cities() -> None:
    provinces = {name for name in holidays.country_holidays("IT").subdivisions if len(name) == 2}
    sets = {name.removeprefix("IT-") for name in holiday_set_names() if name.startswith("IT-")}
    assert provinces - sets == {"RG", "BT"}


def test_every_set_is_dated_sourced_and_within_its_horizon() -> None:
    for name in holiday_set_names():
        found = holiday_set(name)
        assert found.name == name
        assert found.title
        assert found.source
        assert all(found.first <= day <= found.last for day in found.days), name
        years = {day.year for day in found.days}
        assert years == set(range(found.first.year, found.last.year + 1)), name
        assert list(found.days) == sorted(found.days), name
        assert set(found.includes) <= set(holiday_set_names())


def test_the_years_2024_to_2040_are_known_of_the_countries_promised() -> None:
    countries = {name for name in holiday_set_names() if "-" not in name}
    assert countries == set("AT BE CH DE ES FR GB IE IT NL PL PT US".split())
    assert {(holiday_set(name).first, holiday_set(name).last) for name in countries} == {
        (date(2024, 1, 1), date(2040, 12, 31))
    }


def test_a_set_is_read_when_a_calendar_first_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    holiday_set_names()
    holiday_set.cache_clear()
    labelled_holidays.cache_clear()
    reads: list[str] = []
    read_text = Path.read_text

    def counted(path: Path, encoding: str | None = None) -> str:
        reads.append(path.stem)
        return read_text(path, encoding)

    monkeypatch.setattr(Path, "read_text", counted)
    document = {"time_zone": "Europe/Rome", "weekly": {"mon": [["09:00", "10:00"]]}}
    plain = OpeningHours.model_validate(document)
    roman = OpeningHours.model_validate(document | {"holidays": "IT-RM"})
    noon = datetime(2026, 6, 29, 10, tzinfo=UTC)
    assert not plain.is_open(noon)
    assert reads == []
    for calendar in (roman, OpeningHours.model_validate(document | {"holidays": "IT"})):
        assert not calendar.is_open(noon)
    assert reads == ["IT-RM", "IT"]


def test_the_schema_offers_the_sets_there_are() -> None:
    schema = OpeningHours.model_json_schema()["properties"]["holidays"]
    one, several = schema["anyOf"]
    assert one["enum"] == several["items"]["enum"] == list(holiday_set_names())


def test_a_single_set_may_be_written_without_a_list() -> None:
    document = {"time_zone": "Europe/Rome", "holidays": "IT"}
    stored = OpeningHours.model_validate(document).model_dump(mode="json")
    assert json.loads(json.dumps(stored))["holidays"] == ["IT"]


def test_the_data_stays_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.json")) < 300_000


def test_the_documentation_lists_every_set() -> None:
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    section = text.partition("### Sets of holidays")[2].partition("\n### ")[0]
    assert set(re.findall(r"`([A-Z]{2}(?:-[A-Z0-9]{2,3})?)`", section)) == set(holiday_set_names())


def test_nothing_that_runs_in_a_function_imports_the_holidays_package() -> None:
    ours = [*ROOT.glob("functions/**/*.py"), *ROOT.glob("layers/sportello/**/*.py")]
    assert ours
    imports_it = re.compile(r"^\s*(?:import|from) holidays\b", re.MULTILINE)
    assert not [path for path in ours if imports_it.search(path.read_text(encoding="utf-8"))]
