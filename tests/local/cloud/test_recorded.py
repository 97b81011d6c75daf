import json
import time

import pytest

from local.cloud.recorded import recorded_now


def test_a_recorded_message_is_said_now_and_is_new_each_time() -> None:
    first, second = (json.loads(recorded_now("whatsapp", "text")) for _ in range(2))
    messages = [p["entry"][0]["changes"][0]["value"]["messages"][0] for p in (first, second)]
    assert len({message["id"] for message in messages}) == 2
    assert all(abs(int(message["timestamp"]) - time.time()) < 60 for message in messages)
    assert messages[0]["text"] == messages[1]["text"]


def test_what_is_put_in_place_of_a_recorded_text_stays_as_it_is() -> None:
    replaced = {"fx-7d1c2a90": "tracker", "wamid.EXAMPLE00009001": "wamid.OURS"}
    status = json.loads(recorded_now("whatsapp", "status_delivered", replaced))
    (told,) = status["entry"][0]["changes"][0]["value"]["statuses"]
    assert (told["id"], told["biz_opaque_callback_data"]) == ("wamid.OURS", "tracker")


def test_replacing_what_is_not_recorded_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="is not in"):
        recorded_now("telegram", "text", {"no such words": ""})
