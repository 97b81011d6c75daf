"""A conversation changes its language on a sentence, and on nothing less."""

import json

import pytest

from sportello.language.conversation_language import language_of_message
from support.template import ROOT

NO_SENTENCE = {
    "en": [
        "Via della Spiga 12, 20121 Milano",
        "Via della Moscova 10, interno 3, al secondo piano",
        "via della spiga 3, scala b, terzo piano, citofonare rossi",
        "Piazza della Repubblica, Hotel degli Angeli",
        "Viale dei Mille 12, 50131 Firenze FI, Italia",
        "My address is Via della Spiga 12, scala A, citofono Rossi",
        "ok",
        "sì",
        "👍",
        "#4432",
        "il numero è 48213",
        "IT60X0542811101000000123456",
        "Grazie",
        "Grazie mille, buona giornata",
        "Ciao a tutti",
        "Buongiorno",
        "perfetto",
        "Dolce e Gabbana",
        "La Rinascente",
        "Mario Rossi",
        "Giovanni della Casa",
        "anna di lorenzo",
        "The jacket is by La Perla, bought at La Rinascente di Milano",
        "I bought it at Trattoria da Gino e La Pizza della Nonna",
        "do you have Io non ho paura",
        "Re: Il tuo ordine è stato spedito",
        'The mail said "Il tuo ordine non è stato spedito, siamo spiacenti" why?',
    ],
    "it": [
        "The North Face",
        "10 Downing Street, London",
        "Abito in 221B Baker Street, the City of London",
        "Thank you!",
        "Thanks a lot, bye",
        "hello",
        "sorry",
        "help",
        "customer service",
        "Just Do It",
        "Levi's 501 original for men",
        "Apple Watch for Kids",
        "Ho comprato una giacca The North Face da Foot Locker",
        "Il mio nome è John Smith of Wessex",
        "vorrei The Lord of the Rings in DVD",
        "il libro è how to train your dragon",
        "Re: Your order has been shipped",
        "Oggetto: Your parcel is here",
        "> Where is my order?\nnon lo so",
        "la mail diceva «Your order has been shipped and is on its way»",
    ],
}
SENTENCES = {
    "it": [
        "dove è il mio pacco?",
        "DOVE SONO I MIEI SOLDI",
        "non ho ricevuto niente",
        "ho perso lo scontrino",
        "quando aprite?",
        "Scusi, non parlo inglese",
        "Buongiorno, vorrei sapere quando arriva",
        "quanto costa la spedizione in Sicilia?",
        "abito in Via della Spiga, potete consegnare lì?",
        "Mi Potete Aiutare Con Il Mio Ordine",
    ],
    "en": [
        "where is my order?",
        "WHERE IS MY MONEY",
        "Where Is My Order",
        "the zip is broken",
        "I want a refund",
        "I need help",
        "I have a problem",
        "which size?",
        "my parcel never arrived",
        "Sorry, I don't speak Italian",
        "I ordered two pairs of shoes last Monday",
        "I live in Via della Spiga, can you deliver there?",
    ],
}


@pytest.mark.parametrize(
    ("language", "text"), [(to, text) for to, texts in NO_SENTENCE.items() for text in texts]
)
def test_what_is_no_sentence_of_another_language_changes_nothing(language: str, text: str) -> None:
    for hint in ("", "it", "en-GB"):
        assert language_of_message(text, language, hint) == language


@pytest.mark.parametrize(
    ("language", "text"), [(to, text) for to, texts in SENTENCES.items() for text in texts]
)
def test_a_sentence_turns_the_conversation_whatever_the_app_is_set_to(
    language: str, text: str
) -> None:
    other = {"it": "en", "en": "it"}[language]
    assert language_of_message(text, other, f"{other}-{other.upper()}") == language
    assert language_of_message(text, "", other) == language


def test_nearly_every_question_of_four_words_is_a_sentence() -> None:
    questions = json.loads((ROOT / "tests/vectors/faq_questions.json").read_text(encoding="utf-8"))
    for language, other in (("it", "en"), ("en", "it")):
        known = [text for texts in questions[language]["known"].values() for text in texts]
        whole = [text for text in known if len(text.split()) > 3]
        turning = [text for text in whole if language_of_message(text, other, "") == language]
        assert len(turning) / len(whole) > 0.95
        assert {language_of_message(text, language, other) for text in known} == {language}


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("Grazie", "en", "it"),
        ("Buongiorno Anna", "en", "it"),
        ("Via della Spiga 3, Milano", "en-GB", "en"),
        ("La Rinascente", "en", "en"),
        ("La Rinascente", "", "it"),
        ("ok", "en", "en"),
        ("12345", "", ""),
        ("hello ciao", "fr", ""),
    ],
)
def test_before_any_words_have_told_one_word_is_enough_and_a_name_less_than_a_hint(
    text: str, hint: str, language: str
) -> None:
    assert language_of_message(text, "", hint) == language


def test_a_language_that_is_gone_is_none() -> None:
    assert language_of_message("ok", "xx", "it") == "it"


def test_endless_texts_are_read_from_their_beginning() -> None:
    for text in ("Aa di " * 50_000, '"' * 100_000, ">\n" * 50_000, "A" * 100_000, "@" * 100_000):
        assert language_of_message(text, "it", "en") == "it"
