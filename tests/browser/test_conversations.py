"""What goes wrong where several people and several conversations are at one desk."""

import secrets

import pytest
from playwright.sync_api import expect

from browser.desk_page import DeskPage
from support.browsing.office import Office
from support.clouds.driven_desk import DrivenDesk, said_in

pytestmark = pytest.mark.browser

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


def test_who_writes_after_a_colleague_did_is_asked_once_more(
    desk: DrivenDesk, office: Office, anna: DeskPage
) -> None:
    guest = office.waiting()
    anna.accept(guest.name)
    anna.begin("Arriva domani.")
    expect(anna.field).to_have_value("Arriva domani.")
    path = f"/conversations/{office.conversation_of(guest)}/replies"
    key = {"Idempotency-Key": secrets.token_hex(8)}
    desk.ask("POST", path, {"text": "Arriva oggi."}, role="supervisor", headers=key).expect(202)
    desk.await_sent(guest, containing="Arriva oggi.")
    anna.send()
    question = anna.page.get_by_role("dialog").filter(has_text="replied")
    expect(question).to_contain_text("Arriva oggi.")
    question.get_by_role("button", name="Keep editing").click()
    expect(anna.field).to_have_value("Arriva domani.")
    assert "Arriva domani." not in [said_in(call) for call in desk.sent_to(guest)]


def test_a_conversation_is_handed_to_a_colleague_who_accepts_it(
    office: Office, anna: DeskPage
) -> None:
    guest = office.waiting()
    anna.accept(guest.name)
    bruno = office.at_work("Bruno")
    anna.act("Transfer")
    dialog = anna.page.get_by_role("dialog")
    dialog.get_by_role("tab", name="A colleague").click()
    dialog.get_by_role("searchbox").or_(dialog.get_by_role("combobox")).or_(
        dialog.get_by_role("textbox", name="Find")
    ).first.fill("Bruno")
    name = office.account_of(bruno).name
    dialog.get_by_role("radio", name=name).or_(dialog.get_by_role("option", name=name)).last.click()
    dialog.get_by_label("Note for colleagues").fill("Conosce lui")
    dialog.get_by_role("button", name="Transfer").click()
    bruno.accept(guest.name)
    expect(bruno.message("Conosce lui")).to_have_count(1)
    anna.look_at("Mine")
    expect(anna.row(guest.name)).to_have_count(0)


def test_colleagues_see_who_looks_and_who_writes(office: Office) -> None:
    account = office.engage("Sofia", "agent", "supervisor")
    anna, guest = office.at_work("Anna"), office.waiting()
    anna.accept(guest.name)
    sofia = office.sit_down(account)
    sofia.page.goto(f"{sofia.address}#/all/{office.conversation_of(guest)}")
    expect(sofia.conversation(guest.name)).to_be_visible()
    expect(anna.page.get_by_text("Sofia is looking")).to_be_visible()
    sofia.page.get_by_role("tab", name="Reply").click()
    sofia.field.press_sequentially("Aspetta, ", delay=50)
    expect(anna.page.get_by_text("Sofia is writing").first).to_be_visible()


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
    tab.page.wait_for_timeout(1_000)
    heard = [each.page.evaluate("soundsHeard") for each in (anna, tab)]
    assert sorted(sound > 0 for sound in heard) == [False, True], heard
    anna.accept(guest.name)
    expect(tab.offer).to_have_count(0)
    silent = [each.page.evaluate("soundsHeard") for each in (anna, tab)]
    anna.page.wait_for_timeout(3_500)
    assert [each.page.evaluate("soundsHeard") for each in (anna, tab)] == silent


def test_a_ring_stands_in_the_title_of_the_tab(office: Office, anna: DeskPage) -> None:
    guest = office.waiting()
    expect(anna.offer).to_contain_text(guest.name)
    title = anna.page.title()
    anna.accept(guest.name)
    expect(anna.page).not_to_have_title(title)
    assert "1" in title


def test_a_role_sees_no_button_for_what_the_api_refuses_it(office: Office) -> None:
    guest = office.waiting()
    bruno, anna = office.engage("Bruno"), office.sit_down(office.engage("Anna"))
    office.had_by(bruno, guest)
    name = office.conversation_of(guest)
    anna.page.goto(f"{anna.address}#/all/{name}")
    expect(anna.conversation(guest.name)).to_be_visible()
    for act in ("Take over", "Resolve", "Transfer"):
        expect(anna.page.get_by_role("button", name=act, exact=True)).to_have_count(0)
    account = office.account_of(anna)
    refusals = {
        ("POST", f"/conversations/{name}/take-over"): {},
        ("POST", f"/conversations/{name}/resolve"): {},
        ("POST", f"/conversations/{name}/replies"): {"text": "Ci penso io"},
        ("PUT", "/settings/faq"): {},
        ("GET", "/audit"): None,
    }
    for (method, path), body in refusals.items():
        # By the role, or by whose it is.
        assert office.ask(account, method, path, body).status in {403, 409}, path
