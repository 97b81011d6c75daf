"""Whether a text was taken for anything but text, and whether a page shows it as it was written."""

from functools import partial
from pathlib import Path

from playwright.sync_api import Page, expect

from local.cloud.observing import wait_until
from support.browsing.hostile_texts import HIT
from support.browsing.looks import DESKTOP, PHONE
from support.browsing.stillness import come_to_rest
from support.clouds.driven_desk import PATIENCE_SECONDS

SIZES = {"phone": PHONE, "wide": DESKTOP}

_CHECK = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
_CHECK = _CHECK[_CHECK.index("(hit)") :]

REMEMBER_VIOLATIONS = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
        window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
"""

_READ = """text => {
    const fields = [...document.querySelectorAll("input, textarea")].map((field) => field.value);
    return [document.body.textContent, ...fields].some((shown) => shown.includes(text));
}"""


class Reader:
    """Goes through a page, and writes down all that is wrong instead of stopping at the first."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []

    def look(self, place: str) -> None:
        """Look for harm, on a telephone and on a screen."""
        for name, size in SIZES.items():
            self.page.set_viewport_size(size)
            come_to_rest(self.page)
            self.wrong += [f"{place}, {name}: {line}" for line in self.page.evaluate(_CHECK, HIT)]

    def read(self, place: str, *texts: str) -> None:
        """Wait until texts stand on the page, or in fields of it, to the letter."""
        for text in texts:
            try:
                wait_until(partial(self._has, text), seconds=PATIENCE_SECONDS, what=text)
            except TimeoutError:
                self.wrong.append(f"{place}: not to be read: {text[:160]!r}")

    def _has(self, text: str) -> bool:
        return bool(self.page.evaluate(_READ, text))

    def go(self, address: str, place: str, *texts: str) -> None:
        """Look at a page of the desk, once all of it has come."""
        self.page.goto(f"{address}#/{place}")
        expect(self.page.get_by_role("main")).to_be_visible()
        self.read(place, *texts)
        waiting = self.page.get_by_role("main").get_by_text("One moment…").filter(visible=True)
        try:
            expect(waiting).to_have_count(0)
        except AssertionError:
            self.wrong.append(f"{place}: something does not come")
        self.look(place)
