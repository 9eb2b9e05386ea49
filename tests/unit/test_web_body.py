"""Bodies that are read before a worker is asked for."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import eventlet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import web_body
from shared.web_body import taken_in


def _environ(body: Any, length: str | None) -> dict[str, Any]:
    if length is None:
        return {"wsgi.input": body, "HTTP_TRANSFER_ENCODING": "chunked"}
    return {"wsgi.input": body, "CONTENT_LENGTH": length}


@given(
    content=st.binary(max_size=50),
    kept=st.integers(1, 50),
    sizes=st.lists(st.integers(0, 60)),
    chunked=st.booleans(),
)
def test_what_was_read_is_there_to_be_read_and_what_follows_too(
    content: bytes, kept: int, sizes: list[int], chunked: bool
):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(web_body, "LARGEST_READ_BYTES", kept)
        environ = _environ(BytesIO(content), None if chunked else str(len(content)))
        assert taken_in(environ)
        read = [environ["wsgi.input"].read(size) for size in sizes]
        read.append(environ["wsgi.input"].read())

    assert b"".join(read) == content


class _Slow:
    def read(self, _size: int = -1) -> bytes:
        eventlet.sleep(60)
        return b""


def test_who_sends_nothing_in_time_is_told_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(web_body, "BODY_SECONDS", 0.01)

    assert not taken_in(_environ(_Slow(), "10"))


class _Breaks:
    def read(self, _size: int = -1) -> bytes:
        raise ConnectionResetError


def test_a_body_that_breaks_off_breaks_off_for_its_reader():
    environ = _environ(_Breaks(), "10")
    assert taken_in(environ)

    with pytest.raises(ConnectionResetError):
        environ["wsgi.input"].read()


@pytest.mark.parametrize("length", ["nonsense", "-1", "0", ""])
def test_without_a_length_nothing_is_read(length: str):
    body = _Slow()
    environ = _environ(body, length)

    assert taken_in(environ)
    assert environ["wsgi.input"] is body
