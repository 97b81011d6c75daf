"""Rules choose the queue of a handoff, by what is known of it and by what the customer wrote."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.conversation.events import HandoffRequested
from sportello.people.placement.queue_routing import READ_CHARACTERS, words_in
from sportello.queues.settings import QueueSettings
from sportello.routing.settings import RoutingSettings
from support.builders import CONVERSATION, NIGHT
from support.clouds.metered import metered
from support.clouds.working_desk import WorkingDesk, working_desk

INVOICES = {"name": "invoices", "queue": "accounts", "words": ["fattura", "nota di credito"]}
UNKNOWN = "Il mio coccodrillo di peluche canta stonato la domenica"


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    with working_desk() as empty:
        rings = {"tiers": [{"name": "first", "endpoints": ["desk"]}]}
        names = ("default", "accounts", "night", "people", "it")
        empty.configure(QueueSettings, queues=dict.fromkeys(names, rings))
        yield empty


def rules(office: WorkingDesk, *documents: dict[str, Any]) -> None:
    office.configure(RoutingSettings, rules=list(documents))


def handoff(office: WorkingDesk) -> HandoffRequested:
    log = office.table.log_page(CONVERSATION, 100)
    events = [event for entry in log for event in entry.events]
    return next(event for event in events if isinstance(event, HandoffRequested))


def test_without_rules_it_is_the_queue_of_all_handoffs(office: WorkingDesk) -> None:
    office.say(UNKNOWN)
    assert office.state.queue == "default"
    assert handoff(office).rule == ""


def test_a_word_of_the_customer_leads_to_its_queue_and_the_story_says_which_rule(
    office: WorkingDesk,
) -> None:
    rules(office, INVOICES)
    office.say("La FATTÙRA del coccodrillo stonato?")
    assert office.state.queue == "accounts"
    assert (handoff(office).queue, handoff(office).rule) == ("accounts", "invoices")
    escalation = next(w for w in office.workflows())
    assert [tier["name"] for tier in escalation.input["tiers"]] == ["first"]


def test_every_message_of_the_turn_is_read(office: WorkingDesk) -> None:
    rules(office, INVOICES)
    office.receive(office.write("Mi serve una nota di credito"), office.write(UNKNOWN))
    office.hand_over()
    assert office.state.queue == "accounts"


def test_other_words_lead_to_the_queue_of_all_handoffs(office: WorkingDesk) -> None:
    rules(office, INVOICES)
    office.say(UNKNOWN)
    assert office.state.queue == "default"


def test_why_the_bot_hands_over_is_the_intent(office: WorkingDesk) -> None:
    rules(office, {"name": "asked", "queue": "people", "intents": ["asked_for_person"]})
    office.say("Vorrei parlare con un operatore")
    assert office.state.queue == "people"


def test_the_language_of_the_customer_is_what_they_were_heard_to_speak(office: WorkingDesk) -> None:
    rules(office, {"name": "italian", "queue": "it", "languages": ["it"]})
    office.say(UNKNOWN)
    assert office.state.queue == "it"


def test_times_are_read_on_the_clock_of_the_queue_of_all_handoffs(office: WorkingDesk) -> None:
    late = {"name": "late", "queue": "night", "times": [{"start": "22:00", "end": "22:01"}]}
    rules(office, late)
    office.now = NIGHT
    office.say(UNKNOWN)
    assert office.state.queue == "night"


def test_a_queue_that_is_gone_is_replaced_by_the_queue_of_all_handoffs(
    office: WorkingDesk, caplog: pytest.LogCaptureFixture
) -> None:
    rules(office, {"name": "lost", "queue": "gone"})
    office.say(UNKNOWN)
    assert office.state.queue == "default"
    assert handoff(office).rule == ""
    assert "a rule names a queue that is gone" in caplog.messages


def reads_of_a_handoff(*documents: dict[str, Any]) -> int:
    with working_desk() as office:
        rules(office, *documents)
        office.receive(office.write(UNKNOWN))
        with metered(office.table) as usage:
            office.hand_over("unknown_question")
    return usage.calls["BatchGetItem"]


@pytest.mark.parametrize(
    ("rule", "reads"),
    [
        ({"name": "segment", "queue": "default", "segments": ["vip"]}, 0),
        (INVOICES | {"segments": ["vip"]}, 0),
        (INVOICES, 1),
    ],
)
def test_texts_are_read_only_where_words_decide(rule: dict[str, Any], reads: int) -> None:
    assert reads_of_a_handoff(rule) == reads_of_a_handoff() + reads


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("la mia fattura", "fattura", True),
        ("La mia FATTURA!", "fattura", True),
        ("la mia fattura", "Fattùra", True),
        ("perche no?", "perché", True),
        ("le fatture", "fattura", False),
        ("fatturazione", "fattura", False),
        ("l'ordine", "ordine", True),
        ("nota  di\ncredito", "nota di credito", True),
        ("nota del credito", "nota di credito", False),
        ("iPhone15 rotto", "iphone15", True),
        ("articolo B2B.", "b2b", True),
        ("chiamo il 112", "112", True),
        ("chiamo il 1123", "112", False),
        ("Straße", "STRASSE", True),
        ("", "fattura", False),
    ],
)
def test_a_word_is_found_whole_whatever_its_case_and_accents(
    text: str, word: str, *, found: bool
) -> None:
    assert words_in(text, [word]) == (frozenset({word}) if found else frozenset())


def test_of_a_long_text_the_beginning_is_read() -> None:
    word = "fattura"
    fits = "x" * (READ_CHARACTERS - len(word) - 1) + " " + word
    assert words_in(fits, [word]) == {word}
    assert words_in("x" + fits, [word]) == frozenset()


@given(before=st.text(), after=st.text(), word=st.sampled_from(("fattura", "nota di credito")))
def test_a_word_between_spaces_is_found_in_any_text(before: str, after: str, word: str) -> None:
    assert words_in(f"{before} {word} {after}", [word]) == {word}
