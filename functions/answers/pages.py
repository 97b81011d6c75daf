"""The pages of a link, small and without a script, in the language of whoever follows it.

They say nothing of the customer: a link may be seen by others.
"""

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from http import HTTPStatus

from sportello.people.answer_links import Answer
from sportello.people.link_answers import Face, LinkPage

ENGLISH = "en"
LONGEST_PREFERENCE = 200
"""Characters of `Accept-Language` that are read."""

type Words = Mapping[str, str]

WORDS: Mapping[str, Words] = {
    ENGLISH: {
        "title": "A conversation",
        "matter": "Queue {queue}, on {channel}; waiting for {minutes} min.",
        "asks_accept": "Do you take this conversation?",
        "asks_decline": "Do you decline this conversation?",
        "accept": "Take it",
        "decline": "Decline",
        "accepted": "The conversation is yours: you find it at your desk.",
        "declined": "You have declined the conversation.",
        "taken": "Somebody else has the conversation by now.",
        "over": "This offer is over; nothing is left to do here.",
        "under_way": "Your answer has been sent. Look at your desk to see what became of it.",
        "expired": "This link has expired. Answer at your desk.",
        "forged": "This link is not one of ours, or was cut off. Answer at your desk.",
        "busy": "That did not work just now. Send it again, or answer at your desk.",
        "again": "Try again",
    },
    "it": {
        "title": "Una conversazione",
        "matter": "Coda {queue}, su {channel}; in attesa da {minutes} min.",
        "asks_accept": "Prende in carico questa conversazione?",
        "asks_decline": "Rifiuta questa conversazione?",
        "accept": "La prendo",
        "decline": "Rifiuto",
        "accepted": "La conversazione è sua: la trova sul suo desk.",
        "declined": "Ha rifiutato la conversazione.",
        "taken": "Nel frattempo la conversazione è stata presa da qualcun altro.",
        "over": "Questa offerta non è più valida: non c'è altro da fare qui.",
        "under_way": "La risposta è stata inviata. L'esito si vede sul suo desk.",
        "expired": "Questo collegamento è scaduto. Risponda dal suo desk.",
        "forged": "Questo collegamento non è nostro, o è incompleto. Risponda dal suo desk.",
        "busy": "In questo momento non è riuscito. Riprovi, o risponda dal suo desk.",
        "again": "Riprova",
    },
}

STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem;"
    "color:#1a1a1a;background:#fff}button{font:inherit;padding:.6rem 1.4rem;cursor:pointer}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
}

_STATUS = {
    Face.FORGED: HTTPStatus.FORBIDDEN,
    Face.EXPIRED: HTTPStatus.GONE,
    Face.TAKEN: HTTPStatus.GONE,
    Face.OVER: HTTPStatus.GONE,
}


def status_of(page: LinkPage) -> HTTPStatus:
    return _STATUS.get(page.face, HTTPStatus.GONE if page.refused else HTTPStatus.OK)


def preferred_language(accept_language: str) -> str:
    """Return the first language that a browser prefers and we have; weights are in its order."""
    for preference in accept_language[:LONGEST_PREFERENCE].split(","):
        language = preference.strip().partition(";")[0].partition("-")[0].lower()
        if language in WORDS:
            return language
    return ENGLISH


def rendered(page: LinkPage, language: str) -> str:
    words = WORDS[language]
    if page.answer is None:
        return _document(language, words, words[page.face], "")
    matter = words["matter"].format(
        queue=page.queue, channel=page.channel or "-", minutes=page.minutes
    )
    answer = Answer(page.answer)
    return _document(language, words, words[f"asks_{answer}"], matter, button=words[answer])


def busy_page(language: str, *, sent: bool) -> str:
    """Say that it did not work; whoever `sent` an answer may send it again from here."""
    words = WORDS[language]
    return _document(language, words, words["busy"], "", button=words["again"] if sent else "")


def _document(language: str, words: Words, said: str, matter: str, button: str = "") -> str:
    form = f'<form method="post"><button>{escape(button)}</button></form>' if button else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<title>{escape(words['title'])}</title><style>{STYLE}</style></head><body><main>"
        f"<h1>{escape(said)}</h1>{f'<p>{escape(matter)}</p>' if matter else ''}{form}"
        "</main></body></html>"
    )
