"""The providers' side of the load: repeated until acknowledged, receipts for what was taken."""

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from local.chaos.customers import Customer, Outlook, customer
from local.chaos.webhooks import ATTEMPTS, Item, Webhooks
from local.cloud.laptop import Stack
from local.providers.provider_calls import CallLog, Fault

STACK = Stack("", "", "", "", "", "", "", {}, {}, "")
ITEM = Item("telegram", "update:1")


class Desk(Webhooks):
    """A desk that acknowledges as told, and everything after that."""

    def __init__(self, answers: Sequence[bool] = ()) -> None:
        super().__init__(STACK)
        self.answers = list(answers)
        self.bodies: list[Any] = []

    def _post(self, _channel: str, body: bytes) -> bool:
        self.bodies.append(json.loads(body))
        return self.answers.pop(0) if self.answers else True


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.chaos.webhooks.time.sleep", lambda _seconds: None)


def deliver(desk: Desk, seed: int = 1) -> None:
    desk.deliver({"update_id": 1}, [ITEM], random.Random(seed))  # noqa: S311 - no secret


def test_a_call_is_repeated_until_it_is_acknowledged() -> None:
    desk = Desk([False, False, True])
    deliver(desk)
    assert desk.bodies == [{"update_id": 1}] * 3
    assert desk.noted.acknowledged == {ITEM}
    assert (desk.noted.refused, desk.noted.redelivered) == (2, 2)


def test_what_was_never_acknowledged_is_not_counted_as_such() -> None:
    desk = Desk([False] * (ATTEMPTS + 1))
    deliver(desk)
    assert (desk.noted.sent, desk.noted.acknowledged) == ({ITEM}, set())


def test_some_calls_come_again_after_they_were_acknowledged() -> None:
    lengths = set()
    for seed in range(60):
        desk = Desk()
        deliver(desk, seed)
        lengths.add(len(desk.bodies))
    assert lengths == {1, 2}


def someone(number: int, desk: Desk) -> Customer:
    return customer(number, b"a key", desk, seed=3)


def texts_of(call: Mapping[str, Any]) -> list[str]:
    if "message" in call:
        return [call["message"]["text"]]
    value = call["entry"][0]["changes"][0]["value"]
    return [message["text"]["body"] for message in value["messages"]]


@pytest.mark.parametrize("number", [0, 1])
def test_a_burst_arrives_whole_and_each_message_has_its_own_id(number: int) -> None:
    orders = set()
    for offset in range(0, 40, 2):
        desk = Desk()
        someone(number + offset, desk).write("uno", "due")
        said = [text for call in desk.bodies for text in texts_of(call)]
        assert set(said) == {"uno", "due"}
        assert len(desk.noted.acknowledged) == 2
        orders.add(tuple(dict.fromkeys(said)))
    assert orders == {("uno", "due"), ("due", "uno")}


def whatsapp_call(log: CallLog, to: Customer, message_id: str) -> None:
    tracker = f"{to.conversation_id}/bot:1"
    body = json.dumps({"to": to.address, "biz_opaque_callback_data": tracker}).encode()
    log.receive("whatsapp", "POST", "/messages", {}, body, message_id)


def test_receipts_come_for_what_was_taken_and_for_nothing_else() -> None:
    desk, log = Desk(), CallLog()
    to = someone(1, desk)
    with Outlook(log, desk, seed=1) as outlook:
        log.inject(Fault("whatsapp", 1, status=503))
        whatsapp_call(log, to, "wamid.refused")
        log.inject(Fault("whatsapp", 1, fault="hang_up"))
        whatsapp_call(log, to, "wamid.unanswered")
        whatsapp_call(log, to, "wamid.accepted")
        assert outlook.await_message(to, 2, seconds=5)
        assert outlook.await_quiet(seconds=5)
    receipts = [status for call in desk.bodies for status in statuses_of(call)]
    assert {receipt["id"] for receipt in receipts} == {"wamid.unanswered", "wamid.accepted"}
    trackers = {receipt["biz_opaque_callback_data"] for receipt in receipts}
    assert trackers == {f"{to.conversation_id}/bot:1"}
    assert all(item.receipt for item in desk.noted.acknowledged)


def test_a_message_that_fails_later_is_known_by_its_tracker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("local.chaos.customers.FAILING", 1)
    desk, log = Desk(), CallLog()
    to = someone(1, desk)
    with Outlook(log, desk, seed=1) as outlook:
        whatsapp_call(log, to, "wamid.1")
        assert outlook.await_message(to, 1, seconds=5)
        assert outlook.await_quiet(seconds=5)
    assert outlook.failed == {f"{to.conversation_id}/bot:1"}
    told = {status["status"] for call in desk.bodies for status in statuses_of(call)}
    assert told == {"sent", "failed"}


def statuses_of(call: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    found: Sequence[Mapping[str, str]] = call["entry"][0]["changes"][0]["value"]["statuses"]
    return found


def test_a_ring_is_seen_for_its_own_conversation() -> None:
    desk, log = Desk(), CallLog()
    rung, other = someone(1, desk), someone(2, desk)
    notice = {
        "type": "conversation.offered",
        "data": {"conversation_id": rung.conversation_id},
    }
    with Outlook(log, desk, seed=1) as outlook:
        log.receive("agents", "POST", "/agents/desk", {}, json.dumps(notice).encode())
        assert outlook.await_ring(rung, "conversation.offered", seconds=5)
        assert not outlook.await_ring(other, "conversation.offered", seconds=0)
