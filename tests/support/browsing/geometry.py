"""Whether everything on a page can be seen and reached, which no rule about mark-up tells."""

from pathlib import Path

from playwright.sync_api import Page

LEAST_PIXELS = 24
"""WCAG 2.2, 2.5.8."""

_CHECK = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
_CHECK = _CHECK[_CHECK.index("(leastPixels)") :]


def obstacles(page: Page) -> list[str]:
    """Return what is off the screen, too small, covered or cut off, a line for each."""
    found: list[str] = page.evaluate(_CHECK, LEAST_PIXELS)
    return found
