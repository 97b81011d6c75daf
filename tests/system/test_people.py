"""From the bot to people and back: rung with the story, answered once, never two voices."""

import json

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from local.providers.customers import WhatsAppCustomer
from local.providers.provider_calls import Call
from support.clouds.driven_desk import QUESTION, UNKNOWN_QUESTION, DrivenDesk, said_in

pytestmark = pytest.mark.system


def rung(desk: DrivenDesk, customer: WhatsAppCustomer) -> tuple[str, Call]:
    """Wait for the first ring about a customer; their name is what tells it from others."""
    ring = desk.calls.wait_for(
        lambda call: call.channel == "agents" and customer.name in call.body,
        seconds=40,
        what="ring",
    )
    return json.loads(ring.body)["data"]["conversation_id"], ring


def test_an_unknown_question_rings_people_with_the_whole_story(desk: DrivenDesk) -> None:
    customer = desk.whatsapp_customer()
    customer.write(QUESTION)
    answer = said_in(desk.await_sent(customer))
    customer.write(UNKNOWN_QUESTION)
    conversation_id, ring = rung(desk, customer)

    signing_key = desk.secrets["agent_endpoints"]["signing_key"]
    Webhook(signing_key).verify(ring.body, dict(ring.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(signing_key).verify(
            ring.body.replace("coccodrillo", "alligatore"), dict(ring.headers)
        )

    document = json.loads(ring.body)
    assert document["type"] == "conversation.offered"
    assert document["data"]["reason"] == "unknown_question"
    assert document["data"]["customer"] == {"display_name": customer.name, "language": "it"}
    told = [(entry["author"], entry["text"]) for entry in document["data"]["transcript"]]
    assert told[:3] == [("customer", QUESTION), ("bot", answer), ("customer", UNKNOWN_QUESTION)]
    assert [author for author, _ in told[3:]] == ["system"]
    desk.act(conversation_id, "resolve").expect(200)


def test_one_agent_takes_a_conversation_and_answers_it_once(desk: DrivenDesk) -> None:
    customer = desk.whatsapp_customer()
    customer.write(UNKNOWN_QUESTION)
    conversation_id, _ = rung(desk, customer)

    desk.act(conversation_id, "accept").expect(200)
    taken = desk.await_ring(conversation_id, "offer.accepted")
    assert taken.path.endswith("/front-desk")
    desk.act(conversation_id, "accept").expect(200)
    late = desk.act(conversation_id, "accept", role="supervisor").expect(409).document()
    assert late["type"] == "/problems/not-allowed"

    text = "Buongiorno, sono Anna: ci penso io al coccodrillo."
    first = desk.reply(conversation_id, text, key="one").expect(202).document()
    again = desk.reply(conversation_id, text, key="one").expect(202).document()
    assert again["effect_key"] == first["effect_key"]
    reused = desk.reply(conversation_id, "Altro testo", key="one").expect(422).document()
    assert reused["type"] == "/problems/idempotency-key-reused"
    desk.await_sent(customer, containing=text)
    clocks = desk.conversation(conversation_id)["clocks"]
    assert {clock["kind"]: clock["state"] for clock in clocks} == {
        "queue_wait": "achieved",
        "first_response": "achieved",
        "agent_silence": "achieved",
        "resolution": "paused",
    }

    # What the customer writes now is the agent's to answer: the bot, who could, is silent.
    customer.write(QUESTION)
    desk.await_ring(conversation_id, "message.received")
    desk.await_settled(conversation_id)
    said = [said_in(call) for call in desk.sent_to(customer)]
    assert said.count(text) == 1
    assert len(said) == 2, "the text at the handoff, and the agent's reply"

    desk.act(conversation_id, "resolve").expect(200)
    desk.act(conversation_id, "accept", role="supervisor").expect(409)


def test_a_resolved_conversation_opens_again_under_the_bot(desk: DrivenDesk) -> None:
    customer = desk.whatsapp_customer()
    customer.write(UNKNOWN_QUESTION)
    conversation_id, _ = rung(desk, customer)
    desk.act(conversation_id, "accept").expect(200)
    resolved = desk.act(conversation_id, "resolve").expect(200).document()
    assert resolved["lifecycle"] == "resolved"
    assert resolved["owner"]["kind"] == "nobody"

    customer.write(QUESTION)
    desk.await_sent(customer, containing="assistente automatico")
    after = desk.conversation(conversation_id)
    assert after["owner"]["kind"] == "bot"
    assert after["episode"] == 1, "inside the follow-up window it is the same matter"


def test_an_agent_gives_a_conversation_back_to_the_bot(desk: DrivenDesk) -> None:
    customer = desk.whatsapp_customer()
    customer.write("Vorrei parlare con un operatore")
    conversation_id, ring = rung(desk, customer)
    assert json.loads(ring.body)["data"]["reason"] == "asked_for_person"
    desk.act(conversation_id, "accept").expect(200)
    desk.act(conversation_id, "return-to-bot").expect(200)
    customer.write(QUESTION)
    desk.await_sent(customer, containing="assistente automatico")
    assert desk.conversation(conversation_id)["owner"]["kind"] == "bot"
