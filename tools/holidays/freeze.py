"""Write the packaged holiday data, so that no function computes or imports holidays.

    python -m tools.holidays.freeze

Italy comes from `tools.holidays.italian`, other countries from the PyPI package `holidays`, which
the developers' environment pins. The same versions give the same bytes; a test holds the files
against it. Whoever changes a rule, or pins a package that changes a date, moves the version.
"""

import json
from collections import Counter
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
REGIONS_VERSION = date(2026, 11, 29)
"""Of the sets that came later than their countries."""

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

Spain's are not: its regions move holidays by a decree for each year. The holidays of American
states are those of state offices, and drop federal ones. The package knows no others of Austria,
Belgium, Ireland, the Netherlands and Poland.
"""

LATER_REGIONS = {
    "FR": {
        "6AE": "Alsace",
        "57": "Moselle",
        "971": "Guadeloupe",
        "972": "Martinique",
        "973": "Guyane",
        "974": "La Réunion",
        "976": "Mayotte",
        "BL": "Saint-Barthélemy",
        "MF": "Saint-Martin",
        "NC": "Nouvelle-Calédonie",
        "PF": "Polynésie française",
        "WF": "Wallis-et-Futuna",
    },
    "PT": {
        "01": "Aveiro",
        "02": "Beja",
        "03": "Braga",
        "04": "Bragança",
        "05": "Castelo Branco",
        "06": "Coimbra",
        "07": "Évora",
        "08": "Faro",
        "09": "Guarda",
        "10": "Leiria",
        "11": "Lisboa",
        "12": "Portalegre",
        "13": "Porto",
        "14": "Santarém",
        "15": "Setúbal",
        "16": "Viana do Castelo",
        "17": "Vila Real",
        "18": "Viseu",
        "20": "Açores",
        "30": "Madeira",
    },
}
"""Of Portugal's districts the municipal day of the capital."""

CATHOLIC = {"BY": "BYK", "SN": "SNK", "TH": "THK"}
"""German states where a further day is a holiday in Catholic communities only, Munich among them:
their sets have a name of our own, with K for `katholisch`."""
AUGSBURG = "BYA"

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
        for region, name in LATER_REGIONS.get(country, {}).items():
            yield later_document(
                f"{country}-{region}", f"{title}: {name}", country, national, region
            )
    yield from german_communities()


def german_communities() -> Iterator[dict[str, Any]]:
    title, states = COUNTRIES["DE"], REGIONS["DE"]
    for state, name in CATHOLIC.items():
        further = days_of("DE", state, ("catholic",))
        yield document(
            f"DE-{name}",
            f"{title}: {states[state]}, Catholic communities",
            further,
            version=REGIONS_VERSION,
            includes=f"DE-{state}",
        )
    bavaria = days_of("DE", "BY", ("public", "catholic"))
    further = {day: label for day, label in days_of("DE", "Augsburg").items() if day not in bavaria}
    name = f"DE-{AUGSBURG}"
    yield document(name, f"{title}: Augsburg", further, version=REGIONS_VERSION, includes="DE-BYK")


def later_document(
    name: str, title: str, country: str, national: Days, region: str
) -> dict[str, Any]:
    """Write what a region adds to a country's days, under the label of its own."""
    own = {
        day: _without(national.get(day, ""), label)
        for day, label in days_of(country, region).items()
        if national.get(day) != label
    }
    return document(name, title, own, version=REGIONS_VERSION, includes=country)


def _without(national: str, label: str) -> str:
    parts = national.split("; ")
    return "; ".join(part for part in label.split("; ") if part not in parts)


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

    theirs = days_of("IT")
    for province, city in italian.CITIES_OF_THE_PACKAGE.items():
        region = italian.SUBDIVISIONS.get(province, province)
        yield later_document(f"IT-{province}", f"Italy: {city}", "IT", theirs, region)
    for province, patron in italian.PATRONS_ON_HOLIDAYS.items():
        yield document(
            f"IT-{province}",
            f"Italy: {patron.city}",
            {date(year, patron.month, patron.day): patron.label for year in YEARS},
            italian.PATRON_SOURCE,
            REGIONS_VERSION,
            includes="IT",
        )
    yield document(
        "IT-BZ",
        "Italy: Bolzano/Bozen, Alto Adige/Südtirol",
        {italian.whit_monday(year): italian.WHIT_MONDAY for year in YEARS},
        version=REGIONS_VERSION,
        includes="IT",
    )


def days_of(
    country: str, region: str | None = None, categories: tuple[str, ...] = ("public",)
) -> Days:
    """Public holidays, days off in lieu among them, in the country's own language."""
    days = holidays.country_holidays(country, subdiv=region, years=YEARS, categories=categories)
    return dict(sorted(days.items()))


def document(
    name: str,
    title: str,
    days: Days,
    source: str = PACKAGE_SOURCE,
    version: date = PACKAGE_VERSION,
    *,
    includes: str | None = None,
) -> dict[str, Any]:
    yearly = _yearly(days) if includes else {}
    return {
        "name": name,
        "title": title,
        "version": version.isoformat(),
        "source": source,
        "first": f"{YEARS[0]}-01-01",
        "last": f"{YEARS[-1]}-12-31",
        "includes": [includes] if includes else [],
        "yearly": yearly,
        "days": {
            day.isoformat(): label
            for day, label in days.items()
            if yearly.get(f"{day:%m-%d}") != label
        },
    }


def _yearly(days: Days) -> dict[str, str]:
    """Return, by month and day, what falls on the same date in every year."""
    counts = Counter((f"{day:%m-%d}", label) for day, label in days.items())
    return {day: label for (day, label), count in counts.items() if count == len(YEARS)}


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
