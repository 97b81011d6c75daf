"""A morning at the desk of a shop, as it stands on pictures: who wrote, who has whom."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from local.cloud.observing import wait_until
from support.browsing.many_rows import instant
from support.browsing.office import ASKS_FOR_PERSON, Account, Customer, Office
from support.clouds.driven_desk import PATIENCE_SECONDS

WAITING = {
    "Marco Conti": "Il rubinetto gocciola ancora, e ho già pagato la riparazione",
    "Harriet Long": "My order came without the hinges, could you send them on?",
    "Davide Greco": "Aprite anche il 24 dicembre?",
    "Elena Ferri": "Ho ricevuto due fatture per lo stesso trapano",
    "Tomaso dell'Acquasanta di San Bartolomeo": "Quando arriva la vernice bianca opaca lavabile?",
}
ASIDE = {"Paolo Riva": "Richiamatemi lunedì, per favore"}
GIULIA = "Giulia Bianchi"
LONG_WORD = "https://tracking.example.com/parcels/2026/11/30/IT0093840021177700012345678901234567"


@dataclass
class SampleDay:
    """`anna` has what is shown, `giulia` is the conversation that is open."""

    anna: Account
    sofia: Account
    giulia: str
    waiting: str


def sample_day(office: Office) -> SampleDay:
    anna = office.engage("Anna", "agent", "supervisor")
    sofia = office.engage("Sofia", "agent", "supervisor")
    giulia = _giulia(office, anna, sofia)
    for name, text in ASIDE.items():
        customer = office.waiting(name, text)
        office.had_by(anna, customer)
        until = instant(datetime.now(UTC) + timedelta(days=3))
        _done(office, anna, customer, "snooze", {"until": until})
    waiting = [office.waiting(name, text) for name, text in WAITING.items()]
    _listed(office, anna, len(waiting))
    first = next(iter(waiting))
    return SampleDay(anna, sofia, office.conversation_of(giulia), office.conversation_of(first))


def _giulia(office: Office, anna: Account, sofia: Account) -> Customer:
    giulia = office.customer(GIULIA)
    giulia.write("Buongiorno!")
    giulia.write(f"{ASKS_FOR_PERSON}: il mio pacco è in ritardo di tre giorni")
    office.desk.await_sent(giulia)
    office.had_by(anna, giulia)
    _done(office, anna, giulia, "replies", {"text": "Buongiorno Giulia, guardo subito dov'è."})
    giulia.send_file("image", "picture-of-a-label", mime_type="image/png")
    note = "Il corriere ha sbagliato filiale, già due volte."
    _done(office, sofia, giulia, "notes", {"text": note})
    tracking = f"È a Bergamo, arriva domani entro le 12: {LONG_WORD}"
    _done(office, anna, giulia, "replies", {"text": tracking})
    office.desk.await_sent(giulia, containing="Bergamo")
    giulia.write("Perfetto, grazie. Posso ritirarlo io in negozio?")
    return giulia


def _done(office: Office, who: Account, customer: Customer, what: str, document: Any) -> None:
    path = f"/conversations/{office.conversation_of(customer)}/{what}"
    office.ask(who, "POST", path, document).expect(200, 201, 202)


def _listed(office: Office, who: Account, amount: int) -> None:
    """Wait until the list has them: its index is behind by moments."""

    def is_whole() -> bool:
        rows = office.ask(who, "GET", "/inbox?view=waiting").expect(200).document()["rows"]
        names = {row["name"] for row in rows if row["last_words"]}
        return len(names & WAITING.keys()) >= amount

    wait_until(is_whole, seconds=PATIENCE_SECONDS, what="whole list")
