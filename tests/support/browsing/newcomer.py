"""Somebody who never saw the desk before: each click, key and text of theirs is counted."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from support.browsing.ten_tasks import Effort, ten_tasks

_COUNT = Path(__file__).with_name("tally.js").read_text(encoding="utf-8")
_PICKED = re.compile("date|time")
"""Fields of which each language has parts of its own."""


class Newcomer:
    """The page itself counts, so that nothing is done beside it; scrolling is not counted."""

    def __init__(self) -> None:
        self._page: Page | None = None

    def look_at(self, page: Page) -> None:
        """Begin to count in a page that is not open yet."""
        self._page = page
        page.add_init_script(_COUNT)

    @property
    def page(self) -> Page:
        assert self._page is not None, "they look at no page"
        return self._page

    @contextmanager
    def does(self, name: str) -> Iterator[None]:
        """Do a task, with what docs/desk.md says that it takes."""
        before = self._effort()
        yield
        assert self._effort() - before == ten_tasks()[name].effort

    def click(self, what: Locator) -> None:
        what.click()

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        """Write where the cursor is: whoever wants it elsewhere clicks there first."""
        field = self.page.locator("textarea:focus, input:focus")
        expect(field).to_be_editable()
        if _PICKED.match(field.get_attribute("type") or ""):
            field.fill(text)
        else:
            self.page.keyboard.type(text)

    def _effort(self) -> Effort:
        return Effort(**self.page.evaluate("window.tally"))
