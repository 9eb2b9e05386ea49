"""What all web edges share: an HTTP entrypoint that tells strangers nothing, and watch pages."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import structlog
from nameko.extensions import DependencyProvider
from prometheus_client.core import Metric
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from shared.eventstore import Connection, EventStore, Pool
from shared.logging import of_service
from shared.messaging import BrokerProbe, Command, OpenParts
from shared.watch.calls import CallWatch
from shared.watch.hub import HubWatch
from shared.watch.meters import Meters
from shared.watch.page import CONTENT_TYPE, Scrape
from shared.watch.readiness import Readiness, Reason
from shared.web_server import SteadyHttp

_log = structlog.get_logger("web")
_Method = TypeVar("_Method", bound=Callable[..., Response])

LARGEST_BODY_BYTES = 1_000_000


class Http(SteadyHttp):
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

    def late_page(self) -> Response:
        return self.error_page(408)

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


class _Watch(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """Watches the container's service, and injects what its three pages tell."""

    opened = OpenParts()

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def start(self) -> None:
        parts, meters = self.opened.parts, self.opened.meters
        self._hub = HubWatch(meters)
        self._calls = CallWatch(meters)
        self._probe = BrokerProbe(self.container.config["AMQP_URI"])
        self._readiness = Readiness(
            pool=parts.pool,
            keyring_pool=parts.keyring_pool,
            store=parts.store,
            meters=meters,
            ask_broker=self._probe.ask,
            lag_seconds=parts.settings.ready_lag_seconds,
        )
        for watch in (self._hub, self._readiness):
            run = of_service(self.container.service_name, watch.run)
            self.container.spawn_managed_thread(partial(run, self._stopped))

    def stop(self) -> None:
        self._stopped.set()
        self._probe.close()

    def kill(self) -> None:
        self._stopped.set()

    def worker_setup(self, worker_ctx: Any) -> None:
        if isinstance(worker_ctx.entrypoint, Command):
            self._calls.began(worker_ctx)

    def worker_teardown(self, worker_ctx: Any) -> None:
        self._calls.ended(worker_ctx)

    def get_dependency(self, worker_ctx: Any) -> Watched:
        parts = self.opened.parts
        return Watched(
            service=worker_ctx.service_name,
            hub=self._hub,
            calls=self._calls,
            readiness=self._readiness,
            meters=self.opened.meters,
            store=parts.store,
            pools={"service": parts.pool, "keyring": parts.keyring_pool},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What the pages of one service are made of."""

    service: str
    hub: HubWatch
    calls: CallWatch
    readiness: Readiness
    meters: Meters
    store: EventStore
    pools: Mapping[str, Pool]


class Health:
    """Gives a service class ``GET /health/live``, ``/health/ready`` and ``/metrics``.

    No personal data on any of them; yet they are for those who run the system, so the web server
    before a service passes none of them on to the world.
    """

    watched: Watched = _Watch()

    @http("GET", "/health/live")
    def health_live(self, request: Request) -> Response:
        """200 when the process answers, its green threads get their turn and no call hangs.

        Else restart it.
        """
        stuck = {
            "hub.stuck": self.watched.hub.stuck_since(),
            "call.stuck": self.watched.calls.stuck_since(),
        }
        reasons = [Reason(code=code, since=since).told() for code, since in stuck.items() if since]
        if reasons:
            return _json({"status": "stuck", "reasons": reasons}, 503)
        return _json({"status": "live", "reasons": []}, 200)

    @http("GET", "/health/ready")
    def health_ready(self, request: Request) -> Response:
        """200 when the service can do its work, 503 with the reasons when it cannot.

        Parked events are told, yet are no reason: all other streams flow.
        """
        body, status = self.watched.readiness.told(self.own_warnings())
        return _json(body, status)

    @http("GET", "/metrics")
    def metrics(self, request: Request) -> Response:
        """For Prometheus, in its text format; see docs/reference/metrics.md."""
        watched = self.watched
        scrape = Scrape(
            service=watched.service,
            meters=watched.meters,
            store=watched.store,
            pools=watched.pools,
            own=self.own_metrics,
        )
        headers = {"Cache-Control": "no-store", "Content-Type": CONTENT_TYPE}
        return Response(scrape.text(), 200, headers)

    def own_metrics(self, connection: Connection) -> Iterable[Metric]:
        """What only this service has; a service overrides it."""
        return ()

    def own_warnings(self) -> Iterable[Reason]:
        """What only this service has to tell an admin; asked often, so it must cost nothing."""
        return ()


def _json(value: Any, status: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(json.dumps(value), status, headers, mimetype="application/json")
