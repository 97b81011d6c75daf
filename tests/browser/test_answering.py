"""From a customer's first message to the answer: nothing missed, nothing sent twice."""

import pytest
from playwright.sync_api import expect

from support.browsing.office import Office
from support.clouds.driven_desk import DrivenDesk

pytestmark = pytest.mark.browser


def test_a_customer_is_answered_from_the_page(desk: DrivenDesk, office: Office) -> None:
    anna = office.at_work("Anna")
    guest = office.waiting("", "Il mio pacco è in ritardo")
    anna.accept(guest.name)
    expect(anna.message("Il mio pacco è in ritardo")).to_have_count(1)
    anna.reply("Eccomi, guardo subito.")
    desk.await_sent(guest, containing="Eccomi, guardo subito.")
    guest.write("Grazie!")
    expect(anna.message("Grazie!")).to_have_count(1)
    anna.act("Resolve")
    expect(anna.row(guest.name)).to_have_count(0)
    assert office.times_sent(guest, "Eccomi, guardo subito.") == 1
