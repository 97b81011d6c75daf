"""A person's line to the internet: the proxy that their browser goes through, and that can fail.

A browser that is told to use it keeps all addresses, so that what a page may call stays as it is
deployed. It speaks HTTP/1.1 as browsers speak it to a proxy: absolute addresses, and CONNECT for
what is no HTTP, WebSockets among it.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self
from urllib.parse import urlsplit

PIECE_BYTES = 65_536
START_SECONDS = 10.0
ROUNDS_TO_CLOSE = 3
"""A loop closes a socket in the round after the one in which its connection ended."""

RESET = struct.pack("ii", 1, 0)
"""Linger for no time: the other side is told by a reset, as by a router that forgot the line."""


class Line(StrEnum):
    UP = "up"
    CUT = "cut"
    FROZEN = "frozen"


@dataclass(eq=False)
class Flow:
    """A connection of the browser's. Frozen once, it carries nothing any more, and says nothing."""

    is_frozen: bool
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    def reset(self) -> None:
        for writer in self.writers:
            with suppress(OSError):
                ours = writer.get_extra_info("socket")
                ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()


class ForwardProxy:
    """`url` is what a browser is told; it answers while the context is open."""

    url: str

    def __init__(self) -> None:
        self._line = Line.UP
        self._flows: set[Flow] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._ask(asyncio.start_server(self._greet, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_exception: object) -> None:
        self._ask(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def up(self) -> None:
        """Let new connections pass; those that were frozen stay as they are."""
        self._ask(self._become(Line.UP))

    def cut(self) -> None:
        """End every connection by a reset, and refuse new ones."""
        self._ask(self._become(Line.CUT))

    def freeze(self) -> None:
        """Swallow what is said in either direction, and end nothing: nobody is told."""
        self._ask(self._become(Line.FROZEN))

    def drop(self) -> None:
        """End every connection by a reset, and take new ones at once."""
        self.cut()
        self.up()

    def _ask[T](self, wish: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(wish, self._loop).result(START_SECONDS)

    async def _become(self, line: Line) -> None:
        self._line = line
        if line is Line.CUT:
            for flow in list(self._flows):
                flow.reset()
        elif line is Line.FROZEN:
            for flow in self._flows:
                flow.is_frozen = True

    async def _stop(self) -> None:
        # Accept no more, but let go of the server last: asyncio leaves a connection open that was
        # accepted and not greeted when its server is closed.
        for listening in self._server.sockets:
            self._loop.remove_reader(listening)
        await self._become(Line.CUT)
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
        for _ in range(ROUNDS_TO_CLOSE):
            await asyncio.sleep(0)
        self._server.close()

    def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        flow = Flow(is_frozen=self._line is Line.FROZEN, writers=[writer])
        if self._line is Line.CUT:
            flow.reset()
            return
        self._flows.add(flow)
        task = self._loop.create_task(serve(flow, reader, writer))
        self._tasks.add(task)
        # Not in the task: one that is cancelled before its first step runs none of its lines.
        task.add_done_callback(lambda done: self._forget(flow, done))

    def _forget(self, flow: Flow, task: asyncio.Task[None]) -> None:
        flow.reset()
        self._flows.discard(flow)
        self._tasks.discard(task)


async def serve(flow: Flow, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, asyncio.IncompleteReadError):
        await Passage(flow, reader, writer).run()


class Passage:
    """What passes on one of the browser's connections."""

    def __init__(
        self, flow: Flow, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._flow, self._reader, self._writer = flow, reader, writer
        self._upstream: asyncio.StreamWriter | None = None
        self._address: tuple[str, int] | None = None
        self._back: asyncio.Task[None] | None = None

    async def run(self) -> None:
        try:
            while head := await self._reader.readuntil(b"\r\n\r\n"):
                if self._flow.is_frozen:
                    await swallow(self._reader)
                    return
                method, target, version = head.partition(b"\r\n")[0].decode().split(" ", 2)
                if method == "CONNECT":
                    await self._tunnel(target)
                    return
                await self._forward(head, f"{method} {{}} {version}", target)
        finally:
            if self._back:
                self._back.cancel()

    async def _tunnel(self, target: str) -> None:
        upstream = await self._reach(*address_of(target))
        self._writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await pump(self._flow, self._reader, upstream)

    async def _forward(self, head: bytes, line: str, target: str) -> None:
        """Pass a request on as one to the server itself."""
        parts = urlsplit(target)
        upstream = await self._reach(*address_of(parts.netloc))
        path = parts._replace(scheme="", netloc="").geturl() or "/"
        upstream.write(line.format(path).encode() + b"\r\n" + head.partition(b"\r\n")[2])
        left = length_of_body(head)
        while left > 0:
            piece = await self._reader.read(min(left, PIECE_BYTES))
            if not piece:
                return
            left -= len(piece)
            if not self._flow.is_frozen:
                upstream.write(piece)
                await upstream.drain()

    async def _reach(self, host: str, port: int) -> asyncio.StreamWriter:
        if self._upstream and self._address == (host, port):
            return self._upstream
        if self._back:
            self._back.cancel()
        reader, self._upstream = await asyncio.open_connection(host, port)
        self._address = host, port
        self._flow.writers.append(self._upstream)
        self._back = asyncio.create_task(self._return(reader))
        return self._upstream

    async def _return(self, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            await pump(self._flow, reader, self._writer)


async def pump(flow: Flow, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry what comes to the other side, its end too, unless the line is frozen."""
    while piece := await reader.read(PIECE_BYTES):
        if not flow.is_frozen:
            writer.write(piece)
            await writer.drain()
    if not flow.is_frozen:
        writer.close()


async def swallow(reader: asyncio.StreamReader) -> None:
    while await reader.read(PIECE_BYTES):
        pass


def address_of(authority: str) -> tuple[str, int]:
    """Return where a host is; names below `localhost` are this machine, whoever resolves them."""
    host, _, port = authority.rpartition(":") if ":" in authority else (authority, "", "80")
    return ("127.0.0.1" if host.endswith("localhost") else host), int(port)


def length_of_body(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0
