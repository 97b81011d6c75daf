"""The live line, played by a test: a day of pushes in a moment, by a clock that the test turns."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, WebSocketRoute

from support.browsing.many_rows import instant

LIVES = timedelta(hours=2)
RENEWED_BEFORE = timedelta(minutes=10)
PING_SECONDS = 60


class StandInLine:
    """`open` are the sockets of the page that are open, `hellos` how often it has said hello."""

    def __init__(self, page: Page, agent_id: str, *, presence: str = "available") -> None:
        self.now = datetime.now(UTC)
        self.open: list[WebSocketRoute] = []
        self.hellos = 0
        self.renew_at = self.now
        self._agent_id = agent_id
        self._said_presence = presence
        page.route_web_socket(re.compile("^wss?://"), self._connect)

    def push(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            for socket in self.open[-1:]:
                socket.send(json.dumps({"t": "row", "row": row}))

    def _connect(self, socket: WebSocketRoute) -> None:
        self.open.append(socket)
        socket.on_message(lambda text: self._hear(socket, text))
        socket.on_close(lambda *_: self._end(socket))

    def _end(self, socket: WebSocketRoute) -> None:
        if socket in self.open:
            self.open.remove(socket)
        socket.close()

    def _hear(self, socket: WebSocketRoute, text: str | bytes) -> None:
        match json.loads(text)["t"]:
            case "hello" | "resume":
                self.hellos += 1
                socket.send(json.dumps(self._welcome()))
            case "ping":
                socket.send(json.dumps({"t": "pong", "at": instant(self.now), **self._presence()}))

    def _welcome(self) -> dict[str, Any]:
        self.renew_at = self.now + LIVES - RENEWED_BEFORE
        return {
            "t": "welcome",
            "v": 1,
            "connection": f"connection-{self.hellos}",
            "agent_id": self._agent_id,
            "at": instant(self.now),
            "queues": ["default"],
            **self._presence(),
            "ping_seconds": PING_SECONDS,
            "renew_at": instant(self.renew_at),
            "lives_until": instant(self.now + LIVES),
            "limits": {},
        }

    def _presence(self) -> dict[str, Any]:
        until = instant(self.now + timedelta(minutes=5))
        return {"presence": self._said_presence, "presence_until": until, "missed_offers": 0}
