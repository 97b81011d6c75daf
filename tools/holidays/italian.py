"""Italian public holidays from the laws themselves, and the patron days of the larger cities.

National: law 260 of 1949 (article 2) as changed by law 54 of 1977, presidential decree 792 of 1985,
law 336 of 2000, and law 151 of 2025, which makes 4 October a holiday again from 2026 on. These name
only the Monday of Easter; its Sunday is here for desks that open on other Sundays.
The first Sunday of November (national unity) is a commemoration, not a holiday, and not here.

In the province of Bolzano/Bozen everybody is off on Whit Monday, and on no patron's day.

A patron's day is a holiday in that municipality by custom and collective agreements; in Rome, 29
June is one by decree 792 of 1985.
"""

from datetime import date, timedelta
from typing import NamedTuple

from dateutil.easter import easter

SOURCE = "Laws 260/1949, 54/1977, 336/2000 and 151/2025, decree 792/1985"
PATRON_SOURCE = "Municipal custom; collective labour agreements"

_FIXED = {
    (1, 1): "Capodanno",
    (1, 6): "Epifania",
    (4, 25): "Festa della Liberazione",
    (5, 1): "Festa del Lavoro",
    (6, 2): "Festa della Repubblica",
    (8, 15): "Assunzione di Maria (Ferragosto)",
    (11, 1): "Ognissanti",
    (12, 8): "Immacolata Concezione",
    (12, 25): "Natale",
    (12, 26): "Santo Stefano",
}
_SAINT_FRANCIS_SINCE = 2026


class Patron(NamedTuple):
    city: str
    month: int
    day: int
    label: str


PATRONS = {
    "BA": Patron("Bari", 12, 6, "San Nicola"),
    "BG": Patron("Bergamo", 8, 26, "Sant'Alessandro"),
    "BO": Patron("Bologna", 10, 4, "San Petronio"),
    "BS": Patron("Brescia", 2, 15, "Santi Faustino e Giovita"),
    "CA": Patron("Cagliari", 10, 30, "San Saturnino"),
    "CT": Patron("Catania", 2, 5, "Sant'Agata"),
    "FG": Patron("Foggia", 3, 22, "Madonna dei Sette Veli"),
    "FI": Patron("Firenze", 6, 24, "San Giovanni Battista"),
    "GE": Patron("Genova", 6, 24, "San Giovanni Battista"),
    "LI": Patron("Livorno", 5, 22, "Santa Giulia"),
    "ME": Patron("Messina", 6, 3, "Madonna della Lettera"),
    "MI": Patron("Milano", 12, 7, "Sant'Ambrogio"),
    "MO": Patron("Modena", 1, 31, "San Geminiano"),
    "NA": Patron("Napoli", 9, 19, "San Gennaro"),
    "PA": Patron("Palermo", 7, 15, "Santa Rosalia"),
    "PD": Patron("Padova", 6, 13, "Sant'Antonio"),
    "PG": Patron("Perugia", 1, 29, "San Costanzo"),
    "PR": Patron("Parma", 1, 13, "Sant'Ilario"),
    "RA": Patron("Ravenna", 7, 23, "Sant'Apollinare"),
    "RC": Patron("Reggio Calabria", 4, 23, "San Giorgio"),
    "RE": Patron("Reggio Emilia", 11, 24, "San Prospero"),
    "RM": Patron("Roma", 6, 29, "Santi Pietro e Paolo"),
    "SA": Patron("Salerno", 9, 21, "San Matteo"),
    "TA": Patron("Taranto", 5, 10, "San Cataldo"),
    "TN": Patron("Trento", 6, 26, "San Vigilio"),
    "TO": Patron("Torino", 6, 24, "San Giovanni Battista"),
    "TS": Patron("Trieste", 11, 3, "San Giusto"),
    # Saint Mark falls on the Liberation. 21 November (Madonna della Salute), on which many close
    # instead, is not the patron's day: a business that keeps it writes it under `closed`.
    "VE": Patron("Venezia", 4, 25, "San Marco"),
    "VI": Patron("Vicenza", 9, 8, "Madonna di Monte Berico"),
    # The diocese keeps 21 May, the translation; 12 April often falls into Easter.
    "VR": Patron("Verona", 5, 21, "San Zeno"),
}
"""By the code of the province, whose capital the city is."""


