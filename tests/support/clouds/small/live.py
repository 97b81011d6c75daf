"""What live connections are pushed to by: API Gateway, and functions that nobody waits for."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from support.clouds.small.expressions import NotSpoken


class SmallConnections:
    """Connections that are `open` take what is posted to them; all others are gone."""

    def __init__(self) -> None:
        self.open: set[str] = set()
        self.posted: list[tuple[str, bytes]] = []

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        name = request["ConnectionId"]
        if name not in self.open:
            raise ClientError({"Error": {"Code": "GoneException", "Message": "410"}}, operation)
        match operation:
            case "PostToConnection":
                self.posted.append((name, request["Data"]))
            case "DeleteConnection":
                self.open.discard(name)
            case _:
                raise NotSpoken(f"API Gateway {operation}")
        return {}


class SmallFunctions:
    """Remembers what was asked for without waiting: none of it happens by itself."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bytes]] = []

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        if operation != "Invoke" or request["InvocationType"] != "Event":
            raise NotSpoken(f"Lambda {operation}")
        self.asked.append((request["FunctionName"], request["Payload"]))
        return {"StatusCode": 202}
