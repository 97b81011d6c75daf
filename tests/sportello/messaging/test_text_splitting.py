import itertools

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from sportello.messaging.text_splitting import split_text


def test_a_text_that_fits_is_one_part() -> None:
    assert split_text("Buongiorno!", 11) == ("Buongiorno!",)


def test_a_text_of_white_space_has_no_parts() -> None:
    assert split_text("", 10) == ()
    assert split_text(" \n\t\n ", 2) == ()


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one character"):
        split_text("ciao", 0)


def test_paragraphs_are_parted_before_lines_sentences_and_words() -> None:
    text = "Primo capoverso. Continua.\n\nSecondo capoverso.\nNuova riga. Altra frase qui."
    assert split_text(text, 60) == (
        "Primo capoverso. Continua.",
        "Secondo capoverso.\nNuova riga. Altra frase qui.",
    )


def test_lines_are_parted_before_sentences() -> None:
    assert split_text("- una cosa. Bella\n- due cose. Belle", 30) == (
        "- una cosa. Bella",
        "- due cose. Belle",
    )


def test_sentences_are_parted_before_words() -> None:
    assert split_text("Va bene. Grazie mille! A presto, arrivederci", 32) == (
        "Va bene. Grazie mille!",
        "A presto, arrivederci",
    )


@pytest.mark.parametrize(
    ("text", "limit", "first"),
    [
        ("Scrive il sig. Rossi di Roma", 20, "Scrive il sig. Rossi"),
        ("Gentile Dott.ssa Bianchi buongiorno", 26, "Gentile Dott.ssa Bianchi"),
        ("Costa 3.50 euro circa", 16, "Costa 3.50 euro"),
        ("Ask Mr. Smith about it", 14, "Ask Mr. Smith"),
        ("Ha detto «basta!» Poi basta davvero", 25, "Ha detto «basta!»"),
        ("Davvero?! Non ci credo proprio", 22, "Davvero?!"),
        ("Aspetti… Controllo subito ora", 20, "Aspetti…"),
    ],
)
def test_a_full_stop_ends_a_sentence_only_where_one_ends(text: str, limit: int, first: str) -> None:
    assert split_text(text, limit)[0] == first


def test_words_stay_whole() -> None:
    assert split_text("uno due tre quattro", 8) == ("uno due", "tre", "quattro")


def test_a_url_stays_whole_when_it_fits() -> None:
    url = "https://example.com/ordini/123?stato=aperto"
    assert split_text(f"Può seguire il suo ordine qui:{url}, a presto", len(url)) == (
        "Può seguire il suo ordine",
        "qui:",
        url,
        ", a presto",
    )


def test_a_url_that_does_not_fit_is_cut_and_nothing_of_it_lost() -> None:
    url = "https://example.com/" + "a" * 30
    assert split_text(url, 20) == ("https://example.com/", "a" * 20, "a" * 10)


def test_an_over_long_word_is_cut_between_graphemes() -> None:
    family = "👨‍👩‍👧‍👦"
    assert split_text(family * 3, 2 * len(family)) == (family * 2, family)
    assert split_text("e\u0301" * 3, 3) == ("e\u0301",) * 3


def test_a_grapheme_longer_than_the_limit_yields_to_the_limit() -> None:
    zalgo = "a" + "\u0301" * 9
    assert split_text(zalgo, 4) == ("a" + "\u0301" * 3, "\u0301" * 4, "\u0301" * 2)


def test_a_no_break_space_breaks_only_for_want_of_another() -> None:
    assert split_text("costa 10\u00a0000 euro", 11) == ("costa", "10\u00a0000 euro")
    assert split_text("mille\u00a0duemila", 11) == ("mille", "duemila")  # rather than the word


def test_windows_line_ends_part_lines_and_paragraphs() -> None:
    assert split_text("uno due\r\n\r\ntre quattro\r\ncinque", 22) == (
        "uno due",
        "tre quattro\r\ncinque",
    )


PIECES = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(
            (
                *(" ", " ", "\n", "\n\n", "\r\n", "\t", "\u00a0", ". ", "! ", ", "),
                *("https://example.com/a?b=c ", "www.example.it/x ", "👩‍🚀", "🇮🇹🇫🇷", "e\u0301"),
                *("perché", "straordinariamente", " \u0301", "\u200d", "ก็", "sig. "),
            )
        ),
    ),
    max_size=40,
).map("".join)


@given(PIECES, st.integers(1, 60))
@example(text="ab \u0301cd", limit=2)
@example(text="www.a.it\u0301www.b.it", limit=8)
def test_no_part_exceeds_the_limit_and_only_white_space_is_dropped(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(0 < len(part) <= limit for part in parts)
    position = 0
    for part in parts:
        found = text.index(part, position)
        assert text[position:found].strip() == ""
        position = found + len(part)
    assert text[position:].strip() == ""


@given(PIECES, st.integers(12, 60))
def test_a_cut_falls_inside_neither_words_nor_urls_nor_graphemes_that_fit(
    text: str, limit: int
) -> None:
    text = text.strip()
    position = 0
    cuts = []
    for part in split_text(text, limit):
        position = text.index(part, position) + len(part)
        cuts.append(position)
    urls = [url.span() for url in regex.finditer(r"https://example\.com/a\?b=c", text)]
    clusters = [cluster.span() for cluster in regex.finditer(r"\X", text)]
    words = [
        (run[0][0], run[-1][1])
        for is_space, group in itertools.groupby(
            clusters, lambda span: text[slice(*span)].isspace()
        )
        if not is_space and (run := list(group))
    ]
    for start, end in itertools.chain(words, urls, clusters):
        if end - start <= limit:
            assert not any(start < cut < end for cut in cuts)
