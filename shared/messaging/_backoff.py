"""Growing pauses between attempts, spread so that many do not come back at once."""

from __future__ import annotations

import random


class Backoff:
    """Each pause is about twice the last, between the bounds; seconds."""

    def __init__(self, *, first_seconds: float, longest_seconds: float) -> None:
        self._first = first_seconds
        self._longest = longest_seconds
        self._next = first_seconds

    def next_seconds(self) -> float:
        """The pause before the next attempt."""
        pause = self._next * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, hides nothing
        self._next = min(self._next * 2, self._longest)
        return pause

    def reset(self) -> None:
        """It went well: start small again."""
        self._next = self._first
