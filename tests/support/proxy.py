"""A TCP proxy between a client and a server, that can be told to misbehave.

``with Proxy(port) as proxy:`` and connect to ``proxy.port`` instead. What it may do, to all its
connections at once: pass, ``delay``, ``hold`` a direction (half-open: neither FIN nor RST, what is
sent piles up until ``release``), ``cut_after`` so many bytes, ``reset``.
"""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import Self

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Way(Enum):
    """Which direction a misbehaviour concerns."""

    TO_SERVER = "to server"
    TO_CLIENT = "to client"


@dataclass(eq=False)
class _Line:
    """One client's connection and ours to the server."""

    client: socket.socket
    server: socket.socket
    aborted: bool = False

    def abort(self) -> None:
        """End both with RST."""
        self.aborted = True
        for end in (self.client, self.server):
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                end.shutdown(socket.SHUT_RD)  # wakes whoever reads it, sends nothing
            end.close()


class Proxy:
    """Listens on ``port`` of 127.0.0.1 (0: a free one), passes all on to ``server_port`` there."""

    def __init__(self, server_port: int, port: int = 0) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self.accepted_count = 0
        self.passed_bytes = dict.fromkeys(Way, 0)
        self._delay_seconds = 0.0
        self._closed = threading.Event()
        self._lines: list[_Line] = []
        self._flowing = {way: threading.Event() for way in Way}
        self._left: dict[Way, int] = {}
        self.release()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closed.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.reset()  # first: what is held back passes no more
        self.release()

    def delay(self, seconds: float) -> None:
        """Pass every piece on only after ``seconds``; 0 ends it."""
        self._delay_seconds = seconds

    def hold(self, *ways: Way) -> None:
        """Stop passing in these directions, both by default; connections stay open."""
        for way in ways or Way:
            self._flowing[way].clear()

    def release(self) -> None:
        """Pass again, what piled up first."""
        for flowing in self._flowing.values():
            flowing.set()

    def cut_after(self, byte_count: int, way: Way) -> None:
        """Reset the connection that is the first to pass ``byte_count`` more bytes that way.

        0 cuts before the first. Happens once; connections made later pass again.
        """
        self._left[way] = byte_count

    def reset(self) -> None:
        """End every connection with RST, as a router that forgot it does."""
        while self._lines:
            self._lines.pop().abort()

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
            except OSError:
                if self._closed.is_set():
                    return
                client.close()  # the server is down: so is what stands before it
                continue
            self.accepted_count += 1
            self._lines.append(line := _Line(client, server))
            for arguments in (
                (line, Way.TO_SERVER, client, server),
                (line, Way.TO_CLIENT, server, client),
            ):
                threading.Thread(target=self._pump, args=arguments, daemon=True).start()

    def _pump(self, line: _Line, way: Way, source: socket.socket, target: socket.socket) -> None:
        try:
            while piece := source.recv(65_536):
                self._flowing[way].wait()
                if self._delay_seconds:
                    self._closed.wait(self._delay_seconds)
                passing = self._spend(way, piece)
                target.sendall(passing)
                self.passed_bytes[way] += len(passing)
                if len(passing) < len(piece):
                    line.abort()
            if not line.aborted:
                target.shutdown(socket.SHUT_WR)
        except OSError:
            line.abort()

    def _spend(self, way: Way, piece: bytes) -> bytes:
        """As much of ``piece`` as may still pass."""
        left = self._left.get(way)
        if left is None:
            return piece
        if left >= len(piece):
            self._left[way] = left - len(piece)
            return piece
        del self._left[way]
        return piece[:left]
