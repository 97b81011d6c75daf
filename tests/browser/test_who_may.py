"""What somebody may not do is not on their page, and the API refuses it: both by the table.

The table is that of `docs/agent-api.md`; a page that hides something hides it from nobody who can
send a call, so each thing that is not shown is asked for with that person's token.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from browser.desk_page import DeskPage, beginning
from support.browsing.office import Account, Office
from support.browsing.permissions import ROLES, permissions, writers

pytestmark = pytest.mark.browser

MAY = permissions()
PAGES = {
    "Inbox": "read_conversations",
    "Search": "read_conversations",
    "Board": "read_queues",
    "Settings": "read_settings",
}
KINDS = {
    "faq": "Questions and answers",
    "texts": "What Sportello says",
    "tags": "Tags",
    "queues": "Queues",
    "opening_hours": "Opening hours and closures",
    "routing": "Rules: who gets what",
    "sla_policies": "Targets",
    "agent_endpoints": "Where people are rung",
    "subscriptions": "Subscriptions",
    "teams": "Teams",
}
REPORT = "/reports/service-level?from=2026-01-01&to=2026-01-02"


@dataclass(frozen=True)
class Case:
    """A colleague's conversation, and who has it."""

    conversation: str
    customer: str
    bruno: Account

    def asked(self) -> Mapping[str, tuple[str, str, Any]]:
        """Return for each permission a call that needs it, and no other that its lacking hides."""
        one, bruno = f"/conversations/{self.conversation}", f"/agents/{self.bruno.agent_id}"
        return {
            "read_conversations": ("GET", "/inbox?view=all", None),
            "work_conversations": ("POST", f"{one}/notes", {"text": "Da me"}),
            "act_for_colleagues": ("POST", f"{one}/resolve", {}),
            "take_over": ("POST", f"{one}/take-over", {}),
            "read_contact": ("GET", f"{one}/contact", None),
            "read_queues": ("GET", "/board", None),
            "set_own_presence": ("PUT", "/agents/me/presence", {"presence": "available"}),
            "read_agents": ("GET", "/agents", None),
            "set_presence_of_others": ("PUT", f"{bruno}/presence", {"presence": "away"}),
            "write_agents": ("PUT", bruno, {"display_name": "Altri"}),
            "read_reports": ("GET", REPORT, None),
            "read_events": ("GET", "/events", None),
            "read_audit": ("GET", "/audit", None),
            "write_content": ("PUT", "/settings/tags", {"tags": {}}),
            "write_routing": ("PUT", "/settings/routing", {}),
            "write_endpoints": ("PUT", "/settings/agent_endpoints", {"endpoints": {}}),
            "write_subscriptions": ("PUT", "/settings/subscriptions", {"subscriptions": {}}),
            "write_teams": ("PUT", "/settings/teams", {"teams": {}}),
        }


@pytest.fixture
def case(office: Office) -> Case:
    guest, bruno = office.waiting(), office.engage("Bruno")
    office.had_by(bruno, guest)
    return Case(office.conversation_of(guest), guest.name, bruno)


@pytest.mark.parametrize("role", ROLES)
def test_a_page_shows_what_its_person_may_do_and_the_api_refuses_the_rest(
    office: Office, case: Case, role: str
) -> None:
    account = office.engage("Carla", role)
    known = office.ask(account, "GET", "/me").expect(200).document()
    assert frozenset(known["permissions"]) == MAY[role]
    refused(office, account, case, role)
    carla = office.sit_down(account)
    shows_pages(carla, role)
    shows_lists(carla, role)
    shows_acts(carla, case, role)
    shows_boards(carla, role)
    shows_settings(carla, role)


def refused(office: Office, account: Account, case: Case, role: str) -> None:
    before = office.desk.ask("GET", "/settings", role="supervisor").expect(200).document()
    for permission, (method, path, body) in case.asked().items():
        if permission in MAY[role]:
            continue
        answer = office.ask(account, method, path, body)
        # An agent may resolve, but not what somebody else has.
        is_others = permission == "act_for_colleagues" and "work_conversations" in MAY[role]
        wanted = (409, "not-allowed") if is_others else (403, "forbidden")
        problem = answer.document()["type"].rpartition("/")[2]
        assert (answer.status, problem) == wanted, f"{role} without {permission}: {method} {path}"
    after = office.desk.ask("GET", "/settings", role="supervisor").expect(200).document()
    assert before == after
    owner = office.desk.conversation(case.conversation)["owner"]
    assert owner["name"] == case.bruno.agent_id


def is_there(locator: Locator, *, wanted: bool) -> None:
    if wanted:
        expect(locator.first).to_be_visible()
    else:
        expect(locator).to_have_count(0)


