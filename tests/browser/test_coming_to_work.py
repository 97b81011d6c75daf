"""Signing in, starting work, and going on after an hour: with a token that nobody else sees."""

import re

import pytest
from playwright.sync_api import expect

from browser.desk_page import DeskPage
from support.browsing import geometry
from support.browsing.looks import Language, Look
from support.browsing.office import Office
from support.browsing.stillness import come_to_rest

pytestmark = pytest.mark.browser

IS_CALL_FOR_TOKENS = re.compile(r"/oauth2/token$")


def stored_in(page: DeskPage) -> str:
    script = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    return str(page.page.evaluate(script))


def test_who_signs_in_leaves_no_token_where_it_could_be_read(office: Office) -> None:
    """That no address ever holds one, every test of a page asserts: `support.browsing.watch`."""
    anna = office.sit_down(office.engage("Anna"))
    expect(anna.page.get_by_role("button", name="Start work")).to_be_visible()
    expect(anna.page).not_to_have_url(re.compile("code=|state="))
    sent = anna.window.watch.sent_tokens
    assert sent, "no call was signed in"
    assert not any(each in stored_in(anna) for each in sent)
    anna.page.go_back()
    anna.page.go_forward()
    expect(anna.navigation.or_(anna.page.get_by_role("button", name="Sign in"))).to_be_visible()
    expect(anna.page).not_to_have_url(re.compile("code="))


def test_a_page_that_is_loaded_anew_is_still_signed_in(office: Office) -> None:
    anna = office.at_work("Anna")
    anna.page.reload()
    expect(anna.presence("Available")).to_be_visible()


def test_work_begins_and_ends_by_a_click(office: Office) -> None:
    anna = office.at_work("Anna")
    account = office.account_of(anna)
    expect(anna.presence("Available")).to_be_visible()
    assert office.ask(account, "GET", "/agents/me").document()["presence"] == "available"
    anna.be("Away")
    expect(anna.presence("Away")).to_be_visible()
    assert office.ask(account, "GET", "/agents/me").document()["presence"] == "away"


def test_what_is_told_stands_over_the_lists_and_pushes_nothing(office: Office) -> None:
    anna = office.at_work("Anna")
    anna.page.reload()
    mute = anna.page.get_by_role("button", name="Let it ring")
    expect(mute).to_be_visible()
    expect(anna.lists.get_by_text("One moment…")).to_have_count(0)
    come_to_rest(anna.page)
    before = anna.lists.bounding_box()
    with anna.window.cut():
        expect(anna.no_line).to_be_visible()
        assert anna.lists.bounding_box() == before
        assert geometry.obstacles(anna.page) == []
        anna.lists.get_by_role("heading").click()
        expect(mute).to_have_count(0)
        assert anna.lists.bounding_box() == before


def test_after_an_hour_the_token_is_renewed_without_a_word(office: Office) -> None:
    anna = office.sit_down(office.engage("Anna"), prepare=lambda page: page.clock.install())
    with anna.page.expect_response(IS_CALL_FOR_TOKENS) as renewal:
        anna.page.clock.fast_forward("01:00:00")
        anna.look_at("Mine")
    assert renewal.value.ok
    expect(anna.lists).to_contain_text("You have nothing")
    expect(anna.page.get_by_role("alert").filter(has_text="session")).to_have_count(0)


@pytest.mark.parametrize(("language", "words"), [("it", "Inizia"), ("en", "Start")])
def test_the_page_speaks_the_language_of_the_browser(
    office: Office, language: Language, words: str
) -> None:
    page = office.sit_down(office.engage("Anna"), Look(language))
    expect(page.page.get_by_role("button", name=re.compile(words))).to_be_visible()
    expect(page.page.locator("html")).to_have_attribute("lang", language)
