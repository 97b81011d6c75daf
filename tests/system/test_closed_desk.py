"""Outside opening hours: the customer hears once when people are back, and nobody is rung."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from local.cloud.web import call
from support.clouds.driven_desk import DrivenDesk, conversation_in, said_in

pytestmark = pytest.mark.system

ROME = ZoneInfo("Europe/Rome")
RUNG_WHILE_CLOSING_SECONDS = 12
"""Longer than it takes, on a slow machine, to hear the ring and to close the desk."""
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


def test_closures_out_of_a_calendar_of_the_business_close_the_desk(desk: DrivenDesk) -> None:
    today = datetime.now(ROME).date()
    reopening = today + timedelta(days=3)
    closure = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Inventario\r\n"
        f"DTSTART;VALUE=DATE:{today:%Y%m%d}\r\nDTEND;VALUE=DATE:{reopening:%Y%m%d}\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    hours = {"time_zone": "Europe/Rome", "weekly": {"mon-sun": [["09:30", "18:00"]]}}
    customer = desk.whatsapp_customer()
    with desk.settings(opening_hours={"calendars": {"default": hours}}):
        imported = call(
            "POST",
            f"{desk.stack.agent_api_base}/settings/opening_hours/calendars/default/closures",
            closure.encode(),
            {"content-type": "text/calendar", "Authorization": desk.stack.tokens["supervisor"]},
        )
        labels = [closed["label"] for closed in imported.expect(200).document()["imported"]]
        customer.write("Il mio fenicottero gonfiabile ha perso una scarpa")
        told = desk.await_sent(customer)
        desk.await_settled(conversation_in(told))

    assert labels == ["Inventario"]
    assert f"{WEEKDAYS['it'][reopening.weekday()]} {reopening.day}" in said_in(told)
    assert desk.rings(conversation_in(told)) == []


@pytest.mark.parametrize("tiers", [1, 2], ids=["ladder-ends", "next-tier"])
def test_a_desk_that_closes_while_people_are_rung_says_so_and_rings_at_the_opening(
    desk: DrivenDesk, tiers: int
) -> None:
    """What the ladder's functions need for it they must be allowed to do."""
    opening = datetime.now(ROME) + timedelta(days=3)
    always = {"time_zone": "Europe/Rome", "weekly": {"mon-sun": [["00:00", "24:00"]]}}
    closed = {
        "time_zone": "Europe/Rome",
        "special": {f"{opening:%Y-%m-%d}": [["09:30", "12:00"]]},
    }
    tier = {"endpoints": ["front-desk"], "ring_seconds": RUNG_WHILE_CLOSING_SECONDS}
    queue = {"tiers": [{**tier, "name": f"tier-{number}"} for number in range(tiers)]}
    customer = desk.whatsapp_customer()
    with desk.settings(
        opening_hours={"calendars": {"default": always}}, queues={"queues": {"default": queue}}
    ):
        customer.write("Vorrei parlare con una persona")
        conversation_id = conversation_in(desk.await_sent(customer))
        desk.await_ring(conversation_id, "conversation.offered")
        with desk.settings(opening_hours={"calendars": {"default": closed}}):
            told = desk.await_sent(customer, containing="alle 9:30")
            desk.await_entry(
                conversation_id,
                lambda entry: entry["type"] == "LadderPostponed",
                what="a ladder that climbs at the opening",
            )
    assert f"{WEEKDAYS['it'][opening.weekday()]} {opening.day}" in said_in(told)
    assert len(desk.rings(conversation_id, "conversation.offered")) == 1
    desk.act(conversation_id, "resolve").expect(200)
