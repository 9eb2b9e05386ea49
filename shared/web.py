"""What all web edges share: an HTTP entrypoint that tells strangers nothing, and health pages.

``class XService(Health): …`` adds ``GET /health/live`` and ``GET /health/ready``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from nameko.extensions import DependencyProvider
from nameko.web.handlers import HttpRequestHandler
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from shared.errors import PermanenceError
from shared.messaging import OpenParts
from shared.postgres import Pool, connected

_log = structlog.get_logger("web")
_Method = TypeVar("_Method", bound=Callable[..., Response])

LARGEST_BODY_BYTES = 1_000_000
_SUBSCRIPTIONS = "SELECT source, state, parked_count FROM subscriptions ORDER BY source"


class Http(HttpRequestHandler):  # type: ignore[misc]  # nameko is untyped
    """Nameko's HTTP entrypoint with a bound on the body, and errors without any of their text."""

    def __init__(
        self, method: str, url: str, *, largest_body_bytes: int = LARGEST_BODY_BYTES, **options: Any
    ) -> None:
        # nameko logs what is not expected with its text; ours is written below, without.
        super().__init__(method, url, expected_exceptions=(Exception,), **options)
        self._largest_body_bytes = largest_body_bytes

    def handle_request(self, request: Request) -> Response:
        request.max_content_length = self._largest_body_bytes
        request.max_form_memory_size = self._largest_body_bytes
        response: Response = super().handle_request(request)
        return response

    def response_from_exception(self, exc: Exception) -> Response:
        if isinstance(exc, HTTPException) and exc.code is not None:
            return self.error_page(exc.code)
        _log.error("page_failed", route=self.url, http_method=self.method, exc_info=exc)
        return self.error_page(500)

    def error_page(self, status: int) -> Response:
        """What a stranger sees of a failure; a web page overrides it."""
        return Response(f"{status}\n", status, mimetype="text/plain")


def http(
    method: str, url: str, *, largest_body_bytes: int = LARGEST_BODY_BYTES
) -> Callable[[_Method], _Method]:
    """Answer ``method`` (or several, with commas) on ``url``, a Werkzeug rule, with the method."""
    made: Callable[[_Method], _Method] = Http.decorator(
        method, url, largest_body_bytes=largest_body_bytes
    )
    return made


class _Pool(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """The pool of the container's service, without anything else of its parts."""

    opened = OpenParts()

    def get_dependency(self, worker_ctx: Any) -> Pool:
        pool: Pool = self.opened.parts.pool
        return pool


class Health:
    """Gives a service class its two health pages."""

    health_pool = _Pool()

    @http("GET", "/health/live")
    def health_live(self, request: Request) -> Response:
        """The process answers; nothing else is looked at."""
        return _json({"status": "live"}, 200)

    @http("GET", "/health/ready")
    def health_ready(self, request: Request) -> Response:
        """200 when the service's own database answers, 503 if not.

        ``{"status", "subscriptions": {source: {"state", "parked"}}}``: a subscription that was
        stopped or has parked events is told, yet the service still answers for all else.
        """
        try:
            subscriptions = _subscriptions(self.health_pool)
        except PermanenceError as error:
            return _json({"status": "unavailable", "code": error.code}, 503)
        return _json({"status": "ready", "subscriptions": subscriptions}, 200)


def _subscriptions(pool: Pool) -> dict[str, Any]:
    with connected(pool) as connection:
        rows = connection.execute(_SUBSCRIPTIONS).fetchall()
    return {row[0]: {"state": row[1], "parked": row[2]} for row in rows}


def _json(value: Any, status: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(json.dumps(value), status, headers, mimetype="application/json")
