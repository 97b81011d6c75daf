"""One person's browser: a context of its own, on a line of its own that can fail."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Page

from local.browsing.forward_proxy import ForwardProxy
from support.browsing.looks import LOCALES, Look
from support.browsing.watch import LINE, Watch
from support.clouds.driven_desk import PATIENCE_SECONDS

PATIENCE_MS = PATIENCE_SECONDS * 1_000
"""What a page shows is mostly an effect of the desk's behind it."""

PAUSE_MS = 50.0


def await_heard[T](
    page: Page, look: Callable[[], T], *, what: str, seconds: float = PATIENCE_MS / 1_000
) -> T:
    """Wait for what Playwright hears of pages, and return it; raises TimeoutError.

    It hears while it is waited in, and nothing in a sleep.
    """
    deadline = time.monotonic() + seconds
    while not (result := look()):
        if time.monotonic() >= deadline:
            raise TimeoutError(f"no {what} within {seconds} s")
        page.wait_for_timeout(PAUSE_MS)
    return result


@dataclass(frozen=True)
class Window:
    context: BrowserContext
    line: ForwardProxy
    watch: Watch

    @classmethod
    @contextmanager
    def open(cls, browser: Browser, look: Look = Look()) -> "Iterator[Window]":  # noqa: B008 -- frozen
        with ForwardProxy() as line:
            context = browser.new_context(
                locale=LOCALES[look.language],
                timezone_id=look.time_zone,
                color_scheme=look.scheme,
                reduced_motion="reduce",
                viewport=look.size,
                has_touch=look.is_phone,
                is_mobile=look.is_phone,
                # Chromium goes to this machine directly, unless it is told not to.
                proxy={"server": line.url, "bypass": "<-loopback>"},
            )
            context.set_default_timeout(PATIENCE_MS)
            try:
                yield cls(context, line, Watch(context))
            finally:
                # A call that a test answers may be under way still.
                for page in context.pages:
                    page.unroute_all(behavior="ignoreErrors")
                context.close()

    def page(self) -> Page:
        return self.context.new_page()

    def may_lose_its_line(self) -> None:
        self.watch.expect(LINE)

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Lose the line, with a reset, until the block ends."""
        self.may_lose_its_line()
        self.line.cut()
        try:
            yield
        finally:
            self.line.up()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let the line be half open: what is sent is lost, and nobody is told."""
        self.may_lose_its_line()
        self.line.freeze()
        try:
            yield
        finally:
            self.line.up()
