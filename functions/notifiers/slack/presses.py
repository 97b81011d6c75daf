"""What Slack sends when somebody presses a button, and how it proves that it is Slack. Pure.

docs.slack.dev/authentication/verifying-requests-from-slack
docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

import hmac
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from pydantic import Field, ValidationError

from notifiers.slack.address import SlackUser
from notifiers.slack.buttons import ACCEPT, DECLINE, LONGEST_VALUE
from sportello.errors import MalformedPayload, Unauthenticated
from sportello.model import Instant, Model

FRESH = timedelta(minutes=5)
"""How old a call may be, as Slack says; and how far its clock may be ahead of ours."""

MOST_BYTES = 262_144
"""A press brings the whole message along, which is ours and a tenth of this."""

_MOST_FIELDS = 10


class Press(Model):
    """`pressed_in` is the channel; `action` is that of the button, `value` what it carries."""

    user: SlackUser
    pressed_in: str = Field(max_length=64)
    action: str
    value: str = Field(max_length=LONGEST_VALUE)
    response_url: str = Field(max_length=2_000)
    rung_at: Instant


def check_signature(
    headers: Mapping[str, str], body: bytes, keys: Iterable[bytes], now: datetime
) -> str:
    """Return the signature of a call that Slack has just made; raises Unauthenticated."""
    timestamp = headers.get("x-slack-request-timestamp", "")
    presented = headers.get("x-slack-signature", "")
    if len(body) > MOST_BYTES or not re.fullmatch(r"\d{9,10}", timestamp, re.ASCII):
        raise Unauthenticated("no call of Slack's")
    # A list, so that every comparison runs and none stops the others early.
    matches = [
        hmac.compare_digest(presented.encode(errors="replace"), signature(timestamp, body, key))
        for key in keys
    ]
    if not any(matches):
        raise Unauthenticated("the signature does not match the body")
    if abs(now - datetime.fromtimestamp(int(timestamp), UTC)) > FRESH:
        raise Unauthenticated("the call is not of now")
    return presented


def signature(timestamp: str, body: bytes, key: bytes) -> bytes:
    content = b"v0:" + timestamp.encode() + b":" + body
    return b"v0=" + hmac.digest(key, content, "sha256").hex().encode()


def form_of(body: bytes) -> Mapping[str, str]:
    """Read the form that a call is, empty if it is none; of a field the first value counts."""
    try:
        fields = parse_qs(body.decode(), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def read_press(payload: str) -> Press | None:
    """Read which of our buttons was pressed; None for anything else that an app hears of.

    Raises MalformedPayload for what Slack would not send.
    """
    match _decoded(payload):
        case {"type": "block_actions", "actions": [{"action_id": str(action), **button}, *_], **at}:
            return _press(action, button, at) if action in {ACCEPT, DECLINE} else None
        case {"type": str()}:
            return None
        case _:
            raise MalformedPayload("not an interaction")


def _decoded(payload: str) -> Any:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        raise MalformedPayload("not JSON") from None


def _press(action: str, button: Mapping[Any, Any], at: Mapping[Any, Any]) -> Press:
    try:
        return Press(
            user=at["user"]["id"],
            pressed_in=at["container"]["channel_id"],
            action=action,
            value=button["value"],
            response_url=at["response_url"],
            rung_at=datetime.fromtimestamp(float(at["container"]["message_ts"]), UTC),
        )
    except (KeyError, TypeError, ValueError, OverflowError, ValidationError):
        raise MalformedPayload("not a press of a button in a message") from None
