"""Where tokens, codes and what somebody wrote may be found afterwards: nowhere."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from browser.desk_page import DeskPage
from support.browsing.office import Office

pytestmark = pytest.mark.browser

CHOICES = {"sportello.language", "sportello.choices", "sportello.letters", "sportello.side"}
DRAFT = "Gentile cliente, la sua tessera"
UNSENT = "Questo non è ancora partito"


class Session:
    """All that a page lets be seen from outside, from its first call on."""

    def __init__(self, page: Page) -> None:
        self.requests: list[Request] = []
        self.lines: list[str] = []
        self.codes: set[str] = set()
        self._page = page
        page.context.on("request", self._hear)
        page.context.on("console", lambda message: self.lines.append(message.text))
        page.context.on("response", lambda response: self._look_for_code(response.headers))

    def _hear(self, request: Request) -> None:
        self.requests.append(request)

    def _look_for_code(self, headers: dict[str, str]) -> None:
        query = parse_qs(urlsplit(headers.get("location", "")).query)
        self.codes.update(query.get("code", []))

    def history(self) -> list[str]:
        page = self._page.context.new_cdp_session(self._page)
        entries: list[dict[str, Any]] = page.send("Page.getNavigationHistory")["entries"]
        return [part for entry in entries for part in (entry["url"], entry["userTypedURL"])]

    def traces(self) -> Iterator[tuple[str, str]]:
        """Yield where something could be read, and what stands there."""
        for line in self.lines:
            yield "console", line
        for entry in self.history():
            yield "history", entry
        for request in self.requests:
            yield f"referrer of {request.url}", request.headers.get("referer", "")
            if "code" not in parse_qs(urlsplit(request.url).query):
                yield "address", request.url

    def stored(self) -> dict[str, dict[str, str]]:
        script = "({local: {...localStorage}, session: {...sessionStorage}})"
        return dict(
            self._page.evaluate(script), cookies={"": self._page.evaluate("document.cookie")}
        )


def sign_out(anna: DeskPage) -> None:
    """Sign out here and at the pool, which leads back."""
    anna.page.get_by_role("button", name="Anna: ").click()
    anyway = anna.page.get_by_role("button", name="Sign out anyway")
    welcome = anna.page.get_by_role("button", name="Sign in")
    with anna.page.expect_navigation(url=f"{anna.address}**"):
        anna.page.get_by_role("menuitem", name="Sign out").click()
        expect(anyway.or_(welcome).first).to_be_visible()
        if anyway.is_visible():
            anyway.click()
    expect(welcome).to_be_visible()


def test_a_whole_session_leaves_no_token_and_no_code_anywhere(office: Office) -> None:
    sessions: list[Session] = []
    anna = office.sit_down(
        office.engage("Anna"), prepare=lambda page: sessions.append(Session(page))
    )
    (session,) = sessions
    anna.start_work()
    guest = office.waiting()
    anna.accept(guest.name)
    anna.reply("Eccomi")
    anna.begin(DRAFT)
    anna.go_to("Search")
    anna.go_to("Settings")
    anna.page.reload()
    expect(anna.navigation).to_be_visible()
    stored, tokens = session.stored(), anna.window.watch.sent_tokens
    assert not any(token in str(stored) for token in tokens), "an ID token is stored"
    refresh = stored["session"]["sportello.refresh"]
    assert [name for name, value in stored["session"].items() if refresh in value] == [
        "sportello.refresh"
    ]
    assert refresh not in str(stored["local"])
    sign_out(anna)
    secrets = {*tokens, refresh, *session.codes}
    assert session.codes, "no code came by"
    assert [where for where, text in session.traces() if any(one in text for one in secrets)] == []
    assert not [entry for entry in session.history() if "code=" in entry]
    after = session.stored()
    assert after["session"] == {}
    assert after["local"].keys() <= CHOICES, after["local"].keys()
    assert office.account_of(anna).agent_id not in str(after)


@pytest.mark.parametrize("leaves", ["signs out", "closes the tab"])
def test_the_next_person_at_a_browser_sees_nothing_of_the_one_before(
    office: Office, leaves: str
) -> None:
    anna, second = office.at_work("Anna"), office.engage("Bruno")
    guest = office.waiting()
    anna.accept(guest.name)
    with anna.window.cut():
        anna.begin(UNSENT)
        anna.send()
        expect(anna.message(UNSENT)).to_contain_text(anna.WAITS)
        anna.begin(DRAFT)
    name = office.conversation_of(guest)
    if leaves == "signs out":
        with anna.window.cut():
            anna.begin(DRAFT)
        sign_out(anna)
    else:
        anna.page.close()
    page = anna.window.page()
    bruno = DeskPage(anna.window, page, second.person, anna.address)
    bruno.open()
    page.context.clear_cookies()
    bruno.sign_in()
    page.goto(f"{bruno.address}#/all/{name}")
    expect(bruno.conversation(guest.name)).to_be_visible()
    for text in (UNSENT, DRAFT):
        expect(bruno.page.get_by_text(text).and_(page.locator(".pending"))).to_have_count(0)
    page.get_by_role("tab", name="Note").click()
    expect(bruno.field).to_have_value("")
    stored = str(page.evaluate("({...localStorage})"))
    assert (DRAFT in stored) == (leaves == "closes the tab")
