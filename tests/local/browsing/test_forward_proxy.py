"""A browser's line: what passes, what is cut, what is swallowed."""

import gc
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import urllib3

from local.browsing.forward_proxy import ForwardProxy, address_of

SHORT_SECONDS = 0.3


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(self.path.encode())

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["content-length"])))

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def line() -> Iterator[ForwardProxy]:
    with ForwardProxy() as line:
        yield line


@pytest.fixture
def browser(line: ForwardProxy) -> Iterator[urllib3.ProxyManager]:
    with urllib3.ProxyManager(line.url, retries=False, timeout=5) as browser:
        yield browser


@pytest.fixture
def socket_to_server(line: ForwardProxy, port: int) -> Iterator[socket.socket]:
    """A connection through the proxy as of a WebSocket."""
    with socket.create_connection(("127.0.0.1", urllib3.util.parse_url(line.url).port or 0)) as way:
        way.sendall(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n".encode())
        way.settimeout(5)
        assert way.recv(100).startswith(b"HTTP/1.1 200")
        yield way


def test_requests_pass_with_their_bodies_one_after_the_other(
    browser: urllib3.ProxyManager, port: int
) -> None:
    base = f"http://desk.localhost:{port}"
    assert browser.request("GET", f"{base}/a?b=c").data == b"/a?b=c"
    assert browser.request("POST", base, body=b"x" * 200_000).data == b"x" * 200_000
    assert browser.request("GET", base).data == b"/"


def test_a_cut_line_resets_what_is_open_and_refuses_what_is_new(
    line: ForwardProxy, browser: urllib3.ProxyManager, socket_to_server: socket.socket, port: int
) -> None:
    line.cut()
    with pytest.raises(ConnectionResetError):
        socket_to_server.recv(1)
    with pytest.raises(urllib3.exceptions.HTTPError):
        browser.request("GET", f"http://127.0.0.1:{port}/")
    line.up()
    assert browser.request("GET", f"http://127.0.0.1:{port}/again").data == b"/again"


def test_a_frozen_line_says_nothing_and_does_not_come_to_life_again(
    line: ForwardProxy, browser: urllib3.ProxyManager, socket_to_server: socket.socket, port: int
) -> None:
    line.freeze()
    for _ in range(2):
        socket_to_server.sendall(b"GET / HTTP/1.1\r\n\r\n")
        socket_to_server.settimeout(SHORT_SECONDS)
        with pytest.raises(TimeoutError):
            socket_to_server.recv(1)
        line.up()
    assert browser.request("GET", f"http://127.0.0.1:{port}/new").data == b"/new"


def test_a_connection_that_begins_on_a_frozen_line_is_not_answered(
    line: ForwardProxy, browser: urllib3.ProxyManager, port: int
) -> None:
    line.freeze()
    with pytest.raises(urllib3.exceptions.HTTPError):
        browser.request("GET", f"http://127.0.0.1:{port}/", timeout=SHORT_SECONDS)


def test_a_server_that_ends_a_connection_ends_it_for_the_browser(
    socket_to_server: socket.socket,
) -> None:
    socket_to_server.sendall(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
    while socket_to_server.recv(1_000):
        pass


@pytest.mark.parametrize("attempt", range(10))
def test_a_line_that_is_taken_down_while_browsers_dial_leaves_nothing_open(attempt: int) -> None:
    with ForwardProxy() as line:
        where = ("127.0.0.1", urllib3.util.parse_url(line.url).port or 0)
        callers = [socket.create_connection(where, timeout=5) for _ in range(attempt * 5)]
    for caller in callers:
        with caller, pytest.raises(ConnectionResetError):
            caller.recv(1)
    gc.collect()  # What was left open would warn here, and warnings are errors.


@pytest.mark.parametrize(
    ("authority", "address"),
    [
        ("x.cloudfront.localhost:4566", ("127.0.0.1", 4566)),
        ("10.0.0.1:80", ("10.0.0.1", 80)),
        ("localhost", ("127.0.0.1", 80)),
    ],
)
def test_hosts_are_found(authority: str, address: tuple[str, int]) -> None:
    assert address_of(authority) == address
