"""What is told of a reply before it is sent, and where in it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.channel_kinds import ChannelKind, Tone
from sportello.composing.lint import MAX_FINDINGS, Finding, lint
from sportello.composing.lint_rules import LONGEST, SEVERITIES, LintRules, Severity, lint_rules
from sportello.language.languages import languages, part
from sportello.messaging.capabilities import Capabilities, TextUnit


def rules(
    language: str = "it",
    *,
    kind: ChannelKind = ChannelKind.MESSAGING,
    tone: Tone = Tone.NEUTRAL,
    limit: int = 4_096,
    spoken: str = "",
) -> LintRules:
    capabilities = Capabilities(
        kind=kind,
        tone=tone,
        text_limit=limit,
        buttons=0,
        button_title_limit=0,
        reply_window_seconds=None,
    )
    return lint_rules("fake", capabilities, language, spoken=spoken)


PUBLIC = rules(kind=ChannelKind.PUBLIC)


def spots(text: str, under: LintRules | None = None) -> list[tuple[str, str]]:
    return [(each.rule, text[each.start : each.end]) for each in lint(text, under or rules())]


def names(text: str, under: LintRules | None = None) -> list[str]:
    return [rule for rule, _ in spots(text, under)]


def test_a_plain_reply_has_nothing_wrong_with_it() -> None:
    text = "Buongiorno Giulia, il suo pacco n. 48213 arriva domani alle 10:30. Grazie!"
    assert lint(text, rules()) == ()
    assert lint("Good morning, your parcel arrives on 2026-03-05.", rules("en")) == ()


# --- private data -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rule", "where"),
    [
        ("IBAN IT60X0542811101000000123456 grazie mille", "iban", "IT60X0542811101000000123456"),
        (
            "su IT60 X054 2811 1010 0000 0123 456 entro domani",
            "iban",
            "IT60 X054 2811 1010 0000 0123 456",
        ),
        ("de89370400440532013000.", "iban", "de89370400440532013000"),
        ("la carta 4111 1111 1111 1111 scade", "card_number", "4111 1111 1111 1111"),
        ("4111-1111-1111-1111", "card_number", "4111-1111-1111-1111"),
        ("378282246310005", "card_number", "378282246310005"),
        ("CF RSSMRA85T10A562S ok", "tax_code", "RSSMRA85T10A562S"),
    ],
)
def test_numbers_of_accounts_cards_and_people_are_told_by_their_digits(
    text: str, rule: str, where: str
) -> None:
    assert spots(text) == [(rule, where)]
    assert lint(text, PUBLIC)[0].severity is Severity.ERROR


@pytest.mark.parametrize(
    "text",
    [
        "IT61X0542811101000000123456",
        "carta 4111 1111 1111 1112",
        "ordine 1234567890123456",
        "il 4 marzo 2026 alle 10",
        "spedizione 1Z999AA10123456784",
    ],
)
def test_what_does_not_check_is_a_number_like_any_other(text: str) -> None:
    assert lint(text, rules()) == ()


@pytest.mark.parametrize(
    ("text", "rule", "where"),
    [
        ("scriva a anna.rossi@example.com, grazie", "email_address", "anna.rossi@example.com"),
        ("chiami +39 333 123 4567 subito", "phone_number", "+39 333 123 4567"),
        ("chiami 3331234567", "phone_number", "3331234567"),
    ],
)
def test_how_to_reach_somebody_is_told_where_everybody_reads_along(
    text: str, rule: str, where: str
) -> None:
    assert spots(text) == []
    assert spots(text, PUBLIC) == [(rule, where)]
    assert lint(text, PUBLIC)[0].severity is Severity.ERROR


@pytest.mark.parametrize("text", ["dal 2026-03-04", "dal 04.03.2026", "alle 10:30", "1.000 euro"])
def test_a_date_or_price_is_no_phone_number(text: str) -> None:
    assert lint(text, PUBLIC) == ()


# --- how it sounds ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tone", "expected"),
    [
        ("Ciao, il tuo pacco arriva.", Tone.FORMAL, ["too_informal", "too_informal"]),
        ("Gentile Giulia, il Suo pacco arriva.", Tone.FORMAL, []),
        ("Gentile Giulia, il pacco arriva.", Tone.INFORMAL, ["too_formal"]),
        ("Ciao, il tuo pacco arriva.", Tone.INFORMAL, []),
        ("Ciao, il pacco arriva.", Tone.NEUTRAL, []),
        ("Ciao Giulia, il Suo pacco arriva.", Tone.NEUTRAL, ["mixed_address"]),
        ("Gentile Giulia, il tuo pacco arriva.", Tone.NEUTRAL, ["mixed_address"]),
        ("La porta è chiusa. Le scarpe no. Lei ride.", Tone.INFORMAL, []),
        ("Posso aiutarLa? Se Lei vuole.", Tone.INFORMAL, ["too_formal"]),
    ],
)
def test_a_customer_is_spoken_to_as_the_channel_does(
    text: str, tone: Tone, expected: list[str]
) -> None:
    assert names(text, rules(tone=tone)) == expected


def test_a_neutral_english_channel_bears_hey_but_not_beside_dear_sir() -> None:
    assert names("Hey, on its way.", rules("en")) == []
    assert names("Dear Sir, hey, on its way.", rules("en")) == ["mixed_address"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IL PACCO ARRIVA DOMANI, grazie", [("capitals", "IL PACCO ARRIVA DOMANI")]),
        ("il codice IBAN è SEPA valido", []),
        ("il PDF della FATTURA allegata", []),
        ("Grazie!!! Davvero", [("exclamation_marks", "!")]),
        ("Grazie!! Davvero", [("exclamation_marks", "!!")]),
        ("Uno! Due! Tre! Quattro!", [("exclamation_marks", "! Quattro!")]),
        ("Uno! Due!", []),
        ("Come già detto, arriva domani.", [("blame", "Come già detto")]),
    ],
)
def test_what_sounds_like_shouting_or_a_reproach_is_told(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert spots(text) == expected


# --- what leaves ------------------------------------------------------------------------------


def test_what_is_longer_than_the_channel_takes_says_in_how_many_parts_it_leaves() -> None:
    text = "Una frase di prova. " * 20
    (long,) = [each for each in lint(text, rules(limit=160)) if each.rule == "parts"]
    assert "3 messaggi" in long.words
    assert "160" in long.words
    assert long.severity is Severity.HINT


def test_length_is_counted_as_the_provider_counts_it() -> None:
    under = rules(limit=100).model_copy(update={"text_unit": TextUnit.UTF_16})
    assert "parts" in names("😀" * 60, under)
    assert "parts" not in names("😀" * 60, rules(limit=100))


def test_what_nobody_reads_to_the_end_is_told_from_where_on() -> None:
    longest = LONGEST[ChannelKind.PUBLIC]
    (long,) = lint("a " * 200, PUBLIC)
    assert (long.rule, long.start, long.end) == ("long", longest, 400)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Gentile {customer_name}, ecco", [("placeholder", "{customer_name}")]),
        ("Gentile {{nome}}", [("placeholder", "{{nome}}")]),
        ("Gentile [NOME], ecco", [("placeholder", "[NOME]")]),
        ("Gentile ____, ecco", [("placeholder", "____")]),
        ("vedi [nota] e {", []),
        ("vedi http://example.com/a", [("insecure_link", "http://example.com/a")]),
        ("vedi https://example.com/a", []),
        ("vedi https://bit.ly/abc", [("shortened_link", "https://bit.ly/abc")]),
        ("vedi https://rabbit.ly/abc", []),
    ],
)
def test_gaps_and_doubtful_links_are_told(text: str, expected: list[tuple[str, str]]) -> None:
    assert spots(text) == expected


# --- in words, as data ------------------------------------------------------------------------


def test_findings_are_said_in_the_language_of_who_reads_them() -> None:
    text = "4111 1111 1111 1111"
    assert lint(text, rules())[0].words == "Contiene il numero di una carta."
    assert lint(text, rules(spoken="en"))[0].words == "It holds the number of a card."


@pytest.mark.parametrize("language", languages())
def test_every_rule_is_said_in_every_language_that_says_any(language: str) -> None:
    data = part(language, "lint")
    assert set(data["words"]) == set(SEVERITIES)
    fields = set(re.findall(r"\{(\w+)\}", "".join(data["words"].values())))
    assert fields <= {"text", "parts", "limit", "length", "longest", "most"}


def test_a_channel_that_was_removed_is_judged_by_its_kind() -> None:
    under = lint_rules("gone", None, "it", kind=ChannelKind.PUBLIC)
    assert under.public
    assert under.text_limit is None
    assert names("3331234567", under) == ["phone_number"]


def test_where_nobody_reads_along_its_rules_are_left_out() -> None:
    assert "phone_number" not in rules().severities
    assert "phone_number" not in rules().patterns
    assert "phone_number" in PUBLIC.patterns


@given(st.text(alphabet=st.sampled_from("aA1{}[]_! @.:/-+4xIT\n😀"), max_size=300))
def test_a_text_is_always_judged_alike_and_within_itself(text: str) -> None:
    findings = lint(text, PUBLIC)
    assert findings == lint(text, PUBLIC)
    for each in findings:
        assert isinstance(each, Finding)
        assert 0 <= each.start < each.end <= len(text)
        assert each.words


@pytest.mark.parametrize(
    "text",
    ["1 " * 8_000, "a@" * 8_000, "{" * 16_000, "A" * 16_000, "! " * 8_000, "IT60 " * 3_000],
)
def test_of_a_text_with_everything_wrong_the_first_things_are_told(text: str) -> None:
    assert len(lint(text, PUBLIC)) <= MAX_FINDINGS
