"""One POST and an honest word on it, against a server on this machine that misbehaves at will."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import urllib3

from sportello.errors import ProviderUnavailable
from sportello.messaging.outbound_http import MAX_REPLY_BYTES, NoAnswer, Reply, post, post_json

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"


@contextmanager
def server(answer: bytes | None) -> Iterator[tuple[str, list[bytes]]]:
    """Take one request, say `answer` (None: nothing at all), and hang up."""
    listening = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            heard.append(whole_request(connection))
            if answer is not None:
                connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", heard
        thread.join(5)


def whole_request(connection: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request:
        request += connection.recv(65_536)
    head, _, body = request.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split()[0])
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def pool(**timeouts: float) -> urllib3.PoolManager:
    return urllib3.PoolManager(
        timeout=urllib3.Timeout(**({"connect": 1.0, "read": 1.0} | timeouts)), retries=False
    )


def ask(url: str, **timeouts: float) -> Reply:
    with pool(**timeouts) as fresh:
        return post(f"{url}/send", b"{}", {"x-token": "t"}, pool=fresh)


def test_an_answer_is_handed_back_as_it_came() -> None:
    answer = b'HTTP/1.1 429 Slow\r\nRetry-After: 30\r\ncontent-length: 11\r\n\r\n{"error":1}'
    with server(answer) as (url, heard):
        reply = ask(url)
    assert (reply.status, reply.document(), reply.retry_after_seconds) == (429, {"error": 1}, 30)
    assert heard[0].startswith(b"POST /send HTTP/1.1\r\n")
    assert b"x-token: t" in heard[0]


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    with server(b"HTTP/1.1 307 Go\r\nlocation: http://10.0.0.1/\r\ncontent-length: 0\r\n\r\n") as (
        url,
        _,
    ):
        assert ask(url).status == 307


@pytest.mark.parametrize("answer", [None, b"nonsense\r\n\r\n"])
def test_a_connection_that_breaks_without_an_answer_may_have_taken_effect(
    answer: bytes | None,
) -> None:
    with server(answer) as (url, _), pytest.raises(NoAnswer):
        ask(url)


def test_an_answer_cut_short_may_have_taken_effect() -> None:
    cut = b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nhi"
    with server(cut) as (url, _), pytest.raises(NoAnswer):
        ask(url)


def test_an_answer_that_takes_too_long_may_have_taken_effect() -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    with listening, pytest.raises(NoAnswer):
        ask(f"http://127.0.0.1:{listening.getsockname()[1]}", read=0.05)


def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(ProviderUnavailable, match="NewConnectionError"):
        ask(f"http://127.0.0.1:{port}")


def test_an_address_that_is_none_was_sent_nothing() -> None:
    with pytest.raises(ProviderUnavailable):
        post("http://[", b"", {})


def test_an_endless_answer_is_read_so_far_and_no_further() -> None:
    size = MAX_REPLY_BYTES + 1_000
    head = f"HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n".encode()
    with server(head + b"x" * size) as (url, _):
        assert len(ask(url).body) == MAX_REPLY_BYTES


def test_json_is_sent_as_utf8() -> None:
    with server(OK) as (url, heard):
        assert post_json(url, {"text": "perché"}).status == 200
    assert heard[0].endswith('{"text":"perché"}'.encode())
    assert b"content-type: application/json" in heard[0]


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [("30", 30), ("", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None), ("³", None)],
)
def test_only_a_wish_in_seconds_is_heard(wish: str, seconds: int | None) -> None:
    reply = Reply(status=503, headers={"retry-after": wish}, body=b"")
    assert reply.retry_after_seconds == seconds


def test_a_body_that_is_no_json_is_no_document() -> None:
    assert Reply(status=200, headers={}, body=b"\xff<html>").document() is None
