"""How often one sender may come, in this process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

_MOST_SENDERS = 10_000


class RateLimit:
    """A bucket a sender: ``per_minute`` on average, as many at once at most; 0 is no limit."""

    def __init__(self, per_minute: int, monotonic: Callable[[], float]) -> None:
        self._per_minute = per_minute
        self._monotonic = monotonic
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_seconds(self, sender: str) -> float:
        """0 if the sender may come now, which is then counted; else how long to wait."""
        if self._per_minute == 0:
            return 0.0
        now = self._monotonic()
        left, seen = self._buckets.pop(sender, (float(self._per_minute), now))
        left = min(float(self._per_minute), left + (now - seen) * self._per_minute / 60)
        wait = 0.0 if left >= 1 else (1 - left) * 60 / self._per_minute
        self._buckets[sender] = (left - 1 if wait == 0.0 else left, now)
        if len(self._buckets) > _MOST_SENDERS:
            self._buckets.popitem(last=False)
        return wait
