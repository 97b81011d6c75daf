"""Colleagues who answer where they were rung: calls as Slack makes and signs them."""

import hashlib
import hmac
import itertools
import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from local.cloud.laptop import Stack
from local.cloud.web import Answer, call
from local.providers.provider_calls import Call

_presses = itertools.count(secrets.randbelow(10**9))


@dataclass(frozen=True)
class SlackColleague:
    stack: Stack
    user_id: str

    def press(self, action: str, ring: Call, *, signing_secret: str | None = None) -> Answer:
        """Press `accept` or `decline` below a message that was posted."""
        form = urlencode({"payload": json.dumps(self.payload(action, ring))}).encode()
        timestamp = str(int(time.time()))
        key = signing_secret or self.stack.secrets["slack"]["signing_secret"]
        content = b"v0:" + timestamp.encode() + b":" + form
        signature = hmac.new(key.encode(), content, hashlib.sha256).hexdigest()
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={signature}",
        }
        return call("POST", f"{self.stack.webhook_base}/answers/slack", form, headers)

    def payload(self, action: str, ring: Call) -> dict[str, Any]:
        message = json.loads(ring.body)
        (button,) = (b for b in buttons(message) if b["action_id"] == f"offer.{action}")
        number = next(_presses)
        return {
            "type": "block_actions",
            "user": {"id": self.user_id, "name": self.user_id.lower()},
            "trigger_id": f"{number}.{secrets.token_hex(16)}",
            "container": {
                "type": "message",
                "message_ts": ring.message_id,
                "channel_id": _channel_of(message),
                "is_ephemeral": False,
            },
            "message": {"ts": ring.message_id, "blocks": message["blocks"]},
            "response_url": f"{self.stack.provider_base}/slack/actions/{number}",
            "actions": [{**button, "action_ts": f"{time.time():.6f}"}],
        }


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    blocks = message.get("blocks", [])
    return [each for block in blocks if block["type"] == "actions" for each in block["elements"]]


def rings(calls: Sequence[Call]) -> list[Call]:
    """Return the messages with buttons that were posted to Slack, in order."""
    posted = (each for each in calls if each.path.endswith("/chat.postMessage"))
    return [each for each in posted if buttons(json.loads(each.body))]


def _channel_of(message: dict[str, Any]) -> str:
    """A person's id names their messages with the app."""
    channel: str = message["channel"]
    return f"D{channel[1:]}" if channel[0] in "UW" else channel
