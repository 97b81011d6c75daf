"""What somebody does who never saw the desk before, each click counted: a table of docs/desk.md.

What became of it is read from the desk itself, and not from the page that says so.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from browser.desk_page import DeskPage, beginning
from local.cloud.observing import wait_until
from support.browsing.looks import Look
from support.browsing.newcomer import Newcomer
from support.browsing.office import Account, Customer, Office
from support.clouds.driven_desk import PATIENCE_SECONDS, DrivenDesk

pytestmark = pytest.mark.browser

MORNING = 9
AHEAD_OF_UTC = (MORNING - datetime.now(UTC).hour + 12) % 24 - 12
HERE = timezone(timedelta(hours=AHEAD_OF_UTC))
"""It is morning where they sit, whenever the tests run."""

LOOK = Look(time_zone=f"Etc/GMT{-AHEAD_OF_UTC:+d}")
"""POSIX counts to the west."""

SUPERVISOR = ("agent", "supervisor")


@pytest.fixture
def newcomer() -> Newcomer:
    return Newcomer()


def here() -> datetime:
    return datetime.now(HERE)


def comes(office: Office, newcomer: Newcomer, account: Account) -> DeskPage:
    return office.sit_down(account, LOOK, prepare=newcomer.look_at)


def has_opened(office: Office, newcomer: Newcomer, *more: str) -> tuple[DeskPage, Customer]:
    """Return the page of somebody who has a customer's conversation in front of them."""
    account = office.engage("Anna")
    guest = office.waiting("", *more)
    office.had_by(account, guest)
    page = comes(office, newcomer, account)
    page.look_at("Mine")
    page.take_up(guest.name)
    return page, guest


def listed(office: Office, account: Account, view: str) -> list[dict[str, Any]]:
    answer = office.ask(account, "GET", f"/inbox?view={view}").expect(200).document()
    rows: list[dict[str, Any]] = answer["rows"]
    return rows


def await_listed(office: Office, account: Account, view: str, *customers: Customer) -> None:
    """The index behind a list is behind by moments."""
    names = {office.conversation_of(customer) for customer in customers}
    wait_until(
        lambda: names <= {row["conversation_id"] for row in listed(office, account, view)},
        seconds=PATIENCE_SECONDS,
        what=f"list {view}",
    )


def in_force(desk: DrivenDesk, kind: str) -> dict[str, Any]:
    answer = desk.ask("GET", f"/settings/{kind}", role="supervisor").expect(200).document()
    document: dict[str, Any] = answer["document"]
    return document


def open_settings(newcomer: Newcomer, page: DeskPage, name: str) -> None:
    newcomer.click(page.navigation.get_by_role("link", name="Settings"))
    newcomer.click(page.page.get_by_role("main").get_by_role("link", name=name))
    expect(page.page.get_by_role("heading", name=name, level=1)).to_be_visible()


def save(newcomer: Newcomer, page: DeskPage) -> None:
    newcomer.click(page.page.get_by_role("button", name="Look and save"))
    newcomer.click(page.page.get_by_role("dialog").get_by_role("button", name="Save"))
    expect(page.page.get_by_role("dialog")).to_have_count(0)


def test_who_waits_longest(office: Office, newcomer: Newcomer) -> None:
    account = office.engage("Anna")
    guests = [office.waiting(), office.waiting()]
    await_listed(office, account, "waiting", *guests)
    page = comes(office, newcomer, account)
    expect(page.row(guests[1].name)).to_be_visible()
    first = page.rows.first.get_by_role("link")

    def oldest() -> str:
        rows = listed(office, account, "waiting")
        found: str = min(rows, key=lambda row: row["waiting_since"])["conversation_id"]
        return found

    # What was settled a moment ago may stand in the index still.
    wait_until(
        lambda: oldest() in (first.get_attribute("href") or ""),
        seconds=PATIENCE_SECONDS,
        what="list that begins with who waits longest",
    )
    with newcomer.does("Who waits longest?"):
        newcomer.click(first)
        expect(page.log).to_be_visible()
    assert page.page.url.endswith(f"/{oldest()}")


def test_an_answer_with_a_promise(desk: DrivenDesk, office: Office, newcomer: Newcomer) -> None:
    page = comes(office, newcomer, office.engage("Anna"))
    page.start_work()
    guest = office.waiting("", "Quando arriva il mio pacco?")
    expect(page.offer).to_contain_text(guest.name)
    text = "Chiamo il corriere, le faccio sapere entro le 17."
    with newcomer.does("Answer, and promise more by 17:00"):
        newcomer.click(page.offer.get_by_role("button", name="Accept"))
        newcomer.click(page.field)
        newcomer.write(text)
        newcomer.click(page.page.get_by_role("button", name="Promise", exact=True))
        newcomer.click(page.page.get_by_role("menuitem", name="17:00"))
        newcomer.click(page.page.get_by_role("button", name=beginning("Send")))
        expect(page.message(text)).to_have_count(1)
    desk.await_sent(guest, containing=text)
    clocks = desk.conversation(office.conversation_of(guest))["clocks"]
    (promise,) = (clock for clock in clocks if clock["kind"] == "promise")
    five = here().replace(hour=17, minute=0, second=0, microsecond=0)
    assert abs(datetime.fromisoformat(promise["due_at"]) - five) < timedelta(minutes=1)


