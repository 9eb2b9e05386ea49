"""``@command``: nameko's RPC entrypoint with our errors on the wire and in the log."""

from __future__ import annotations

import sys
from typing import Any

import structlog
from nameko.rpc import Rpc

from shared.errors import PermanenceError
from shared.messaging._wire_errors import WireError, to_wire_error

_log = structlog.get_logger("messaging.commands")


class Command(Rpc):  # type: ignore[misc]  # nameko is untyped
    """An RPC method whose errors reach the caller as kind, code, message and fields.

    Nothing else of an error leaves: no class path, no traceback, no text of a library.
    """

    def __init__(self, **options: Any) -> None:
        # nameko logs what is not expected with its text; ours is written below, without.
        super().__init__(expected_exceptions=(Exception,), **options)

    def handle_result(self, message: Any, worker_ctx: Any, result: Any, exc_info: Any) -> Any:
        if exc_info is None:
            return super().handle_result(message, worker_ctx, result, None)
        error = exc_info[1]
        level = _log.info if isinstance(error, PermanenceError) else _log.error
        level("command_failed", method=self.method_name, exc_info=error)
        try:
            raise to_wire_error(error) from None
        except WireError:
            return super().handle_result(message, worker_ctx, None, sys.exc_info())


command = Command.decorator
