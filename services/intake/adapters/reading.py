"""The normaliser as a ``Reader``: each item read against what its register knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from services.intake.application.ports import Arrival, Understood
from services.intake.domain.normalise.model import Incoming, KnownRequests
from services.intake.domain.normalise.normalise import put_together, take_apart
from services.intake.domain.normalise.reference import Reference
from shared.green import aside

LARGEST_AT_ONCE_BYTES = 100_000  # of an item that is read while all others wait: milliseconds


class NormalisingReader:
    """Reads items with the lexicons of ``reference``; ``known_in`` gives a register's memory."""

    def __init__(self, known_in: Callable[[str], KnownRequests], reference: Reference) -> None:
        self._known_in = known_in
        self._reference = reference

    def __call__(self, arrival: Arrival) -> Understood:
        """What the normaliser finds; it may raise anything on strange input."""
        item = Incoming(
            channel=arrival.channel,
            raw=arrival.raw,
            received_at=None if arrival.dated_by_content else arrival.received_at,
            taken_in_at=arrival.received_at,
            hints=arrival.hints,
        )
        if len(arrival.raw) > LARGEST_AT_ONCE_BYTES:
            apart = aside(take_apart, item, self._reference)
        else:
            apart = take_apart(item, self._reference)
        known = self._known_in(arrival.register)
        found = put_together(item, apart, known=known, reference=self._reference)
        return Understood(
            state=found.state,
            facts=found.facts,
            people=replace(found.people, text_key=found.text_key),
            lexicon_version=found.lexicon_version,
        )
