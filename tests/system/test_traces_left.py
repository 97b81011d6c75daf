"""After all the other tests: nothing was lost on the way, and nothing private was written down."""

import json
import re
from collections.abc import Iterable

import pytest

from local.cloud.observing import log_lines
from support.clouds.driven_desk import UNKNOWN_QUESTION, DrivenDesk, conversation_in, said_in

pytestmark = pytest.mark.system

SHORTEST_TELLING_TEXT = 12
CHANNELS = ("whatsapp", "telegram")
MACHINES = ("TriageStateMachine", "SlaTimerStateMachine", "EscalationStateMachine")


def test_no_queue_holds_anything_dead_or_waiting(desk: DrivenDesk) -> None:
    # Whoever still waits for a person is rung for again and again: a ring under way is no trace.
    desk.await_settled()


@pytest.fixture(autouse=True)
def at_least_one_conversation(desk: DrivenDesk) -> None:
    customer = desk.whatsapp_customer()
    customer.write(UNKNOWN_QUESTION)
    desk.await_settled(conversation_in(desk.await_sent(customer)))


def test_no_log_line_holds_a_text_a_phone_number_or_a_name(
    desk: DrivenDesk, private: set[str]
) -> None:
    lines = list(log_lines(desk.laptop))
    assert holding(private, lines) == []
    # The same search does find what is where it belongs.
    assert holding(private, [call.body for call in desk.calls.calls()])


def test_no_key_and_no_execution_name_holds_anything_private(
    desk: DrivenDesk, private: set[str]
) -> None:
    keys = [
        item[name]["S"] for item in desk.items() for name in ("pk", "sk", "pending") if name in item
    ]
    names = [name for machine in MACHINES for name in desk.executions(machine)]
    assert keys
    assert names
    assert holding(private, [*keys, *names]) == []


@pytest.fixture
def private(desk: DrivenDesk) -> set[str]:
    """Names and addresses given out, secrets, and every text that was kept or sent."""
    secret = {value for document in desk.secrets.values() for value in document.values()}
    sent = [call for channel in CHANNELS for call in desk.calls.calls(channel)]
    texts = {said_in(call) for call in sent}
    for item in desk.items():
        match item["entity"]["S"]:
            case "inbound":
                texts.add(json.loads(item["item"]["S"]).get("text", ""))
            case "effect":
                texts.add(json.loads(item["effect"]["S"]).get("text", ""))
            case "events":
                secret |= set(re.findall(r'"task_token":"([^"]+)"', item["events"]["S"]))
            case _:
                pass
    telling = {
        line.strip()
        for text in texts
        for line in text.splitlines()
        if len(line) >= SHORTEST_TELLING_TEXT
    }
    return telling | secret | desk.private


def holding(private: Iterable[str], places: Iterable[str]) -> list[str]:
    """Return the places that hold something private, as it is or as JSON writes it."""
    spellings = {
        spelling
        for text in private
        for spelling in (text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
    }
    return [place for place in places if any(spelling in place for spelling in spellings)]
