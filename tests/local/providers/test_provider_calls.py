import threading
from typing import Any

import pytest

from local.providers.provider_calls import BadRequest, CallLog, Chance, Fault


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ([], "JSON object"),
        ({"channel": "fax", "status": 500}, "channel must be one of"),
        ({"channel": "whatsapp"}, "either a status or a fault"),
        ({"channel": "whatsapp", "status": 500, "fault": "timeout"}, "either a status or a fault"),
        ({"channel": "whatsapp", "fault": "explode"}, "timeout, hang_up"),
        ({"channel": "whatsapp", "status": 200}, "from 400 to 599"),
        ({"channel": "whatsapp", "status": "500"}, "from 400 to 599"),
        ({"channel": "whatsapp", "status": 500, "times": 0}, "positive"),
        ({"channel": "whatsapp", "status": 500, "times": True}, "positive"),
        ({"channel": "whatsapp", "status": 500, "holding": 39}, "holding must be a text"),
        ({"channel": "whatsapp", "status": 500, "delay": 3}, "unknown field delay"),
    ],
)
def test_an_impossible_fault_is_explained(document: Any, complaint: str) -> None:
    with pytest.raises(BadRequest, match=complaint):
        Fault.from_document(document)


def test_faults_of_a_channel_are_met_in_the_order_given() -> None:
    log = CallLog()
    log.inject(Fault.from_document({"channel": "telegram", "status": 429}))
    log.inject(Fault.from_document({"channel": "telegram", "mode": "hang_up"}))
    met = [log.receive("telegram", "POST", "/", {}, b"") for _ in range(3)]
    assert [fault and fault.label for fault in met] == ["status_429", "hang_up", None]


def test_a_fault_that_is_ordered_again_is_met_as_often_as_the_first_time() -> None:
    log, fault = CallLog(), Fault("telegram", 1, status=400)
    met = []
    for _ in range(2):
        log.inject(fault)
        met += [log.receive("telegram", "POST", "/", {}, b"") for _ in range(2)]
    assert met == [fault, None, fault, None]


def test_a_fault_of_one_customer_is_not_met_by_another() -> None:
    log = CallLog()
    log.inject(Fault.from_document({"channel": "whatsapp", "status": 503, "holding": "39333"}))
    calls = [b'{"to": "39444"}', b'{"to": "39333"}', b'{"to": "39333"}']
    met = [log.receive("whatsapp", "POST", "/", {}, body) for body in calls]
    assert [fault and fault.label for fault in met] == [None, "status_503", None]


def test_a_fault_of_one_file_is_not_met_by_another() -> None:
    log = CallLog()
    log.inject(Fault("files", 1, status=503, holding="invoice"))
    met = [log.receive("files", "GET", f"/{name}", {}, b"") for name in ("photo", "invoice")]
    assert [fault and fault.label for fault in met] == [None, "status_503"]


def test_waiting_returns_a_call_that_is_already_there() -> None:
    log = CallLog()
    log.receive("agents", "POST", "/agents/a", {}, b"")
    call = log.wait_for(lambda call: call.channel == "agents", seconds=0, what="ring")
    assert call.path == "/agents/a"


def test_waiting_returns_a_call_as_it_arrives() -> None:
    log = CallLog()
    late = threading.Timer(0.02, log.receive, ("agents", "POST", "/agents/a", {}, b"ring"))
    late.start()
    call = log.wait_for(lambda call: call.body == "ring", seconds=5, what="ring")
    late.join()
    assert call.path == "/agents/a"


def test_waiting_in_vain_says_for_what() -> None:
    with pytest.raises(TimeoutError, match="no reply to Giulia within"):
        CallLog().wait_for(lambda _: True, seconds=0.01, what="reply to Giulia")


def met(log: CallLog, channel: str, times: int) -> list[str | None]:
    faults = [log.receive(channel, "POST", "/", {}, b"") for _ in range(times)]
    return [fault.label if fault else None for fault in faults]


def chance(probability: float, channel: str = "telegram", **how: Any) -> Chance:
    return Chance(probability, Fault.from_document({"channel": channel, **how}))


def test_faults_by_chance_come_at_their_odds_and_the_same_for_the_same_seed() -> None:
    chances = [chance(0.1, status=503), chance(0.05, fault="hang_up")]
    runs = []
    for _ in range(2):
        log = CallLog()
        log.fail_by_chance(chances, seed=7)
        runs.append(met(log, "telegram", 4_000))
    assert runs[0] == runs[1]
    assert 320 < runs[0].count("status_503") < 480
    assert 140 < runs[0].count("hang_up") < 260


def test_faults_by_chance_spare_the_other_channels_and_end_when_healed() -> None:
    log = CallLog()
    log.fail_by_chance([chance(1, status=500)], seed=1)
    assert met(log, "agents", 3) == [None] * 3
    assert met(log, "telegram", 3) == ["status_500"] * 3
    log.heal()
    assert met(log, "telegram", 3) == [None] * 3


def test_a_message_is_taken_unless_it_was_refused() -> None:
    log = CallLog()
    for how in ({"status": 503}, {"fault": "timeout"}, {"fault": "hang_up"}):
        log.inject(Fault.from_document({"channel": "whatsapp", **how}))
    met(log, "whatsapp", 4)
    assert [call.taken for call in log.calls()] == [False, True, True, True]


def test_reading_on_returns_what_came_since() -> None:
    log = CallLog()
    met(log, "agents", 3)
    assert [call.channel for call in log.since(1, seconds=0)] == ["agents", "agents"]
    assert log.since(3, seconds=0.01) == []
