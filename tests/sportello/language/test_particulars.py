import pytest

from sportello.language.languages import Language, languages, part
from sportello.language.particular_kinds import ParticularKind
from sportello.language.particulars import read


def values(text: str, language: Language = "it") -> list[str]:
    """Return the particulars of a text, with their units, in order of their spelling."""
    return sorted(f"{each.value} {each.unit}".strip() for each in read(text, language).particulars)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.000", "1000"),
        ("1,000", "1000"),
        ("1'000", "1000"),
        ("1\u00a0000", "1000"),
        ("1.000,50", "1000.5"),
        ("1,000.50", "1000.5"),
        ("1.234.567", "1234567"),
        ("1,5", "1.5"),
        ("1.50", "1.5"),
        ("0,500", "0.5"),
        ("8½", "8.5"),
        ("007", "7"),
        ("10GB", "10 gb"),
        ("10 giga", "10 gb"),
        ("€ 9", "9 eur"),
        ("9,00€", "9 eur"),
        ("nove euro", "9 eur"),
        ("quarantotto", "48"),
        ("ventuno", "21"),
        ("centoventitré", "123"),
        ("duecentocinquantamila", "250000"),
        ("sei euro", "6 eur"),
        ("il 3%", "3 %"),
        ("tre per cento", "3 %"),
        ("24/12", "12-24"),
        ("24/12/26", "12-24 2026"),
        ("2026-12-24", "12-24 2026"),
        ("24.12.2026", "12-24 2026"),
        ("12/24", "12-24"),
        ("giovedì 24 dicembre", "12-24"),
        ("il ventiquattro dicembre del 2026", "12-24 2026"),
        ("a Natale", "12-25"),
        ("LUNEDI'", "weekday 01"),
        ("dal lunedì al venerdì", "weekdays 01 to 05"),
        ("9:30", "09:30"),
        ("alle 9.30", "09:30"),
        ("alle nove e mezza", "09:30"),
        ("alle 7 di sera", "19:00"),
        ("al mese", "1 month"),
        ("per ogni persona", "1 person"),
        ("in XL", "xl"),
        ("in 3XL", "xxxl"),
        ("tg. m", "m"),
    ],
)
def test_a_particular_has_one_value_however_it_is_written(text: str, value: str) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("two hundred and fifty", "250"),
        ("twenty-four", "24"),
        ("a week", "1 week"),
        ("December the 24th", "12-24"),
        ("the twenty-fourth of December", "12-24"),
        ("5 May", "05-05"),
        ("in May", "month 05"),
        ("at 6 p.m.", "18:00"),
        ("12 am", "00:00"),
        ("size S", "s"),
    ],
)
def test_english_writes_them_its_own_way(text: str, value: str) -> None:
    assert values(text, "en") == [value]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("it", "Buona domenica, buon Natale e grazie mille!"),
        ("it", "sei sempre aperto"),
        ("it", "L'ordine è a nome M'Bala"),
        ("it", "scrivimi a mario77@example.com o su https://example.com/24/12"),
        ("en", "Good morning, may I ask for one of those?"),
        ("en", "I'M D'ACCORD"),
    ],
)
def test_greetings_articles_and_addresses_are_none(language: Language, text: str) -> None:
    assert values(text, language) == []


@pytest.mark.parametrize(
    "text",
    ["ordine 48", "ordine n. 48", "#48", "4812345", "ieri", "lunedì scorso", "tre giorni fa"],
)
def test_numbers_of_orders_and_days_gone_by_are_asides(text: str) -> None:
    assert [each.aside for each in read(text, "it").particulars] == [True]


def test_a_relation_beside_a_number_is_one() -> None:
    assert values("più di 50 euro") == ["50 eur", "over"]
    assert values("vorrei più informazioni") == []
    assert values("dopo le 18") == ["18:00", "after"]


def test_words_of_particulars_are_not_left_among_the_others() -> None:
    reading = read("Siete aperti sabato 24 dicembre alle 9, senza pausa?", "it")
    assert reading.words == ("siete", "aperti", "pausa")


@pytest.mark.parametrize("language", languages())
def test_every_kind_of_word_is_one_that_is_read(language: Language) -> None:
    kinds = {
        "weekdays", "months", "months_beside_numbers", "days", "past_days", "times", "before_times",
        "halves_of_day", "minutes_past", "numerals", "numerals_before_units", "ordinal_endings",
        "joins", "units", "references", "number_marks", "past", "ago", "until", "relations",
        "relations_beside", "sizes", "interrogatives", "asides", "each",
    }  # fmt: skip
    content = part(language, "particulars") or {}
    assert content.keys() <= kinds
    for name, count in (("weekdays", 7), ("months", 12), ("months_beside_numbers", 12)):
        assert len(content.get(name, ())) in {0, count}


def test_a_kind_may_not_matter_to_an_answer() -> None:
    stored, asked = read("aperti lunedì", "it"), read("aperti martedì", "it")
    assert asked.asks_the_same_as(stored, (ParticularKind.DATE,))
    assert not asked.asks_the_same_as(stored, ())
