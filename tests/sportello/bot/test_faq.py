import json
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.bot.faq import (
    THRESHOLD,
    FaqIndex,
    content_stems,
    packaged_entries,
    packaged_index,
)
from sportello.bot.faq_entry import FaqEntry
from sportello.bot.human_request import asks_for_a_person
from sportello.language.detection import detect
from sportello.language.languages import Language, languages

QUESTIONS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors/faq_questions.json").read_text(encoding="utf-8")
)
LANGUAGES = [language for language in QUESTIONS if language != "about"]
KNOWN = [
    (language, question, entry_id)
    for language in LANGUAGES
    for entry_id, questions in QUESTIONS[language]["known"].items()
    for question in questions
]
UNKNOWN = [(language, text) for language in LANGUAGES for text in QUESTIONS[language]["unknown"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_known_questions_find_their_answer(language: Language) -> None:
    asked = [(question, entry_id) for lang, question, entry_id in KNOWN if lang == language]
    index = packaged_index(language)
    answers = [(index.best(question), entry_id) for question, entry_id in asked]
    wrong = [match for match, entry_id in answers if match and match.entry.id != entry_id]
    right = [match for match, entry_id in answers if match and match.entry.id == entry_id]
    assert wrong == []
    assert len(right) / len(asked) >= 0.95


@pytest.mark.parametrize(("language", "text"), UNKNOWN)
def test_what_the_faq_does_not_know_stays_unknown(language: Language, text: str) -> None:
    assert packaged_index(language).best(text) is None


@pytest.mark.parametrize("language", languages())
def test_every_stored_question_finds_its_own_entry_with_full_confidence(
    language: Language,
) -> None:
    for entry in packaged_entries(language):
        for question in entry.questions:
            match = packaged_index(language).best(question)
            assert match is not None
            assert match.entry.id == entry.id
            assert match.confidence == pytest.approx(1)


def test_every_language_answers_the_same_matters() -> None:
    answered = [[entry.id for entry in packaged_entries(language)] for language in languages()]
    ids = answered[0]
    assert len(set(ids)) == len(ids) > 0
    assert [other for other in answered if other not in ([], ids)] == []


@pytest.mark.parametrize("language", languages())
def test_packaged_answers_are_plain_text_in_their_language(language: Language) -> None:
    others = [other for other in languages() if other != language]
    for entry in packaged_entries(language):
        assert detect(entry.answer, others) == language
        assert "{" not in entry.answer
        assert len(entry.answer) < 300


@pytest.mark.parametrize("language", languages())
def test_the_word_that_answers_tell_to_write_does_reach_a_person(language: Language) -> None:
    answers = " ".join(entry.answer for entry in packaged_entries(language))
    words = set(re.findall(r"[«\"„](\w+)[»\"“]", answers))
    assert words or not answers
    assert [word for word in words if not asks_for_a_person(word, language)] == []


def test_a_burst_is_one_question() -> None:
    match = packaged_index("it").best("ciao\nscusate\nquando mi arriva il rimborso?\ngrazie")
    assert match is not None
    assert match.entry.id == "refund"


def test_accents_case_and_inflection_do_not_matter() -> None:
    entry = FaqEntry(id="qualita", questions=("garantite la qualità dei tessuti?",), answer="Sì.")
    index = FaqIndex([entry], "it")
    for question in ("QUALITA TESSUTO garantita", "la qualita\u0300 del tessuto è garantita"):
        match = index.best(question)
        assert match is not None
        assert match.entry is entry


def test_a_negation_is_part_of_the_question() -> None:
    entry = FaqEntry(id="broken", questions=("it doesn't work",), answer="Sorry.")
    index = FaqIndex([entry], "en")
    assert index.best("it does not work") is not None
    assert index.best("it doesn\u2019t work") is not None
    assert index.best("it dont work") is not None
    assert index.best("how does it work?") is None


def test_a_near_miss_is_shown_though_not_given_as_an_answer() -> None:
    index = packaged_index("it")
    assert index.best("quanto costa?") is None
    near = index.closest("quanto costa?")
    assert near is not None
    assert near.entry.id == "delivery_times"
    assert 0 < near.confidence < THRESHOLD


@pytest.mark.parametrize("entries", [(), (FaqEntry(id="a", questions=("il",), answer="x"),)])
def test_an_index_with_nothing_to_find_finds_nothing(entries: tuple[FaqEntry, ...]) -> None:
    assert FaqIndex(entries, "it").closest("quando arriva il pacco?") is None


HOSTILE = [
    '"', "'", "*", "reso*", "NEAR(reso rimborso)", "reso AND NOT rimborso", "stems:reso", "^reso",
    "-reso", "(reso", 'reso" OR "', "'; DROP TABLE phrase; --", "\0", "reso\0", "\ud800", "🧵🪡",
    "reso " * 20_000, "x" * 100_000, "a\u0301" * 50_000,
    " ".join(map(chr, range(0x4E00, 0x9000))),
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("language", languages())
def test_search_syntax_and_endless_texts_are_harmless(language: Language, text: str) -> None:
    match = packaged_index(language).closest(text)
    assert match is None or 0 <= match.confidence <= 1
    assert packaged_index(language).best("???") is None


@given(st.text(max_size=200), st.sampled_from(languages()))
def test_any_text_has_a_confidence_between_zero_and_one(text: str, language: Language) -> None:
    match = packaged_index(language).closest(text)
    assert match is None or 0 <= match.confidence <= 1


@given(st.text(max_size=200), st.sampled_from(languages()))
def test_a_stem_holds_no_search_syntax(text: str, language: Language) -> None:
    assert all(stem.isalnum() for stem in content_stems(text, language))


def test_an_index_built_in_one_thread_answers_in_another() -> None:
    index = FaqIndex(packaged_entries("en"), "en")
    index.best("refund")
    found: list[str] = []

    def search() -> None:
        match = index.best("I want a refund")
        found.append(match.entry.id if match else "none")

    thread = threading.Thread(target=search)
    thread.start()
    thread.join()
    assert found == ["refund"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("it", "Buongiorno, quanto ci mette ad arrivare un pacco in Sardegna? Ho ordinato ieri"),
        ("en", "Hi! How long does delivery to Ireland take?"),
        ("en", "How long does delivery take? I ordered yesterday from my sister's phone."),
    ],
)
def test_names_and_asides_do_not_hide_a_question(language: Language, text: str) -> None:
    match = packaged_index(language).best(text)
    assert match is not None
    assert match.entry.id == "delivery_times"


@pytest.mark.parametrize(
    "text",
    [
        "Quanto tempo ci vuole per la consegna? Avete anche biciclette elettriche?",
        "Quanto tempo ci vuole per la consegna? E come faccio un reso?",
    ],
)
def test_two_different_questions_are_not_answered_by_half(text: str) -> None:
    assert packaged_index("it").best(text) is None


def test_a_name_that_an_entry_knows_is_no_aside() -> None:
    entries = (
        FaqEntry(id="rome", questions=("where are you in Rome",), answer="Via Roma 3."),
        FaqEntry(id="milan", questions=("where are you in Milan",), answer="Corso Italia 4."),
    )
    match = FaqIndex(entries, "en").best("where are you in Milan?")
    assert match is not None
    assert match.entry.id == "milan"


@pytest.mark.parametrize("language", ["it", "en"])
def test_pressing_start_on_telegram_is_a_greeting(language: Language) -> None:
    match = packaged_index(language).best("/start")
    assert match is not None
    assert match.entry.id == "greeting"
