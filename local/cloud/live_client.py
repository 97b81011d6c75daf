"""A browser's connection to the deployed desk, over a real WebSocket.

It follows `docs/live.md`: a ticket, `hello`, rows applied only if they are newer, and after a cut
`resume` and the views once more.
"""

import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, suppress
from types import TracebackType
from typing import Any, Self

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as connect_to

PATIENCE_SECONDS = 20.0

type Frame = dict[str, Any]
type AskForTicket = Callable[[], Mapping[str, Any]]


class LiveClient:
    """`ask_for_ticket` returns what `POST /live/tickets` answers; `hello` are fields of the frame.

    `rows` are the newest row of each conversation, `heard` every frame with when it came, by the
    clock of `time.monotonic`. `is_lost` is whether the line has ended, by whomever.
    """

    def __init__(self, ask_for_ticket: AskForTicket, **hello: Any) -> None:
        self._ask_for_ticket = ask_for_ticket
        self._hello = hello
        self._line = ExitStack()
        self._socket: ClientConnection | None = None
        self._listener: threading.Thread | None = None
        self._news = threading.Condition()
        self.heard: list[tuple[float, Frame]] = []
        self.rows: dict[str, Mapping[str, Any]] = {}
        self.connection = ""
        self.is_lost = False

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def connect(self, *, resume: bool = False) -> Frame:
        """Connect with a new ticket and say hello; returns the welcome."""
        before = len(self.heard)
        self._line = ExitStack()
        self._socket = self._line.enter_context(dial(self._ask_for_ticket()))
        self.is_lost = False
        self._listener = threading.Thread(target=self._listen, args=(self._socket,), daemon=True)
        self._listener.start()
        self.say("resume" if resume else "hello", **self._hello)
        welcome = self.await_frame("welcome", since=before)
        self.connection = welcome["connection"]
        return welcome

    def close(self) -> None:
        """End it as a browser does that is closed; nothing is heard any more once this returns."""
        self._line.close()
        if self._listener is not None:
            # What had come before the end may still be read.
            self._listener.join()

    def cut(self) -> None:
        """Lose the line, of which nobody is told."""
        self._open_socket.socket.shutdown(socket.SHUT_RDWR)
        self.close()

    def say(self, frame: str, **fields: Any) -> None:
        self.send(json.dumps({"t": frame, **fields}))

    def send(self, text: str) -> None:
        self._open_socket.send(text)

    @property
    def _open_socket(self) -> ClientConnection:
        if self._socket is None:
            raise RuntimeError("not connected")
        return self._socket

    def frames(self, *kinds: str, since: int = 0) -> list[Frame]:
        with self._news:
            return [frame for _, frame in self.heard[since:] if not kinds or frame["t"] in kinds]

    def await_frame(
        self,
        kind: str,
        fits: Callable[[Frame], bool] = lambda _frame: True,
        *,
        since: int = 0,
        seconds: float = PATIENCE_SECONDS,
    ) -> Frame:
        """Return the first frame of a kind that fits, of those heard and those that come."""
        return self.await_heard(kind, fits, since=since, seconds=seconds)[1]

    def await_heard(
        self,
        kind: str,
        fits: Callable[[Frame], bool] = lambda _frame: True,
        *,
        since: int = 0,
        seconds: float = PATIENCE_SECONDS,
    ) -> tuple[float, Frame]:
        deadline = time.monotonic() + seconds
        looked_at = since
        with self._news:
            while True:
                for at, frame in self.heard[looked_at:]:
                    if frame["t"] == kind and fits(frame):
                        return at, frame
                looked_at = len(self.heard)
                left = deadline - time.monotonic()
                if left <= 0 or not self._news.wait(left):
                    kinds = [frame["t"] for _, frame in self.heard[since:]]
                    raise TimeoutError(f"no {kind} within {seconds} s, but {kinds}")

    def await_row(
        self,
        conversation_id: str,
        fits: Callable[[Frame], bool] = lambda _row: True,
        *,
        since: int = 0,
    ) -> Frame:
        """Return a conversation's row that fits."""

        def is_meant(frame: Frame) -> bool:
            row = frame["row"]
            return row["conversation_id"] == conversation_id and fits(row)

        row: Frame = self.await_frame("row", is_meant, since=since)["row"]
        return row

    def _listen(self, line: ClientConnection) -> None:
        try:
            with suppress(ConnectionClosed, OSError):
                for message in line:
                    self._take(read_frame(message))
        finally:
            # Also where a frame could not be taken: nobody is to count on a line unheard.
            if line is self._socket:
                self.is_lost = True

    def _take(self, frame: Frame) -> None:
        with self._news:
            if frame["t"] == "row":
                self.apply(frame["row"])
            elif frame["t"] == "gone":
                self.rows.pop(frame["conversation_id"], None)
            self.heard.append((time.monotonic(), frame))
            self._news.notify_all()

    def apply(self, row: Mapping[str, Any]) -> None:
        """Take a row that was pushed, or read of a list, if it is newer."""
        with self._news:
            before = self.rows.get(row["conversation_id"])
            if before is None or row["sequence"] > before["sequence"]:
                self.rows[row["conversation_id"]] = row


def read_frame(message: str | bytes) -> Frame:
    """Read what came; what API Gateway says by itself has no `t`, and is passed over."""
    try:
        frame = json.loads(message)
    except ValueError:
        frame = None
    return frame if isinstance(frame, dict) and "t" in frame else {"t": "unreadable"}


def dial(ticket: Mapping[str, Any]) -> AbstractContextManager[ClientConnection]:
    """Connect as a browser does, with the ticket in the query."""
    address = f"{ticket['url']}?ticket={ticket['ticket']}"
    # A browser sends no pings of the protocol; those of `docs/live.md` are frames.
    return connect_to(address, proxy=None, open_timeout=30, ping_interval=None)


def refusal(ticket: Mapping[str, Any]) -> int:
    """Return the status with which a ticket is refused; fails if it is not."""
    try:
        with dial(ticket):
            pass
    except InvalidStatus as refused:
        return int(refused.response.status_code)
    raise AssertionError("the ticket let somebody in")
