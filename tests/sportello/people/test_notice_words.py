from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from sportello.people.notifying.notice_words import Reader, in_words
from sportello.people.notifying.notifier import notice_tag
from support.builders import CONVERSATION
from support.notices import HOSTILE, OFFERED, json_values, notice, spoken_by, strangers_texts

ENGLISH = Reader(language="en", time_zone="UTC")
ITALIAN = Reader(language="it", time_zone="Europe/Rome")


def lines(reader: Reader, data: dict[str, Any] = OFFERED) -> list[str]:
    return list(map(str, in_words(notice(data=data), reader).facts))


def test_an_offer_says_where_how_urgent_and_until_when() -> None:
    assert in_words(notice(), ENGLISH).title == "A customer is waiting"
    assert lines(ENGLISH) == [
        "Queue: sales",
        "Priority: high",
        "Open until: 10:01",
        "Answer due: 10:05",
        "Waiting since: 09:58",
        "Channel: whatsapp",
    ]


def test_it_speaks_the_readers_language_on_the_readers_clock() -> None:
    assert in_words(notice(), ITALIAN).title == "Un cliente è in attesa"
    assert {"Coda: sales", "Priorità: alta", "Aperta fino a: 11:01"} <= set(lines(ITALIAN))


def test_what_is_not_of_today_has_its_day() -> None:
    data = OFFERED | {"expires_at": "2026-03-05T00:30:00Z"}
    assert "Open until: 2026-03-05 00:30" in lines(ENGLISH, data)


def test_seconds_are_dropped_so_that_nobody_comes_too_late() -> None:
    data = OFFERED | {"expires_at": "2026-03-04T10:01:59Z"}
    assert "Open until: 10:01" in lines(ENGLISH, data)


def test_what_ends_an_offer_says_how_it_ended() -> None:
    taken = notice("offer.accepted", {"offer_id": "handoff-2-0"})
    assert in_words(taken, ENGLISH).title == "A colleague has this customer."


def test_a_notice_of_a_later_version_is_told_all_the_same() -> None:
    assert in_words(notice("moon.rising", {}), ENGLISH).title == "News of a conversation"


def test_nothing_of_the_customers_is_said_unless_it_is_asked_for() -> None:
    said = in_words(notice(), ENGLISH)
    assert said.customer == ()
    assert "Niccolò" not in str(said)
    assert "pacco" not in str(said)


def test_asked_for_it_is_the_name_and_the_last_words() -> None:
    (said,) = in_words(notice(), ENGLISH, show_words=True).customer
    assert str(said) == "Customer: Niccolò “Il mio pacco è in ritardo”"


def test_a_customer_who_has_said_nothing_has_a_name_alone() -> None:
    (said,) = in_words(notice(data=OFFERED | {"transcript": []}), ENGLISH, show_words=True).customer
    assert str(said) == "Customer: Niccolò"


@given(text=strangers_texts)
def test_strangers_words_are_one_short_line_in_a_place_of_their_own(text: str) -> None:
    said = in_words(notice(data=spoken_by(text)), ENGLISH, show_words=True)
    assert said.facts == in_words(notice(), ENGLISH).facts
    for _, value in said.customer:
        assert len(value.splitlines()) == 1
        assert len(value) < 400


@given(data=json_values)
def test_whatever_stands_in_a_notice_it_is_told(data: Any) -> None:
    told = in_words(notice(data={"queue": data, "customer": data, "transcript": data}), ENGLISH)
    assert told.title


@pytest.mark.parametrize("text", HOSTILE)
def test_a_name_cannot_forge_a_fact(text: str) -> None:
    said = in_words(notice(data=spoken_by(text)), ENGLISH, show_words=True)
    assert said.facts == in_words(notice(), ENGLISH).facts


def test_a_tag_is_the_same_over_all_attempts_and_names_nobody() -> None:
    assert notice_tag(f"{CONVERSATION}/a") == notice_tag(f"{CONVERSATION}/a")
    assert notice_tag(f"{CONVERSATION}/a") != notice_tag(f"{CONVERSATION}/b")
    assert CONVERSATION not in notice_tag(f"{CONVERSATION}/a")


@pytest.mark.parametrize("fields", [{"language": "italiano"}, {"time_zone": "Europe/Atlantis"}])
def test_what_is_no_language_or_no_clock_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Reader.model_validate(fields)


def test_nobody_has_to_say_anything() -> None:
    assert Reader().time_zone == "Europe/Rome"
    assert in_words(notice(), Reader()) == in_words(notice(), ITALIAN)
