import hmac
import json
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.slack.presses import (
    MOST_BYTES,
    check_signature,
    form_of,
    read_press,
    signature,
)
from sportello.errors import MalformedPayload, Unauthenticated
from support.notices import json_values
from support.template import ROOT

VECTOR = json.loads((ROOT / "tests/vectors/slack_signature.json").read_text())
KEY = VECTOR["signing_secret"].encode()
BODY = VECTOR["body"].encode()
SIGNED_AT = datetime.fromtimestamp(int(VECTOR["timestamp"]), UTC)
HEADERS = {
    "x-slack-request-timestamp": VECTOR["timestamp"],
    "x-slack-signature": VECTOR["signature"],
}
PRESS: dict[str, Any] = json.loads((ROOT / "events/slack/accept.json").read_text())


def check(
    headers: dict[str, str] | None = None,
    body: bytes = BODY,
    *keys: bytes,
    now: datetime = SIGNED_AT,
) -> str:
    return check_signature(HEADERS | (headers or {}), body, keys or (KEY,), now)


def test_the_example_of_slacks_documentation_is_genuine() -> None:
    assert check() == VECTOR["signature"]


def test_while_the_secret_changes_either_counts() -> None:
    assert check(None, BODY, b"the new one", KEY)
    with pytest.raises(Unauthenticated):
        check(None, BODY, b"the new one")


@given(st.binary(max_size=60))
def test_what_we_expect_is_what_the_scheme_says(body: bytes) -> None:
    expected = hmac.new(KEY, b"v0:1531420618:" + body, "sha256").hexdigest()
    assert signature("1531420618", body, KEY) == f"v0={expected}".encode()


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_a_call_is_good_for_five_minutes(minutes: int) -> None:
    assert check(now=SIGNED_AT + timedelta(minutes=minutes))


@pytest.mark.parametrize("seconds", [-301, 301, 86_400, 10**9])
def test_a_call_of_another_time_is_refused(seconds: int) -> None:
    with pytest.raises(Unauthenticated, match="not of now"):
        check(now=SIGNED_AT + timedelta(seconds=seconds))


@given(st.integers(0, len(BODY) - 1))
def test_a_body_with_any_byte_changed_is_refused(place: int) -> None:
    changed = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
    with pytest.raises(Unauthenticated):
        check(None, changed)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-slack-signature": ""},
        {"x-slack-signature": VECTOR["signature"].removeprefix("v0=")},
        {"x-slack-signature": VECTOR["signature"].upper()},
        {"x-slack-signature": VECTOR["signature"] + " "},
        {"x-slack-signature": "v0=\u00e8\ud800"},
        {"x-slack-request-timestamp": ""},
        {"x-slack-request-timestamp": "1531420619"},
        {"x-slack-request-timestamp": " 1531420618"},
        {"x-slack-request-timestamp": "01531420618"},
        {"x-slack-request-timestamp": "١٥٣١٤٢٠٦١٨"},
        {"x-slack-request-timestamp": "9" * 400},
        {"x-slack-request-timestamp": "-1531420618"},
        {"x-slack-request-timestamp": "1531420618.0"},
    ],
)
def test_a_forged_header_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated):
        check(headers)


def test_a_call_that_is_too_large_is_not_even_reckoned() -> None:
    body = b"a" * (MOST_BYTES + 1)
    signed = signature(VECTOR["timestamp"], body, KEY).decode()
    with pytest.raises(Unauthenticated):
        check({"x-slack-signature": signed}, body)


# What is in it


def read(payload: Any) -> Any:
    return read_press(json.dumps(payload))


def changed(path: str, value: Any) -> dict[str, Any]:
    payload = deepcopy(PRESS)
    *way, last = path.split(".")
    place: Any = payload
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    place[last] = value
    return payload


def test_a_press_says_who_pressed_what_and_where() -> None:
    press = read(PRESS)
    assert (press.user, press.pressed_in, press.action) == (
        "U024BE7LH",
        "C024BE91L",
        "offer.accept",
    )
    assert press.value == "a value of ours"
    assert press.response_url.startswith("https://hooks.slack.com/actions/")
    assert press.rung_at.isoformat() == "2026-03-04T10:00:00.000247+00:00"


@pytest.mark.parametrize(
    "payload",
    [
        changed("actions.0.action_id", "somebody.elses"),
        changed("actions", []),
        {"type": "view_submission", "view": {}},
        {"type": "message_action"},
        {"type": "shortcut", "callback_id": "x"},
    ],
)
def test_what_is_no_button_of_ours_is_nothing(payload: Any) -> None:
    assert read(payload) is None


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        {},
        {"type": 7},
        changed("user", None),
        changed("user.id", "anna"),
        changed("user.id", "<@U024BE7LH>"),
        changed("container", {}),
        changed("container.message_ts", "soon"),
        changed("container.message_ts", "1e999"),
        changed("actions.0.value", 7),
        changed("actions.0.value", "v" * 2_001),
        changed("response_url", None),
        changed("response_url", "h" * 2_001),
    ],
)
def test_what_slack_would_not_send_is_malformed(payload: Any) -> None:
    with pytest.raises(MalformedPayload):
        read(payload)


@pytest.mark.parametrize("text", ["", "no json", "[" * 100_000, '{"type":'])
def test_what_is_no_json_is_malformed(text: str) -> None:
    with pytest.raises(MalformedPayload):
        read_press(text)


@given(st.sampled_from([*PRESS, "actions.0.value", "user.id", "container.message_ts"]), json_values)
def test_whatever_is_in_it_it_is_read_or_refused(path: str, value: Any) -> None:
    with suppress(MalformedPayload):
        read(changed(path, value))


def test_a_form_is_read_and_anything_else_is_empty() -> None:
    assert form_of(urlencode({"payload": '{"a": "è&="}'}).encode()) == {"payload": '{"a": "è&="}'}
    assert form_of(b"ssl_check=1&token=x") == {"ssl_check": "1", "token": "x"}
    assert form_of(b"payload=a&payload=b") == {"payload": "a"}
    for body in (b"", b"\xff\xfe", b"&".join([b"a=1"] * 50), b"{}"):
        assert form_of(body) == {}
