"""What becomes of a message when the provider fails: tried again, or honestly unknown."""

import json
import secrets
import time

import pytest

from local.cloud.first_day import WHATSAPP_ACCOUNT
from local.cloud.observing import wait_until
from local.providers.customers import WhatsAppCustomer
from local.providers.provider_calls import Fault
from support.clouds.driven_desk import QUESTION, DrivenDesk, conversation_in

pytestmark = pytest.mark.system


def test_an_answer_gets_through_a_provider_that_fails_twice(desk: DrivenDesk) -> None:
    customer = desk.whatsapp_customer()
    desk.next_calls_fail(Fault("whatsapp", times=2, status=503, holding=customer.phone))
    customer.write(QUESTION)
    conversation_id = conversation_in(desk.await_sent(customer))
    desk.await_entry(conversation_id, outcome("accepted"), what="accepted answer")
    desk.await_settled(conversation_id)
    faults = [call.fault for call in desk.sent_to(customer)]
    assert faults == ["status_503", "status_503", None]


@pytest.mark.parametrize("fault", ["hang_up", "timeout"])
def test_an_answer_without_a_receipt_is_unknown_and_never_sent_again(
    desk: DrivenDesk, fault: str
) -> None:
    before = desk.metrics(channel="whatsapp")["Unknown"]
    customer = desk.whatsapp_customer()
    desk.next_calls_fail(Fault("whatsapp", times=1, fault=fault, holding=customer.phone))
    customer.write(QUESTION)
    first = desk.await_sent(customer)
    # The next question is answered while nobody knows yet what became of the first answer.
    customer.write("Come posso pagare?")
    wait_until(lambda: len(desk.sent_to(customer)) == 2, seconds=60, what="second answer")
    conversation_id = conversation_in(first)
    desk.await_entry(conversation_id, outcome("accepted"), what="accepted answer")
    desk.await_settled(conversation_id)

    assert [call.fault for call in desk.sent_to(customer)] == [fault, None], "in order, each once"
    answers = [e for e in desk.timeline(conversation_id) if e["type"] == "MessageQueued"]
    assert [answer["detail"]["status"] for answer in answers] == ["unknown", "accepted"]
    desk.await_metric("Unknown", before + 1, channel="whatsapp")

    post_status(customer, "delivered", json.loads(first.body)["biz_opaque_callback_data"])
    settled = desk.await_entry(conversation_id, outcome("delivered"), what="settled answer")
    assert settled["text"] == answers[0]["text"]


def outcome(status: str):
    return lambda entry: entry["detail"].get("status") == status


def post_status(customer: WhatsAppCustomer, status: str, tracker: str) -> None:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "390200000000", "phone_number_id": WHATSAPP_ACCOUNT},
        "statuses": [
            {
                "id": f"wamid.{secrets.token_hex(12)}",
                "status": status,
                "timestamp": str(int(time.time())),
                "recipient_id": customer.phone,
                "biz_opaque_callback_data": tracker,
            }
        ],
    }
    entry = {"id": "100200300400501", "changes": [{"value": value, "field": "messages"}]}
    customer.post({"object": "whatsapp_business_account", "entry": [entry]}).expect(200)
