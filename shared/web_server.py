"""nameko's web server, made to outlive what the network brings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from time import monotonic
from typing import Any

import structlog
from eventlet import listen, sleep
from eventlet.wsgi import ChunkReadError
from nameko.web.handlers import HttpRequestHandler
from nameko.web.server import HttpOnlyProtocol, WebServer
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Map
from werkzeug.wrappers import Request, Response

from shared.errors import Refused
from shared.problem import Problem
from shared.tracing import TRACEPARENT
from shared.web_body import BODY_SECONDS, taken_in

log = structlog.get_logger(__name__)

SOCKET_TIMEOUT_SECONDS = 60
_PAUSE_SECONDS = 0.1
# What is read and thrown away of a body that nobody wanted, so that its sender, who reads no answer
# before it has sent everything, gets ours and not a broken connection.
LARGEST_DISCARDED_BYTES = 256 << 20
_DISCARD_SECONDS = 60.0
_DISCARD_CHUNK_BYTES = 1 << 16


class SteadyProtocol(HttpOnlyProtocol):  # type: ignore[misc]  # nameko is untyped
    """Reads what is left of a body before the connection closes or serves the next request."""

    def handle_one_response(self) -> None:
        body = self.environ["eventlet.input"]
        body.discard = lambda *_: self._discard(body)  # eventlet's own has no bound
        self._gave_up = False
        super().handle_one_response()
        done = self._gave_up or body.should_send_hundred_continue
        if self.close_connection and not done:
            with suppress(OSError, ChunkReadError):
                self._discard(body)

    def _discard(self, body: Any) -> None:
        until, left = monotonic() + _DISCARD_SECONDS, LARGEST_DISCARDED_BYTES
        while left > 0 and monotonic() < until:
            read = len(body.read(_DISCARD_CHUNK_BYTES))
            if not read:
                return
            left -= read
            sleep(0)  # a fast sender must not keep the others waiting
        self.close_connection, self._gave_up = 1, True


class _Routes:
    """Hands a request to the entrypoint of its path; where there is none, a problem says so."""

    def __init__(self, url_map: Map) -> None:
        self._url_map = url_map

    def __call__(self, environ: Any, start_response: Callable[..., Any]) -> Iterable[bytes]:
        request: Any = Request(environ, shallow=True)  # the entrypoint lifts it
        response: Any
        try:
            entrypoint, request.path_values = self._url_map.bind_to_environ(environ).match()
        except HTTPException as error:
            response = _unrouted(error)
        else:
            response = entrypoint.handle_request(request)
        answer: Iterable[bytes] = response(environ, start_response)
        return answer


def _unrouted(error: HTTPException) -> HTTPException | Response:
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return Problem(
            405,
            "method",
            "Not by this method",
            f"method: send one of {allowed}",
            headers={"Allow": allowed},
        ).response()
    if isinstance(error, NotFound):
        return Problem(
            404, "path", "No such path", "path: nothing is here; see docs/reference/api.md"
        ).response()
    return error  # a redirection


class AddressTaken(Refused):
    """Somebody listens already on ``address``, "host:port"."""

    code = "web.address_taken"

    def __init__(self, address: str, reason: str | None) -> None:
        super().__init__(
            f"web address: cannot listen on {address} ({reason}); stop what listens there, or give "
            "another"
        )
        self.address, self.reason = address, reason


class OwnAddressServer(WebServer):  # type: ignore[misc]  # nameko is untyped
    """Shares its address with nobody; starting raises AddressTaken.

    Takes over ``WEB_SERVER_SOCKET`` of the config, if given, which listens there already.

    Nameko's own lets a second process listen on the same port: each gets some of the connections.
    """

    _starting: bool

    def start(self) -> None:
        if self._starting:
            return
        self._starting = True
        try:
            given = self.container.config.get("WEB_SERVER_SOCKET")
            self._sock = given or listen(self.bind_addr, reuse_port=False)
        except OSError as error:
            raise AddressTaken("{}:{}".format(*self.bind_addr), error.strerror) from None
        self._sock.settimeout(None)  # works around celery/kombu issue 838, as nameko does
        self._serv = self.get_wsgi_server(self._sock, self.get_wsgi_app())
        self._gt = self.container.spawn_managed_thread(self.run)


class SteadyWebServer(OwnAddressServer):
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

    def get_wsgi_app(self) -> _Routes:
        return _Routes(self.make_url_map())

    def get_wsgi_server(self, sock: Any, wsgi_app: Any, **options: Any) -> Any:
        server = super().get_wsgi_server(sock, wsgi_app, protocol=SteadyProtocol, **options)
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
    """``@http`` over the steady server; a worker is asked once the body is there."""

    server = SteadyWebServer()

    def handle_request(self, request: Request) -> Response:
        if not taken_in(request.environ):
            return self.late_page()
        response: Response = super().handle_request(request)
        return response

    def late_page(self) -> Response:
        """What is answered to who did not send all in time; a web page overrides it."""
        return Problem(
            408,
            "late-body",
            "The body did not arrive in time",
            f"body: send it within {BODY_SECONDS:.0f} seconds",
        ).response()


http = SteadyHttp.decorator
