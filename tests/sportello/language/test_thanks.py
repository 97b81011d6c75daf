import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.language.detection import folded
from sportello.language.languages import Language, languages
from sportello.language.texts import packaged_texts
from sportello.language.thanks import Courtesy, courtesy_of, is_thanks

VECTORS: dict[Any, dict[str, list[str]]] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "thanks.json").read_text(encoding="utf-8")
)
LANGUAGES = [language for language in VECTORS if language != "about"]
THANKS = [(language, said) for language in LANGUAGES for said in VECTORS[language]["thanks"]]
OTHERS = [(language, said) for language in LANGUAGES for said in VECTORS[language]["other"]]
ONLY_ENGLISH = {"fine", "fine, thanks", "thanks x", "ta"}
"""Thanks in an English conversation; in an Italian one "x" is "for" and "fine" the end."""

CHANGING_EVERYTHING = """
    ma però non mai quando dove perché quanto chi come ordine pacco rimborso reso consegna
    domani oggi rotto sbagliato manca voglio vorrei posso potete serve aiuto operatore attendo
    but not never yet still when where why how who order parcel refund return delivery tomorrow
    today broken wrong missing want need can could help agent waiting please cancel asap
    """.split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_are_long_and_of_one_mind(language: Language) -> None:
    table = VECTORS[language]
    assert min(len(set(table["thanks"])), len(set(table["other"]))) >= 120
    assert not set(table["thanks"]) & set(table["other"])


@pytest.mark.parametrize("language", languages())
def test_thanks_are_understood_whatever_language_the_conversation_is_in(language: Language) -> None:
    said = {text for _, text in THANKS if language == "en" or text not in ONLY_ENGLISH}
    assert [text for text in said if not is_thanks(text, language)] == []


@pytest.mark.parametrize("language", languages())
def test_nothing_else_passes_for_thanks(language: Language) -> None:
    assert [text for _, text in OTHERS if is_thanks(text, language)] == []


def test_a_word_of_two_meanings_is_read_in_the_language_of_the_conversation() -> None:
    assert [text for text in ONLY_ENGLISH if is_thanks(text, "it")] == []


@given(st.sampled_from(THANKS), st.data())
def test_a_word_that_changes_everything_does_so_anywhere(
    case: tuple[Language, str], data: st.DataObject
) -> None:
    language, said = case
    spoken = said.split()
    at = data.draw(st.integers(0, len(spoken)))
    word = data.draw(st.sampled_from(CHANGING_EVERYTHING))
    assert not is_thanks(" ".join([*spoken[:at], word, *spoken[at:]]), language)


@pytest.mark.parametrize("word", CHANGING_EVERYTHING)
def test_thanks_do_not_hide_a_word_that_changes_everything(word: str) -> None:
    for language in languages():
        for said in ("grazie {}", "{} grazie", "ok {} thanks", "{}, thank you", "{}", "👍 {}"):
            assert not is_thanks(said.format(word), language)


@given(st.sampled_from(THANKS), st.text(st.characters(categories=["L"]), min_size=1, max_size=9))
def test_an_unknown_word_makes_it_something_else(case: tuple[Language, str], word: str) -> None:
    language, said = case
    unknown = f"{word}zq{word}"  # no word of either language
    assert not is_thanks(f"{said} {unknown}", language)
    assert not is_thanks(f"{unknown} {said}", language)


@given(st.sampled_from(THANKS), st.sampled_from(["?", "\uff1f", "¿", "⁇", "؟", "❓", "⁉️", " ??"]))
def test_a_question_is_never_thanks(case: tuple[Language, str], mark: str) -> None:
    language, said = case
    assert not is_thanks(said + mark, language)
    assert not is_thanks(mark + said, language)


@given(st.sampled_from(THANKS), st.integers(0).filter(lambda number: number != 1000))
def test_a_number_is_never_thanks(case: tuple[Language, str], number: int) -> None:
    language, said = case
    assert not is_thanks(f"{said} {number}", language)
    assert not is_thanks(f"{number} {said}", language)


@given(st.sampled_from(THANKS))
def test_case_and_accents_change_nothing(case: tuple[Language, str]) -> None:
    language, said = case
    assert is_thanks(said.upper(), language)
    assert is_thanks(unicodedata.normalize("NFD", said), language)
    assert is_thanks(folded(said), language)


LONGER_WORD = re.compile(r"[^\W\d_]{4,}")  # drawn out, "to" is "too" and "del" is "dell"
WITH_LONGER_WORDS = [case for case in THANKS if LONGER_WORD.search(case[1])]


@given(st.sampled_from(WITH_LONGER_WORDS), st.data(), st.integers(2, 20))
def test_a_letter_drawn_out_changes_nothing(
    case: tuple[Language, str], data: st.DataObject, times: int
) -> None:
    language, said = case
    word = data.draw(st.sampled_from(list(LONGER_WORD.finditer(said))))
    at = data.draw(st.integers(word.start(), word.end() - 1))
    assert is_thanks(said[:at] + said[at] * times + said[at + 1 :], language)


@pytest.mark.parametrize("other", ["note", "buona note", "god", "grazi e", "perfetto noo", "thaks"])
def test_a_letter_too_few_is_another_word(other: str) -> None:
    assert not any(is_thanks(other, language) for language in languages())


@pytest.mark.parametrize("tone", ["\U0001f3fb", "\U0001f3fd", "\U0001f3ff", "\ufe0f"])
def test_a_thumb_means_the_same_in_every_colour(tone: str) -> None:
    assert is_thanks(f"👍{tone}", "it")
    assert not is_thanks(f"👎{tone}", "it")
    assert not is_thanks(tone, "it")


@given(st.sampled_from(THANKS))
def test_a_long_text_is_never_thanks(case: tuple[Language, str]) -> None:
    language, said = case
    assert not is_thanks("\n".join([said] * (160 // len(said) + 1)), language)


@given(st.text(max_size=200))
def test_any_text_gets_an_answer(said: str) -> None:
    assert not is_thanks(said, "it") or len(said) <= 160


@pytest.mark.parametrize("language", languages())
def test_what_the_desk_says_itself_is_no_thanks(language: Language) -> None:
    assert [said for said in packaged_texts(language).values() if is_thanks(said, language)] == []


@pytest.mark.parametrize(
    ("said", "courtesy"),
    [
        ("Grazie mille!", Courtesy.THANKS),
        ("grazie ❤️", Courtesy.THANKS),
        ("no grazie", Courtesy.THANKS),
        ("risolto", Courtesy.THANKS),
        ("buona giornata", Courtesy.THANKS),
        ("ok", Courtesy.AGREEMENT),
        ("ok grazie", Courtesy.AGREEMENT),
        ("👍", Courtesy.AGREEMENT),
        ("🙏", Courtesy.SIGN),
        ("👏👏 🙌", Courtesy.SIGN),
        ("👋", Courtesy.NONE),
        ("...", Courtesy.NONE),
        ("davvero", Courtesy.NONE),
        ("ok?", Courtesy.NONE),
        ("", Courtesy.NONE),
    ],
)
def test_a_courtesy_that_may_also_be_a_yes_is_told_from_thanks(
    said: str, courtesy: Courtesy
) -> None:
    assert courtesy_of(said, "it") is courtesy
