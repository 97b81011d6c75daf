"""A story read on from where one was, and what is refused to who has not seen all of it."""

from typing import Any

import pytest

from sportello.conversation.commands import Command, MoveTo
from sportello.conversation.decision import Decision
from sportello.conversation.effects import reply_key
from sportello.conversation.people_commands import TakeOver
from sportello.delivery.outcomes import Outcome, Outcomes
from sportello.entrypoints import runtime
from sportello.messaging.items import DeliveryStatus
from sportello.routing.endpoints import AgentEndpoint
from sportello.routing.profile import AgentProfile
from sportello.table.desk import Desk, Step
from support import builders
from support.agent_calls import Answer, call
from support.builders import CONVERSATION, NOW, TERMS, a_message, an_inbound_record
from support.clouds.begun_conversation import begin
from support.story import rung

HERE = f"/conversations/{CONVERSATION}"
SUPERVISOR = {"agent": "chief", "groups": "agent,supervisor"}


@pytest.fixture(autouse=True)
def taken(counter: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Anna has the conversation."""
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW)
    begin(counter, builders.request_human(), builders.offer(), builders.accept("anna"))
    return counter


def ask(desk: Desk, command: Command) -> None:
    desk.act(CONVERSATION, lambda _: Step(command=command, terms=TERMS), NOW)


def customer_writes(desk: Desk, text: str = "Anzi, aspetti") -> None:
    record = an_inbound_record(a_message(text, 2))
    desk.table.put_inbound(record, b"")
    ask(desk, builders.receive(builders.an_item(record.item_id)))


def sequence() -> int:
    reached: int = call("GET", HERE).document["timeline"]["sequence"]
    return reached


def post(action: str, body: Any, **who: Any) -> Answer:
    return call("POST", f"{HERE}/{action}", body, headers={"Idempotency-Key": "k-1"}, **who)


def test_what_is_newer_is_read_on_from_a_page(taken: Desk) -> None:
    reached = sequence()
    customer_writes(taken)
    page = call("GET", HERE, query={"after": str(reached)}).document["timeline"]
    texts = [entry["text"] for entry in page["entries"] if entry["text"]]
    assert texts == ["Anzi, aspetti"]
    assert page["newer"] is None
    assert page["sequence"] == sequence()
    again = call("GET", HERE, query={"after": str(page["sequence"])}).document["timeline"]
    assert (again["entries"], again["changed"]) == ([], [])


def test_what_became_of_an_earlier_reply_is_told_in_words(taken: Desk) -> None:
    effect_key = post("replies", {"text": "Eccomi."}).document["effect_key"]
    reached = sequence()
    refused = builders.record_delivery(
        effect_key, DeliveryStatus.REFUSED, error_code="blocked:131026"
    )
    ask(taken, refused)
    page = call("GET", HERE, query={"after": str(reached)}).document["timeline"]
    (changed,) = page["changed"]
    assert changed["effect_key"] == effect_key
    assert changed["detail"]["status"] == "refused"
    assert changed["detail"]["words"]


SETTLING = {
    "resolve": {},
    "return-to-bot": {},
    "snooze": {"until": "2026-03-04T12:00:00Z"},
    "transfer": {"queue": "default"},
}


@pytest.mark.parametrize(("action", "body"), SETTLING.items(), ids=SETTLING)
def test_nothing_is_settled_over_an_unseen_message(
    taken: Desk, action: str, body: dict[str, Any]
) -> None:
    reached = sequence()
    customer_writes(taken)
    before = taken.table.load(CONVERSATION).state
    answer = post(action, {**body, "seen_up_to": reached})
    assert (answer.status, answer.problem) == (409, "unseen-message")
    assert answer.document["unseen"] == 1
    assert [number >= reached for number in answer.document["sequences"]] == [True]
    assert taken.table.load(CONVERSATION).state == before
    assert post(action, {**body, "seen_up_to": sequence()}).status == 200


@pytest.mark.parametrize("seen_up_to", [-1, "many", 10**13])
def test_a_sequence_that_cannot_be_is_refused(seen_up_to: Any) -> None:
    answer = post("resolve", {"seen_up_to": seen_up_to})
    assert (answer.status, answer.problem) == (422, "validation")


def test_who_was_slower_reads_what_the_colleague_wrote(taken: Desk) -> None:
    reached = sequence()
    ask(taken, builders.reply("chief", text="Ci penso io.", supervisor=True))
    mine = {"text": "Eccomi.", "seen_up_to": reached}
    answer = post("replies", mine)
    assert (answer.status, answer.problem) == (409, "colleague-replied")
    (theirs,) = answer.document["replies"]
    assert theirs["effect_key"] == reply_key("chief", "1")
    assert (theirs["author"], theirs["agent_id"], theirs["text"]) == (
        "agent",
        "chief",
        "Ci penso io.",
    )
    assert post("replies", {**mine, "anyway": True}).status == 202


def test_a_repeated_reply_is_answered_whatever_was_written_since(taken: Desk) -> None:
    body = {"text": "Eccomi.", "seen_up_to": sequence()}
    first = post("replies", body)
    ask(taken, builders.reply("chief", text="Ci penso io.", supervisor=True))
    again = post("replies", {**body, "seen_up_to": 0, "anyway": True})
    assert again.document["effect_key"] == first.document["effect_key"]
    assert again.status == 202


def test_a_reply_tells_what_the_customer_wrote_meanwhile(taken: Desk) -> None:
    reached = sequence()
    customer_writes(taken)
    answer = post("replies", {"text": "Eccomi.", "seen_up_to": reached})
    assert answer.status == 202
    assert len(answer.document["unseen"]) == 1
    assert post("replies", {"text": "Eccomi."}).document["unseen"] == []


def is_refused(desk: Desk, effect_key: str) -> Decision:
    """The channel reports that it does not take a message after all."""
    outcome = Outcome(effect_key=effect_key, status=DeliveryStatus.REFUSED, error_code="blocked:1")
    outcomes = Outcomes(desk.table, runtime.settings)
    return desk.act(
        CONVERSATION, lambda seen: outcomes.step(outcome, seen), NOW, effect_keys=[effect_key]
    ).decision


def test_an_undelivered_answer_is_shown_until_it_is_acknowledged(taken: Desk) -> None:
    effect_key = post("replies", {"text": "Eccomi."}).document["effect_key"]
    is_refused(taken, effect_key)
    (undelivered,) = call("GET", HERE).document["undelivered"]
    assert undelivered == {
        "effect_key": effect_key,
        "agent_id": "anna",
        "at": "2026-03-04T10:00:00Z",
        "of_part": False,
    }
    by_another = call("POST", f"{HERE}/undelivered/acknowledge", agent="bruno")
    assert (by_another.status, by_another.problem) == (409, "not-allowed")
    answer = call("POST", f"{HERE}/undelivered/acknowledge", {"effect_keys": [effect_key]})
    assert answer.document["undelivered"] == []


def test_whoever_wrote_it_is_rung_at_their_own_endpoints_whoever_has_it(taken: Desk) -> None:
    bell = AgentEndpoint.model_validate({"notifier": "webhook", "url": "https://a.example/hook"})
    taken.table.agents.put_profile("anna", AgentProfile(endpoints={"phone": bell}), 0, NOW)
    effect_key = post("replies", {"text": "Eccomi."}).document["effect_key"]
    ask(taken, TakeOver(agent_id="chief", supervisor=True))
    told = rung(is_refused(taken, effect_key), "message.not_delivered")
    assert told == [("message.not_delivered", "desk"), ("message.not_delivered", "@anna/phone")]


@pytest.mark.parametrize(
    "keys", [["x" * 129], [f"reply:{number}" for number in range(6)], ["reply:1", 7]]
)
def test_what_names_no_answers_is_refused(keys: list[Any]) -> None:
    answer = call("POST", f"{HERE}/undelivered/acknowledge", {"effect_keys": keys})
    assert (answer.status, answer.problem) == (422, "validation")


def test_a_sequence_of_a_story_that_moved_is_refused_by_name(
    taken: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "f" * 32
    reached = sequence()
    copy = taken.table.load(CONVERSATION)
    ask(taken, builders.return_to_bot())
    ask(taken, MoveTo(conversation_id=other))
    load_going_on = taken.table.load_going_on

    def going_on(conversation_id: str, **keys: Any) -> Any:
        if conversation_id == other:
            return copy.model_copy(update={"conversation_id": other})
        return load_going_on(conversation_id, **keys)

    monkeypatch.setattr(type(taken.table), "load_going_on", staticmethod(going_on))
    answer = post("resolve", {"seen_up_to": reached})
    assert (answer.status, answer.problem) == (409, "conversation-moved")
    assert answer.document["conversation_id"] == other
