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
        self._lock = threading.Lock()

    def wait(self, number: int) -> float:
        """Wait until item ``number`` (from 0) is due; when that was, by the wall clock."""
        after = number / self._per_second
        time.sleep(max(0.0, self._started + after - time.perf_counter()))
        return self._started_at + after

    def sent(self) -> None:
        """One more item is out."""
        with self._lock:
            self._count += 1

    def hold(self) -> None:
        """Raise PaceMissed if what is out by now is less than 95 % of the pace."""
        rate = self._count / (time.perf_counter() - self._started)
        if rate < _SHARE * self._per_second:
            raise PaceMissed(
                f"{rate:.1f} a second went out, not {self._per_second:g}; measure on a machine "
                "that is faster or less busy"
            )