def test_a_conversation_handed_on(desk: DrivenDesk, office: Office, newcomer: Newcomer) -> None:
    page, guest = has_opened(office, newcomer)
    # Not before: who waits would be offered to whoever is at work.
    colleague = office.engage("Valentina")
    office.ask(colleague, "PUT", "/agents/me/presence", {"presence": "available"}).expect(200)
    note = "Ha già pagato, vuole i soldi indietro."
    with newcomer.does("Hand it to a colleague, with a note"):
        newcomer.click(page.page.get_by_role("button", name="Transfer"))
        dialog = page.page.get_by_role("dialog")
        newcomer.click(dialog.get_by_role("tab", name="A colleague"))
        newcomer.click(dialog.get_by_role("radio", name=beginning("Valentina")))
        newcomer.click(dialog.get_by_role("textbox", name="Note"))
        newcomer.write(note)
        newcomer.click(dialog.get_by_role("button", name="Transfer"))
        expect(dialog).to_have_count(0)
    story = desk.timeline(office.conversation_of(guest))
    (offer,) = (entry for entry in story if entry["type"] == "AgentOffered")
    assert offer["detail"]["agent_id"] == colleague.agent_id
    assert note in [entry["text"] for entry in story]


def test_a_customer_who_is_looked_for(desk: DrivenDesk, office: Office, newcomer: Newcomer) -> None:
    account = office.engage("Anna")
    guest = office.waiting()
    wait_until(
        lambda: office.ask(account, "GET", f"/search?q={guest.name.split()[1]}").document()["hits"],
        seconds=PATIENCE_SECONDS,
        what="index of names",
    )
    page = comes(office, newcomer, account)
    with newcomer.does("Find a customer by name"):
        newcomer.click(page.navigation.get_by_role("link", name="Search"))
        expect(page.page.get_by_role("searchbox")).to_be_focused()
        newcomer.write(guest.name)
        newcomer.press("Enter")
        results = page.page.get_by_role("list", name="Results")
        newcomer.click(results.get_by_role("link", name=guest.name))
        expect(page.conversation(guest.name)).to_be_visible()
    name = page.page.url.rpartition("/")[2]
    assert desk.conversation(name)["customer"]["display_name"] == guest.name


def test_a_conversation_put_aside(desk: DrivenDesk, office: Office, newcomer: Newcomer) -> None:
    page, guest = has_opened(office, newcomer)
    with newcomer.does("Put it aside until Monday"):
        newcomer.click(page.page.get_by_role("button", name="Snooze"))
        newcomer.click(page.page.get_by_role("button", name=beginning("On Monday")))
        expect(page.page.get_by_role("status").filter(has_text="put aside")).to_be_visible()
    conversation = wait_until(
        lambda: (now := desk.conversation(office.conversation_of(guest)))["snoozed_until"] and now,
        seconds=PATIENCE_SECONDS,
        what="snooze",
    )
    monday = here() + timedelta(days=7 - here().weekday())
    assert conversation["lifecycle"] == "snoozed"
    assert datetime.fromisoformat(conversation["snoozed_until"]) == monday.replace(
        hour=9, minute=0, second=0, microsecond=0
    )


def test_why_it_is_due_then(desk: DrivenDesk, office: Office, newcomer: Newcomer) -> None:
    page, guest = has_opened(office, newcomer)
    panel = page.page.get_by_role("complementary", name="About this conversation")
    with newcomer.does("Why is it due then?"):
        newcomer.click(page.page.get_by_role("button", name="Panel beside the conversation"))
        newcomer.click(panel.get_by_role("button", name="Why is it due then?"))
        expect(panel).to_contain_text("Policy")
    path = f"/conversations/{office.conversation_of(guest)}/clocks"
    clocks = desk.ask("GET", path).expect(200).document()["clocks"]
    for clock in clocks:
        if clock["ended_at"] is None:
            last = clock["explanation"]["revisions"][-1]
            due = datetime.fromisoformat(clock["due_at"]).astimezone(HERE)
            expect(panel).to_contain_text(
                f"Policy {last['policy']} (version {last['policy_version']}), "
                f"calendar {last['calendar']} (version {last['calendar_version']})"
            )
            expect(panel).to_contain_text(f"{due:%H:%M}")


