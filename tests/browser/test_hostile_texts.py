"""Whatever somebody writes stays text: the page's policy is never what has to stop it.

One person's day, because a stack and its pages are dear: all that customers and colleagues can
write in is written in, and then each page that shows it is walked to.
"""

from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import expect

from browser.desk_page import DeskPage
from local.cloud.web import call
from support.browsing import hostile_texts as hostile
from support.browsing.harm import REMEMBER_VIOLATIONS, Reader
from support.browsing.office import ASKS_FOR_PERSON, Account, Customer, Office
from support.clouds.driven_desk import DrivenDesk

pytestmark = pytest.mark.browser

CLOSED_ON = "20270301"


@pytest.fixture
def bruno(office: Office) -> Account:
    """A colleague whose name is not what one would call one's child."""
    account = office.engage("Bruno", "agent", "supervisor")
    profile = {"display_name": hostile.COLLEAGUE, "queues": ["default"], "languages": ["it", "en"]}
    path = f"/agents/{account.agent_id}"
    office.desk.ask("PUT", path, profile, role="supervisor").expect(200)
    return account


@pytest.fixture
def documents(desk: DrivenDesk, bruno: Account) -> Iterator[None]:
    with desk.settings(**hostile.SETTINGS):
        path = "/settings/opening_hours/calendars/default/closures"
        identity = {"Authorization": desk.stack.tokens[bruno.role], "content-type": "text/calendar"}
        file = hostile.calendar(f"Chiuso {hostile.SHORT}", CLOSED_ON)
        call("POST", f"{desk.stack.agent_api_base}{path}", file, identity).expect(200)
        yield


@pytest.fixture
def anna(office: Office) -> DeskPage:
    account = office.engage("Anna", "agent", "supervisor")
    page = office.sit_down(account, prepare=lambda page: page.add_init_script(REMEMBER_VIOLATIONS))
    page.start_work()
    return page


@pytest.fixture
def reader(anna: DeskPage) -> Iterator[Reader]:
    reader = Reader(anna.page)
    yield reader
    assert not reader.wrong, "\n".join(reader.wrong)


@pytest.mark.usefixtures("documents")
def test_what_customers_and_colleagues_write_is_read_as_they_wrote_it(
    desk: DrivenDesk, office: Office, anna: DeskPage, bruno: Account, reader: Reader
) -> None:
    guest = office.customer(hostile.CUSTOMER)
    guest.write(f"{ASKS_FOR_PERSON} {hostile.SHORT}")
    desk.await_sent(guest)
    expect(anna.offer).to_contain_text("Eva")
    reader.read("offer", hostile.CUSTOMER, f"{ASKS_FOR_PERSON} {hostile.SHORT}")
    reader.look("offer")
    anna.offer.get_by_role("button", name="Accept").click()
    expect(anna.log).to_be_visible()
    reader.read("conversation", *hostile.write_all(guest))
    reader.read("conversation", f"Testo {hostile.WITHOUT_BRACES}", *hostile.write_later(guest))
    colleague_writes(office, anna, bruno, guest, reader)
    reader.look("conversation")
    links = anna.log.get_by_role("link")
    targets = {str(links.nth(number).get_attribute("href")) for number in range(links.count())}
    assert all(target.startswith("https://") for target in targets), targets
    agent_writes(anna, reader)
    walk_the_lists(anna, reader)
    walk_the_settings(anna, bruno, reader)


def colleague_writes(
    office: Office, anna: DeskPage, bruno: Account, guest: Customer, reader: Reader
) -> None:
    path = f"/conversations/{office.conversation_of(guest)}"
    own = office.account_of(anna).agent_id
    note = f"Nota {hostile.WHOLE}"
    document = {"text": note, "mentions": [own]}
    office.ask(bruno, "POST", f"{path}/notes", document).expect(201)
    told = f"{hostile.COLLEAGUE} mentions you in a note about {hostile.CUSTOMER}"
    reader.read("notice", told, note)
    reader.look("notice")
    to = {"agent_id": own, "note": f"Passaggio {hostile.WHOLE}"}
    office.ask(bruno, "POST", f"{path}/take-over", {}).expect(200)
    reader.read("taken over", f"{hostile.COLLEAGUE} has taken over {hostile.CUSTOMER}")
    office.ask(bruno, "POST", f"{path}/transfer", to).expect(200)
    reader.read("transfer", to["note"])
    anna.offer.get_by_role("button", name="Accept").click()
    expect(anna.offer).to_have_count(0)
    for tag in (hostile.BREAKS_OUT, hostile.FILLED_IN):
        assert office.ask(bruno, "PUT", f"{path}/tags", {"tags": [tag]}).status == 422
    office.ask(bruno, "PUT", f"{path}/tags", {"tags": ["hostile"]}).expect(200)


