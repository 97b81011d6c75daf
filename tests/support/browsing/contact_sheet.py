"""Pictures of named states, for a person to look at: `build/contact-sheet/index.html`."""

import html
from collections.abc import Mapping
from itertools import product
from pathlib import Path

from playwright.sync_api import Page

from support.browsing.looks import LANGUAGES, SCHEMES, Look
from support.template import ROOT

FOLDER = ROOT / "build/contact-sheet"
LOOKS = tuple(
    Look(language, scheme, is_phone)
    for language, is_phone, scheme in product(LANGUAGES, (False, True), SCHEMES)
)


def take(page: Page, look: Look) -> None:
    """Give a page the colours and the size of a look; its language is the context's."""
    page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")
    page.set_viewport_size(look.size)


class ContactSheet:
    """`shots` are the files of each state by look."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self.shots: dict[str, dict[str, str]] = {}

    def shoot(self, page: Page, state: str, look: Look) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{state}-{look.name}.png"
        page.screenshot(path=file, animations="disabled", caret="hide")
        self.shots.setdefault(state, {})[look.name] = file.name
        return file

    def write(self) -> Path:
        """Write the page that shows them all; the pictures stand there in the order of looks."""
        index = self._folder / "index.html"
        index.parent.mkdir(parents=True, exist_ok=True)
        sections = "\n".join(_section(state, shots) for state, shots in self.shots.items())
        index.write_text(
            "<!doctype html><html lang=en><meta charset=utf-8><title>Contact sheet</title>"
            "<style>body{font:14px system-ui;margin:16px}figure{display:inline-block;margin:8px}"
            "img{height:320px;border:1px solid #999}</style>\n" + sections + "\n",
            encoding="utf-8",
        )
        return index


def _section(state: str, shots: Mapping[str, str]) -> str:
    figures = "\n".join(
        f"<figure><a href='{html.escape(shots[look.name])}'><img loading=lazy alt='' "
        f"src='{html.escape(shots[look.name])}'></a><figcaption>{look.name}</figcaption></figure>"
        for look in LOOKS
        if look.name in shots
    )
    return f"<h2>{html.escape(state)}</h2>\n{figures}"
