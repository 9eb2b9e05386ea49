"""Answers in JSON, errors among them in the form of RFC 9457."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response


class Problem(Exception):
    """An error to be told to the sender; ``more`` adds members such as ``errors`` by field."""

    def __init__(
        self,
        status: int,
        kind: str,
        title: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.headers = dict(headers or {})
        self.body = {
            "type": f"urn:permanence:problem:{kind}",
            "title": title,
            "status": status,
            "detail": detail,
            **more,
        }

    def response(self) -> Response:
        """The problem on the wire."""
        return Response(
            _text(self.body),
            self.status,
            headers=self.headers,
            content_type="application/problem+json",
        )


def answer(
    status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON answer."""
    return Response(
        _text(body), status, headers=dict(headers or {}), content_type="application/json"
    )


def _text(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=True)  # a lone surrogate in a field's name must not fail
