"""How long calls are in work: one that is never answered keeps its message until a restart."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta
from time import monotonic

from shared.watch.meters import Meters

STUCK_SECONDS = 300.0  # nobody waits for an answer for half as long


class CallWatch:
    """The calls that came and have no answer. ``clock`` counts seconds and never goes back."""

    def __init__(self, meters: Meters, *, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._began_at: dict[Hashable, float] = {}
        meters.oldest_call.set_function(self.oldest_seconds)

    def began(self, call: Hashable) -> None:
        """``call`` is in work from now on."""
        self._began_at[call] = self._clock()

    def ended(self, call: Hashable) -> None:
        """``call`` was answered; nothing if it is not one of those that began."""
        self._began_at.pop(call, None)

    def oldest_seconds(self) -> float:
        """For how long the oldest has been in work; 0 without any."""
        # A copy: scrapes come while calls begin and end.
        began_at = list(self._began_at.values())
        return self._clock() - min(began_at) if began_at else 0.0

    def stuck_since(self) -> datetime | None:
        """When the oldest came, if that is so long ago that it will never end; else None."""
        seconds = self.oldest_seconds()
        if seconds <= STUCK_SECONDS:
            return None
        return datetime.now(UTC) - timedelta(seconds=seconds)
