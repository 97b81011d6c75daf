"""The way to agents' browsers: what API Gateway calls `@connections`."""

from enum import StrEnum, auto
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import Field

from sportello.aws.clients import aws_client_at
from sportello.aws.environment import Environment
from sportello.aws.logs import logger

_GONE = frozenset({"GoneException", "410"})


class LiveEnvironment(Environment):
    """`live_endpoint` is the stage's address, by which connections are posted to."""

    live_endpoint: str = Field(min_length=1)


class Posted(StrEnum):
    TAKEN = auto()
    GONE = auto()
    FAILED = auto()


class Connections(Protocol):
    def post(self, connection_id: str, data: bytes) -> Posted:
        """Send a frame, maybe twice where an answer is lost; one that is gone says so."""

    def close(self, connection_id: str) -> None:
        """End a connection; one that is gone is no matter."""


class GatewayConnections:
    """`endpoint` is never taken from an event: what calls us does not say whom we call."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    @property
    def _client(self) -> Any:
        return aws_client_at("apigatewaymanagementapi", self._endpoint)

    def post(self, connection_id: str, data: bytes) -> Posted:
        try:
            self._client.post_to_connection(ConnectionId=connection_id, Data=data)
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return Posted.GONE
            return _failed(error.response["Error"]["Code"])
        except BotoCoreError as error:
            return _failed(type(error).__name__)
        return Posted.TAKEN

    def close(self, connection_id: str) -> None:
        try:
            self._client.delete_connection(ConnectionId=connection_id)
        except (ClientError, BotoCoreError) as error:
            logger.info("connection was not closed", error=type(error).__name__)


def _failed(error: str) -> Posted:
    logger.warning("frame was not taken", error=error)
    return Posted.FAILED


def gateway() -> GatewayConnections:
    return GatewayConnections(LiveEnvironment.load().live_endpoint)


def socket_url(endpoint: str) -> str:
    """Return where browsers connect, of the address at which they are posted to."""
    scheme, _, rest = endpoint.partition("://")
    return f"{'wss' if scheme == 'https' else 'ws'}://{rest}"