def test_a_closed_tomorrow(desk: DrivenDesk, office: Office, newcomer: Newcomer) -> None:
    page = comes(office, newcomer, office.engage("Sofia", *SUPERVISOR))
    before = in_force(desk, "opening_hours")
    with desk.settings(opening_hours=before):
        with newcomer.does("Close tomorrow"):
            open_settings(newcomer, page, "Opening hours and closures")
            newcomer.click(page.page.get_by_role("button", name="Close tomorrow"))
            save(newcomer, page)
        zone = ZoneInfo(before["calendars"]["default"]["time_zone"])
        tomorrow = {"date": f"{datetime.now(zone) + timedelta(days=1):%Y-%m-%d}"}
        path = "/settings/opening_hours/probe"
        probed = desk.ask("POST", path, tomorrow, role="supervisor").expect(200).document()
        assert (probed["rule"], probed["open"]) == ("closed", [])


@pytest.fixture
def hours(desk: DrivenDesk) -> Iterator[dict[str, Any]]:
    """Hours with a short Christmas Eve; what is done to them is undone."""
    document = deepcopy(in_force(desk, "opening_hours"))
    eve = {"windows": [["09:00", "13:00"]], "label": "Christmas Eve"}
    document["calendars"]["default"]["special"][f"{here().year}-12-24"] = eve
    with desk.settings(opening_hours=document):
        yield in_force(desk, "opening_hours")


def test_what_happens_on_a_day(
    desk: DrivenDesk, office: Office, newcomer: Newcomer, hours: dict[str, Any]
) -> None:
    page = comes(office, newcomer, office.engage("Sofia", *SUPERVISOR))
    section = page.page.get_by_role("region", name="What happens on")
    with newcomer.does("What happens on 24 December?"):
        open_settings(newcomer, page, "Opening hours and closures")
        newcomer.click(section.get_by_label("Date"))
        newcomer.write(f"{here().year}-12-24")
        newcomer.press("Enter")
        answer = section.get_by_role("status")
        expect(answer).to_contain_text(re.compile("24 December.*open.*9.*13", re.DOTALL))
        expect(answer).to_contain_text("Christmas Eve")
    assert in_force(desk, "opening_hours") == hours


def test_a_question_that_is_added(desk: DrivenDesk, office: Office, newcomer: Newcomer) -> None:
    page = comes(office, newcomer, office.engage("Sofia", *SUPERVISOR))
    question, answer = "Fate buoni regalo?", "Sì, in cassa e per posta, da 20 euro."
    with (
        desk.settings(faq=in_force(desk, "faq")),
        newcomer.does("Add a question to the FAQ, and try it"),
    ):
        open_settings(newcomer, page, "Questions and answers")
        newcomer.click(page.page.get_by_role("button", name="Add a question"))
        italian = page.page.get_by_role("region", name="Italian")
        expect(italian.get_by_label("Ways to ask it")).to_be_focused()
        newcomer.write(question)
        newcomer.click(italian.get_by_label("Answer"))
        newcomer.write(answer)
        save(newcomer, page)
        trial = page.page.get_by_role("region", name="Try a question")
        newcomer.click(trial.get_by_label("As a customer would ask"))
        newcomer.write("avete buoni regalo")
        newcomer.press("Enter")
        expect(trial.get_by_role("status")).to_contain_text(answer)
        (entry,) = (
            entry
            for entry in in_force(desk, "faq")["entries"]["it"]
            if entry["questions"] == [question]
        )
        assert entry["answer"] == answer


def test_a_late_one_that_is_taken_over(
    desk: DrivenDesk, office: Office, newcomer: Newcomer
) -> None:
    anna, sofia = office.engage("Anna"), office.engage("Sofia", *SUPERVISOR)
    impatient = {"name": "impatient", "targets": {"first_response": {"seconds": 2}}}
    with desk.settings(sla_policies={"policies": [impatient]}):
        guest = office.waiting()
        office.had_by(anna, guest)
        await_listed(office, sofia, "breaching", guest)
        page = comes(office, newcomer, sofia)
        with newcomer.does("Take over a late one"):
            newcomer.click(page.navigation.get_by_role("link", name="Board"))
            newcomer.click(page.page.get_by_role("link", name="Team", exact=True))
            newcomer.click(page.page.get_by_role("button", name=f"Take over: {guest.name}"))
            expect(page.page.get_by_text(f"You have {guest.name} now.")).to_be_visible()
        owner = desk.conversation(office.conversation_of(guest))["owner"]
        assert (owner["kind"], owner["name"]) == ("agent", sofia.agent_id)
