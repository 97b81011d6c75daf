import re
from datetime import UTC, datetime
from typing import Any

import pytest

from sportello.channel_kinds import Tone
from sportello.language.languages import Language
from sportello.language.spoken_time import deadline_in_words, opening_in_words
from sportello.language.texts import (
    TextError,
    check_overrides,
    packaged_texts,
    text,
)

FRIDAY_NIGHT = datetime(2026, 12, 4, 22, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 12, 7, 9, tzinfo=UTC)


def test_the_closed_reply_names_the_opening_and_what_becomes_of_the_message() -> None:
    italian, english = (
        text(
            "out_of_hours",
            language,
            opening=opening_in_words(MONDAY_MORNING, FRIDAY_NIGHT, language, UTC),
        )
        for language in ("it", "en")
    )
    assert "il servizio è chiuso: riapre lunedì 7 alle 9:00. Abbiamo ricevuto il suo" in italian
    assert "open again on Monday 7 at 9:00 am. We have received your message" in english


def test_a_promise_names_its_deadline_when_made_and_when_broken() -> None:
    italian, english = (
        deadline_in_words(MONDAY_MORNING, FRIDAY_NIGHT, language, UTC) for language in ("it", "en")
    )
    assert "Le risponderemo entro lunedì 7 alle 9:00; non" in text("promise_made", "it", by=italian)
    assert "back to you by 9:00 am on Monday 7; there" in text("promise_made", "en", by=english)
    broken = text("promise_broken", "it", by=italian)
    assert "impegnati a risponderle entro lunedì 7 alle 9:00 e non lo abbiamo fatto" in broken
    broken = text("promise_broken", "en", by=english)
    assert "to get back to you by 9:00 am on Monday 7 and we did not" in broken


@pytest.mark.parametrize(
    ("language", "wait", "said"),
    [
        ("it", "tra 2 e 5 minuti", "il numero 3 in attesa. Tempo di attesa previsto: tra 2 e 5"),
        ("it", "meno di un minuto", "il numero 3 in attesa. Tempo di attesa previsto: meno di un"),
        ("en", "2 to 5 minutes", "number 3 in the queue. Expected waiting time: 2 to 5 minutes."),
        ("en", "about a minute", "number 3 in the queue. Expected waiting time: about a minute."),
    ],
)
def test_an_expected_wait_and_its_change_read_with_any_length(
    language: Language, wait: str, said: str
) -> None:
    first = text("expected_wait", language, position="3", wait=wait)
    changed = text("expected_wait_changed", language, position="3", wait=wait)
    assert said in first
    assert said in changed
    assert first != changed


def test_a_missing_value_is_named() -> None:
    with pytest.raises(TextError, match=r"'out_of_hours' \(it\) needs a value for opening"):
        text("out_of_hours", "it")


def test_a_value_is_never_read_as_a_placeholder() -> None:
    assert "{opening}" in text("out_of_hours", "it", opening="{opening}")


def test_the_wording_of_the_business_comes_first_in_the_language_it_has() -> None:
    overrides: Any = {"it": {"handoff": "Un attimo."}}
    assert text("handoff", "it", overrides=overrides) == "Un attimo."
    assert text("handoff", "en", overrides=overrides) == packaged_texts("en")["handoff"]
    assert text("bot_failed", "it", overrides=overrides) == packaged_texts("it")["bot_failed"]


def test_a_text_has_the_tone_of_its_channel_where_it_has_a_wording_for_it() -> None:
    assert text("handoff", "it").startswith("La metto in contatto")
    assert text("handoff", "it", tone=Tone.FORMAL) == text("handoff", "it")
    assert text("handoff", "it", tone=Tone.NEUTRAL) == text("handoff", "it")
    assert text("handoff", "it", tone=Tone.INFORMAL).startswith("Ti metto in contatto")
    assert text("handoff", "en", tone=Tone.INFORMAL) == text("handoff", "en")


def test_the_wording_of_the_business_holds_in_every_tone() -> None:
    overrides: Any = {"it": {"handoff": "Un attimo."}}
    assert text("handoff", "it", tone=Tone.INFORMAL, overrides=overrides) == "Un attimo."


def test_informal_italian_calls_nobody_lei() -> None:
    formal = re.compile(r"\b(?:lei|le|sua|suo|può|vuole|dovrà|\w+rle)\b", re.IGNORECASE)
    texts, informal = packaged_texts("it"), packaged_texts("it", Tone.INFORMAL)
    assert [name for name, wording in informal.items() if formal.search(wording)] == []
    assert {name for name in texts if texts[name] == informal[name]} == {
        "talk_to_person_button",
        "colleague",
    }


def test_own_wording_may_do_without_a_placeholder() -> None:
    overrides: Any = {"it": {"out_of_hours": "Siamo chiusi."}}
    check_overrides(overrides)
    assert text("out_of_hours", "it", overrides=overrides, opening="domani") == "Siamo chiusi."


@pytest.mark.parametrize(
    ("overrides", "complaint"),
    [
        ({"it": {"handof": "x"}}, "no text 'handof'"),
        ({"en": {"handoff": "Back {opening}"}}, "no value for opening"),
        ({"it": {"promise_made": "Le risponderemo entro {at}."}}, "no value for at"),
        ({"en": {"expected_wait": "Number {position} of {length}"}}, "no value for length"),
        ({"en": {"talk_to_person_button": "Talk to a person now!"}}, "longer than a button"),
    ],
)
def test_wording_that_could_not_be_said_is_refused(overrides: Any, complaint: str) -> None:
    with pytest.raises(TextError, match=complaint):
        check_overrides(overrides)
