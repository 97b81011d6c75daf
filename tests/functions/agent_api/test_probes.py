"""Probes: what a settings document would come to, in force or still a draft."""

from typing import Any

import pytest

from sportello.hours.settings import OpeningHoursSettings
from sportello.language.settings import TextSettings
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


# --- all of them ------------------------------------------------------------------------------

PROBES: dict[str, Any] = {"opening_hours": {"date": "2026-12-24"}}


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
