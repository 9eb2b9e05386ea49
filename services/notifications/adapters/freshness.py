"""Whether this service has heard all that its sources told: after an outage, before sending.

Level is looked at again from time to time. A source that cannot be asked, or from which much is
still to come, holds the ordinary lane back for a quarter of an hour, and what is critical for one
minute: then an alert too many is better than one too few.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any, Protocol

from services.notifications.domain.lanes import Lane
from shared.errors import Unavailable
from shared.eventstore import Pool
from shared.messaging.admin import subscriptions
from shared.postgres import connected

_PATIENCE_SECONDS = {Lane.URGENT: 60.0, Lane.SECOND: 60.0, Lane.ORDINARY: 900.0}
_FRESH_SECONDS = 30.0
_ASK_AGAIN_SECONDS = 1.0
_CALL_SECONDS = 5.0


class Calling(Protocol):
    """Asks other services; ``shared.messaging.call`` does, once it knows the broker."""

    def __call__(
        self, service: str, method: str, payload: Mapping[str, Any], *, timeout_seconds: float
    ) -> Any: ...


class Freshness:
    """Compares our checkpoints with the heads of the sources; ``seconds`` is a monotonic clock."""

    def __init__(
        self,
        pool: Pool,
        call: Calling,
        sources: Sequence[str],
        *,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._pool = pool
        self._call = call
        self._sources = tuple(sources)
        self._seconds = seconds
        self._level_at: float | None = None
        self._asked_at: float | None = None
        self._behind_since: float | None = None

    def may_send(self, lane: Lane) -> bool:
        """Level lately, or behind for longer than the lane can wait."""
        now = self._seconds()
        if self._level_at is not None and now - self._level_at < _FRESH_SECONDS:
            return True
        if self._asked_at is None or now - self._asked_at >= _ASK_AGAIN_SECONDS:
            self._look()
            now = self._seconds()
        if self._behind_since is None:
            return True
        return now - self._behind_since >= _PATIENCE_SECONDS[lane]

    def _look(self) -> None:
        level = self._level()
        self._asked_at = now = self._seconds()
        if level:
            self._level_at, self._behind_since = now, None
        elif self._behind_since is None:
            self._behind_since = now

    def _level(self) -> bool:
        try:
            heads = {source: self._heads(source) for source in self._sources}
            with connected(self._pool) as connection:
                known = {one.source: one.positions for one in subscriptions(connection)}
        except Unavailable:
            return False
        return all(
            known.get(source, {}).get(partition, 0) >= position
            for source, places in heads.items()
            for partition, position in places.items()
        )

    def _heads(self, source: str) -> dict[int, int]:
        answer = self._call(source, "log_heads", {}, timeout_seconds=_CALL_SECONDS)
        return {int(part): int(place[0]) for part, place in answer["heads"].items()}
