"""The port of a channel's way in, which its `receive` loads and nothing beside it."""

from collections.abc import Iterable, Mapping
from typing import Protocol, runtime_checkable

from sportello.messaging.capabilities import Capabilities
from sportello.messaging.items import ParseResult
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


class InboundAdapter(Protocol):
    """One channel's way in: its folder in `functions/channels/` alone knows it by name."""

    name: str
    capabilities: Capabilities

    def authenticate(self, request: WebhookRequest) -> None:
        """Raise Unauthenticated unless the provider made this call, bytes untouched."""

    def parse(self, request: WebhookRequest) -> Iterable[ParseResult]:
        """Read every item of the payload, each on its own, as it is asked for; pure.

        Looks at the body and `received_at` alone, so that a payload that was kept reads the same.
        Raises MalformedPayload only where not even the envelope can be read.
        """


@runtime_checkable
class Handshaking(Protocol):
    """A channel whose provider checks the webhook address with a GET before using it."""

    def handshake(self, request: WebhookRequest) -> str:
        """Return the challenge to echo; raises Unauthenticated for a wrong verify token."""
