"""What goes wrong where several conversations, or several tabs, are open at one desk."""

import re

import pytest
from playwright.sync_api import expect

from browser.desk_page import DeskPage
from support.browsing.office import Office
from support.browsing.window import await_heard
from support.clouds.driven_desk import DrivenDesk, said_in

pytestmark = pytest.mark.browser

RINGS_ONCE = re.compile(r"^● \(1\) ")
COUNT_SOUNDS = """
    window.soundsHeard = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...when) {
        window.soundsHeard += 1;
        return start.apply(this, when);
    };
"""


@pytest.fixture
def anna(office: Office) -> DeskPage:
    return office.at_work("Anna")


def test_what_was_begun_is_there_after_the_page_was_loaded_anew(
    office: Office, anna: DeskPage
) -> None:
    guest = office.waiting()
    anna.accept(guest.name)
    anna.begin("Gentile cliente, il suo pac")
    anna.page.reload()
    expect(anna.field).to_have_value("Gentile cliente, il suo pac")


def test_what_was_begun_for_one_customer_never_goes_to_another(
    desk: DrivenDesk, office: Office, anna: DeskPage
) -> None:
    first, second = office.waiting(), office.waiting()
    office.had_by(office.account_of(anna), first, second)
    anna.look_at("Mine")
    anna.take_up(second.name)
    anna.begin("Per il secondo")
    anna.take_up(first.name)
    expect(anna.field).to_have_value("")
    anna.reply("Per il primo")
    desk.await_sent(first, containing="Per il primo")
    anna.take_up(second.name)
    expect(anna.field).to_have_value("Per il secondo")
    assert not [call for call in desk.sent_to(second) if "primo" in said_in(call)]
    assert not [call for call in desk.sent_to(first) if "secondo" in said_in(call)]


def test_a_note_is_never_sent(desk: DrivenDesk, office: Office, anna: DeskPage) -> None:
    guest = office.waiting()
    anna.accept(guest.name)
    anna.note("Cliente difficile")
    expect(anna.message("Cliente difficile")).to_contain_text("colleagues only")
    expect(anna.page.get_by_role("button", name="Send", exact=True)).to_have_count(0)
    anna.reply("Eccomi, mi dica.")
    desk.await_sent(guest, containing="Eccomi, mi dica.")
    desk.await_settled(office.conversation_of(guest))
    assert not [call for call in desk.sent_to(guest) if "difficile" in said_in(call)]


def test_of_two_tabs_one_rings_until_it_is_answered(office: Office) -> None:
    account = office.engage("Anna")
    anna = office.sit_down(account, prepare=lambda page: page.context.add_init_script(COUNT_SOUNDS))
    anna.start_work()
    tab = anna.another_tab()
    tab.page.mouse.click(5, 5)
    guest = office.waiting()
    expect(anna.offer).to_contain_text(guest.name)
    expect(tab.offer).to_contain_text(guest.name)

    def heard() -> list[int]:
        return [each.page.evaluate("soundsHeard") for each in (anna, tab)]

    once = await_heard(anna.page, lambda: sum(heard()), what="ring")
    await_heard(anna.page, lambda: sum(heard()) > once, what="ring once more")
    assert sorted(sound > 0 for sound in heard()) == [False, True], heard()
    anna.accept(guest.name)
    for each in (anna, tab):
        expect(each.offer).to_have_count(0)
    silent = heard()
    anna.page.wait_for_timeout(3_500)
    assert heard() == silent


def test_a_ring_stands_in_the_title_of_the_tab(office: Office, anna: DeskPage) -> None:
    guest = office.waiting()
    expect(anna.offer).to_contain_text(guest.name)
    expect(anna.page).to_have_title(RINGS_ONCE)
    anna.accept(guest.name)
    expect(anna.page).not_to_have_title(RINGS_ONCE)


COMPOSES = """field => field.dispatchEvent(new KeyboardEvent("keydown",
    {key: "Enter", ctrlKey: true, isComposing: true, bubbles: true, cancelable: true}))"""


def test_an_enter_that_composes_a_word_sends_nothing(office: Office, anna: DeskPage) -> None:
    guest = office.waiting()
    anna.accept(guest.name)
    anna.begin("にほん")
    anna.field.evaluate(COMPOSES)
    expect(anna.field).to_have_value("にほん")
    anna.page.keyboard.press("Control+Enter")
    expect(anna.message("にほん")).to_have_count(1)
    expect(anna.field).to_have_value("")
