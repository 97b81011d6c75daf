"""The pages of a link, small and without a script, in the language of whoever follows it.

They say nothing of the customer: a link may be seen by others.
"""

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from http import HTTPStatus

from sportello.entrypoints.link_pages import headers_with
from sportello.language.languages import by_language, part
from sportello.people.notifying.answer_links import Answer
from sportello.people.notifying.link_answers import Face, LinkPage

type Words = Mapping[str, str]

STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem;"
    "color:#1a1a1a;background:#fff}button{font:inherit;padding:.6rem 1.4rem;cursor:pointer}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

HEADERS = headers_with(f"style-src 'sha256-{_STYLE_HASH}'", "form-action 'self'")

_STATUS = {
    Face.FORGED: HTTPStatus.FORBIDDEN,
    Face.EXPIRED: HTTPStatus.GONE,
    Face.TAKEN: HTTPStatus.GONE,
    Face.OVER: HTTPStatus.GONE,
    Face.NO_ROOM: HTTPStatus.CONFLICT,
}


def status_of(page: LinkPage) -> HTTPStatus:
    return _STATUS.get(page.face, HTTPStatus.GONE if page.refused else HTTPStatus.OK)


@by_language
def page_words(language: str) -> Words | None:
    """Return what pages say in a language, None where its folder does not tell."""
    words: Words | None = part(language, "answer_pages")
    return words


def rendered(page: LinkPage, language: str) -> str:
    words = page_words(language) or {}
    if page.answer is None:
        return _document(language, words, words[page.face], "")
    matter = words["matter"].format(
        queue=page.queue, channel=page.channel or "-", minutes=page.minutes
    )
    answer = Answer(page.answer)
    return _document(language, words, words[f"asks_{answer}"], matter, button=words[answer])


def busy_page(language: str, *, sent: bool) -> str:
    """Say that it did not work; whoever `sent` an answer may send it again from here."""
    words = page_words(language) or {}
    return _document(language, words, words["busy"], "", button=words["again"] if sent else "")


def _document(language: str, words: Words, heading: str, matter: str, button: str = "") -> str:
    form = f'<form method="post"><button>{escape(button)}</button></form>' if button else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<title>{escape(words['title'])}</title><style>{STYLE}</style></head><body><main>"
        f"<h1>{escape(heading)}</h1>{f'<p>{escape(matter)}</p>' if matter else ''}{form}"
        "</main></body></html>"
    )
