"""From a customer's first message to the answer: nothing missed, nobody answered twice."""

import pytest
from playwright.sync_api import Route, expect

from browser.desk_page import DeskPage
from support.browsing.office import Office
from support.clouds.driven_desk import DrivenDesk, said_in

pytestmark = pytest.mark.browser


def answers(desk: DrivenDesk, customer, text: str) -> int:
    return [said_in(call) for call in desk.sent_to(customer)].count(text)


def who_is_asked(*pages: DeskPage) -> tuple[DeskPage, DeskPage]:
    """Wait until one of two has an offer; returns that one, and the other."""
    one, other = pages
    while not (one.offer.is_visible() or other.offer.is_visible()):
        one.page.wait_for_timeout(100)
    return (one, other) if one.offer.is_visible() else (other, one)


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
    assert answers(desk, guest, "Eccomi, guardo subito.") == 1


def test_who_declines_is_followed_by_the_next(office: Office) -> None:
    anna, bruno = office.at_work("Anna"), office.at_work("Bruno")
    guest = office.waiting()
    first, second = who_is_asked(anna, bruno)
    first.decline()
    second.accept(guest.name)
    expect(first.offer).to_have_count(0)


def test_of_two_who_take_it_at_once_one_has_it_and_the_other_is_told(
    desk: DrivenDesk, office: Office
) -> None:
    guest = office.waiting()
    pages = [office.sit_down(office.engage(name)) for name in ("Anna", "Bruno")]
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    for each in pages:
        each.page.route("**/accept", hold)
        each.take_up(guest.name)
        each.act("Accept")
    while len(held) < 2:
        pages[0].page.wait_for_timeout(50)
    for route in held:
        route.continue_()
    told = [each.page.get_by_role("alert").filter(has_text="faster") for each in pages]
    while not any(each.count() for each in told):
        pages[0].page.wait_for_timeout(100)
    assert sum(each.count() for each in told) == 1
    owner = desk.conversation(office.conversation_of(guest))["owner"]
    assert owner["name"] in {office.account_of(each).agent_id for each in pages}
