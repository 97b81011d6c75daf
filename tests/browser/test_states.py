"""Every state of the page, in both languages, by day and night, at a desk and on a phone.

Each is looked at by axe and by what axe does not see, and put on a contact sheet for a person.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from browser.desk_page import DeskPage
from support.browsing import axe, geometry
from support.browsing.contact_sheet import FOLDER, LOOKS, ContactSheet, take
from support.browsing.looks import LANGUAGES, Look
from support.browsing.many_rows import answer_lists, instant, row
from support.browsing.office import Office
from support.browsing.sample_day import GIULIA, LONG_WORD, SampleDay, sample_day
from support.browsing.stillness import come_to_rest
from support.clouds.driven_desk import DrivenDesk
from support.template import ROOT

pytestmark = pytest.mark.browser

STRETCHED = "stretched"
"""Words of 130 % length, as another language has them."""

PICTURE = ROOT / "docs/desk.png"
MOST_BYTES = 300_000


def at(page: DeskPage, route: str) -> None:
    page.page.goto(f"{page.address}#/{route}")
    page.page.reload()
    expect(page.page.get_by_role("main")).to_be_visible()
    page.page.wait_for_load_state("networkidle")


def open_giulia(page: DeskPage, day: SampleDay) -> None:
    at(page, f"mine/{day.giulia}")
    expect(page.page.get_by_role("log")).to_contain_text("Bergamo")


def by_key(key: str, route: str = "waiting") -> Callable[[DeskPage, SampleDay], None]:
    """A dialog that a key opens, in any language."""

    def show(page: DeskPage, _day: SampleDay) -> None:
        at(page, route)
        come_to_rest(page.page)  # from here on it hears keys
        page.page.keyboard.press(key)
        expect(page.page.get_by_role("dialog")).to_be_visible()

    return show


def in_giulia(key: str, role: str) -> Callable[[DeskPage, SampleDay], None]:
    def show(page: DeskPage, day: SampleDay) -> None:
        open_giulia(page, day)
        come_to_rest(page.page)
        page.page.keyboard.press(key)
        expect(page.page.get_by_role(role).first).to_be_visible()  # type: ignore[arg-type] # roles

    return show


def route(name: str, role: str = "main") -> Callable[[DeskPage, SampleDay], None]:
    def show(page: DeskPage, _day: SampleDay) -> None:
        at(page, name)
        expect(page.page.get_by_role(role).first).to_be_visible()  # type: ignore[arg-type] # roles

    return show


def without_line(page: DeskPage, day: SampleDay) -> None:
    open_giulia(page, day)
    page.window.may_lose_its_line()
    page.window.line.cut()
    expect(page.no_line).to_be_visible()


def search(page: DeskPage, _day: SampleDay) -> None:
    at(page, "search")
    page.page.get_by_role("searchbox").fill("Giulia")
    page.page.keyboard.press("Enter")
    # Results that are looked for anew are dimmed until they are there.
    results = page.page.locator("ul[aria-busy]")
    expect(results).to_contain_text(GIULIA)
    expect(results).to_have_attribute("aria-busy", "false")


def late(page: DeskPage, _day: SampleDay) -> None:
    """However long the others of these states took."""
    since = datetime.now(UTC) - timedelta(hours=1)
    words = {"at": instant(since), "author": "customer", "text": f"Dov'è? {LONG_WORD}", "media": []}
    answer_lists(page.page, [row(number, since, last_words=words) for number in range(3)])
    at(page, "board/team")
    expect(page.page.get_by_text("Customer 0002").first).to_be_visible()


def preferences(page: DeskPage, _day: SampleDay) -> None:
    at(page, "waiting")
    page.page.get_by_role("button", name=re.compile(r"^Anna: ")).click()
    page.page.get_by_role("menuitem").first.click()
    expect(page.page.get_by_role("dialog")).to_be_visible()


STATES: dict[str, Callable[[DeskPage, SampleDay], None]] = {
    "waiting": route("waiting"),
    "mine": route("mine"),
    "snoozed": route("snoozed"),
    "nothing late": route("breaching"),
    "conversation": open_giulia,
    "somebody waits": lambda page, day: at(page, f"waiting/{day.waiting}"),
    "note": in_giulia("n", "textbox"),
    "snooze": in_giulia("s", "dialog"),
    "transfer": in_giulia("t", "dialog"),
    "keys": by_key("?"),
    "palette": by_key("Control+k"),
    "search": search,
    "board": route("board"),
    "team": route("board/team"),
    "late": late,
    "report": route("board/report"),
    "preferences": preferences,
    "settings": route("settings"),
    "hours": route("settings/hours"),
    "queues": route("settings/queues"),
    "people": route("settings/agents"),
    "questions": route("settings/faq"),
    "texts": route("settings/texts"),
    "canned replies": route("settings/canned"),
    "targets": route("settings/targets"),
    "widget": route("settings/widget"),
    "no line": without_line,
}


@pytest.fixture(scope="module")
def day_office(desk: DrivenDesk, chromium: Browser) -> Iterator[Office]:
    office = Office(desk, chromium)
    yield office
    complaints = office.complaints()
    office.go_home()
    assert complaints == []


@pytest.fixture(scope="module")
def day(day_office: Office) -> SampleDay:
    return sample_day(day_office)


@pytest.fixture(scope="module")
def sheet() -> Iterator[ContactSheet]:
    shutil.rmtree(FOLDER, ignore_errors=True)
    sheet = ContactSheet()
    yield sheet
    sheet.write()


@pytest.fixture(scope="module", params=[*LANGUAGES, STRETCHED])
def variant(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def page(day_office: Office, day: SampleDay, variant: str) -> DeskPage:
    def stretch(shown):
        shown.add_init_script("localStorage.setItem('sportello.stretch', '1.3')")

    is_stretched = variant == STRETCHED
    look = Look("en" if is_stretched else variant)  # type: ignore[arg-type] # one of LANGUAGES
    account = day.anna
    if is_stretched:
        return day_office.sit_down(account, look, prepare=stretch)
    return day_office.sit_down(account, look)


def looks_of(variant: str) -> list[Look]:
    if variant == STRETCHED:
        return [look for look in LOOKS if (look.language, look.scheme) == ("en", "light")]
    return [look for look in LOOKS if look.language == variant]


@pytest.mark.parametrize("state", STATES)
def test_a_state_can_be_seen_read_and_reached(
    page: DeskPage, day: SampleDay, sheet: ContactSheet, variant: str, state: str
) -> None:
    found: list[str] = []
    is_phone = None
    for look in looks_of(variant):
        take(page.page, look)
        if look.is_phone != is_phone:
            is_phone = look.is_phone
            page.window.line.up()
            page.page.unroute_all(behavior="wait")
            STATES[state](page, day)
        come_to_rest(page.page)
        is_stretched = variant == STRETCHED
        if not is_stretched:
            rules = () if look.scheme == "light" else axe.ONLY_COLOURS
            found += [f"{look.name}: {line}" for line in axe.violations(page.page, rules)]
        found += [f"{look.name}: {line}" for line in geometry.obstacles(page.page)]
        sheet.shoot(page.page, f"{state.replace(' ', '-')}{'-long' * is_stretched}", look)
    assert not found, "\n".join(found)


def test_the_desk_has_its_picture_taken(
    day_office: Office, page: DeskPage, day: SampleDay, variant: str
) -> None:
    """It replaces the one of README where `make picture` asks for it."""
    if variant != "en":
        pytest.skip("README is in English")
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.window.line.up()
    page.page.unroute_all(behavior="wait")
    take(page.page, Look())
    # At work, and asked nothing.
    day_office.ask(day.anna, "PUT", "/agents/me/presence", {"presence": "busy"}).expect(200)
    open_giulia(page, day)
    page.page.get_by_role("log").click(position={"x": 5, "y": 5})  # the bell is heard from here on
    come_to_rest(page.page)
    shot = page.page.screenshot(animations="disabled", caret="hide")
    (FOLDER / "desk.png").write_bytes(shot)
    assert len(shot) < MOST_BYTES
    if os.environ.get("PICTURE"):
        PICTURE.write_bytes(shot)
