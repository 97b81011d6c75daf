"""A browser's line fails as lines do: a socket is cut, or says nothing any more."""

from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import pytest
from playwright.sync_api import Page, expect
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from support.browsing.window import Window, await_heard

pytestmark = pytest.mark.browser

CONNECT = """(port) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    window.socket = socket;
    const put = (text) => { document.title = text; };
    put("connecting");  // what was said of the socket before is over
    socket.onopen = () => put("open");
    socket.onmessage = (message) => put(message.data);
    socket.onclose = (event) => put(`closed ${event.code}`);
}"""


def echo(connection: ServerConnection) -> None:
    with suppress(ConnectionClosed):
        for message in connection:
            connection.send(message)


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(echo, "127.0.0.1", 0, ping_interval=None, close_timeout=0.2) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def port(server: Server) -> int:
    port: int = server.socket.getsockname()[1]
    return port


def say(page: Page, text: str) -> None:
    page.evaluate("(text) => socket.send(text)", text)


def test_a_socket_is_cut_and_another_one_connects(window: Window, blank: Page, port: int) -> None:
    blank.evaluate(CONNECT, port)
    expect(blank).to_have_title("open")
    say(blank, "hello")
    expect(blank).to_have_title("hello")
    assert len(window.watch.sockets) == 1
    with window.cut():
        expect(blank).to_have_title("closed 1006")
        blank.evaluate(CONNECT, port)
        expect(blank).to_have_title("closed 1006")
    blank.evaluate(CONNECT, port)
    expect(blank).to_have_title("open")
    await_heard(blank, lambda: len(window.watch.sockets) == 1, what="one socket")


def test_a_frozen_socket_stays_open_and_hears_nothing(
    window: Window, blank: Page, port: int
) -> None:
    blank.evaluate(CONNECT, port)
    expect(blank).to_have_title("open")
    with window.frozen():
        say(blank, "lost")
    say(blank, "lost as well")
    blank.wait_for_timeout(300)
    expect(blank).to_have_title("open")
    assert blank.evaluate("socket.readyState") == 1
