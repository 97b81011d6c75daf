"""One POST and an honest word on it, against a server on this machine that misbehaves at will."""

import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from sportello.errors import ProviderUnavailable
from sportello.messaging.outbound_call import Call
from sportello.messaging.outbound_http import (
    MAX_REPLY_BYTES,
    NoAnswer,
    Reply,
    in_time,
    post,
    post_json,
)

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


def ask(url: str, deadline_seconds: float = 5) -> Reply:
    return post(f"{url}/send", b"{}", {"x-token": "t"}, deadline_seconds=deadline_seconds)


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
        ask(f"http://127.0.0.1:{listening.getsockname()[1]}", DEADLINE)


# --- one deadline, whatever drips ---------------------------------------------------------------

DEADLINE = 0.25
"""Long enough to send a request on this machine, also when others use it."""


@contextmanager
def dripping(beginning: bytes) -> Iterator[str]:
    """Take a request, say the beginning, and then a byte now and then for as long as one listens.

    Each byte comes well before any limit from one byte to the next.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    hung_up = threading.Event()

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.recv(65_536)
            connection.sendall(beginning)
            while not hung_up.wait(0.01):
                connection.sendall(b"1")
        hung_up.set()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with listening:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        assert hung_up.wait(5), "the connection was left open"
        thread.join(5)


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"HTTP/1.1 20",
        b"HTTP/1.1 200 OK\r\nx-slow: ",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 ",
    ],
)
def test_an_answer_that_drips_is_broken_off_and_may_have_taken_effect(beginning: bytes) -> None:
    with dripping(beginning) as place, pytest.raises(NoAnswer):
        ask(f"http://{place}", DEADLINE)


@contextmanager
def silent() -> Iterator[str]:
    """Take a connection and say nothing at all, whatever is said."""
    listening = socket.create_server(("127.0.0.1", 0))
    with listening:
        yield f"127.0.0.1:{listening.getsockname()[1]}"


def test_without_the_other_ends_tls_nothing_was_sent() -> None:
    with silent() as place, pytest.raises(ProviderUnavailable):
        ask(f"https://{place}", DEADLINE)


def test_a_name_that_takes_too_long_to_be_looked_up_was_sent_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known_at_last, looked_up = threading.Event(), threading.Event()
    look_up = socket.getaddrinfo

    def slow(*place: Any, **options: Any) -> Any:
        known_at_last.wait(5)
        try:
            return look_up("127.0.0.1", *place[1:], **options)
        finally:
            looked_up.set()

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    listening = socket.create_server(("127.0.0.1", 0))
    with listening:
        with pytest.raises(ProviderUnavailable):
            ask(f"http://desk.example:{listening.getsockname()[1]}", DEADLINE)
        known_at_last.set()
        looked_up.wait(5)
        connection, _ = listening.accept()
        with connection:
            assert connection.recv(65_536) == b"", "it was sent after nobody waited any more"


def test_what_goes_wrong_in_time_is_handed_on() -> None:
    def failing(_call: Call) -> None:
        raise KeyError("whatever")

    with pytest.raises(KeyError):
        in_time(failing, 5)


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
    [
        ("30", 30),
        (" 30 ", 30),
        ("0", 0),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("³", None),
        ("soon", None),
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30),
        ("Wednesday, 21-Oct-26 07:28:30 GMT", 30),
        ("Wed Oct 21 07:28:30 2026", 30),
        ("Wed, 21 Oct 2026 07:27:00 GMT", 0),
        ("Wed, 21 Oct 2026 99:99:99 GMT", None),
        ("86400", 86_400),
        ("9" * 5_000, 999_999_999),
    ],
)
def test_a_wish_is_heard_in_seconds_or_as_a_date(wish: str, seconds: int | None) -> None:
    headers = {"retry-after": wish, "date": "Wed, 21 Oct 2026 07:28:00 GMT"}
    reply = Reply(status=503, headers=headers, body=b"")
    assert reply.retry_after_seconds == seconds


def test_an_answer_without_a_date_is_dated_as_it_comes() -> None:
    head = b"HTTP/1.1 503 Busy\r\nretry-after: Fri, 31 Dec 9999 23:59:59 GMT\r\n"
    with server(head + b"content-length: 0\r\n\r\n") as (url, _):
        wish = ask(url).retry_after_seconds
    assert wish is not None
    assert wish > 86_400


def test_a_date_means_nothing_where_the_answer_has_an_unreadable_one() -> None:
    headers = {"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "today"}
    assert Reply(status=503, headers=headers, body=b"").retry_after_seconds is None


def test_a_compressed_answer_is_unpacked_so_far_and_no_further() -> None:
    packed = gzip.compress(b"x" * 10_000_000)
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(packed)}\r\n\r\n"
    with server(head.encode() + packed) as (url, _):
        assert len(ask(url).body) == MAX_REPLY_BYTES


def test_a_body_that_is_no_json_is_no_document() -> None:
    assert Reply(status=200, headers={}, body=b"\xff<html>").document() is None


@pytest.mark.parametrize("status", [200, 204, 299])
def test_the_class_of_success_is_success(status: int) -> None:
    assert Reply(status=status, headers={}, body=b"").is_success


@pytest.mark.parametrize("status", [199, 300, 304, 400, 500])
def test_no_other_class_is(status: int) -> None:
    assert not Reply(status=status, headers={}, body=b"").is_success
