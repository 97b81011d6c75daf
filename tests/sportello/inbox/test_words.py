"""Which words of a text are kept, and what somebody means who looks for some."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.inbox.words import (
    MOST_SOUGHT,
    MOST_WORDS,
    Term,
    conversation_in,
    handle_word,
    name_words,
    readings,
    snippet,
    words_of,
)
from support.builders import CONVERSATION


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Il mio pacco è in ritardo", ("pacco", "ritardo")),
        ("MIO il Pacco? il pàcco!", ("pacco",)),
        ("Where is parcel A-4711?", ("parcel", "4711")),
        ("Die Straße ist naß", ("strasse", "nass")),
        ("", ()),
        ("!?", ()),
    ],
)
def test_of_a_text_its_telling_words_are_kept_once(text: str, words: tuple[str, ...]) -> None:
    kept = words_of(text)
    assert [word for word in kept if word in words] == list(words)
    assert not set(kept) & {"il", "mio", "in", "the", "is", "perche"}


@given(st.text())
def test_of_no_text_more_is_kept_than_may_be(text: str) -> None:
    words = words_of(text)
    assert len(words) <= MOST_WORDS
    assert all(2 <= len(word) <= 32 for word in words)


def test_a_name_is_known_by_what_it_begins_with() -> None:
    assert name_words("Anna Verdi") == (
        *("ann", "anna"),
        *("ver", "verd", "verdi"),
    )
    assert "garibald" in name_words("Garibaldini")
    assert "garibaldini" in name_words("Garibaldini")
    assert len(name_words("Abcdefghijkl " * 50)) <= 7


@pytest.mark.parametrize(
    ("handle", "word"),
    [
        ("fake:393331234567", "393331234567"),
        ("email:Anna@Example.com", "anna@example.com"),
        ("fake_user:IT.123", "it.123"),
    ],
)
def test_a_handle_is_known_without_its_kind(handle: str, word: str) -> None:
    assert handle_word(handle) == word


@pytest.mark.parametrize(
    "query", ["+39 333 123 45 67", "0039-333-1234567", "393331234567", "(39) 333/1234567"]
)
def test_a_number_is_looked_for_however_it_is_written(query: str) -> None:
    assert readings(query)[0] == ((Term("handle", "393331234567"),),)


def test_an_address_is_a_handle_and_else_its_words() -> None:
    by_handle, by_words = readings("Anna@example.com")
    assert by_handle == ((Term("handle", "anna@example.com"),),)
    assert [group[0].text for group in by_words] == ["anna", "example"]


def test_all_words_are_meant_the_longest_where_there_are_many() -> None:
    (reading,) = readings("il pacco verde spedito domenica fragile")
    assert [group[0].text for group in reading] == ["pacco", "verde", "spedito", "fragile"]


def test_words_that_stand_in_any_text_are_looked_for_where_there_are_no_others() -> None:
    ((group,),) = (readings("della"),)
    assert Term("word", "della") in group[0]


def test_one_word_may_be_a_tag_and_a_hash_says_so() -> None:
    assert readings("vip") == [((Term("word", "vip"), Term("tag", "vip")),)]
    assert readings("#past-due") == [((Term("tag", "past-due"),),)]


def test_an_id_is_itself() -> None:
    assert conversation_in(f" {CONVERSATION.upper()} ") == CONVERSATION
    assert conversation_in("pacco") == ""


@given(st.text(min_size=1))
def test_nothing_that_is_asked_is_too_much(query: str) -> None:
    for reading in readings(query):
        assert 0 < len(reading) <= MOST_SOUGHT


def test_the_words_around_are_shown() -> None:
    text = f"{'prima ' * 40}ecco il Pàcco rotto {'dopo ' * 60}"
    shown = snippet(text, frozenset({"pacco"}))
    assert "il Pàcco rotto" in shown
    assert shown.startswith("…prima")
    assert len(shown) <= 161
    assert snippet("Ciao", frozenset({"pacco"})) == "Ciao"
