"""Why a message did not arrive, by the code that its outcome was recorded with."""

import re

import pytest

from sportello.messaging.outbound_channel import Refusal
from sportello.messaging.refusals import EXPLANATIONS, Remedy, explain_refusal
from support.template import ROOT

PAGE = (ROOT / "docs/agent-api.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_is_explained(refusal: Refusal) -> None:
    explanation = explain_refusal(f"{refusal}:1")
    assert explanation.reason != "unknown_reason"
    assert explanation.words.endswith(".")
    assert explanation.possible


@pytest.mark.parametrize("code", ["", "131999", "no_answer", "of a later version:7"])
def test_any_other_code_is_said_to_be_unknown(code: str) -> None:
    assert explain_refusal(code).reason == "unknown_reason"


def test_a_number_behind_the_word_changes_nothing() -> None:
    assert explain_refusal("window_closed") == explain_refusal("window_closed:131047")


def test_the_page_has_every_reason_with_what_is_possible() -> None:
    table = PAGE.split("| `reason` | `possible` |")[1].split("\n\n")[0]
    told = {
        reason: tuple(re.findall(r"`(\w+)`", possible))
        for reasons, possible in re.findall(r"^\| (.+) \| (.+) \|$", table, re.MULTILINE)
        for reason in re.findall(r"`(\w+)`", reasons)
    }
    known = [*EXPLANATIONS.values(), explain_refusal("")]
    # What people took over is no refusal, and nobody is rung for it.
    assert told == {e.reason: tuple(map(str, e.possible)) for e in known if e.possible}


def test_every_remedy_is_some_refusals() -> None:
    known = [*EXPLANATIONS.values(), explain_refusal("")]
    assert {remedy for each in known for remedy in each.possible} == set(Remedy)
