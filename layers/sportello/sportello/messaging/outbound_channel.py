"""The port of a channel's way out, which its `deliver` loads and nothing beside it."""

from enum import StrEnum
from typing import Literal, Protocol, Self, runtime_checkable

from pydantic import Field, model_validator

from sportello.messaging.capabilities import Capabilities
from sportello.messaging.items import DeliveryStatus, Handle
from sportello.messaging.outbound_media import OutboundFile
from sportello.messaging.outbound_template import OutboundTemplate
from sportello.model import Model
from sportello.stored import Stored


class Button(Stored):
    id: str = Field(min_length=1, max_length=64)
    title: str = Field(min_length=1, max_length=64)


class OutboundMessage(Model):
    """One provider call's worth of message, already within the channel's limits.

    `tracker` is echoed in receipts where the provider can. With a `file` the text is its caption.
    The text of a `template` is what the customer will read; the provider has its own copy.
    """

    account_id: str
    to: Handle
    text: str = ""
    buttons: tuple[Button, ...] = ()
    file: OutboundFile | None = None
    template: OutboundTemplate | None = None
    tracker: str = Field(max_length=512)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.text or self.file or self.template):
            raise ValueError("there is nothing in it")
        return self


class Refusal(StrEnum):
    """Why a provider will never take this message as it is: stable words, for people too.

    What would have hit any other message as well is no refusal, but a `ChannelFault`.
    """

    WINDOW_CLOSED = "window_closed"
    RECIPIENT = "recipient"
    BLOCKED = "blocked"
    CONTENT = "content"
    TOO_LONG = "too_long"
    CONFIGURATION = "configuration"  # as outcomes of earlier versions say
    POLICY = "policy"


class Delivery(Model):
    """What the provider said of one send: accepted, refused, or unknown.

    "It did not take it, try again" is no outcome: `send` raises ProviderUnavailable for that, and
    ConfigurationRefused where an operator has to act before it helps.
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


class OutboundAdapter(Protocol):
    """One channel's way out."""

    name: str
    capabilities: Capabilities

    def send(self, message: OutboundMessage) -> Delivery:
        """Make the one provider call.

        When surely not taken it raises: ProviderUnavailable, or ConfigurationRefused where it is
        not this message's fault and time alone mends nothing.
        """


@runtime_checkable
class Acknowledging(Protocol):
    """A channel where a button press spins on the customer's screen until acknowledged."""

    def acknowledge(self, callback_id: str) -> None:
        """Stop the spinner; best effort, raises Retryable or Rejected."""
