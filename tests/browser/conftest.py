"""One deployed stack and one Chromium for all tests; each person has a browser of their own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from local.chromium import program
from support.browsing.looks import Look
from support.browsing.window import Window


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program())
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser) -> Iterator[Window]:
    """A browser in which nobody has signed in."""
    with Window.open(chromium, Look()) as window:
        yield window
        assert window.watch.complaints() == []


@pytest.fixture
def blank(window: Window) -> Page:
    return window.page()
