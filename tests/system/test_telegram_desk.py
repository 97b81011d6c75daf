"""Telegram: a question answered with a button under it, and the button that calls a person."""

import itertools
import json
import secrets

import pytest

from local.providers.customers import TelegramCustomer, post_telegram
from support.clouds.driven_desk import DrivenDesk

pytestmark = pytest.mark.system

_update_ids = itertools.count(2**40)


def test_pressing_the_button_is_acknowledged_and_calls_a_person(desk: DrivenDesk) -> None:
    customer = desk.telegram_customer()
    customer.write("Quanto tempo ci vuole per la consegna?")
    answer = json.loads(desk.await_sent(customer).body)
    ((button,),) = answer["reply_markup"]["inline_keyboard"]
    assert button["text"] == "Parlare con qualcuno"

    press_id = press(desk, customer, button["callback_data"])
    desk.calls.wait_for(
        lambda call: call.path.endswith("/answerCallbackQuery") and press_id in call.body,
        seconds=40,
        what="acknowledgement",
    )
    desk.await_sent(customer, containing="La metto in contatto con un collega")
    ring = desk.calls.wait_for(
        lambda call: call.channel == "agents" and customer.name in call.body,
        seconds=40,
        what="ring",
    )
    data = json.loads(ring.body)["data"]
    assert (data["channel"], data["reason"]) == ("telegram", "asked_for_person")
    desk.await_settled(data["conversation_id"])
    pressed = [call for call in desk.calls.calls("telegram") if press_id in call.body]
    assert len(pressed) == 1
    assert len(desk.sent_to(customer)) == 2
    desk.act(data["conversation_id"], "resolve").expect(200)


def test_an_update_with_another_secret_token_is_refused(desk: DrivenDesk) -> None:
    before = desk.metrics(channel="telegram")["Rejected"]
    forger = desk.telegram_customer()
    update = an_update(forger, {"text": "Ciao"})
    assert post_telegram(desk.stack, update, secret_token=secrets.token_hex(16)).status == 403
    desk.await_metric("Rejected", before + 1, channel="telegram")
    assert not desk.is_stored(str(forger.user_id))


def an_update(customer: TelegramCustomer, content: dict[str, str]) -> bytes:
    person = {"id": customer.user_id, "first_name": customer.name}
    message = {
        "message_id": 1,
        "date": 1_793_786_400,
        "from": {**person, "is_bot": False},
        "chat": {**person, "type": "private"},
        **content,
    }
    return json.dumps({"update_id": next(_update_ids), "message": message}).encode()


def press(desk: DrivenDesk, customer: TelegramCustomer, button_id: str) -> str:
    press_id = str(secrets.randbelow(10**18))
    person = {"id": customer.user_id, "first_name": customer.name}
    query = {
        "id": press_id,
        "from": {**person, "is_bot": False, "language_code": customer.language},
        "message": {
            "message_id": 2,
            "date": 1_793_786_400,
            "chat": {**person, "type": "private"},
            "text": "…",
        },
        "chat_instance": "1",
        "data": button_id,
    }
    update = {"update_id": next(_update_ids), "callback_query": query}
    post_telegram(desk.stack, json.dumps(update).encode()).expect(200)
    return press_id
