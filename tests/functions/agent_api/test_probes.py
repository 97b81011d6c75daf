"""Probes: what a settings document would come to, in force or still a draft."""

from typing import Any

import pytest

from sportello.bot.settings import BotSettings, FaqSettings
from sportello.channel_kinds import Tone
from sportello.hours.settings import OpeningHoursSettings
from sportello.language.settings import TextSettings
from sportello.language.texts import TEXT_NAMES
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import QueueSettings
from sportello.table.desk import Desk
from support.agent_calls import Answer, call
from support.builders import a_queue
from support.clouds.table import all_items, configure

WEEK = {"mon-fri": [["09:00", "13:00"], ["14:00", "18:00"]]}
SHOP = {"time_zone": "Europe/Rome", "weekly": WEEK, "holidays": ["IT"]}
DESK = {"desk": {"notifier": "webhook", "url": "https://desk.example.com/ring"}}


def probe(kind: str, body: Any, groups: str = "agent") -> Answer:
    return call("POST", f"/settings/{kind}/probe", body, groups=groups)


# --- opening hours ----------------------------------------------------------------------------


@pytest.fixture
def shop(counter: Desk) -> Desk:
    """A desk that keeps the calendar of a shop, and rings somebody."""
    configure(counter.table, OpeningHoursSettings.model_validate({"calendars": {"default": SHOP}}))
    configure(counter.table, AgentEndpointSettings.model_validate({"endpoints": DESK}))
    queue = a_queue(alert_endpoints=("desk",))
    configure(counter.table, QueueSettings(queues={"default": queue}))
    return counter


def with_special(windows: Any) -> Any:
    return {"calendars": {"default": SHOP | {"special": {"2026-12-24": windows}}}}


@pytest.mark.usefixtures("shop")
def test_a_draft_tells_what_happens_on_christmas_eve() -> None:
    document = with_special({"windows": [["09:00", "12:00"]], "label": "Vigilia"})
    body = {"date": "2026-12-24", "at": "15:00", "document": document}
    told = probe("opening_hours", body).document
    assert (told["rule"], told["label"]) == ("special", "Vigilia")
    assert told["windows"] == [["09:00", "12:00"]]
    assert told["overruled"][-1]["rule"] == "weekly"
    assert told["open"] == [{"start": "2026-12-24T08:00:00Z", "end": "2026-12-24T11:00:00Z"}]
    assert told["moment"] == {
        "at": "2026-12-24T14:00:00Z",
        "is_open": False,
        "next_opening": "2026-12-28T08:00:00Z",
        "next_closing": "2026-12-28T12:00:00Z",
    }
    words = {each["language"]: each["text"] for each in told["closed_texts"]}
    assert "riapre lunedì 28 alle 9:00" in words["it"]
    assert "Monday 28" in words["en"]


@pytest.mark.usefixtures("shop")
def test_without_a_draft_it_is_what_is_in_force_at_noon() -> None:
    told = probe("opening_hours", {"date": "2026-12-25"}).document
    assert told["rule"] == "holiday"
    assert told["label"].startswith("Natale (IT")
    assert told["moment"]["at"] == "2026-12-25T11:00:00Z"


@pytest.mark.usefixtures("shop")
def test_whoever_writes_while_it_is_open_is_told_nothing() -> None:
    told = probe("opening_hours", {"date": "2026-12-28"}).document
    assert (told["moment"]["is_open"], told["closed_texts"]) == (True, [])


def test_it_is_said_in_the_words_of_the_business(shop: Desk) -> None:
    own = {"it": {"out_of_hours": "Chiuso, riapriamo {opening}."}}
    configure(shop.table, TextSettings.model_validate({"texts": own}))
    told = probe("opening_hours", {"date": "2026-12-25"}).document["closed_texts"]
    assert {"language": "it", "text": "Chiuso, riapriamo lunedì 28 alle 9:00."} in told


def test_where_nobody_is_rung_no_colleague_is_promised(shop: Desk) -> None:
    configure(shop.table, QueueSettings(queues={"default": a_queue(alert_endpoints=())}))
    told = probe("opening_hours", {"date": "2026-12-25"}).document["closed_texts"]
    assert "non so dirle quando verranno letti" in told[-1]["text"]


@pytest.mark.usefixtures("shop")
def test_a_calendar_that_never_opens_has_nobody_wait_for_it() -> None:
    document = {"calendars": {"default": {"time_zone": "Europe/Rome"}}}
    told = probe("opening_hours", {"date": "2026-12-25", "document": document}).document
    assert told["closed_texts"] == []
    assert told["moment"]["next_opening"] is None


