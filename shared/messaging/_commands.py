"""``@command``: nameko's RPC entrypoint with our errors on the wire and in the log."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

import structlog
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR
from nameko.rpc import Rpc

from shared.errors import PermanenceError
from shared.messaging._replies import Replies
from shared.messaging._sealed import CallKeyDiffers, seals_of_environment
from shared.messaging._wire_errors import WireError, to_wire_error

_log = structlog.get_logger("messaging.commands")


class Command(Rpc):  # type: ignore[misc]  # nameko is untyped
    """An RPC method whose errors reach the caller as kind, code, message and fields.

    Nothing else of an error leaves: no class path, no traceback, no text of a library. Calls come
    and answers go sealed.
    """

    replies = Replies()

    def __init__(self, **options: Any) -> None:
        # nameko logs what is not expected with its text; ours is written below, without.
        super().__init__(expected_exceptions=(Exception,), **options)

    def setup(self) -> None:
        self._seals = seals_of_environment()
        super().setup()

    def handle_message(self, body: Any, message: Any) -> None:
        """Open the call and carry it out; the caller is told if it cannot be opened."""
        try:
            call = self._seals.open(body, **self._about(message), answer=False)
        except CallKeyDiffers as error:
            _log.warning("call_not_opened", method=self.method_name, exc_info=error)
            raise to_wire_error(error) from None
        super().handle_message(call, message)

    def handle_result(self, message: Any, worker_ctx: Any, result: Any, exc_info: Any) -> Any:
        if exc_info is None:
            try:
                answer = self._sealed(message, result=result)
            except TypeError:
                exc_info = sys.exc_info()
        if exc_info is not None:
            error = exc_info[1]
            level = _log.info if isinstance(error, PermanenceError) else _log.error
            level("command_failed", method=self.method_name, exc_info=error)
            told = to_wire_error(error)
            answer = self._sealed(
                message, error={"exc_type": WireError.__name__, "value": str(told)}
            )
            result, exc_info = None, (WireError, told, None)
        self.replies.send(message, answer)
        self.rpc_consumer.queue_consumer.ack_message(message)
        return result, exc_info

    def _sealed(self, message: Any, *, result: Any = None, error: Any = None) -> dict[str, str]:
        answer = {"result": result, "error": error}
        return self._seals.seal(answer, **self._about(message), answer=True)

    def _about(self, message: Any) -> dict[str, str]:
        call_id = str(message.properties.get("correlation_id"))
        return {"method": message.delivery_info["routing_key"], "call_id": call_id}


command = Command.decorator


def commands_of(service: type) -> dict[str, Callable[..., Any]]:
    """The commands of a service class by name."""
    return {
        name: method
        for name, method in inspect.getmembers(service, inspect.isfunction)
        if any(isinstance(one, Command) for one in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ()))
    }
