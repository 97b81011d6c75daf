"""Stand-ins for what is beyond Sportello's ports: a channel's provider, an agents' endpoint.

The type checker holds each to its port at the end of this file.
"""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sportello.channel_kinds import ChannelKind, Tone
from sportello.errors import MalformedPayload, Unauthenticated
from sportello.messaging.capabilities import Capabilities
from sportello.messaging.inbound_channel import Handshaking, InboundAdapter, WebhookRequest
from sportello.messaging.items import Ignored, InboundItem, Parsed, ParseResult, Unreadable
from sportello.messaging.outbound_channel import (
    Acknowledging,
    Delivery,
    OutboundAdapter,
    OutboundMessage,
)
from sportello.model import Model
from sportello.people.notifying.notifier import AddressFault, AgentNotifier, Notification

SIGNATURE = "genuine"

INBOUND_ITEM: TypeAdapter[InboundItem] = TypeAdapter(InboundItem)

CAPABILITIES = Capabilities(
    kind=ChannelKind.MESSAGING,
    tone=Tone.NEUTRAL,
    text_limit=1_000,
    buttons=3,
    button_title_limit=20,
    reply_window_seconds=86_400,
)


class FakeAdapter:
    """A channel whose payload is a JSON list of our own items.

    Each send takes the next of `outcomes`: a Delivery is returned, an exception raised, a
    function called with the message; without any left, every message is accepted. A list
    member that is no item is unreadable, one with only `ignored` is ignored, and the string
    "bug" makes the adapter fail as code with a mistake in it does.
    """

    name = "fake"

    def __init__(self, capabilities: Capabilities = CAPABILITIES) -> None:
        self.capabilities = capabilities
        self.outcomes: deque[Delivery | Exception | Callable[[OutboundMessage], Delivery]] = deque()
        self.sent: list[OutboundMessage] = []
        self.acknowledged: list[str] = []

    def authenticate(self, request: WebhookRequest) -> None:
        if request.headers.get("x-fake-signature") != SIGNATURE:
            raise Unauthenticated("signature does not match")

    def handshake(self, request: WebhookRequest) -> str:
        if request.query.get("token") != SIGNATURE:
            raise Unauthenticated("verify token does not match")
        return request.query["challenge"]

    def parse(self, request: WebhookRequest) -> Iterator[ParseResult]:
        try:
            fragments = json.loads(request.body)
        except ValueError:
            raise MalformedPayload("not JSON") from None
        return self._read_all(fragments)

    def _read_all(self, fragments: Iterable[Any]) -> Iterator[ParseResult]:
        for fragment in fragments:
            if fragment == "bug":
                raise KeyError("a customer's text may be in here")
            yield self._read(fragment)

    @staticmethod
    def _read(fragment: Any) -> ParseResult:
        if isinstance(fragment, dict) and fragment.keys() == {"ignored"}:
            return Ignored(provider_kind=fragment["ignored"])
        try:
            return Parsed(item=INBOUND_ITEM.validate_python(fragment), raw=fragment)
        except ValidationError:
            return Unreadable(reason="no item of ours", raw=fragment)

    def send(self, message: OutboundMessage) -> Delivery:
        self.sent.append(message)
        outcome = self.outcomes.popleft() if self.outcomes else None
        match outcome:
            case None:
                return Delivery.accepted(f"provider-{len(self.sent)}")
            case Delivery():
                return outcome
            case Exception():
                raise outcome
            case _:
                return outcome(message)

    def acknowledge(self, callback_id: str) -> None:
        self.acknowledged.append(callback_id)


class Topic(Model):
    topic: str


class RecordingNotifier:
    """An agents' endpoint that remembers what it was told; `failures` are raised first.

    What it returns for a ring is the ring's number; `meanwhile` happens during the next one.
    """

    name = "recording"
    address = Topic

    def __init__(self, notices: frozenset[str] | None = None) -> None:
        self.notices = notices
        self.notified: list[Notification] = []
        self.failures: deque[Exception] = deque()
        self.meanwhile: Callable[[], None] | None = None

    def faults(self, address: Topic) -> list[AddressFault]:  # noqa: ARG002 -- the port has it
        return []

    def notify(self, notification: Notification) -> str:
        if self.failures:
            raise self.failures.popleft()
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            happens()
        self.notified.append(notification)
        return str(len(self.notified))


_inbound: InboundAdapter = FakeAdapter()
_outbound: OutboundAdapter = FakeAdapter()
_handshaking: Handshaking = FakeAdapter()
_acknowledging: Acknowledging = FakeAdapter()
_notifier: AgentNotifier[Topic] = RecordingNotifier()
