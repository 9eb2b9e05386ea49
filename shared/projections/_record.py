"""What is kept of rebuilds: who and why, how far each copy is, which parked events it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from shared.eventstore import Connection, Position

Passed = set[tuple[int, Position]]
"""Events by (partition, position)."""

_START = """
INSERT INTO rebuilds (model, action, by, why)
VALUES (%(model)s, %(action)s, %(by)s, %(why)s) RETURNING id
"""
_END = """
UPDATE rebuilds SET ended_at = clock_timestamp(), outcome = %(outcome)s, details = %(details)s
WHERE id = %(id)s
"""
_SAVE = """
INSERT INTO rebuild_progress (place, model, partition, "position")
SELECT %(place)s, %(model)s, * FROM unnest(%(partitions)s::smallint[], %(positions)s::bigint[])
ON CONFLICT (place, model, partition) DO UPDATE SET "position" = EXCLUDED."position"
"""
_DONE = """
SELECT partition, "position" FROM rebuild_progress WHERE place = %(place)s AND model = %(model)s
"""
_ADD_PARKED = """
INSERT INTO rebuild_passed_over (place, model, partition, "position")
SELECT %(place)s, %(model)s, * FROM unnest(%(partitions)s::smallint[], %(positions)s::bigint[])
ON CONFLICT DO NOTHING
"""
_PARKED_BEFORE = """
SELECT partition, "position" FROM rebuild_passed_over
WHERE place = %(place)s AND model = %(model)s
"""
_TAKEN_UP = """
DELETE FROM rebuild_passed_over
WHERE place = %(place)s AND model = %(model)s AND "position" = ANY(%(positions)s)
"""
_BEGUN_WITH = """
INSERT INTO rebuild_code (place, model, code) VALUES (%(place)s, %(model)s, %(code)s)
"""
_CODE = "SELECT code FROM rebuild_code WHERE place = %(place)s AND model = %(model)s"
_FORGET = (
    "DELETE FROM rebuild_code WHERE place = %(place)s AND model = %(model)s",
    "DELETE FROM rebuild_progress WHERE place = %(place)s AND model = %(model)s",
    "DELETE FROM rebuild_passed_over WHERE place = %(place)s AND model = %(model)s",
)
# What the live model has not applied either: parked, or given up by an admin.
_PARKED = """SELECT partition, "position" FROM parked_events WHERE source = %(source)s"""
_DISCARDED = """
SELECT given_up::bigint FROM messaging_actions,
       jsonb_array_elements_text(details -> 'positions') AS given_up
WHERE source = %(source)s AND action = 'discard'
"""


class Books:
    """The records of one model's rebuilds, on the rebuilding connection."""

    def __init__(self, connection: Connection, service: str, model: str) -> None:
        self._connection = connection
        self._service = service
        self._model = model

    def begin(self, action: str, by: str, why: str) -> int:
        """Record, before it starts, that somebody does something; its number."""
        values = {"model": self._model, "action": action, "by": by, "why": why}
        row = self._connection.execute(_START, values).fetchone()
        return int(row[0]) if row else 0

    def end(self, number: int, outcome: str, details: Mapping[str, Any]) -> None:
        """Record how it ended."""
        values = {"id": number, "outcome": outcome, "details": Jsonb(dict(details))}
        self._connection.execute(_END, values)

    def begun_with(self, place: str, code: str) -> None:
        """A copy is begun in ``place``, with that code."""
        self._connection.execute(_BEGUN_WITH, self._at(place) | {"code": code})

    def code(self, place: str) -> str | None:
        """The code that the copy in ``place`` was begun with, if it was noted."""
        row = self._connection.execute(_CODE, self._at(place)).fetchone()
        return row[0] if row else None

    def done(self, place: str) -> dict[int, Position]:
        """Up to where the copy in ``place`` is filled, by partition."""
        return dict(self._connection.execute(_DONE, self._at(place)).fetchall())

    def save(self, place: str, reached: Mapping[int, Position]) -> None:
        """The copy is filled up to ``reached``, in the transaction that filled it."""
        if reached:
            self._connection.execute(_SAVE, self._at(place) | _columns(reached.items()))

    def passed_over(self, place: str) -> Passed:
        """Parked events that the copy lacks."""
        return set(self._connection.execute(_PARKED_BEFORE, self._at(place)).fetchall())

    def pass_over(self, place: str, events: Iterable[tuple[int, Position]]) -> None:
        if chosen := sorted(events):
            self._connection.execute(_ADD_PARKED, self._at(place) | _columns(chosen))

    def taken_up(self, place: str, events: Iterable[tuple[int, Position]]) -> None:
        """The copy has them now, or never will."""
        if positions := [position for _, position in events]:
            self._connection.execute(_TAKEN_UP, self._at(place) | {"positions": positions})

    def forget(self, place: str) -> None:
        """The copy is gone."""
        for statement in _FORGET:
            self._connection.execute(statement, self._at(place))

    def set_aside(self, source: str) -> tuple[Passed, set[int]]:
        """Events of ``source`` that are parked now, and the positions of those given up."""
        if source == self._service:
            return set(), set()
        values = {"source": source}
        parked = set(self._connection.execute(_PARKED, values).fetchall())
        given_up = {row[0] for row in self._connection.execute(_DISCARDED, values)}
        return parked, given_up

    def _at(self, place: str) -> dict[str, Any]:
        return {"place": place, "model": self._model}


def _columns(pairs: Iterable[tuple[int, Position]]) -> dict[str, Sequence[int]]:
    chosen = list(pairs)
    return {"partitions": [p for p, _ in chosen], "positions": [at for _, at in chosen]}
