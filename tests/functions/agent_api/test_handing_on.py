"""Transfers, take-overs, notes, questions and promised calls, as agents' tools ask for them."""

from datetime import timedelta
from typing import Any

import pytest

from sportello.conversation.effects import SendMessage, WriteNote
from sportello.conversation.events import OwnerKind
from sportello.conversation.state import ConversationState
from sportello.entrypoints import runtime
from sportello.people.placement.assigning import Assigning
from sportello.queues.settings import QueueSettings
from sportello.routing.endpoints import AgentEndpoint
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from sportello.sla.clocks import ClockKind
from sportello.table.desk import Desk
from sportello.table.items import EffectRecord
from support import builders
from support.agent_calls import Answer, call
from support.builders import CONVERSATION, NOW, an_address
from support.clouds.begun_conversation import begin
from support.clouds.table import all_items, configure

HERE = f"/conversations/{CONVERSATION}"
SUPERVISOR = {"agent": "chief", "groups": "agent,supervisor"}


@pytest.fixture(autouse=True)
def in_opening_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW)


@pytest.fixture
def taken(counter: Desk) -> Desk:
    """A desk with two queues, and with a conversation that anna has."""
    configure(
        counter.table, QueueSettings.model_validate({"queues": {"default": {}, "sales": {}}}), NOW
    )
    begin(counter, builders.request_human(), builders.offer(), builders.accept("anna"))
    bell = AgentEndpoint.model_validate({"notifier": "webhook", "url": "https://b.example/hook"})
    counter.table.agents.put_profile("bruno", AgentProfile(endpoints={"phone": bell}), 0, NOW)
    return counter


def post(action: str, body: Any = None, key: str = "", **who: Any) -> Answer:
    headers = {"Idempotency-Key": key} if key else {}
    return call("POST", f"{HERE}/{action}", body, headers=headers, **who)


def state_of(desk: Desk) -> ConversationState:
    return desk.table.load(CONVERSATION).state


def effects(desk: Desk) -> list[EffectRecord]:
    items = all_items(desk.table)
    return [EffectRecord.from_attributes(i) for i in items if i["entity"]["S"] == "effect"]


def said(desk: Desk) -> list[str]:
    each = (record.effect for record in effects(desk))
    return [e.text for e in each if isinstance(e, SendMessage) and e.key.startswith("reply:")]


def noted(desk: Desk) -> list[str]:
    each = (record.effect for record in effects(desk))
    return [effect.text for effect in each if isinstance(effect, WriteNote)]


# --- transfers --------------------------------------------------------------------------------


def test_a_transfer_to_a_queue_puts_it_in_line_there(taken: Desk) -> None:
    answer = post("transfer", {"queue": "sales", "note": "Vuole un preventivo."})
    assert answer.status == 200
    assert answer.document["owner"]["kind"] == "queue"
    state = state_of(taken)
    assert (state.owner.name, state.queue) == ("sales", "sales")
    assert noted(taken) == ["Vuole un preventivo."]
    assert said(taken) == []


def test_a_transfer_to_a_queue_asks_an_agent_who_is_there_at_once(taken: Desk) -> None:
    taken.table.agents.put_profile("sara", AgentProfile(queues=("sales",)), 0, NOW)
    taken.table.agents.set_presence("sara", Presence.AVAILABLE, NOW + timedelta(hours=1), NOW)
    Assigning(taken, runtime.settings()).settle("sara", NOW)
    post("transfer", {"queue": "sales"})
    offer = state_of(taken).personal_offer
    assert offer is not None
    assert offer.agent_id == "sara"


def test_a_transfer_to_a_colleague_asks_them_with_the_story_and_the_note(taken: Desk) -> None:
    assert post("transfer", {"agent_id": "bruno", "note": "È tuo."}).status == 200
    offer = state_of(taken).personal_offer
    assert offer is not None
    assert (offer.agent_id, offer.endpoints) == ("bruno", ("@bruno/phone",))
    assert offer.expires_at == NOW + timedelta(seconds=120)
    (rung,) = [r.effect for r in effects(taken) if r.effect.key.endswith("@bruno/phone")]
    assert rung.data["note"] == "È tuo."  # type: ignore[union-attr] # a notice
    assert rung.data["transcript"]  # type: ignore[union-attr] # a notice


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"queue": "nowhere"}, "/queue"),
        ({"agent_id": "nobody"}, "/agent_id"),
        ({"agent_id": "not a name"}, "/agent_id"),
        ({}, ""),
        ({"queue": "sales", "agent_id": "bruno"}, ""),
        ({"queue": "sales", "note": "x" * 4_001}, "/note"),
    ],
)
def test_a_transfer_to_nowhere_is_refused(taken: Desk, body: Any, pointer: str) -> None:
    answer = post("transfer", body)
    assert (answer.status, answer.problem) == (422, "validation")
    assert answer.document["errors"][0].get("pointer", "") == pointer
    assert state_of(taken).owner.name == "anna"


def test_a_colleagues_conversation_is_a_supervisors_to_hand_on(taken: Desk) -> None:
    refused = post("transfer", {"queue": "sales"}, agent="bruno")
    assert (refused.status, refused.problem) == (409, "not-allowed")
    assert post("transfer", {"queue": "sales"}, **SUPERVISOR).status == 200
    assert state_of(taken).owner.name == "sales"


