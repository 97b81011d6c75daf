import re

import pytest

from sportello.conversation.events import OfferOutcome
from sportello.language.languages import default_language, part
from sportello.people.notifying.notice_texts import notice_languages, notice_texts
from sportello.priorities import Priority

every_language = pytest.mark.parametrize("language", notice_languages())


def test_people_can_be_rung_in_the_packaged_language() -> None:
    assert default_language() in notice_languages()


def test_people_are_rung_in_italian_and_in_english() -> None:
    assert {"it", "en"} <= set(notice_languages())
    assert notice_texts("it").accept == "Accetta"
    assert notice_texts("en").accept == "Accept"


@pytest.mark.parametrize("language", [None, "de", "xx"])
def test_without_a_language_of_their_own_people_are_rung_in_the_packaged_one(
    language: str | None,
) -> None:
    assert notice_texts(language) == notice_texts("it")


@every_language
def test_each_end_of_an_offer_and_each_priority_has_its_word(language: str) -> None:
    texts = notice_texts(language)
    assert set(texts.outcomes) == set(OfferOutcome)
    assert set(texts.priorities) == set(Priority)
    assert set(texts.authors) == {"customer", "bot", "agent", "system"}


@every_language
def test_the_languages_tell_of_the_same_notices(language: str) -> None:
    assert notice_texts(language).headings.keys() == notice_texts("en").headings.keys()


@every_language
def test_placeholders_are_those_that_are_filled(language: str) -> None:
    answers = part(language, "notices")["answers"]
    filled = {
        "accepted_by": {"person"},
        "unknown_person": {"person_id", "endpoint"},
    }
    for name, text in answers.items():
        assert set(re.findall(r"\{(\w*)\}", text)) == filled.get(name, set()), name


@every_language
def test_what_only_a_later_version_says_has_words_all_the_same(language: str) -> None:
    texts = notice_texts(language)
    assert texts.heading("moon.landed") == texts.other_heading
    assert texts.outcome("offer.eaten") == texts.other_outcome
    assert texts.outcome("offer.accepted") == texts.outcomes["accepted"]
