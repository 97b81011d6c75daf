"""Clocks, snoozes, priorities and promises through the agent API, and who waits in a queue."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from sportello.conversation.commands import Command
from sportello.entrypoints import runtime
from sportello.hours.settings import OpeningHoursSettings
from sportello.sla.settings import SlaSettings
from sportello.table.desk import Desk, Step
from sportello.table.settings.settings_store import SettingsStore
from support import builders
from support.agent_calls import Answer, call
from support.builders import CONVERSATION, NOW, a_message, an_address, an_inbound_record, seconds
from support.clouds.table import configure

HERE = f"/conversations/{CONVERSATION}"
OFFICE = {"time_zone": "Europe/Rome", "weekly": {"mon-fri": [["09:00", "17:00"]]}}
TARGETS = {
    "first_response": {"seconds": 300},
    "resolution": {"seconds": 28_800, "pauses_while": ["awaiting_customer", "snoozed"]},
}


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the API look at a clock that stands still."""
    set_time(monkeypatch, NOW)


def set_time(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(runtime, "utc_now", lambda: now)


@pytest.fixture
def waiting(counter: Desk, noon: None) -> Desk:  # noqa: ARG001 -- a fixture for its effect
    """A customer waits for people, on office hours and with two clocks."""
    configure(
        counter.table, OpeningHoursSettings.model_validate({"calendars": {"default": OFFICE}})
    )
    policy = {"name": "messaging", "targets": TARGETS}
    configure(counter.table, SlaSettings.model_validate({"policies": [policy]}))
    record = an_inbound_record(a_message("Vorrei una persona"))
    counter.table.put_inbound(record, b"")
    received = builders.receive(builders.an_item(record.item_id))
    settings = runtime.settings()
    for command in (received, builders.request_human()):
        ask(counter, command, settings)
    return counter


def ask(desk: Desk, command: Command, settings: SettingsStore) -> None:
    address = an_address(display_name="Giulia")
    desk.act(
        CONVERSATION,
        lambda seen: Step(command=command, terms=settings.terms(seen, address), address=address),
        NOW,
    )


def clocks() -> dict[str, dict[str, Any]]:
    answer = call("GET", f"{HERE}/clocks")
    assert answer.status == 200
    return {clock["kind"]: clock for clock in answer.document["clocks"]}


def do(what: str, document: Any = None, **who: Any) -> Answer:
    return call("POST", f"{HERE}/{what}", document if document is not None else {}, **who)


@pytest.mark.usefixtures("waiting")
def test_each_clock_tells_its_due_time_and_what_counted() -> None:
    found = clocks()
    assert set(found) == {"first_response", "resolution"}
    first = found["first_response"]
    assert (first["state"], first["policy"], first["policy_version"]) == ("pending", "messaging", 1)
    assert (first["calendar"], first["calendar_version"]) == ("default", 1)
    (span,) = first["explanation"]["spans"]
    assert (span["counted"], span["reason"], span["end"]) == (True, "open", first["due_at"])
    reasons = [span["reason"] for span in found["resolution"]["explanation"]["spans"]]
    assert reasons == ["open", "outside_hours", "open"]


def test_edited_hours_are_explained_with_the_version_each_stretch_counted_on(
    waiting: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_time(monkeypatch, NOW + timedelta(hours=1))
    shorter = {"time_zone": "Europe/Rome", "weekly": {"mon-fri": [["09:00", "13:00"]]}}
    document = {"calendars": {"default": shorter}}
    assert call("PUT", "/settings/opening_hours", document, groups="supervisor").status == 200
    assert do("classify", {"priority": "high"}).status == 200  # any event makes clocks follow
    told = clocks()["resolution"]["explanation"]
    assert [(r["reason"], r["calendar_version"]) for r in told["revisions"]] == [
        ("started", 1),
        ("opening_hours", 2),
    ]
    counted = [s for s in told["spans"] if s["counted"]]
    lengths = [
        (datetime.fromisoformat(s["end"]) - datetime.fromisoformat(s["start"])).total_seconds()
        for s in counted
    ]
    assert sum(lengths) == 28_800
    assert waiting.table.load(CONVERSATION).state.priority == "high"


@pytest.mark.usefixtures("waiting")
def test_a_snoozed_conversation_stands_still_until_it_is_woken() -> None:
    assert do("accept").status == 200
    until = (NOW + timedelta(days=1)).isoformat()
    snoozed = do("snooze", {"until": until})
    assert (snoozed.status, snoozed.document["lifecycle"]) == (200, "snoozed")
    assert clocks()["resolution"]["state"] == "paused"
    assert clocks()["resolution"]["due_at"] is None
    woken = do("unsnooze")
    assert (woken.document["lifecycle"], woken.document["snoozed_until"]) == ("open", None)
    assert clocks()["resolution"]["state"] == "pending"


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_snooze_ends_within_a_year(days: int) -> None:
    assert do("accept").status == 200
    answer = do("snooze", {"until": (NOW + timedelta(days=days)).isoformat()})
    assert (answer.status, answer.problem) == (409, "not-allowed")


@pytest.mark.usefixtures("waiting")
def test_only_who_has_a_conversation_may_put_it_aside() -> None:
    until = {"until": (NOW + timedelta(days=1)).isoformat()}
    assert do("snooze", until).problem == "not-allowed"
    assert do("accept", agent="anna").status == 200
    assert do("snooze", until, agent="bruno").problem == "not-allowed"
    assert do("snooze", until, agent="bruno", groups="supervisor").status == 200


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize(
    "document", [{"priority": "soon"}, {"segment": "V I P"}, {"segment": "x" * 65}, {"x": 1}]
)
def test_what_cannot_be_a_priority_or_a_segment_is_refused(document: Any) -> None:
    assert do("classify", document).problem == "validation"


@pytest.mark.usefixtures("waiting")
def test_priority_and_segment_are_set_apart() -> None:
    assert do("classify", {"priority": "urgent"}).document["priority"] == "urgent"
    both = do("classify", {"segment": "vip"}).document
    assert (both["priority"], both["segment"]) == ("urgent", "vip")
    assert do("classify", {"segment": ""}).document["segment"] is None


@pytest.mark.usefixtures("waiting")
def test_a_reply_may_promise_and_the_promise_is_kept_by_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    promised = {"text": "La chiamo entro 20 minuti.", "promise": {"within_seconds": 1_200}}
    promised["promise"] = {"within_seconds": 1_200, "kept_by": "hand"}
    headers = {"Idempotency-Key": "k-1"}
    for _ in range(2):
        assert call("POST", f"{HERE}/replies", promised, headers=headers).status == 202
    promise = clocks()["promise"]
    assert (promise["state"], promise["target_seconds"]) == ("pending", 1_200)
    set_time(monkeypatch, NOW + seconds(600))
    assert do("promises/keep", {"promise_id": promise["promise_id"]}).status == 200
    kept = clocks()["promise"]
    assert (kept["state"], kept["explanation"]["counted_seconds"]) == ("achieved", 600)
    assert do("promises/keep", {"promise_id": "another"}).problem == "not-allowed"


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("seconds_promised", [0, 59, 2_592_001])
def test_a_promise_is_of_a_minute_to_thirty_days(seconds_promised: int) -> None:
    document = {"text": "Presto.", "promise": {"within_seconds": seconds_promised}}
    answer = call("POST", f"{HERE}/replies", document, headers={"Idempotency-Key": "k-1"})
    assert answer.problem == "validation"


@pytest.mark.usefixtures("waiting")
def test_a_queue_lists_who_waits_until_somebody_takes_them() -> None:
    listed = call("GET", "/queues/default/waiting").document
    assert listed["total"] == 1
    (known,) = listed["conversations"]
    assert (known["conversation_id"], known["priority"]) == (CONVERSATION, "normal")
    assert do("accept").status == 200
    assert call("GET", "/queues/default/waiting").document["total"] == 0


@pytest.mark.usefixtures("waiting")
def test_a_queue_nobody_configured_is_unknown() -> None:
    assert call("GET", "/queues/gone/waiting").problem == "unknown-queue"


@pytest.mark.usefixtures("counter", "noon")
@pytest.mark.parametrize("path", ["clocks", "snooze", "classify"])
def test_a_conversation_nobody_wrote_in_is_unknown(path: str) -> None:
    bodies = {"snooze": {"until": (NOW + timedelta(days=1)).isoformat()}, "classify": {}}
    method = "GET" if path == "clocks" else "POST"
    answer = call(method, f"{HERE}/{path}", bodies.get(path))
    assert answer.problem == "unknown-conversation"
