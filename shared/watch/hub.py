"""Whether green threads get their turn: one that never yields starves all others."""

from __future__ import annotations

import threading
from collections import deque
from datetime import UTC, datetime
from time import monotonic

import structlog

from shared.watch.meters import Meters

_log = structlog.get_logger("watch")

STEP_SECONDS = 0.5
TOLD_SECONDS = 1.0  # a hold beyond this is logged
STUCK_SECONDS = 10.0  # a hold beyond this shows on the page of life
WINDOW_SECONDS = 60.0


class HubWatch:
    """Sleeps half a second at a time and measures by how much each sleep was too long."""

    def __init__(self, meters: Meters) -> None:
        self._holds: deque[tuple[float, float]] = deque()
        meters.hub_held.set_function(self.longest_hold_seconds)

    def run(self, stopped: threading.Event) -> None:
        """Until ``stopped``."""
        before = monotonic()
        while not stopped.wait(STEP_SECONDS):
            now = monotonic()
            self.note(now - before - STEP_SECONDS, at=now)
            before = now

    def note(self, held_seconds: float, *, at: float) -> None:
        """Keep one measure, taken ``at`` (monotonic)."""
        if held_seconds > TOLD_SECONDS:
            _log.warning("hub_held", duration_ms=round(held_seconds * 1000))
        self._holds.append((at, held_seconds))
        while self._holds[0][0] < at - WINDOW_SECONDS:
            self._holds.popleft()

    def longest_hold_seconds(self) -> float:
        """Within the last minute."""
        return max((held for _, held in self._holds), default=0.0)

    def stuck_since(self) -> datetime | None:
        """When the process was last held for so long that it did no work; None if it was not."""
        at = [at for at, held in self._holds if held > STUCK_SECONDS]
        if not at:
            return None
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() - (monotonic() - at[0]), UTC)
