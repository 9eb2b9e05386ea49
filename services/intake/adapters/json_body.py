"""The JSON body of a request, or a problem that says where it goes wrong."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from werkzeug.http import parse_options_header
from werkzeug.wrappers import Request

from shared.problem import Problem

_AGAIN = "nothing was kept; correct it and send it again under the same Idempotency-Key"


def read_body(request: Request, *, most_bytes: int) -> bytes:
    """The body's bytes, never more than ``most_bytes``; raises a 413 problem beyond."""
    length = request.content_length
    if length is not None and length > most_bytes:
        _too_large(most_bytes)
    if length is None and "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        stream: Any = request.environ["wsgi.input"]
    else:
        stream = request.stream
    try:
        body: bytes = stream.read(most_bytes + 1)
    except (OSError, ValueError):  # the connection broke, or its chunks are no chunks
        raise Problem(
            400, "broken-body", "The body did not arrive whole", f"body: ended early; {_AGAIN}"
        ) from None
    if len(body) > most_bytes:
        _too_large(most_bytes)
    if length is not None and len(body) < length:
        raise Problem(
            400,
            "broken-body",
            "The body did not arrive whole",
            f"body: {len(body)} of {length} bytes arrived; {_AGAIN}",
        )
    return body


def read_json_object(request: Request, body: bytes) -> dict[str, Any]:
    """The JSON object in ``body``; raises a 400 problem naming the header, byte, line or field."""
    _check_content_type(request.headers.get("Content-Type", ""))
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _malformed(
            f"body: byte {error.start} is not UTF-8; encode the JSON in UTF-8", byte=error.start
        ) from None
    try:
        value = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_doubles)
    except json.JSONDecodeError as error:
        raise _malformed(
            f"body: line {error.lineno}, column {error.colno}: {error.msg}",
            line=error.lineno,
            column=error.colno,
        ) from None
    except _BadValue as error:
        raise _malformed(f"body: {error}") from None
    except (RecursionError, ValueError):
        raise _malformed("body: nested too deep, or a number too long; send it flatter") from None
    if not isinstance(value, dict):
        raise _malformed("body: must be a JSON object, {…}")
    return value


class _BadValue(Exception):
    """Something that JSON allows, or Python does, and the API does not."""


def _no_constant(name: str) -> NoReturn:
    raise _BadValue(f"{name} is no JSON number; leave the field out or send null")


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _BadValue(f"field {twice[:80]!r} stands twice in one object; send it once")
    return found


def _check_content_type(header: str) -> None:
    media_type, options = parse_options_header(header)
    charset = options.get("charset", "utf-8").lower().replace("_", "-")
    if media_type != "application/json" or charset not in {"utf-8", "utf8", "us-ascii"}:
        raise Problem(
            400,
            "content-type",
            "The content type is not understood",
            f"Content-Type: send application/json in UTF-8; {_AGAIN}",
            field="Content-Type",
        )


def _malformed(detail: str, **more: Any) -> Problem:
    title = "The body is not the JSON that was expected"
    return Problem(400, "malformed", title, f"{detail}; {_AGAIN}", field="body", **more)


def _too_large(most_bytes: int) -> NoReturn:
    raise Problem(
        413,
        "too-large",
        "The request is too large",
        f"body: more than {most_bytes} bytes; nothing was kept; leave attachments out, "
        "or send them by e-mail",
        headers={"Connection": "close"},
        most_bytes=most_bytes,
    )
