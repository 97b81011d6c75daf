"""Write the packaged holiday data, so that no function computes or imports holidays.

    python -m tools.holidays.freeze

Italy comes from `tools.holidays.italian`, other countries from the PyPI package `holidays`, which
the developers' environment pins. The same versions give the same bytes; a test holds the files
against it. Whoever changes a rule, or pins a package that changes a date, moves the version.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import holidays
from tools.holidays import italian

FOLDER = Path(__file__).parents[2] / "layers/sportello/sportello/hours/data/holidays"

YEARS = range(2024, 2041)
ITALY_VERSION = date(2026, 11, 22)
PACKAGE_VERSION = date(2026, 11, 22)
PACKAGE_SOURCE = f"PyPI package holidays {installed_version('holidays')}"

COUNTRIES = {
    "AT": "Austria",
    "BE": "Belgium",
    "CH": "Switzerland",
    "DE": "Germany",
    "ES": "Spain",
    "FR": "France",
    "GB": "United Kingdom",
    "IE": "Ireland",
    "NL": "Netherlands",
    "PL": "Poland",
    "PT": "Portugal",
    "US": "United States, federal",
}
REGIONS = {
    "CH": {
        "AG": "Aargau",
        "AI": "Appenzell Innerrhoden",
        "AR": "Appenzell Ausserrhoden",
        "BE": "Bern",
        "BL": "Basel-Landschaft",
        "BS": "Basel-Stadt",
        "FR": "Fribourg",
        "GE": "Genève",
        "GL": "Glarus",
        "GR": "Graubünden",
        "JU": "Jura",
        "LU": "Luzern",
        "NE": "Neuchâtel",
        "NW": "Nidwalden",
        "OW": "Obwalden",
        "SG": "St. Gallen",
        "SH": "Schaffhausen",
        "SO": "Solothurn",
        "SZ": "Schwyz",
        "TG": "Thurgau",
        "TI": "Ticino",
        "UR": "Uri",
        "VD": "Vaud",
        "VS": "Valais",
        "ZG": "Zug",
        "ZH": "Zürich",
    },
    "DE": {
        "BB": "Brandenburg",
        "BE": "Berlin",
        "BW": "Baden-Württemberg",
        "BY": "Bayern",
        "HB": "Bremen",
        "HE": "Hessen",
        "HH": "Hamburg",
        "MV": "Mecklenburg-Vorpommern",
        "NI": "Niedersachsen",
        "NW": "Nordrhein-Westfalen",
        "RP": "Rheinland-Pfalz",
        "SH": "Schleswig-Holstein",
        "SL": "Saarland",
        "SN": "Sachsen",
        "ST": "Sachsen-Anhalt",
        "TH": "Thüringen",
    },
    "GB": {"ENG": "England", "NIR": "Northern Ireland", "SCT": "Scotland", "WLS": "Wales"},
}
"""Countries where most holidays differ by region, and whose rules are known years ahead.

Spain's are not: its regions move holidays by a decree for each year.
"""

type Days = Mapping[date, str]


def holiday_sets() -> Iterator[dict[str, Any]]:
    yield from italian_sets()
    for country, title in COUNTRIES.items():
        national = days_of(country)
        yield document(country, title, national)
        for region, name in REGIONS.get(country, {}).items():
            regional = days_of(country, region)
            if lacking := national.keys() - regional.keys():
                raise ValueError(f"{country}-{region} does not keep all of {country}: {lacking}")
            own = {day: label for day, label in regional.items() if national.get(day) != label}
            yield document(f"{country}-{region}", f"{title}: {name}", own, includes=country)


def italian_sets() -> Iterator[dict[str, Any]]:
    national: dict[date, str] = {}
    for year in YEARS:
        national |= italian.national_holidays(year)
    yield document("IT", "Italy", national, italian.SOURCE, ITALY_VERSION)
    for province, patron in italian.PATRONS.items():
        yield document(
            f"IT-{province}",
            f"Italy: {patron.city}",
            {date(year, patron.month, patron.day): patron.label for year in YEARS},
            italian.PATRON_SOURCE,
            ITALY_VERSION,
            includes="IT",
        )


def days_of(country: str, region: str | None = None) -> Days:
    """Public holidays, days off in lieu among them, in the country's own language."""
    return dict(sorted(holidays.country_holidays(country, subdiv=region, years=YEARS).items()))


def document(
    name: str,
    title: str,
    days: Days,
    source: str = PACKAGE_SOURCE,
    version: date = PACKAGE_VERSION,
    *,
    includes: str | None = None,
) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "version": version.isoformat(),
        "source": source,
        "first": f"{YEARS[0]}-01-01",
        "last": f"{YEARS[-1]}-12-31",
        "includes": [includes] if includes else [],
        "days": {day.isoformat(): label for day, label in days.items()},
    }


def frozen_files() -> dict[str, str]:
    """Return what the data folder is to hold: text by file name."""
    return {
        f"{each['name']}.json": json.dumps(each, ensure_ascii=False, indent=0) + "\n"
        for each in holiday_sets()
    }


def main() -> None:
    files = frozen_files()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for stale in FOLDER.glob("*.json"):
        if stale.name not in files:
            stale.unlink()
    for name, text in files.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"{len(files)} sets of holidays, {sum(map(len, files.values())):,} characters")


if __name__ == "__main__":
    main()
