"""Outside opening hours: the customer hears once when people are back, and nobody is rung."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from support.driven_desk import DrivenDesk, conversation_in, said_in

pytestmark = pytest.mark.system

ROME = ZoneInfo("Europe/Rome")
WEEKDAYS = {
    "it": ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


@pytest.mark.parametrize(
    ("language", "question", "detail", "announcement"),
    [
        (
            "it",
            "Il mio fenicottero gonfiabile ha perso una scarpa",
            "La scarpa era quella sinistra",
            r"riapre {day}°?(?: [a-z]+)?(?: \d{{4}})? alle 9:30\.",
        ),
        (
            "en",
            "My inflatable flamingo has lost one of its shoes",
            "It was the left shoe, by the way",
            r"open again on {day}(?: [A-Z][a-z]+)?(?: \d{{4}})? at 9:30 am\.",
        ),
    ],
)
def test_a_closed_desk_says_once_when_it_opens_and_rings_nobody(
    desk: DrivenDesk, language: str, question: str, detail: str, announcement: str
) -> None:
    # Three days ahead the day goes by name and number, whether or not midnight passes meanwhile;
    # month and year are named where they differ from today's.
    opening = datetime.now(ROME) + timedelta(days=3)
    weekday = WEEKDAYS["en"][opening.weekday()][:3].lower()
    hours = {"time_zone": "Europe/Rome", "weekly": {weekday: [["09:30", "12:00"]]}}
    customer = desk.whatsapp_customer()
    with desk.settings(opening_hours={"calendars": {"default": hours}}):
        customer.write(question)
        told = desk.await_sent(customer)
        conversation_id = conversation_in(told)
        customer.write(detail)
        desk.await_entry(conversation_id, lambda entry: entry["text"] == detail, what="the detail")
        desk.await_settled(conversation_id)

    day = f"{WEEKDAYS[language][opening.weekday()]} {opening.day}"
    assert re.search(announcement.format(day=day), said_in(told))
    assert len(desk.sent_to(customer)) == 1
    assert desk.rings(conversation_id) == []
    assert desk.conversation(conversation_id)["owner"]["kind"] == "queue"
