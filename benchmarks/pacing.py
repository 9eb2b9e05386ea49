"""A steady pace, and whether it was held: a figure "at 500 a second" says nothing of fewer."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

_SHARE = 0.95


class PaceMissed(Exception):
    """Items did not go out as fast as the figure says; ``rows`` were measured before."""

    rows: Sequence[dict[str, Any]] = ()


class Pacing:
    """Items that are due ``per_second``, from now on; several threads may wait for theirs."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._started = time.perf_counter()
        self._started_at = time.time()
        self._count = 0
        self._last_out = self._started
        self._lock = threading.Lock()

    def wait(self, number: int) -> float:
        """Wait until item ``number`` (from 0) is due, to send it at once; when it was due, by the
        wall clock."""
        after = number / self._per_second
        time.sleep(max(0.0, self._started + after - time.perf_counter()))
        with self._lock:
            self._count += 1
            self._last_out = time.perf_counter()
        return self._started_at + after

    def hold(self) -> None:
        """Raise PaceMissed if items went out at less than 95 % of the pace, first to last.

        How long the answers took does not count.
        """
        took = self._last_out - self._started
        due = (self._count - 1) / self._per_second
        if due < _SHARE * took:
            rate = (self._count - 1) / took
            raise PaceMissed(
                f"{rate:.1f} a second went out, not {self._per_second:g}; measure on a machine "
                "that is faster or less busy"
            )
