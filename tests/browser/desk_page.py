"""The desk's page as a person finds their way in it: by roles and names alone, in English."""

import re
from dataclasses import dataclass
from re import Pattern

from playwright.sync_api import Locator, Page, expect

from local.cloud.first_day import Person
from support.browsing.window import Window

SIGN_IN = re.compile(r"^(sign in|accedi)", re.IGNORECASE)
"""On Cognito's page as on ours."""

NO_LINE = re.compile(r"^\s*(No connection|Nessuna connessione)")
START_WORK = "Start work"
LISTS = "Conversations"


def beginning(name: str) -> Pattern[str]:
    """A name that goes on: with a count, with what is said of a row."""
    return re.compile(rf"^{re.escape(name)}\b", re.IGNORECASE)


@dataclass(frozen=True)
class DeskPage:
    window: Window
    page: Page
    person: Person
    address: str

    WAITS = "waiting"
    """What is said of a message that has not left yet."""

    # --- coming and going ---------------------------------------------------------------------

    def open(self) -> None:
        self.page.goto(self.address)

    def sign_in(self) -> None:
        """Go to the pool's page and come back, as people do."""
        self.page.get_by_role("button", name=SIGN_IN).click()
        self.page.get_by_label("Username").fill(self.person.email)
        self.page.get_by_label("Password").fill(self.person.password)
        self.page.get_by_role("button", name=SIGN_IN).click()
        expect(self.navigation).to_be_visible()
        refresh_token = self.page.evaluate("sessionStorage.getItem('sportello.refresh')")
        if refresh_token:
            self.window.watch.secrets.add(refresh_token)

    def start_work(self) -> None:
        self.page.get_by_role("button", name=START_WORK).click()
        expect(self.page.get_by_role("button", name=START_WORK)).to_have_count(0)

    def another_tab(self) -> "DeskPage":
        """Open the desk once more in the same browser; each tab signs in for itself."""
        tab = DeskPage(self.window, self.window.page(), self.person, self.address)
        tab.open()
        tab.page.get_by_role("button", name=SIGN_IN).click()
        expect(tab.navigation.or_(tab.page.get_by_label("Username"))).to_be_visible()
        if tab.page.get_by_label("Username").is_visible():
            tab.page.go_back()
            tab.sign_in()
        return tab

    @property
    def navigation(self) -> Locator:
        """The rail, in either language."""
        return self.page.get_by_role("navigation", name=re.compile(r"^(Desk|Banco|Sportello)"))

    def go_to(self, name: str) -> None:
        self.navigation.get_by_role("link", name=beginning(name)).click()

    def presence(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=re.compile(rf": {name}$"))

    def be(self, name: str) -> None:
        self.page.get_by_role("button", name=re.compile(r": \w+$")).click()
        self.page.get_by_role("menuitemradio", name=name).click()

    @property
    def no_line(self) -> Locator:
        """What is said where there is none, in either language."""
        return self.page.get_by_role("status").filter(has_text=NO_LINE)

    # --- lists --------------------------------------------------------------------------------

    @property
    def lists(self) -> Locator:
        return self.page.get_by_role("region", name=LISTS)

    def look_at(self, view: str) -> None:
        views = self.page.get_by_role("navigation", name="Lists")
        views.get_by_role("link", name=beginning(view)).click()

    @property
    def rows(self) -> Locator:
        return self.lists.get_by_role("list", name=LISTS).get_by_role("listitem")

    def row(self, customer: str) -> Locator:
        return self.rows.filter(has_text=customer)

    def take_up(self, customer: str) -> None:
        """Open a conversation that stands in the list."""
        self.row(customer).get_by_role("link").first.click()
        expect(self.conversation(customer)).to_be_visible()

    # --- what is asked ------------------------------------------------------------------------

    @property
    def offer(self) -> Locator:
        return self.page.get_by_role("region", name=beginning("Offer"))

    def accept(self, customer: str) -> None:
        expect(self.offer).to_contain_text(customer)
        self.offer.get_by_role("button", name=beginning("Accept")).click()
        expect(self.conversation(customer)).to_be_visible()

    def decline(self) -> None:
        self.offer.get_by_role("button", name=beginning("Decline")).click()
        expect(self.offer).to_have_count(0)

    # --- a conversation -----------------------------------------------------------------------

    def conversation(self, customer: str) -> Locator:
        return self.page.get_by_role("heading", name=customer)

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="Messages")

    @property
    def messages(self) -> Locator:
        return self.log.get_by_role("article")

    def message(self, text: str) -> Locator:
        return self.messages.filter(has_text=text)

    def texts(self) -> list[str]:
        return self.messages.all_inner_texts()

    def act(self, name: str) -> None:
        self.page.get_by_role("button", name=beginning(name)).first.click()

    # --- writing ------------------------------------------------------------------------------

    @property
    def field(self) -> Locator:
        return self.page.get_by_role("textbox", name=re.compile(r"^(Reply|Note)\b"))

    def begin(self, text: str) -> None:
        """Write without sending."""
        self.page.get_by_role("tab", name="Reply").click()
        self.field.fill(text)

    def send(self) -> None:
        self.page.get_by_role("button", name=beginning("Send")).click()

    def reply(self, text: str) -> None:
        self.begin(text)
        self.send()
        expect(self.message(text)).to_have_count(1)

    def note(self, text: str) -> None:
        self.page.get_by_role("tab", name="Note").click()
        self.field.fill(text)
        self.page.get_by_role("button", name=beginning("Add note")).click()
        expect(self.message(text)).to_have_count(1)
