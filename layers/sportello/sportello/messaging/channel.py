"""The port every channel implements, and what a channel may be asked about itself."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Literal, Protocol, runtime_checkable

from pydantic import Field

from sportello.channel_kinds import ChannelKind, Tone
from sportello.messaging.items import DeliveryStatus, Handle, ParseResult
from sportello.model import Instant, Model


class WebhookRequest(Model):
    """A provider's call as the provider sent it.

    `headers` have lower-case names; `body` holds the raw bytes that signatures are made over;
    `query` has the decoded parameters, the last one of a repeated name; `received_at` stands in
    where a provider gives no time of its own.
    """

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    received_at: Instant


class Capabilities(Model):
    """What a channel is and can carry; differences between channels are data, never an `if`.

    `text_limit` is in code points. `reply_window_seconds` counts from the customer's last
    message, None where the provider sets no window. `buttons` is how many choices a message may
    carry, `button_title_limit` their length in code points.
    """

    kind: ChannelKind
    tone: Tone
    text_limit: int = Field(gt=0)
    buttons: int = Field(ge=0)
    button_title_limit: int = Field(ge=0)
    reply_window_seconds: int | None


class Button(Model):
    id: str = Field(min_length=1, max_length=64)
    title: str = Field(min_length=1, max_length=64)


class OutboundMessage(Model):
    """One provider call's worth of message: `text` is already within the channel's limit.

    `tracker` is echoed in receipts where the provider can.
    """

    account_id: str
    to: Handle
    text: str = Field(min_length=1)
    buttons: tuple[Button, ...] = ()
    tracker: str = Field(max_length=512)


class Refusal(StrEnum):
    """Why a provider will never take this message as it is."""

    WINDOW_CLOSED = "window_closed"
    RECIPIENT = "recipient"
    CONTENT = "content"
    CONFIGURATION = "configuration"
    POLICY = "policy"


class Delivery(Model):
    """What the provider said of one send: accepted, refused, or unknown.

    "It did not take it, try again" is no outcome: `send` raises ProviderUnavailable for that.
    """

    status: Literal[DeliveryStatus.ACCEPTED, DeliveryStatus.REFUSED, DeliveryStatus.UNKNOWN]
    provider_message_id: str = ""
    refusal: Refusal | None = None
    error_code: str = ""

    @classmethod
    def accepted(cls, provider_message_id: str) -> "Delivery":
        return cls(status=DeliveryStatus.ACCEPTED, provider_message_id=provider_message_id)

    @classmethod
    def refused(cls, refusal: Refusal, error_code: str) -> "Delivery":
        return cls(status=DeliveryStatus.REFUSED, refusal=refusal, error_code=error_code)

    @classmethod
    def unknown(cls, error_code: str) -> "Delivery":
        return cls(status=DeliveryStatus.UNKNOWN, error_code=error_code)


class ChannelAdapter(Protocol):
    """One channel: its folder in `functions/channels/` is the only place that knows it by name."""

    name: str
    capabilities: Capabilities

    def authenticate(self, request: WebhookRequest) -> None:
        """Raise Unauthenticated unless the provider made this call, bytes untouched."""

    def parse(self, request: WebhookRequest) -> Iterable[ParseResult]:
        """Read every item of the payload, each on its own, as it is asked for; pure.

        Looks at the body and `received_at` alone, so that a payload that was kept reads the same.
        Raises MalformedPayload only where not even the envelope can be read.
        """

    def send(self, message: OutboundMessage) -> Delivery:
        """Make the one provider call; raises ProviderUnavailable when surely not taken."""


@runtime_checkable
class Handshaking(Protocol):
    """A channel whose provider checks the webhook address with a GET before using it."""

    def handshake(self, request: WebhookRequest) -> str:
        """Return the challenge to echo; raises Unauthenticated for a wrong verify token."""


@runtime_checkable
class Acknowledging(Protocol):
    """A channel where a button press spins on the customer's screen until acknowledged."""

    def acknowledge(self, callback_id: str) -> None:
        """Stop the spinner; best effort, raises Retryable or Rejected."""
