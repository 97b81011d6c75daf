"""What goes wrong where several people are at one desk: each conversation has one of them."""

import secrets

import pytest
from playwright.sync_api import Locator, Route, expect

from browser.desk_page import DeskPage
from support.browsing.office import Customer, Office
from support.browsing.window import await_heard
from support.clouds.driven_desk import DrivenDesk

pytestmark = pytest.mark.browser


@pytest.fixture
def anna(office: Office) -> DeskPage:
    return office.at_work("Anna")


def who_is_asked(*pages: DeskPage) -> tuple[DeskPage, DeskPage]:
    """Wait until one of two has an offer; returns that one, and the other."""
    one, other = pages
    await_heard(one.page, lambda: one.offer.is_visible() or other.offer.is_visible(), what="offer")
    return (one, other) if one.offer.is_visible() else (other, one)


def replies_as_colleague(desk: DrivenDesk, office: Office, guest: Customer, text: str) -> None:
    path = f"/conversations/{office.conversation_of(guest)}/replies"
    key = {"Idempotency-Key": secrets.token_hex(8)}
    desk.ask("POST", path, {"text": text}, role="supervisor", headers=key).expect(202)
    desk.await_sent(guest, containing=text)


def alert(page: DeskPage, words: str) -> Locator:
    return page.page.get_by_role("alert").filter(has_text=words)


def test_who_declines_is_followed_by_the_next(office: Office, anna: DeskPage) -> None:
    bruno = office.at_work("Bruno")
    guest = office.waiting()
    first, second = who_is_asked(anna, bruno)
    expect(second.offer).to_have_count(0)
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
        if len(held) == len(pages):
            route.continue_()  # asked once more, of a desk that was busy
        else:
            held.append(route)

    for each in pages:
        each.page.route("**/accept", hold)
        each.take_up(guest.name)
        each.act("Accept")
    await_heard(pages[0].page, lambda: len(held) == len(pages), what="calls of both")
    for route in held:
        route.continue_()
    expect(
        pages[0].page.get_by_text("with you").or_(alert(pages[0], "faster")).first
    ).to_be_visible()
    owner = desk.conversation(office.conversation_of(guest))["owner"]["name"]
    pages.sort(key=lambda each: office.account_of(each).agent_id != owner)
    winner, loser = pages
    expect(alert(loser, "faster")).to_have_count(1)
    expect(alert(winner, "faster")).to_have_count(0)
    winner.look_at("Mine")
    expect(winner.row(guest.name)).to_have_count(1)
    loser.look_at("Waiting")
    expect(loser.row(guest.name)).to_have_count(0)


def test_who_writes_after_a_colleague_did_is_asked_once_more(
    desk: DrivenDesk, office: Office, anna: DeskPage
) -> None:
    guest = office.waiting()
    anna.accept(guest.name)
    anna.begin("Arriva domani.")
    expect(anna.field).to_have_value("Arriva domani.")
    replies_as_colleague(desk, office, guest, "Arriva oggi.")
    anna.send()
    question = anna.page.get_by_role("dialog").filter(has_text="replied")
    expect(question).to_contain_text("Arriva oggi.")
    question.get_by_role("button", name="Keep editing").click()
    expect(anna.field).to_have_value("Arriva domani.")
    assert office.times_sent(guest, "Arriva domani.") == 0


def test_who_sends_it_all_the_same_sends_it_once(
    desk: DrivenDesk, office: Office, anna: DeskPage
) -> None:
    guest = office.waiting()
    anna.accept(guest.name)
    anna.begin("Arriva domani.")
    replies_as_colleague(desk, office, guest, "Arriva oggi.")
    anna.send()
    question = anna.page.get_by_role("dialog").filter(has_text="replied")
    question.get_by_role("button", name="Send anyway").dblclick()
    expect(anna.message("Arriva domani.")).to_have_count(1)
    expect(anna.field).to_have_value("")
    desk.await_sent(guest, containing="Arriva domani.")
    desk.await_settled(office.conversation_of(guest))
    assert office.times_sent(guest, "Arriva domani.") == 1
    assert office.times_sent(guest, "Arriva oggi.") == 1


def test_a_conversation_is_handed_to_a_colleague_whom_alone_it_rings(
    office: Office, anna: DeskPage
) -> None:
    guest = office.waiting()
    anna.accept(guest.name)
    bruno, carla = office.at_work("Bruno"), office.at_work("Carla")
    anna.act("Transfer")
    dialog = anna.page.get_by_role("dialog")
    dialog.get_by_role("tab", name="A colleague").click()
    dialog.get_by_role("searchbox", name="Find a colleague").fill("Bruno")
    # Bruno of this test: there were others of the name.
    own = f"[value='{office.account_of(bruno).agent_id}']"
    dialog.get_by_role("radio").and_(dialog.locator(own)).check()
    dialog.get_by_label("Note for colleagues").fill("Conosce lui")
    dialog.get_by_role("button", name="Transfer").click()
    expect(dialog).to_have_count(0)
    expect(bruno.offer).to_contain_text(guest.name)
    expect(carla.offer).to_have_count(0)
    anna.look_at("Mine")
    expect(anna.row(guest.name)).to_have_count(0)
    bruno.accept(guest.name)
    expect(bruno.log).to_contain_text("Conosce lui")
    expect(anna.offer).to_have_count(0)
    bruno.look_at("Mine")
    expect(bruno.row(guest.name)).to_have_count(1)


def test_colleagues_are_seen_to_look_and_to_write_as_long_as_they_do(office: Office) -> None:
    account = office.engage("Sofia", "agent", "supervisor")
    anna, guest = office.at_work("Anna"), office.waiting()
    anna.accept(guest.name)
    sofia = office.sit_down(account)
    sofia.page.goto(f"{sofia.address}#/all/{office.conversation_of(guest)}")
    expect(sofia.conversation(guest.name)).to_be_visible()
    expect(anna.page.get_by_text("Sofia is looking")).to_be_visible()
    sofia.page.get_by_role("tab", name="Reply").click()
    writes = anna.page.get_by_text("Sofia is writing")

    def seen_to_write() -> bool:
        """What is typed is believed for some seconds: Sofia goes on until Anna has seen it."""
        sofia.field.press_sequentially("Aspetta, ", delay=50)
        return writes.first.is_visible()

    await_heard(anna.page, seen_to_write, what="sign that Sofia writes")
    sofia.field.fill("")
    expect(writes).to_have_count(0)
    expect(anna.page.get_by_text("Sofia is looking")).to_be_visible()
    sofia.go_to("Settings")
    expect(anna.page.get_by_text("Sofia is looking")).to_have_count(0)


def test_who_loses_a_conversation_to_a_supervisor_is_told(office: Office) -> None:
    account = office.engage("Sofia", "agent", "supervisor")
    anna, guest = office.at_work("Anna"), office.waiting()
    anna.accept(guest.name)
    anna.begin("Un momento")
    sofia = office.sit_down(account)
    sofia.page.goto(f"{sofia.address}#/all/{office.conversation_of(guest)}")
    sofia.page.get_by_role("button", name="More to do").click()
    sofia.page.get_by_role("menuitem", name="Take over").click()
    expect(alert(anna, f"Sofia has taken over {guest.name}")).to_have_count(1)
    expect(anna.page.get_by_text("Sofia has this conversation")).to_be_visible()
    expect(anna.page.get_by_role("button", name="Send", exact=True)).to_have_count(0)
    anna.look_at("Mine")
    expect(anna.row(guest.name)).to_have_count(0)
    sofia.look_at("Mine")
    expect(sofia.row(guest.name)).to_have_count(1)
