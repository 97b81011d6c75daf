"""One deployed stack and one Chromium for all tests; each person has a browser of their own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from local.browsing.chromium import program
from local.cloud.laptop import Laptop
from support.browsing.looks import Look
from support.browsing.office import SETTINGS, Office
from support.browsing.window import PATIENCE_MS, Window
from support.clouds.driven_desk import DrivenDesk


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.import_plugin("support.clouds.one_laptop")


@pytest.fixture(scope="session")
def desk(laptop: Laptop) -> Iterator[DrivenDesk]:
    desk = DrivenDesk(laptop)
    with desk.settings(**SETTINGS):
        yield desk


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program())
        yield browser
        browser.close()


@pytest.fixture
def office(desk: DrivenDesk, chromium: Browser) -> Iterator[Office]:
    """People who come for one test; what their pages complained of fails it."""
    office = Office(desk, chromium)
    try:
        yield office
        assert office.complaints() == []
    finally:
        office.go_home()


@pytest.fixture
def window(chromium: Browser) -> Iterator[Window]:
    """A browser in which nobody has signed in."""
    with Window.open(chromium, Look()) as window:
        yield window
        assert window.watch.complaints() == []


@pytest.fixture
def blank(window: Window) -> Page:
    return window.page()