def agent_writes(anna: DeskPage, reader: Reader) -> None:
    """Drafts, canned replies, lint: all that is put together before it leaves."""
    page, text = anna.page, f"Risposta mia {hostile.MARKUP} {hostile.FILLED_IN} {hostile.TURNED}"
    anna.begin(text)
    reader.look("draft")
    page.get_by_role("button", name="Canned replies").first.click()
    for words in (f"Pronta {hostile.SHORT}", f"Macro {hostile.SHORT}"):
        reader.read("canned replies", words[:80])
    reader.look("canned replies")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More for this message").click()
    page.get_by_role("menuitem", name="Send a template").click()
    reader.read("templates", f"Modello {hostile.WITHOUT_BRACES}"[:1_000])
    reader.look("templates")
    page.keyboard.press("Escape")
    anna.begin(text)
    anna.send()
    question = page.get_by_role("dialog")
    expect(question.or_(anna.message("Risposta mia")).first).to_be_visible()
    if question.count():
        reader.look("question")
        question.get_by_role("button", name="Send anyway").click()
    expect(anna.message("Risposta mia")).to_have_count(1)
    reader.read("reply", text)
    anna.note(f"Appunto {hostile.BREAKS_OUT}")
    panel = page.get_by_role("button", name="Panel beside the conversation")
    if panel.get_attribute("aria-expanded") != "true":
        panel.click()
    for more in ("Show all notes", "Show earlier matters", "Why me? Who is next?"):
        page.get_by_role("button", name=more).click()
    reader.look("beside")


def walk_the_lists(anna: DeskPage, reader: Reader) -> None:
    page = anna.page
    for place in ("mine", "all"):
        reader.go(anna.address, place, hostile.CUSTOMER)
    reader.go(anna.address, "board")
    reader.go(anna.address, "board/team", hostile.COLLEAGUE)
    reader.go(anna.address, "board/report")
    reader.go(anna.address, "search")
    for query, found in (("Eva", hostile.CUSTOMER), (hostile.SHORT, "")):
        page.get_by_role("searchbox").fill(query)
        page.keyboard.press("Enter")
        reader.read(f"search for {query}", found)
        reader.look(f"search for {query}")
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("combobox").fill(hostile.SHORT)
    reader.look("palette")
    page.keyboard.press("Escape")


SHOWN_IN_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "": (),
    "faq/hostile": (f"Domanda {hostile.SHORT}?", f"Risposta {hostile.WHOLE}"),
    "texts/handoff": (f"Testo {hostile.WITHOUT_BRACES}",),
    "canned/replies/hostile": (
        f"Pronta {hostile.SHORT}"[:80],
        hostile.escaped(f"Detto {hostile.WHOLE}"),
    ),
    "canned/macros/hostile": (f"Macro {hostile.SHORT}"[:80], f"Passo {hostile.WITHOUT_BRACES}"),
    "canned": (f"Ditta {hostile.BREAKS_OUT}", f"Pronta {hostile.SHORT}"[:80]),
    "tags": (f"Tag {hostile.BREAKS_OUT}",),
    "message_templates": (),
    "widget/shop": (f"Shop {hostile.SHORT}"[:60], f"Hello {hostile.SHORT}"),
    "hours": (f"Chiuso {hostile.SHORT}",),
    "agents": (hostile.COLLEAGUE,),
    "queues": (),
    "routing": (),
}


def walk_the_settings(anna: DeskPage, bruno: Account, reader: Reader) -> None:
    places = {**SHOWN_IN_SETTINGS, f"agents/{bruno.agent_id}": (hostile.COLLEAGUE,)}
    for place, texts in places.items():
        reader.go(anna.address, f"settings/{place}", *texts)
    page = anna.page
    reader.go(anna.address, "settings/faq/hostile")
    page.get_by_role("textbox", name="Answer").first.fill(f"Neu {hostile.WHOLE}")
    page.get_by_role("button", name="Look and save").click()
    expect(page.get_by_role("dialog")).to_contain_text("Neu")
    reader.read("review", f"Neu {hostile.SHORT[:20]}")
    reader.look("review")
