"""Every channel's webhook handler, called as API Gateway calls it, with a table in memory."""

import base64
import importlib
import inspect
import json
import logging
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import StringIO
from types import ModuleType
from typing import Any
from unittest.mock import patch

from sportello.aws import credentials, environment
from sportello.aws.environment import Environment
from sportello.aws.logs import Metric, logger
from sportello.entrypoints import runtime
from sportello.intake import receiving
from sportello.table.compression import decompress
from sportello.table.desk_table import DeskTable
from sportello.table.inbound.inbound_items import InboundRecord
from support.agent_calls import LambdaContext
from support.clouds.small.dynamodb import SmallDynamoDB, error
from support.clouds.small.expressions import Item, Request
from support.clouds.table import client_of
from support.template import channels_on_disk
from support.webhooks import PROVIDERS, RECEIVED_AT, rest_event, signed

MODULES: Mapping[str, ModuleType] = {
    channel: importlib.import_module(f"channels.{channel}.receive")
    for channel in channels_on_disk()
}

_HERE = "made-up"


class Shelf(SmallDynamoDB):
    """The table behind the door: it can be down, and it can be looked into."""

    def __init__(self) -> None:
        super().__init__(name=_HERE)
        self.down = False

    def call(self, operation: str, request: Request) -> Item:
        if self.down:
            raise error("InternalServerError", "made up", operation)
        return super().call(operation, request)

    # --- what is there ------------------------------------------------------------------------

    def records(self) -> list[InboundRecord]:
        """Read every inbound item back, as the stream's reader does."""
        kept = (item for item in self.items.values() if item["entity"]["S"] == "inbound")
        return [InboundRecord.from_attributes(item) for item in kept]

    def quarantined(self) -> list[bytes]:
        """Return the raw material of each quarantine entry, put together from its parts."""
        parts: dict[str, list[tuple[str, bytes]]] = {}
        for (partition, sort_key), item in self.items.items():
            if item["entity"]["S"] == "quarantine":
                parts.setdefault(partition, []).append((sort_key, item["raw"]["B"]))
        return [decompress(b"".join(raw for _, raw in sorted(found))) for found in parts.values()]


@dataclass(frozen=True)
class Outcome:
    """What a call came to; `counts` are the metrics it added to."""

    status: int
    body: str
    counts: Mapping[Metric, int]


class FrontDoor:
    """One call at a time on a shelf that is empty before it; `log` has what all of them logged."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.calls = 0
        self.log = StringIO()
        self._opened_at = time.process_time()
        self._counts: Counter[Metric] = Counter()

    @property
    def spent(self) -> str:
        """How much was done, in words."""
        return f"{self.calls:,} calls in {time.process_time() - self._opened_at:.1f} s of processor"

    def count(self, metric: Metric, _channel: str, amount: int = 1) -> None:
        self._counts[metric] += amount

    def call(self, channel: str, event: dict[str, Any], *, keep: bool = False) -> Outcome:
        self._counts.clear()
        if not keep:
            self.shelf.items.clear()
        self.calls += 1
        answer = MODULES[channel].handler(event, LambdaContext())
        return Outcome(answer["statusCode"], answer["body"], dict(self._counts))

    def post(
        self,
        channel: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        keep: bool = False,
    ) -> Outcome:
        """Post a body with the headers that prove it genuine, or with those given."""
        proof = PROVIDERS[channel].proof(body, PROVIDERS[channel].key)
        return self.call(
            channel, event_of(channel, body, proof if headers is None else headers), keep=keep
        )


def event_of(channel: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """The proxy event of a POST: text where the bytes are text, else base64."""
    template = rest_event(signed(channel, b""), f"/{channel}")
    try:
        text, encoded = body.decode(), False
    except UnicodeDecodeError:
        text, encoded = base64.b64encode(body).decode(), True
    return template | {
        "headers": dict(headers),
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "body": text,
        "isBase64Encoded": encoded,
    }


@contextmanager
def front_door() -> Iterator[FrontDoor]:
    """All handlers in this process, under made-up secrets and at one instant."""
    door = FrontDoor()
    table = DeskTable(_HERE, client_of(door.shelf))
    texts = {channel: json.dumps(PROVIDERS[channel].secret) for channel in MODULES}

    def secret_text(secret_id: str) -> str:
        return texts.get(secret_id, "a made-up key of the deployment")

    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, _variables()))
        stack.enter_context(patch.object(credentials, "_fetched", secret_text))
        stack.enter_context(patch.object(runtime, "inbound_table", lambda: table))
        stack.enter_context(patch.object(runtime, "utc_now", lambda: RECEIVED_AT))
        stack.enter_context(patch.object(receiving, "count", door.count))
        # Thousands of lines: to one place, instead of to everybody who listens in a test.
        handler = logging.StreamHandler(door.log)
        handler.setFormatter(logger.registered_formatter)
        stack.enter_context(patch.object(logger._logger, "handlers", [handler]))
        stack.enter_context(patch.object(logger._logger, "propagate", new=False))
        _forget()
        yield door
        _forget()


def _forget() -> None:
    environment._loaded.clear()
    credentials._secrets.clear()


def _variables() -> dict[str, str]:
    """What each channel's function is told: a secret is named like its channel."""
    found = {"CONVERSATION_KEY_SECRET": _HERE}
    for channel, module in MODULES.items():
        secret = importlib.import_module(f"{module.__package__}.secret")
        for shape in vars(secret).values():
            if inspect.isclass(shape) and issubclass(shape, Environment):
                found |= {name.upper(): channel for name in shape.model_fields}
    return found
