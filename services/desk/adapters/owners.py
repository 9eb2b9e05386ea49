"""Calls to the services that own the data, each with a time limit of its own."""

from __future__ import annotations

from typing import Any

from shared.messaging import RpcPool

ASK_SECONDS = 4.0
TELL_SECONDS = 10.0


class RpcOwners:
    """Over the broker."""

    def __init__(self, pool: RpcPool) -> None:
        self._pool = pool

    def ask(self, service: str, method: str, **payload: Any) -> Any:
        """A question; raises NoAnswer quickly, for the page can show less."""
        return self._pool.call(service, method, payload, timeout_seconds=ASK_SECONDS)

    def tell(self, service: str, method: str, **payload: Any) -> Any:
        """A command; raises what the owner refuses, or NoAnswer: it may have been carried out."""
        return self._pool.call(service, method, payload, timeout_seconds=TELL_SECONDS)

    def close(self) -> None:
        """Close the idle connections."""
        self._pool.close()