def shows_pages(carla: DeskPage, role: str) -> None:
    for name, permission in PAGES.items():
        link = carla.navigation.get_by_role("link", name=beginning(name))
        is_there(link, wanted=permission in MAY[role])
    presence = carla.page.get_by_role("button", name="Start work")
    is_there(presence, wanted="set_own_presence" in MAY[role])
    carla.navigation.get_by_role("button").last.click()
    is_there(carla.page.get_by_role("menuitem", name="Sign out"), wanted=True)
    available = carla.page.get_by_role("menuitemradio", name="Available")
    is_there(available, wanted="set_own_presence" in MAY[role])
    carla.page.keyboard.press("Escape")
    carla.page.keyboard.press("Control+k")
    palette = carla.page.get_by_role("dialog")
    expect(palette).to_be_visible()
    for name in ("Search", "Board", "Settings"):
        option = palette.get_by_role("option", name=beginning(name))
        is_there(option, wanted=PAGES[name] in MAY[role])
    carla.page.keyboard.press("Escape")
    expect(palette).to_have_count(0)


def shows_lists(carla: DeskPage, role: str) -> None:
    carla.page.goto(f"{carla.address}#/all")
    views = carla.page.get_by_role("navigation", name="Lists")
    is_there(views, wanted="read_conversations" in MAY[role])
    nobodys = views.get_by_role("link", name=beginning("Nobody's"))
    is_there(nobodys, wanted="take_over" in MAY[role])


def shows_acts(carla: DeskPage, case: Case, role: str) -> None:
    """In a conversation that a colleague has."""
    page, may = carla.page, MAY[role]
    page.goto(f"{carla.address}#/all/{case.conversation}")
    is_there(carla.conversation(case.customer), wanted="read_conversations" in may)
    if "read_conversations" not in may:
        # Whoever may not look there is led to where they may.
        expect(page).not_to_have_url(re.compile("#/all"))
        expect(page.get_by_text(case.customer)).to_have_count(0)
        return
    for act in ("Resolve", "Transfer"):
        button = page.get_by_role("button", name=act, exact=True)
        is_there(button, wanted="act_for_colleagues" in may)
    more = page.get_by_role("button", name="More to do")
    is_there(more, wanted=bool({"take_over", "act_for_colleagues"} & may))
    if more.count():
        more.click()
        is_there(page.get_by_role("menuitem", name="Take over"), wanted="take_over" in may)
        page.keyboard.press("Escape")
    panel = page.get_by_role("button", name="Panel beside the conversation")
    if panel.get_attribute("aria-expanded") != "true":
        panel.click()
    contact = page.get_by_role("button", name="Show number or address")
    is_there(contact, wanted="read_contact" in may)
    page.get_by_role("tab", name="Reply").click()
    is_there(carla.field, wanted="act_for_colleagues" in may)
    page.get_by_role("tab", name="Note").click()
    is_there(carla.field, wanted="work_conversations" in may)


def shows_boards(carla: DeskPage, role: str) -> None:
    page, may = carla.page, MAY[role]
    page.goto(f"{carla.address}#/board/team")
    if "read_queues" not in may:
        expect(page.get_by_role("table", name="Queues")).to_have_count(0)
        return
    tabs = page.get_by_role("navigation", name="Boards")
    sees_team = bool({"take_over", "read_reports"} & may)
    is_there(tabs.get_by_role("link", name="Team"), wanted=sees_team)
    is_there(tabs.get_by_role("link", name="Report"), wanted="read_reports" in may)
    is_there(page.get_by_role("region", name="Service level"), wanted="read_reports" in may)
    works_at = page.get_by_role("region", name="People at work")
    is_there(works_at, wanted=sees_team and "read_agents" in may)
    is_there(page.get_by_role("region", name="Late now"), wanted="take_over" in may)


def shows_settings(carla: DeskPage, role: str) -> None:
    page, asked = carla.page, writers()
    page.goto(f"{carla.address}#/settings")
    for kind, name in KINDS.items():
        line = page.get_by_role("listitem").filter(
            has=page.get_by_role("link", name=name, exact=True)
        )
        expect(line).to_have_count(1)
        is_there(line.get_by_text("you may read it"), wanted=asked[kind] not in MAY[role])
    agents = page.get_by_role("main").get_by_role("link", name="Agents", exact=True)
    is_there(agents, wanted="read_agents" in MAY[role])
    for kind in ("faq", "queues", "teams"):
        page.goto(f"{carla.address}#/settings/{kind}")
        expect(page.get_by_role("heading", level=1, name=KINDS[kind])).to_be_visible()
        expect(page.get_by_text("One moment…").filter(visible=True)).to_have_count(0)
        may_write = asked[kind] in MAY[role]
        is_there(page.get_by_text("You may read this, not change it."), wanted=not may_write)