@pytest.mark.usefixtures("shop")
def test_a_draft_that_cannot_be_kept_is_refused_where_it_is_wrong() -> None:
    document = with_special([["12:00", "12:00"]])
    answer = probe("opening_hours", {"date": "2026-12-24", "document": document})
    assert (answer.status, answer.problem) == (422, "validation")
    pointers = [each["pointer"] for each in answer.document["errors"]]
    assert pointers[0].startswith("/document/calendars/default/special/2026-12-24")


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"date": "24 December"},
        {"date": "1999-12-24"},
        {"date": "2200-01-01"},
        {"date": "2026-12-24", "at": "24:00"},
        {"date": "2026-12-24", "calender": "default"},
    ],
)
def test_what_is_no_date_of_a_calendar_is_refused(body: Any) -> None:
    assert probe("opening_hours", body).problem == "validation"


@pytest.mark.usefixtures("shop")
def test_a_calendar_that_there_is_not_is_unknown() -> None:
    answer = probe("opening_hours", {"date": "2026-12-24", "calendar": "night"})
    assert (answer.status, answer.problem) == (404, "unknown-calendar")


# --- frequent questions -----------------------------------------------------------------------

PARKING = {
    "id": "parking",
    "questions": ["C'è un parcheggio?", "Dove posso parcheggiare?"],
    "answer": "Sì, in via Roma 3.",
}
MONDAY = {
    "id": "monday",
    "questions": ["Siete aperti il lunedì?"],
    "answer": "Sì, tutto il giorno.",
}
FAQ = {"entries": {"it": [PARKING, MONDAY]}}


@pytest.mark.usefixtures("counter")
def test_a_draft_answers_as_the_bot_would() -> None:
    told = probe("faq", {"question": "dove si può parcheggiare?", "document": FAQ}).document
    assert (told["language"], told["outcome"], told["reason"]) == ("it", "answer", None)
    assert told["answer"] == {"id": "parking", "text": "Sì, in via Roma 3.", "promise": None}
    first = told["nearest"][0]
    assert (first["id"], first["question"]) == ("parking", "Dove posso parcheggiare?")
    assert first["confidence"] >= told["threshold"]


@pytest.mark.usefixtures("counter")
def test_a_near_miss_says_what_it_missed_by() -> None:
    body = {"question": "Siete aperti il martedì?", "language": "it", "document": FAQ}
    told = probe("faq", body).document
    assert (told["outcome"], told["reason"]) == ("person", "unknown_question")
    assert told["answer"] is None
    first = told["nearest"][0]
    assert (first["id"], first["particulars_differ"]) == ("monday", True)
    assert first["confidence"] < told["threshold"]


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize(
    ("question", "outcome", "reason"),
    [
        ("Vorrei parlare con una persona", "person", "asked_for_person"),
        ("Il mio coccodrillo di peluche canta", "person", "unknown_question"),
        ("Grazie mille!", "nothing", None),
    ],
)
def test_what_goes_to_people_says_why(question: str, outcome: str, reason: str | None) -> None:
    told = probe("faq", {"question": question, "document": FAQ}).document
    assert (told["outcome"], told["reason"]) == (outcome, reason)


def test_a_bot_that_is_off_answers_nothing(counter: Desk) -> None:
    configure(counter.table, BotSettings(enabled=False))
    told = probe("faq", {"question": "C'è un parcheggio?", "document": FAQ}).document
    assert (told["outcome"], told["reason"]) == ("person", "bot_disabled")
    assert told["nearest"][0]["id"] == "parking"


def test_without_a_draft_it_is_what_is_in_force_or_packaged(counter: Desk) -> None:
    question = "How long does delivery take?"
    packaged = probe("faq", {"question": question}).document
    assert (packaged["language"], packaged["outcome"]) == ("en", "answer")
    configure(counter.table, FaqSettings.model_validate({"entries": {"en": []}}))
    own = probe("faq", {"question": question}).document
    assert (own["outcome"], own["nearest"]) == ("person", [])


@pytest.mark.usefixtures("counter")
def test_every_entry_is_near_once() -> None:
    told = probe("faq", {"question": "parcheggio parcheggiare", "document": FAQ}).document
    assert [each["id"] for each in told["nearest"]] == ["parking"]


# --- texts ------------------------------------------------------------------------------------


def previews(**body: Any) -> dict[str, Any]:
    told = probe("texts", body).document
    return {each["name"]: each for each in told["texts"]}


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("tone", Tone)
def test_every_text_is_said_whole(language: str, tone: str) -> None:
    shown = previews(language=language, tone=tone)
    assert tuple(shown) == TEXT_NAMES
    assert not [name for name, each in shown.items() if "{" in each["text"]]


