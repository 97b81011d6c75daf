import threading
from typing import Any

import pytest

from local.provider_calls import BadRequest, CallLog, Fault


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
