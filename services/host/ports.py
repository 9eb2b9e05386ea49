"""TCP ports for the servers that this program starts on its own machine."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Sequence
from pathlib import Path

from shared.errors import Unavailable

_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
_EPHEMERAL_WITHOUT_PROC = range(49_152, 65_536)  # RFC 6335
_LOWEST, _BEYOND = 20_000, 65_536
_ENOUGH = 1_000
_handed_out: set[int] = set()
_choosing = threading.Lock()


class NoFreePort(Unavailable):
    """Every port that may be handed out is taken."""

    code = "host.no_free_port"


def free_port(among: Sequence[int] | None = None) -> int:
    """A TCP port of 127.0.0.1 that nobody listens on, never handed out twice in this process.

    By default it lies outside the system's ephemeral range: from there any outgoing connection, or
    a server that asks for port 0, could take it before it is listened on. Raises NoFreePort.
    """
    with _choosing:
        drawn_from = candidates(_ephemeral()) if among is None else among
        left = [port for port in drawn_from if port not in _handed_out]
        while left:
            port = left.pop(secrets.randbelow(len(left)))
            if _is_free(port):
                _handed_out.add(port)
                return port
    raise NoFreePort(
        "port: none outside the system's ephemeral range is free; end the programs that listen, or "
        f"narrow the range in {_EPHEMERAL}"
    )


def candidates(ephemeral: range) -> range:
    """Where ports may be drawn from: below the ephemeral range, else above, else anywhere."""
    below, above = range(_LOWEST, ephemeral.start), range(ephemeral.stop, _BEYOND)
    roomy = [ports for ports in (below, above) if len(ports) >= _ENOUGH]
    return roomy[0] if roomy else range(_LOWEST, _BEYOND)


def _ephemeral() -> range:
    try:
        first, last = map(int, _EPHEMERAL.read_text(encoding="ascii").split())
    except OSError:
        return _EPHEMERAL_WITHOUT_PROC
    return range(first, last + 1)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
