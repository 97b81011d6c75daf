"""Which queue: the first rule of which every condition fits, and why those before it do not."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.channel_kinds import ChannelKind
from sportello.priorities import Priority
from sportello.routing.queue_choice import (
    Circumstances,
    QueueChoice,
    RuleTried,
    choose_queue,
)
from sportello.routing.settings import QueueRule

ROME = ZoneInfo("Europe/Rome")
WEDNESDAY = datetime(2026, 3, 4, 11, 0, tzinfo=ROME)

USUAL = Circumstances(
    channel="whatsapp",
    channel_kind=ChannelKind.MESSAGING,
    account="106540352242922",
    language="it",
    intent="unknown_question",
    segment="retail",
    priority=Priority.NORMAL,
    verified=True,
    local=WEDNESDAY,
    words=frozenset({"fattura"}),
)

MORNING = {"start": "09:00", "end": "13:00"}

FITTING: dict[str, Any] = {
    "channels": ["telegram", "whatsapp"],
    "channel_kinds": ["messaging"],
    "accounts": ["106540352242922"],
    "languages": ["it", "de"],
    "intents": ["unknown_question"],
    "segments": ["retail"],
    "priorities": ["normal"],
    "verified": True,
    "times": [MORNING],
    "words": ["fattura", "rimborso"],
}

OTHER: dict[str, Any] = {
    "channels": ["telegram"],
    "channel_kinds": ["email"],
    "accounts": ["1"],
    "languages": ["de"],
    "intents": ["asked_for_person"],
    "segments": ["vip"],
    "priorities": ["high", "urgent"],
    "verified": False,
    "times": [{"start": "13:00", "end": "09:00"}],
    "words": ["reso"],
}


def rule(name: str = "rule", queue: str = "there", **conditions: Any) -> QueueRule:
    return QueueRule.model_validate({"name": name, "queue": queue, **conditions})


def chosen(*rules: QueueRule, **changes: Any) -> str:
    return choose_queue(rules, USUAL._replace(**changes)).queue


def test_without_a_rule_no_queue_is_chosen() -> None:
    assert choose_queue((), USUAL) == QueueChoice()


def test_a_rule_without_conditions_fits_all() -> None:
    assert chosen(rule()) == "there"


def test_a_rule_fits_when_all_that_it_names_fits() -> None:
    assert chosen(rule(**FITTING)) == "there"


@pytest.mark.parametrize("condition", OTHER)
def test_one_condition_that_does_not_fit_is_enough(condition: str) -> None:
    choice = choose_queue([rule(**FITTING | {condition: OTHER[condition]})], USUAL)
    assert choice == QueueChoice(tried=(RuleTried(rule="rule", missed=condition),))


@pytest.mark.parametrize("condition", ["languages", "segments", "words"])
def test_what_nobody_knows_fits_no_condition(condition: str) -> None:
    nothing = USUAL._replace(language="", segment="", words=frozenset())
    assert choose_queue([rule(**{condition: FITTING[condition]})], nothing).queue == ""


def test_a_priority_of_a_later_version_counts_as_normal() -> None:
    later = str.__new__(Priority, "extreme")
    later._name_ = later._value_ = "extreme"
    assert chosen(rule(priorities=["normal"]), priority=later) == "there"


def test_the_first_rule_that_fits_decides_and_the_ones_before_say_why_not() -> None:
    rules = [
        rule("german", "german", languages=["de"]),
        rule("invoices", "accounts", words=["fattura"]),
        rule("all", "retail"),
    ]
    assert choose_queue(rules, USUAL) == QueueChoice(
        queue="accounts",
        rule="invoices",
        tried=(RuleTried(rule="german", missed="languages"), RuleTried(rule="invoices")),
    )


def test_texts_matter_only_where_words_are_all_that_a_rule_misses() -> None:
    unread = USUAL._replace(words=frozenset())
    invoices, all_others = rule("invoices", words=["fattura"]), rule("all")
    assert choose_queue([invoices, all_others], unread).depends_on_words
    assert not choose_queue([all_others, invoices], unread).depends_on_words
    german = rule("invoices", words=["rechnung"], languages=["de"])
    assert not choose_queue([german, all_others], unread).depends_on_words


some_conditions = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from((FITTING[name], OTHER[name])) for name in FITTING}
)


@given(drawn=st.lists(some_conditions, max_size=6))
def test_whatever_the_rules_the_first_without_a_miss_holds(drawn: list[dict[str, Any]]) -> None:
    rules = [rule(f"r{number}", f"q{number}", **each) for number, each in enumerate(drawn)]
    fits = [all(value == FITTING[name] for name, value in each.items()) for each in drawn]
    first = fits.index(True) if True in fits else None
    choice = choose_queue(rules, USUAL)
    assert choice.queue == ("" if first is None else f"q{first}")
    assert [not tried.missed for tried in choice.tried] == fits[
        : None if first is None else first + 1
    ]
