"""The normaliser as a ``Reader``: each item read against what its register knows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from services.intake.application.ports import Arrival, Understood
from services.intake.domain.normalise.model import Incoming, KnownRequests
from services.intake.domain.normalise.normalise import put_together, take_apart
from services.intake.domain.normalise.patience import SecondsClock, TookTooLong, patience
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.understood import TakenApart
from shared.green import aside

LARGEST_AT_ONCE_BYTES = 20_000  # of an item that is read while all others wait
AT_ONCE_SECONDS = 0.2  # of processor time, while all others wait; most items take 0.01
ASIDE_SECONDS = 20.0  # the largest text takes 2, documents sent along more


class NormalisingReader:
    """Reads items with the lexicons of ``reference``; ``known_in`` gives a register's memory.

    ``clock`` counts the processor time of the thread that asks, in seconds; ``ahead`` never goes
    slower and costs less to ask.
    """

    def __init__(
        self,
        known_in: Callable[[str], KnownRequests],
        reference: Reference,
        *,
        clock: SecondsClock = time.thread_time,
        ahead: SecondsClock | None = time.perf_counter,
    ) -> None:
        self._known_in = known_in
        self._reference = reference
        self._clock = clock
        self._ahead = ahead

    def __call__(self, arrival: Arrival) -> Understood:
        """What the normaliser finds.

        Raises ``TookTooLong``, and it may raise anything on strange input.
        """
        item = Incoming(
            channel=arrival.channel,
            raw=arrival.raw,
            received_at=None if arrival.dated_by_content else arrival.received_at,
            taken_in_at=arrival.received_at,
            hints=arrival.hints,
        )
        apart = self._taken_apart(item)
        known = self._known_in(arrival.register)
        found = put_together(item, apart, known=known, reference=self._reference)
        return Understood(
            state=found.state,
            facts=found.facts,
            people=replace(found.people, text_key=found.text_key),
            lexicon_version=found.lexicon_version,
        )

    def _taken_apart(self, item: Incoming) -> TakenApart:
        """``item`` read at once if it is small, beside all other work if that takes long."""
        if len(item.raw) <= LARGEST_AT_ONCE_BYTES:
            try:
                return self._within(AT_ONCE_SECONDS, item)
            except TookTooLong:
                pass
        return aside(self._within, ASIDE_SECONDS, item)

    def _within(self, seconds: float, item: Incoming) -> TakenApart:
        with patience(seconds, self._clock, self._ahead):
            return take_apart(item, self._reference)
