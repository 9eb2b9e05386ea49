"""A request's body, read before anybody works on it: who sends slowly must not hold a worker."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from eventlet import Timeout
from eventlet.wsgi import ChunkReadError

BODY_SECONDS = 60.0  # in which a sender must have sent what is read here
LARGEST_READ_BYTES = 1 << 20  # what is kept in memory; whoever wants more reads on


def taken_in(environ: dict[str, Any]) -> bool:
    """Read the body of a WSGI request, or its beginning, and put it back for who wants it.

    False if it did not come in time. What is wrong with it is left to who reads it.
    """
    chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    try:
        length = LARGEST_READ_BYTES if chunked else int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return True
    if length <= 0:
        return True
    body, in_time = environ["wsgi.input"], Timeout(BODY_SECONDS)
    try:
        begun = body.read(min(length, LARGEST_READ_BYTES))
    except (OSError, ValueError, ChunkReadError) as error:
        environ["wsgi.input"] = _Broken(error)
    except Timeout as late:
        if late is not in_time:
            raise
        return False
    else:
        environ["wsgi.input"] = _Begun(begun, body)
    finally:
        in_time.cancel()
    return True


class _Begun:
    """A body of which ``begun`` was read already."""

    def __init__(self, begun: bytes, rest: Any) -> None:
        self._begun, self._rest = BytesIO(begun), rest
        self._ended = len(begun) < LARGEST_READ_BYTES

    def read(self, size: int = -1) -> bytes:
        """As of a file; to the end without ``size``."""
        first = self._begun.read(size)
        if self._ended or len(first) == size:
            return first
        rest: bytes = self._rest.read(size - len(first)) if size >= 0 else self._rest.read()
        return first + rest


class _Broken:
    """A body that broke off, for who reads it to say so."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def read(self, size: int = -1) -> bytes:
        """Raises what reading it raised."""
        raise self._error
