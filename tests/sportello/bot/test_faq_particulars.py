"""Numbers, days, times, sizes and negations of a question decide which answer it gets, if any."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sportello.bot.faq import THRESHOLD, FaqIndex
from sportello.bot.faq_entry import FaqEntry
from sportello.language.languages import Language
from sportello.language.particular_kinds import ParticularKind
from support.german import german_in
from support.template import ROOT

CASES: list[dict[str, Any]] = json.loads(
    (ROOT / "tests/vectors/faq_particulars.json").read_text(encoding="utf-8")
)["cases"]
ASKED = [
    pytest.param(case["language"], case["entries"], question, answer, id=question)
    for case in CASES
    for question, answer in case["asked"].items()
]


@pytest.fixture(scope="module", autouse=True)
def german(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with german_in(tmp_path_factory.mktemp("german")):
        yield


def index_of(language: Language, *questions: str, **about: Any) -> FaqIndex:
    entries = [FaqEntry(id=each, questions=(each,), answer=each, **about) for each in questions]
    return FaqIndex(entries, language)


@pytest.mark.parametrize(("language", "entries", "question", "answer"), ASKED)
def test_a_question_gets_the_answer_to_its_own_particulars_or_a_person(
    language: Language, entries: dict[str, str], question: str, answer: str | None
) -> None:
    stored = [FaqEntry(id=q, questions=(q,), answer=a) for q, a in entries.items()]
    match = FaqIndex(stored, language).best(question)
    assert (match.entry.answer if match else None) == answer


def test_of_many_entries_that_differ_in_a_number_each_answers_for_its_own() -> None:
    sizes = range(1, 400)
    index = index_of("it", *(f"Quanto costa il piano da {size} GB?" for size in sizes))
    for size in (1, 7, 70, 399):
        match = index.best(f"quanto costa il piano {size}GB")
        assert match is not None
        assert match.entry.answer == f"Quanto costa il piano da {size} GB?"
    assert index.best("quanto costa il piano da 400 giga") is None


def test_an_entry_may_hold_for_any_day() -> None:
    index = index_of("it", "Siete aperti?", holds_for_any=(ParticularKind.DATE,))
    for question in ("siete aperti lunedì?", "Siete aperti il 24/12?", "Siete aperti a maggio?"):
        assert index.best(question) is not None
    for question in ("siete aperti alle 9?", "Non siete aperti lunedì?"):
        assert index.best(question) is None


def test_what_differs_in_a_particular_is_a_near_miss() -> None:
    near = index_of("en", "Are you open on Monday?").closest("Are you open on Tuesday?")
    assert near is not None
    assert 0 < near.confidence < THRESHOLD


def test_two_questions_of_one_text_are_not_answered_by_the_one_that_is_known() -> None:
    index = index_of("it", "Siete aperti il lunedì?")
    assert index.best("Siete aperti il lunedì? E il martedì?") is None
    assert index.best("Siete aperti\nil martedì?") is None
    assert index.best("Ieri ho ordinato tre libri. Siete aperti il lunedì?") is not None


def test_texts_full_of_figures_are_harmless() -> None:
    index = index_of("en", "Are you open at 9?", "10 GB")
    for text in ("1 " * 9_000, "9" * 9_000, "24/12 " * 2_000, "1,0.0'" * 2_000, "9:99 at 99 pm"):
        assert index.best(text) is None
