"""What a page complains of and whom it calls, while a test is not looking."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError, WebSocket

REFUSALS = r"Failed to load resource: the server responded with a status of 4\d\d"
"""Chromium's own line about an answer that the page has handled, or else it says so itself."""

LINE = r"net::ERR_|WebSocket connection to"
"""Chromium's own lines while there is no line."""

_TOKEN = re.compile(r"eyJ[\w-]{8,}\.[\w-]+")


class Watch:
    """Whatever is written to the console as an error fails the test that met it, unless declared.

    `addresses` are all that were called, `sockets` the WebSockets that are open, `heard` those on
    which something was said to the page, `secrets` what may stand in no address, the tokens that
    were sent along with calls among it.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.addresses: list[str] = []
        self.sockets: set[WebSocket] = set()
        self.heard: set[WebSocket] = set()
        self.secrets: set[str] = set()
        self.sent_tokens: set[str] = set()
        self._pages: dict[WebSocket, Page] = {}
        self._heard: list[str] = []
        self._declared = [REFUSALS]
        context.on("console", self._hear)
        context.on("weberror", self._break)
        context.on("request", self._call)
        context.on("page", self._open)

    def live(self) -> set[WebSocket]:
        """Return the sockets that are open and have been answered."""
        return self.sockets & self.heard

    def expect(self, pattern: str) -> None:
        """Let pass what fits, from the beginning of the test on."""
        self._declared.append(pattern)

    def complaints(self) -> list[str]:
        """Return what has gone wrong: errors, calls elsewhere, secrets in addresses."""
        return [*self._errors(), *self._strangers(), *self._leaks()]

    def _errors(self) -> Iterator[str]:
        for line in self._heard:
            if not any(re.search(pattern, line) for pattern in self._declared):
                yield line

    def _strangers(self) -> Iterator[str]:
        for address in self.addresses:
            parts = urlsplit(address)
            host = parts.hostname or ""
            is_ours = host == "127.0.0.1" or host.endswith("localhost")
            if parts.scheme in {"http", "https", "ws", "wss"} and not is_ours:
                yield f"a call elsewhere: {address}"

    def _leaks(self) -> Iterator[str]:
        for address in self.addresses:
            if _TOKEN.search(address) or any(secret in address for secret in self.secrets):
                without = urlsplit(address)._replace(query="…", fragment="")
                yield f"a token stands in an address: {without.geturl()}"

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._heard.append(f"{message.text} ({message.location.get('url', '')})")

    def _break(self, error: WebError) -> None:
        self._heard.append(f"not caught: {error.error.stack or error.error}")

    def _call(self, request: Request) -> None:
        self.addresses.append(request.url)
        if request.is_navigation_request() and request.frame.parent_frame is None:
            # What the page before had open is gone with it, and nobody says so.
            self.sockets = {
                each for each in self.sockets if self._pages[each] != request.frame.page
            }
        if token := request.headers.get("authorization"):
            self.sent_tokens.add(token.removeprefix("Bearer "))
            self.secrets |= self.sent_tokens

    def _open(self, page: Page) -> None:
        page.on("websocket", lambda socket: self._connect(page, socket))
        page.on("framenavigated", lambda frame: self.addresses.append(frame.url))

    def _connect(self, page: Page, socket: WebSocket) -> None:
        self.addresses.append(socket.url)
        self._pages[socket] = page
        self.sockets.add(socket)
        socket.on("framereceived", lambda _frame: self.heard.add(socket))
        socket.on("close", self._disconnect)

    def _disconnect(self, socket: WebSocket) -> None:
        self.sockets.discard(socket)