@pytest.mark.usefixtures("counter")
def test_a_draft_is_said_in_its_own_words() -> None:
    own = {"it": {"expected_wait": "Tocca a lei {wait}."}}
    shown = previews(language="it", document={"texts": own})
    wait = shown["expected_wait"]
    assert (wait["text"], wait["is_own"]) == ("Tocca a lei tra 2 e 5 minuti.", True)
    assert wait["wording"] == "Tocca a lei {wait}."
    assert wait["packaged"].startswith("Lei è il numero {position}")
    assert wait["placeholders"] == [
        {"name": "position", "sample": "3"},
        {"name": "wait", "sample": "tra 2 e 5 minuti"},
    ]
    assert not shown["handoff"]["is_own"]


@pytest.mark.usefixtures("counter")
def test_samples_are_in_the_language() -> None:
    assert "entro le 15:40" in previews(language="it")["promise_made"]["text"]
    assert "by 3:40 pm" in previews(language="en")["promise_made"]["text"]
    assert "tomorrow" in previews(language="en")["out_of_hours"]["text"]


@pytest.mark.usefixtures("counter")
def test_one_text_may_be_said_with_values_of_ones_own() -> None:
    shown = previews(language="en", name="call_back", values={"who": "Maria"})
    assert [each["text"] for each in shown.values()] == ["Maria will call you by 3:40 pm."]


def test_the_language_is_the_default_one_of_the_document(counter: Desk) -> None:
    assert probe("texts", {}).document["language"] == "it"
    configure(counter.table, TextSettings(default_language="en"))
    assert probe("texts", {}).document["language"] == "en"
    assert probe("texts", {"document": {"default_language": "it"}}).document["language"] == "it"


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"texts": {"it": {"handoff": "{position}"}}}, "/document"),
        ({"texts": {"it": {"hello": "Ciao"}}}, "/document/texts/it/hello"),
        ({"texts": {"xx": {"handoff": "Hm"}}}, "/document/texts/xx"),
    ],
)
def test_a_text_that_cannot_be_said_is_refused_where_it_stands(document: Any, pointer: str) -> None:
    answer = probe("texts", {"document": document})
    assert answer.problem == "validation"
    assert answer.document["errors"][0]["pointer"].startswith(pointer)


# --- all of them ------------------------------------------------------------------------------

PROBES: dict[str, Any] = {
    "opening_hours": {"date": "2026-12-24"},
    "faq": {"question": "C'è un parcheggio?"},
    "texts": {},
}


@pytest.mark.parametrize("kind", PROBES)
def test_a_probe_is_for_who_may_read_settings_and_leaves_no_trace(kind: str, counter: Desk) -> None:
    before = len(all_items(counter.table))
    for groups in ("agent", "designer", "analyst"):
        assert probe(kind, PROBES[kind], groups).status == 200
    assert probe(kind, PROBES[kind], "nobody").problem == "forbidden"
    (refusal,) = all_items(counter.table)[before:]
    assert refusal["entity"] == {"S": "audit"}


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize("kind", PROBES)
def test_a_draft_is_no_larger_than_any_body(kind: str) -> None:
    body = PROBES[kind] | {"document": {"x" * 300_000: 1}}
    assert probe(kind, body).status == 413


# --- what Sportello brings --------------------------------------------------------------------


@pytest.mark.usefixtures("counter")
def test_a_business_can_begin_from_the_packaged_answers() -> None:
    for language in ("it", "en"):
        query = {"language": language}
        told = call("GET", "/settings/faq/packaged", query=query).document
        assert told["language"] == language
        taken_over = {"entries": {language: told["entries"]}}
        assert call("POST", "/settings/faq/check", taken_over, groups="supervisor").status == 200
        first = told["entries"][1]
        question = {"question": first["questions"][0], "language": language}
        assert (
            probe("faq", question | {"document": taken_over}).document["answer"]["id"]
            == first["id"]
        )


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize("query", [{}, {"language": "xx"}, {"language": "it", "kind": "faq"}])
def test_packaged_answers_are_those_of_a_language_there_is(query: dict[str, str]) -> None:
    assert call("GET", "/settings/faq/packaged", query=query).problem == "validation"


@pytest.mark.usefixtures("counter")
def test_packaged_answers_are_for_who_may_read_settings() -> None:
    query = {"language": "it"}
    assert (
        call("GET", "/settings/faq/packaged", query=query, groups="nobody").problem == "forbidden"
    )
