import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.people.notifying.notice_facts import (
    LINE_CHARACTERS,
    MOST_LINES,
    NAME_CHARACTERS,
    facts_of,
    one_line,
)
from support.notices import OFFERED, json_values, notice, strangers_texts

SEEN_BY_NOBODY = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_an_offer_tells_who_waits_where_since_when_and_until_when() -> None:
    facts = facts_of(notice())
    assert (facts.offer_id, facts.queue, facts.priority) == ("handoff-2-0", "sales", "high")
    assert (facts.customer, facts.agent_id) == ("Niccolò", "")
    assert facts.waiting_since is not None
    assert facts.waiting_since.isoformat() == "2026-03-04T09:58:00+00:00"
    assert facts.expires_at is not None
    assert facts.expires_at.isoformat() == "2026-03-04T10:01:00+00:00"
    assert [(line.author, line.text) for line in facts.lines] == [
        ("customer", "Il mio pacco è in ritardo"),
        ("bot", "Un momento"),
    ]


def test_an_answer_is_due_by_the_clock_that_an_answer_stops() -> None:
    due_at = facts_of(notice()).due_at
    assert due_at is not None
    assert due_at.isoformat() == "2026-03-04T10:05:00.250000+00:00"


def test_a_clocks_own_notice_tells_its_due_time() -> None:
    due_at = facts_of(notice("clock.imminent", {"due_at": "2026-03-04T11:00:00+01:00"})).due_at
    assert due_at is not None
    assert due_at.isoformat() == "2026-03-04T10:00:00+00:00"


def test_of_a_long_story_the_end_is_told() -> None:
    said = [{"author": "customer", "text": str(number)} for number in range(20)]
    facts = facts_of(notice(data=OFFERED | {"transcript": said}))
    assert [line.text for line in facts.lines] == [str(n) for n in range(20 - MOST_LINES, 20)]


def test_what_a_colleague_asks_stands_last() -> None:
    said = [{"author": "customer", "text": str(number)} for number in range(20)]
    facts = facts_of(notice(data=OFFERED | {"transcript": said, "note": "Che sconto\npossiamo?"}))
    assert len(facts.lines) == MOST_LINES
    assert (facts.lines[-1].author, facts.lines[-1].text) == ("agent", "Che sconto possiamo?")
    assert facts.lines[-2].text == "19"


def test_a_line_without_words_is_no_line() -> None:
    said = [{"author": "customer", "text": text} for text in ("", " \n\u200b ", "Ciao")]
    facts = facts_of(notice(data=OFFERED | {"transcript": said}))
    assert [line.text for line in facts.lines] == ["Ciao"]


@given(st.dictionaries(st.sampled_from([*OFFERED, "due_at"]), json_values))
def test_whatever_the_data_holds_it_is_read(data: dict[str, Any]) -> None:
    facts = facts_of(notice(data=data))
    assert len(facts.customer) <= NAME_CHARACTERS
    assert len(facts.lines) <= MOST_LINES


@given(strangers_texts, st.integers(2, LINE_CHARACTERS))
def test_a_text_is_one_line_of_what_is_seen(text: str, most: int) -> None:
    line = one_line(text, most)
    assert len(line) <= most
    assert line == " ".join(line.split())
    assert {unicodedata.category(c) for c in line if c not in "\u200c\u200d"}.isdisjoint(
        SEEN_BY_NOBODY
    )
    assert line.encode().decode() == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Ciao", "Ciao"),
        ("a\r\n\tb", "a b"),
        ("\u202egnp.exe", "gnp.exe"),
        ("👩‍👧 ok", "👩‍👧 ok"),
        ("\ud83d", "\ufffd"),
        ("123456789012", "123456789…"),
        ("1234567890", "1234567890"),
        (" " * 500 + "late", "…"),
    ],
)
def test_a_line_is_cut_where_it_is_too_long(text: str, line: str) -> None:
    assert one_line(text, 10) == line