PATRONS_ON_HOLIDAYS = {
    "BI": Patron("Biella", 12, 26, "Santo Stefano"),
    "PO": Patron("Prato", 12, 26, "Santo Stefano"),
}
"""The package leaves these out, since everybody is off."""

CITIES_OF_THE_PACKAGE = {
    "AG": "Agrigento",
    "AL": "Alessandria",
    "AN": "Ancona",
    "AO": "Aosta",
    "AP": "Ascoli Piceno",
    "AQ": "L'Aquila",
    "AR": "Arezzo",
    "AT": "Asti",
    "AV": "Avellino",
    "BL": "Belluno",
    "BN": "Benevento",
    "BR": "Brindisi",
    "CB": "Campobasso",
    "CE": "Caserta",
    "CH": "Chieti",
    "CL": "Caltanissetta",
    "CN": "Cuneo",
    "CO": "Como",
    "CR": "Cremona",
    "CS": "Cosenza",
    "CZ": "Catanzaro",
    "EN": "Enna",
    "FC": "Forlì",
    "FE": "Ferrara",
    "FM": "Fermo",
    "FR": "Frosinone",
    "GO": "Gorizia",
    "GR": "Grosseto",
    "IM": "Imperia",
    "IS": "Isernia",
    "KR": "Crotone",
    "LC": "Lecco",
    "LE": "Lecce",
    "LO": "Lodi",
    "LT": "Latina",
    "LU": "Lucca",
    "MB": "Monza",
    "MC": "Macerata",
    "MN": "Mantova",
    "MS": "Massa",
    "MT": "Matera",
    "NO": "Novara",
    "NU": "Nuoro",
    "OR": "Oristano",
    "PC": "Piacenza",
    "PE": "Pescara",
    "PI": "Pisa",
    "PN": "Pordenone",
    "PT": "Pistoia",
    "PU": "Pesaro",
    "PV": "Pavia",
    "PZ": "Potenza",
    "RI": "Rieti",
    "RN": "Rimini",
    "RO": "Rovigo",
    "SI": "Siena",
    "SO": "Sondrio",
    "SP": "La Spezia",
    "SR": "Siracusa",
    "SS": "Sassari",
    "SU": "Carbonia",
    "SV": "Savona",
    "TE": "Teramo",
    "TP": "Trapani",
    "TR": "Terni",
    "TV": "Treviso",
    "UD": "Udine",
    "VA": "Varese",
    "VB": "Verbania",
    "VC": "Vercelli",
    "VT": "Viterbo",
    "VV": "Vibo Valentia",
}
"""Where the patron's day is the package's. Not Ragusa, of which it has two cities' days, nor
Barletta, Andria and Trani, three cities of one province."""

SUBDIVISIONS = {"FC": "Forli", "PU": "Pesaro"}
"""What the package calls the city, where the province has two."""

WHIT_MONDAY = "Lunedì di Pentecoste / Pfingstmontag"
WHIT_MONDAY_SOURCE = (
    "Custom of the province, kept by collective agreements instead of a patron's day"
)


def whit_monday(year: int) -> date:
    return easter(year) + timedelta(days=50)


def national_holidays(year: int) -> dict[date, str]:
    named = [(date(year, month, day), label) for (month, day), label in _FIXED.items()]
    named += [(easter(year), "Pasqua"), (easter(year) + timedelta(days=1), "Lunedì dell'Angelo")]
    if year >= _SAINT_FRANCIS_SINCE:
        named.append((date(year, 10, 4), "San Francesco d'Assisi"))
    days: dict[date, str] = {}
    for day, label in sorted(named):
        # In 2038 Easter falls on the Liberation.
        days[day] = f"{days[day]}; {label}" if day in days else label
    return days
