"""From a customer's message to the bot's answer: warm, cold, repeated, in a crowd, out of order."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.cloud.observing import wait_until
from local.providers.customers import WhatsAppCustomer
from support.clouds.driven_desk import QUESTION, DrivenDesk, Measured, conversation_in, said_in

pytestmark = pytest.mark.system

CALLS_AT_ONCE = 6


def test_a_known_question_is_answered_in_the_customers_language(
    desk: DrivenDesk, measured: Measured
) -> None:
    started = time.monotonic()
    italian = desk.whatsapp_customer()
    italian.write(QUESTION)
    answer = said_in(desk.await_sent(italian))
    measured(f"{time.monotonic() - started:6.1f} s  first answer, Italian (1 s is collect_seconds)")
    assert answer.startswith("Buongiorno, sono l'assistente automatico.")

    started = time.monotonic()
    english = desk.whatsapp_customer()
    english.write("How long does delivery take?")
    answer = said_in(desk.await_sent(english))
    measured(f"{time.monotonic() - started:6.1f} s  first answer, English")
    assert answer.startswith("Hello, I am the automatic assistant.")


def test_a_message_delivered_three_times_is_answered_once(desk: DrivenDesk) -> None:
    before = desk.metrics(channel="whatsapp")
    customer = desk.whatsapp_customer()
    message_id = customer.write(QUESTION)
    customer.write(QUESTION, message_id)
    conversation_id = conversation_in(desk.await_sent(customer))
    customer.write(QUESTION, message_id)

    desk.await_metric("Duplicate", before["Duplicate"] + 2, channel="whatsapp")
    desk.await_metric("Received", before["Received"] + 1, channel="whatsapp")
    desk.await_settled(conversation_id)
    assert len(desk.sent_to(customer)) == 1


@pytest.mark.parametrize("functions", ["cold", "warm"])
def test_a_hundred_first_messages_at_once_are_one_conversation(
    desk: DrivenDesk, measured: Measured, functions: str
) -> None:
    customer = desk.whatsapp_customer()
    started = time.monotonic()
    # Calls at once have a process each here: more of them would only wait for the processor.
    with ThreadPoolExecutor(CALLS_AT_ONCE) as provider:
        list(provider.map(call_until_taken, [customer] * 100))
    taken = time.monotonic() - started
    conversation_id = conversation_in(desk.await_sent(customer))
    desk.await_entry(
        conversation_id,
        lambda _: len(received(desk, conversation_id)) == 100,
        what="100 messages in the timeline",
        seconds=90,
    )
    # Should the crowd have starved a run to its death, the sweep ends the turn within this time.
    desk.await_settled(conversation_id, seconds=170)
    settled = time.monotonic() - started
    measured(f"{taken:6.1f} s  100 webhook calls answered, {CALLS_AT_ONCE} at once, {functions}")
    measured(f"{settled:6.1f} s  the same 100, until nothing was left to do")

    assert len(set(received(desk, conversation_id))) == 100
    assert desk.dead_letters() == {}
    # Each answer answers messages that no other one answered, and reached the provider once.
    log = desk.log(conversation_id)
    answered = [set(event["item_ids"]) for event in log if event["type"] == "TurnAnswered"]
    assert sum(map(len, answered)) == len(set().union(*answered))
    queued = [event["author"] for event in log if event["type"] == "MessageQueued"]
    assert queued.count("bot") == len(answered)
    assert len(desk.sent_to(customer)) == len(queued)


def call_until_taken(customer: WhatsAppCustomer) -> None:
    """Call as a provider does, who calls again when the answer is not 200."""
    payload = customer.payload(QUESTION, f"wamid.{secrets.token_hex(12)}")
    wait_until(lambda: customer.post(payload).status == 200, seconds=90, what="200")


def received(desk: DrivenDesk, conversation_id: str) -> list[str]:
    entries = desk.timeline(conversation_id, limit=10)
    return [entry["detail"]["item_id"] for entry in entries if entry["type"] == "MessageReceived"]


def test_messages_that_arrive_out_of_order_are_read_in_the_senders(desk: DrivenDesk) -> None:
    customer = desk.whatsapp_customer()
    now = int(time.time())
    write_at(customer, "Come posso pagare?", now - 10)
    conversation_id = conversation_in(desk.await_sent(customer))
    write_at(customer, QUESTION, now - 11)
    desk.await_entry(
        conversation_id, lambda entry: entry["text"] == QUESTION, what="the earlier message"
    )
    desk.await_settled(conversation_id)
    said = [e["text"] for e in desk.timeline(conversation_id) if e["author"] == "customer"]
    assert said == [QUESTION, "Come posso pagare?"]
    assert len(desk.sent_to(customer)) == 2


def write_at(customer: WhatsAppCustomer, text: str, sent_at: int) -> None:
    call = customer.payload(text, f"wamid.{secrets.token_hex(12)}")
    (message,) = call["entry"][0]["changes"][0]["value"]["messages"]
    message["timestamp"] = str(sent_at)
    customer.post(call).expect(200)
