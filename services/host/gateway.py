"""Lets the command line of another process call the services of an embedded system.

The in-memory broker ends at the process; this is the door through it: on 127.0.0.1 only, with a
token that only the owner of the data folder can read.
"""

from __future__ import annotations

import hmac
import json
from typing import Any

from nameko.extensions import DependencyProvider
from nameko.web.handlers import HttpRequestHandler
from werkzeug.wrappers import Request, Response

from shared.errors import PermanenceError
from shared.messaging import IN_PROCESS_URI, call, to_wire_error
from shared.web_server import OwnAddressServer

NAME = "gateway"
LONGEST_CALL_SECONDS = 120.0


class Config(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """Nameko's configuration of the container."""

    def get_dependency(self, worker_ctx: Any) -> Any:
        return self.container.config


class _Http(HttpRequestHandler):  # type: ignore[misc]  # nameko is untyped
    server = OwnAddressServer()


class GatewayService:
    """``POST /rpc/<service>/<method>`` with the arguments as a JSON object."""

    name = NAME
    config = Config()

    @_Http.decorator("POST", "/rpc/<string:service>/<string:method>")
    def rpc(self, request: Request, service: str, method: str) -> Response:
        """The answer as JSON; our errors as 422 with kind, code, message and fields."""
        token = f"Bearer {self.config['gateway_token']}"
        if not hmac.compare_digest(request.headers.get("Authorization", ""), token):
            return _json({"message": "token: wrong or missing"}, 401)
        arguments = json.loads(request.get_data() or b"{}")
        try:
            answer = call(
                IN_PROCESS_URI, service, method, arguments, timeout_seconds=LONGEST_CALL_SECONDS
            )
        except PermanenceError as error:
            return Response(str(to_wire_error(error)), 422, mimetype="application/json")
        return _json(answer, 200)


def _json(value: Any, status: int) -> Response:
    return Response(json.dumps(value), status, mimetype="application/json")
