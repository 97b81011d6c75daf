import pytest

from sportello.language.detection import detect, folded, words
from sportello.language.languages import Language

ITALIAN = [
    "ciao",
    "Buongiorno",
    "salve!",
    "perche non funziona",
    "PERCHÉ NON ARRIVA???",
    "Dov'è il mio ordine?",
    "dove il mio pacco",
    "quando aprite",
    "siete aperti domani",
    "vorrei un rimborso",
    "mi serve la fattura",
    "posso cambiare taglia?",
    "grazie mille",
    "parlo con una persona?",
    "quanto costa la spedizione",
    "non riesco a fare il login sull'app",
    "l'articolo è arrivato rotto",
    "nn mi arriva la mail di conferma",
    "Ho ordinato il 12/11, ordine #4432",
    "aiuto",
    "il tracking del pacco è online?",
    "c\u2019è qualcuno?",
    "customer service? mi aiutate per favore",
]
ENGLISH = [
    "hello",
    "Hi!!",
    "good morning",
    "where is my order?",
    "Where's my parcel",
    "when do you open",
    "are you open tomorrow",
    "I want a refund",
    "I need an invoice please",
    "can I change the size?",
    "thanks a lot",
    "how much is shipping",
    "I can't log in to the app",
    "it arrived broken",
    "didn't get the confirmation mail",
    "ordered on 12/11, order #4432",
    "help",
    "is anyone there?",
    "do you ship to Italy",
    "Do you have this in the Milano store? grazie",
]
UNTELLING = ["", "ok", "👍", "12345", "IT60X0542811101000000123456", "no", "email: a@b.it", "???"]


@pytest.mark.parametrize("text", ITALIAN)
def test_italian_is_told_by_its_words(text: str) -> None:
    assert detect(text, hints=["en-US"]) == "it"


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_told_by_its_words(text: str) -> None:
    assert detect(text, hints=["it-IT"]) == "en"


@pytest.mark.parametrize("text", UNTELLING)
def test_a_text_that_does_not_tell_goes_by_the_hints_or_stays_unknown(text: str) -> None:
    assert detect(text, hints=["en"]) == "en"
    assert detect(text, hints=["it"]) == "it"
    assert detect(text) is None


def test_as_much_evidence_for_two_languages_is_none() -> None:
    assert detect("hello ciao", hints=["en"]) == "en"
    assert detect("hello ciao", hints=["it"]) == "it"
    assert detect("hello ciao") is None


@pytest.mark.parametrize(
    ("hints", "language"),
    [
        (["en-US", "it"], "en"),
        (["IT_it"], "it"),
        (["xx", "en-GB"], "en"),
        (["xx"], None),
        (["", "english"], None),
        (["eng"], None),
    ],
)
def test_the_first_hint_of_a_shipped_language_decides(
    hints: list[str], language: Language | None
) -> None:
    assert detect("ok", hints) == language


def test_only_the_beginning_of_an_endless_text_is_read() -> None:
    assert detect("xyz " * 500 + "where is the order " * 10_000, ["it"]) == "it"


def test_folding_drops_case_and_accents_only() -> None:
    assert folded("PERCHÉ l\u2019età") == "perche l'eta"
    assert words("Dov'è l'ordine n.12?") == ["dov", "e", "l", "ordine", "n"]
