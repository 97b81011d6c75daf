"""An agent at the desk: reads on, writes with help, and settles nothing unread."""

import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest

from local.cloud.observing import wait_until
from local.cloud.web import Answer
from local.providers.customers import WhatsAppCustomer
from support.clouds.agents_at_work import AgentAtWork
from support.clouds.driven_desk import (
    PATIENCE_SECONDS,
    DrivenDesk,
    conversation_in,
    said_in,
)
from support.template import ROOT

pytestmark = pytest.mark.system

SHELF = {
    "business_name": "Ferramenta Rossi",
    "replies": {
        "tracking": {
            "title": "Dov'è il pacco",
            "text": {"it": "Gentile cliente, il pacco è in viaggio. {business_name}"},
        }
    },
    "macros": {
        "close": {
            "title": "In viaggio, chiudi",
            "steps": [
                {"do": "reply", "canned": "tracking"},
                {"do": "tag", "adds": ["delivery"]},
                {"do": "resolve"},
            ],
        }
    },
}
SECRET_DRAFT = "Il codice del cancello è farfalla"


@pytest.fixture(scope="module")
def shelf(desk: DrivenDesk) -> Iterator[None]:
    with desk.settings(canned_replies=SHELF):
        yield


@pytest.fixture(scope="module")
def elena(desk: DrivenDesk) -> AgentAtWork:
    elena = AgentAtWork.engaged(desk, "elena")
    elena.has_bell()
    return elena


@pytest.fixture
def taken(desk: DrivenDesk, elena: AgentAtWork) -> tuple[WhatsAppCustomer, str]:
    """A customer whom Elena has, without being at work for anybody else."""
    customer = desk.whatsapp_customer()
    customer.write("Vorrei parlare con una persona")
    conversation_id = conversation_in(desk.await_sent(customer))
    elena.act(conversation_id, "accept").expect(200)
    return customer, conversation_id


def reply(agent: AgentAtWork, conversation_id: str, text: str, **body: Any) -> Answer:
    return agent.desk.ask(
        "POST",
        f"/conversations/{conversation_id}/replies",
        {"text": text, **body},
        role=agent.name,
        headers={"Idempotency-Key": secrets.token_hex(8)},
    )


def page(agent: AgentAtWork, conversation_id: str, query: str = "") -> dict[str, Any]:
    answer = agent.ask("GET", f"/conversations/{conversation_id}{query}").expect(200)
    timeline: dict[str, Any] = answer.document()["timeline"]
    return timeline


def read_on(agent: AgentAtWork, conversation_id: str, after: int, text: str) -> dict[str, Any]:
    """Wait until a text is newer than a sequence; returns the page that has it."""

    def look() -> dict[str, Any] | None:
        newer = page(agent, conversation_id, f"?after={after}")
        return newer if text in [entry["text"] for entry in newer["entries"]] else None

    return wait_until(look, seconds=PATIENCE_SECONDS, what="newer message") or {}


def kind_of(problem: Answer) -> str:
    document: dict[str, str] = problem.expect(409).document()
    return document["type"].removeprefix("/problems/")


def test_nothing_is_settled_unread_and_nobody_is_talked_over(
    desk: DrivenDesk, elena: AgentAtWork, taken: tuple[WhatsAppCustomer, str]
) -> None:
    customer, conversation_id = taken
    seen_up_to = page(elena, conversation_id)["sequence"]
    customer.write("Anzi, ho un'altra domanda")
    newer = read_on(elena, conversation_id, seen_up_to, "Anzi, ho un'altra domanda")
    refused = elena.act(conversation_id, "resolve", {"seen_up_to": seen_up_to})
    assert kind_of(refused) == "unseen-message"
    assert refused.document()["unseen"] == 1

    chief = {"text": "Ci penso io."}
    desk.ask(
        "POST",
        f"/conversations/{conversation_id}/replies",
        chief,
        role="supervisor",
        headers={"Idempotency-Key": secrets.token_hex(8)},
    ).expect(202)
    late = reply(elena, conversation_id, "Eccomi.", seen_up_to=newer["sequence"])
    assert kind_of(late) == "colleague-replied"
    assert [each["text"] for each in late.document()["replies"]] == ["Ci penso io."]
    assert "Eccomi." not in [said_in(call) for call in desk.sent_to(customer)]
    newest = page(elena, conversation_id)["sequence"]
    elena.act(conversation_id, "resolve", {"seen_up_to": newest}).expect(200)


