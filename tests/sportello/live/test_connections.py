from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ConnectTimeoutError

from sportello.live.connections import GatewayConnections, Posted, socket_url

ENDPOINT = "https://abc.execute-api.eu-south-1.amazonaws.com/v1"


class Gateway:
    """Stands in for API Gateway: answers each call with an error, if it has one."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.calls: list[tuple[str, str, Any]] = []

    def answer(self, client: Any, operation: str, request: Any) -> Any:
        self.calls.append((client.meta.endpoint_url, operation, dict(request)))
        if self.error:
            raise self.error
        return {}


def placed(monkeypatch: pytest.MonkeyPatch, error: Exception | None = None) -> Gateway:
    gateway = Gateway(error)

    def make_api_call(client: Any, operation: str, request: Any) -> Any:
        return gateway.answer(client, operation, request)

    monkeypatch.setattr(BaseClient, "_make_api_call", make_api_call)
    return gateway


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "PostToConnection")


def test_a_frame_is_posted_at_the_stages_own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = placed(monkeypatch)
    assert GatewayConnections(ENDPOINT).post("c-1", b"{}") is Posted.TAKEN
    request = {"ConnectionId": "c-1", "Data": b"{}"}
    assert gateway.calls == [(ENDPOINT, "PostToConnection", request)]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (refused("GoneException"), Posted.GONE),
        (refused("410"), Posted.GONE),
        (refused("LimitExceededException"), Posted.FAILED),
        (refused("PayloadTooLargeException"), Posted.FAILED),
        (refused("ForbiddenException"), Posted.FAILED),
        (ConnectTimeoutError(endpoint_url=ENDPOINT), Posted.FAILED),
    ],
)
def test_what_was_not_taken_says_whether_it_may_be_one_day(
    monkeypatch: pytest.MonkeyPatch, error: Exception, outcome: Posted
) -> None:
    placed(monkeypatch, error)
    assert GatewayConnections(ENDPOINT).post("c-1", b"{}") is outcome


def test_to_end_what_has_ended_is_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = placed(monkeypatch, refused("GoneException"))
    GatewayConnections(ENDPOINT).close("c-1")
    assert gateway.calls[0][1] == "DeleteConnection"


def test_browsers_connect_where_it_is_posted_to() -> None:
    assert socket_url(ENDPOINT) == ENDPOINT.replace("https", "wss")
    assert socket_url("http://127.0.0.1:1/a/v1") == "ws://127.0.0.1:1/a/v1"
