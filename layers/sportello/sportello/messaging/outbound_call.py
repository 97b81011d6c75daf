"""How far a call to the outside has got, so that it can be broken off at any point."""

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from sportello.errors import ProviderUnavailable

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection


class Call:
    """As the thread that makes it and the one that waits see it; broken off, it sends nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._broken_off = False
        self.is_connecting = False

    def watch(self, connection: "HTTPConnection") -> "HTTPConnection":
        connect = connection.connect

        def connect_and_begin() -> None:
            self.is_connecting = True
            connect()
            self._begin(connection.sock)

        connection.connect = connect_and_begin  # type: ignore[method-assign] # of this one alone
        return connection

    def _begin(self, connected: socket.socket) -> None:
        with self._lock:
            if self._broken_off:
                raise ProviderUnavailable("nobody waits for this call any more")
            self._socket = connected
            self.is_connecting = False

    def break_off(self) -> bool:
        """End the call; True if its request may have left."""
        with self._lock:
            self._broken_off = True
            if self._socket is None:
                return False
        # TLS would talk to the other end first: only the connection beneath it is shut.
        with suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        return True
