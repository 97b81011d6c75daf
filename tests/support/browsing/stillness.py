"""When a page has come to rest: drawn for its size, nothing moving, nothing on its way."""

from playwright.sync_api import Page

# A change of size or colours is heard of in one frame and drawn by the next.
_DRAWN = """() => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(() => done())))"""

_STANDS_STILL = """() => document.getAnimations().every((one) => one.playState !== "running")
    && !document.querySelector('[aria-busy="true"]')"""


def come_to_rest(page: Page) -> None:
    """Wait until what is read of a page in one moment holds."""
    page.evaluate(_DRAWN)
    page.wait_for_function(_STANDS_STILL)