def test_taking_over_is_for_supervisors(taken: Desk) -> None:
    assert post("take-over", agent="bruno").status == 403
    assert post("take-over", **SUPERVISOR).status == 200
    assert post("take-over", **SUPERVISOR).status == 200
    assert state_of(taken).owner.name == "chief"


# --- notes and questions ----------------------------------------------------------------------


def test_a_note_is_in_the_story_and_only_there(taken: Desk) -> None:
    assert post("notes", {"text": " Ha già pagato. "}, "k-1", agent="bruno").status == 201
    entries = call("GET", HERE).document["timeline"]["entries"]
    (note,) = [entry for entry in entries if entry["type"] == "NoteWritten"]
    assert (note["text"], note["author"]) == ("Ha già pagato.", "agent")
    assert note["detail"]["agent_id"] == "bruno"
    assert said(taken) == []


def test_a_note_that_comes_twice_is_kept_once(taken: Desk) -> None:
    first = post("notes", {"text": "Uno."}, "k-1")
    assert post("notes", {"text": "Uno."}, "k-1").document == first.document
    assert noted(taken) == ["Uno."]
    reused = post("notes", {"text": "Due."}, "k-1")
    assert (reused.status, reused.problem) == (422, "idempotency-key-reused")


@pytest.mark.parametrize("body", [{"text": "  "}, {"text": "x" * 4_001}, {}])
def test_a_note_says_something_and_not_too_much(taken: Desk, body: Any) -> None:
    assert post("notes", body, "k-1").status == 422
    assert noted(taken) == []


def test_a_colleague_is_consulted_and_owns_nothing(taken: Desk) -> None:
    assert post("consult", {"agent_id": "bruno", "note": "Che sconto?"}).status == 200
    assert state_of(taken).owner.name == "anna"
    assert state_of(taken).consulted == ("bruno",)
    assert noted(taken) == ["Che sconto?"]
    assert post("consult", {"agent_id": "nobody", "note": "?"}).status == 422


# --- another way ------------------------------------------------------------------------------


def test_a_call_is_promised_in_the_customers_language_and_kept_by_hand(taken: Desk) -> None:
    body = {"within_seconds": 2_400, "note": "Numero nuovo."}
    assert post("call-back", body, "k-1").status == 202
    assert said(taken) == ["Un collega la chiamerà entro le 11:40."]
    (promise,) = [c for c in state_of(taken).clocks if c.kind is ClockKind.PROMISE]
    assert promise.due_at == NOW + timedelta(seconds=2_400)
    assert not promise.promise_id.startswith("answer:")
    assert noted(taken) == ["Numero nuovo."]
    kept = post("promises/keep", {"promise_id": promise.promise_id})
    assert kept.status == 200


def test_another_channel_is_promised_with_who_and_when(taken: Desk) -> None:
    at = (NOW + timedelta(hours=1)).isoformat()
    body = {"channel": "e-mail", "at": at, "name": "Giulia"}
    assert post("change-channel", body, "k-1").status == 202
    assert said(taken) == [
        "Giulia le scriverà via e-mail entro le 12:00; non è necessario che resti in attesa qui."
    ]
    (event,) = [
        e
        for entry in taken.table.log_page(CONVERSATION, 10)
        for e in entry.events
        if e.type == "ChannelChangePromised"
    ]
    assert (event.way, event.agent_id) == ("channel", "anna")


def test_a_promise_that_comes_twice_is_made_once(taken: Desk) -> None:
    for _ in range(2):
        assert post("call-back", {"within_seconds": 600}, "k-1").status == 202
    assert len(said(taken)) == 1
    other = post("call-back", {"within_seconds": 900}, "k-1")
    assert other.problem == "idempotency-key-reused"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"within_seconds": 600, "at": "2026-03-04T12:00:00Z"},
        {"at": "2026-03-04T12:00:00Z", "in_opening_hours": True},
        {"within_seconds": 59},
        {"at": "2026-03-04T10:00:30Z"},
        {"at": "2027-03-04T10:00:00Z"},
        {"within_seconds": 600, "name": "https://evil.example"},
        {"within_seconds": 600, "name": "Giulia\nclicchi qui"},
    ],
)
def test_a_promise_is_for_a_time_and_by_a_name(taken: Desk, body: Any) -> None:
    assert post("call-back", body, "k-1").status == 422
    assert said(taken) == []


@pytest.mark.usefixtures("taken")
def test_an_agent_sees_how_to_reach_the_customer() -> None:
    contact = call("GET", f"{HERE}/contact").document
    assert contact["reply_to"] == an_address().reply_to
    assert contact["display_name"] == "Giulia"
    assert call("GET", f"{HERE}/contact", groups="designer").status == 403


def test_a_promise_by_a_supervisor_leaves_the_agent_their_conversation(taken: Desk) -> None:
    assert post("call-back", {"within_seconds": 600}, "k-1", agent="bruno").status == 409
    assert post("call-back", {"within_seconds": 600}, "k-1", **SUPERVISOR).status == 202
    assert state_of(taken).owner.kind is OwnerKind.AGENT
    assert state_of(taken).owner.name == "anna"