def test_a_draft_is_its_writers_and_goes_with_the_reply(
    desk: DrivenDesk, elena: AgentAtWork, taken: tuple[WhatsAppCustomer, str]
) -> None:
    customer, conversation_id = taken
    path = f"/conversations/{conversation_id}/drafts/reply"
    kept = elena.ask("PUT", path, {"text": SECRET_DRAFT}).expect(200).document()
    theirs = desk.ask("GET", path, role="supervisor").expect(200).document()
    assert theirs["version"] == 0
    assert desk.is_stored("farfalla")
    reply(elena, conversation_id, "Eccomi.", draft_version=kept["version"]).expect(202)
    desk.await_sent(customer, containing="Eccomi.")
    assert not desk.is_stored("farfalla")
    assert elena.ask("GET", path).expect(200).document()["text"] == ""
    elena.act(conversation_id, "resolve").expect(200)


def test_a_colleague_who_is_mentioned_is_rung_and_reads_along(
    desk: DrivenDesk, elena: AgentAtWork, taken: tuple[WhatsAppCustomer, str]
) -> None:
    customer, conversation_id = taken
    note = "Che sconto le facciamo?"
    desk.ask(
        "POST",
        f"/conversations/{conversation_id}/notes",
        {"text": note, "mentions": [elena.id]},
        role="supervisor",
        headers={"Idempotency-Key": secrets.token_hex(8)},
    ).expect(201)
    elena.await_bell(conversation_id, "note.mention")
    notes = elena.ask("GET", f"/conversations/{conversation_id}/notes").expect(200).document()
    assert [(each["text"], each["mentions"]) for each in notes["notes"]] == [(note, [elena.id])]
    assert all(note not in sent.body for sent in desk.sent_to(customer))
    elena.act(conversation_id, "resolve").expect(200)


@pytest.mark.usefixtures("shelf")
def test_a_macro_says_tags_and_settles_once_however_often_it_is_asked_for(
    desk: DrivenDesk, elena: AgentAtWork, taken: tuple[WhatsAppCustomer, str]
) -> None:
    customer, conversation_id = taken
    here = f"/conversations/{conversation_id}"
    offered = elena.ask("GET", f"{here}/canned-replies?q=pacco").expect(200).document()
    (canned,) = offered["replies"]
    linted = elena.ask("POST", f"{here}/lint", {"text": canned["text"]}).expect(200)
    assert linted.document()["findings"] == []
    headers = {"Idempotency-Key": secrets.token_hex(8)}
    for _ in range(2):
        done = desk.ask("POST", f"{here}/macros/close", {}, role="elena", headers=headers)
        assert done.expect(200).document()["tags"] == ["delivery"]
    desk.await_sent(customer, containing=canned["text"])
    desk.await_settled(conversation_id)
    said = [said_in(call) for call in desk.sent_to(customer)]
    assert said.count(canned["text"]) == 1
    assert desk.conversation(conversation_id)["lifecycle"] == "resolved"


def test_whoever_wrote_what_did_not_arrive_is_rung_though_another_has_it(
    desk: DrivenDesk, elena: AgentAtWork, taken: tuple[WhatsAppCustomer, str]
) -> None:
    customer, conversation_id = taken
    key = reply(elena, conversation_id, "Eccomi.").expect(202).document()["effect_key"]
    sent = desk.await_sent(customer, containing="Eccomi.")
    desk.act(conversation_id, "take-over", role="supervisor").expect(200)
    desk.await_settled(conversation_id)
    fails(customer, json.loads(sent.body)["biz_opaque_callback_data"])
    elena.await_bell(conversation_id, "message.not_delivered")
    (lost,) = desk.conversation(conversation_id)["undelivered"]
    assert (lost["effect_key"], lost["agent_id"]) == (key, elena.id)
    answer = elena.act(conversation_id, "undelivered/acknowledge").expect(200)
    assert answer.document()["undelivered"] == []
    desk.act(conversation_id, "resolve", role="supervisor").expect(200)


def fails(customer: WhatsAppCustomer, tracker: str) -> None:
    """Have the provider report that a message it had accepted was not delivered."""
    recorded = (ROOT / "events/whatsapp/status_failed.json").read_text(encoding="utf-8")
    payload = json.loads(recorded)
    (status,) = payload["entry"][0]["changes"][0]["value"]["statuses"]
    status |= {
        "id": f"wamid.{secrets.token_hex(12)}",
        "timestamp": str(int(time.time())),
        "recipient_id": customer.phone,
        "biz_opaque_callback_data": tracker,
    }
    customer.post(payload).expect(200)
