"""nameko's web server, made to outlive what the network brings."""

from __future__ import annotations

from typing import Any

import structlog
from eventlet import sleep
from nameko.web.handlers import HttpRequestHandler
from nameko.web.server import WebServer

from shared.tracing import TRACEPARENT

log = structlog.get_logger(__name__)

SOCKET_TIMEOUT_SECONDS = 60
_PAUSE_SECONDS = 0.1


class SteadyWebServer(WebServer):  # type: ignore[misc]  # nameko is untyped
    """A broken connection ends that connection and no more; a silent one ends after a minute.

    In nameko's own, an error of one connection stops the whole service.
    """

    def run(self) -> None:
        while self._is_accepting:
            try:
                sock, address = self._sock.accept()
            except OSError:
                if not self._is_accepting:
                    return
                log.warning("connection_not_accepted", exc_info=True)
                sleep(_PAUSE_SECONDS)  # out of file descriptors: others must end first
                continue
            sock.settimeout(SOCKET_TIMEOUT_SECONDS)
            self.container.spawn_managed_thread(lambda s=sock, a=address: self._serve(s, a))

    def get_wsgi_server(self, sock: Any, wsgi_app: Any, **options: Any) -> Any:
        server = super().get_wsgi_server(sock, wsgi_app, **options)
        server.socket_timeout = SOCKET_TIMEOUT_SECONDS
        return server

    def context_data_from_headers(self, request: Any) -> dict[str, str]:
        """The trace that the caller belongs to, as an RPC caller's header gives it."""
        traceparent = request.headers.get(TRACEPARENT)
        return {TRACEPARENT: traceparent} if traceparent else {}

    def _serve(self, sock: Any, address: Any) -> None:
        try:
            self.process_request(sock, address)
        except Exception:
            log.info("connection_broken", exc_info=True)


class SteadyHttp(HttpRequestHandler):  # type: ignore[misc]  # nameko is untyped
    """``@http`` over the steady server."""

    server = SteadyWebServer()


http = SteadyHttp.decorator
