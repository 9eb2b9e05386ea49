"""A bounded memory of keys that forgets."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar
from uuid import UUID

K = TypeVar("K")


class ForgetfulCache(Generic[K]):
    """Keeps at most ``size`` entries, each no longer than ``seconds`` after it was put."""

    def __init__(self, size: int, seconds: float, monotonic: Callable[[], float]) -> None:
        self._size = size
        self._seconds = seconds
        self._monotonic = monotonic
        self._entries: OrderedDict[UUID, tuple[float, K]] = OrderedDict()
        self._lock = Lock()

    def get(self, subject: UUID) -> K | None:
        """The entry, unless it is unknown or too old."""
        with self._lock:
            entry = self._entries.get(subject)
            if entry is None:
                return None
            if entry[0] <= self._monotonic():
                del self._entries[subject]
                return None
            return entry[1]

    def put(self, subject: UUID, key: K) -> None:
        """Remember; entries are dropped in the order in which they grow old."""
        with self._lock:
            self._entries.pop(subject, None)
            self._entries[subject] = (self._monotonic() + self._seconds, key)
            self._drop()

    def forget(self, subject: UUID) -> None:
        """Drop one entry at once."""
        with self._lock:
            self._entries.pop(subject, None)

    def __len__(self) -> int:
        with self._lock:
            self._drop()
            return len(self._entries)

    def _drop(self) -> None:
        now = self._monotonic()
        while self._entries:
            oldest = next(iter(self._entries))
            if len(self._entries) <= self._size and self._entries[oldest][0] > now:
                return
            del self._entries[oldest]
