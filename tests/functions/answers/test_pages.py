"""Every language that has pages has all of them."""

from string import Formatter

import pytest

from answers.pages import busy_page, page_words, rendered
from sportello.language.languages import default_language, languages
from sportello.people.notifying.answer_links import Answer
from sportello.people.notifying.link_answers import Face, LinkPage

SPEAKING = [language for language in languages() if page_words(language)]
ASKING = {f"asks_{answer}" for answer in Answer} | set(Answer)
OTHERS = {"title", "matter", "busy", "again"}


def fields(text: str) -> set[str | None]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


def test_the_packaged_language_has_pages() -> None:
    assert default_language() in SPEAKING


@pytest.mark.parametrize("language", SPEAKING)
def test_a_language_says_all_that_pages_say_and_nothing_else(language: str) -> None:
    words = page_words(language)
    assert words is not None
    assert set(words) == ASKING | OTHERS | (set(Face) - {Face.ASKS})
    assert fields(words["matter"]) == {"queue", "channel", "minutes"}
    assert all(not fields(text) for name, text in words.items() if name != "matter")


@pytest.mark.parametrize("language", SPEAKING)
def test_every_page_can_be_made(language: str) -> None:
    pages = [LinkPage(face) for face in Face if face is not Face.ASKS]
    pages += [LinkPage(Face.ASKS, answer=answer, queue="sales") for answer in Answer]
    made = [rendered(page, language) for page in pages]
    made += [busy_page(language, sent=sent) for sent in (True, False)]
    assert len(set(made)) == len(made)
    assert all(f'<html lang="{language}">' in page for page in made)
