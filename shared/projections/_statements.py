"""Writes held back for a moment, so that many go to the database as one batch.

A model's ``apply`` executes one statement after the other. Sent one by one, each costs more in the
driver than in the database; the same statement for many rows at once costs a fraction.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, cast

from psycopg.pq import PipelineStatus

from shared.eventstore import Connection

_Held = tuple[Any, Any]


class Statements:
    """Stands in for a connection: holds statements back, until somebody wants an answer.

    They are executed in order, except that, with ``apart_by``, those that differ in that parameter
    may overtake each other: they never touch the same row. One without it keeps its place.
    """

    def __init__(self, connection: Connection, apart_by: str | None) -> None:
        self._connection = connection
        self._apart_by = apart_by
        self._held: list[_Held] = []

    def as_connection(self) -> Connection:
        """For a model's ``apply``, which knows connections."""
        return cast(Connection, self)

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """Hold the statement back; whoever looks at the result has it executed at once."""
        if options or params is None:
            self.flush()
            return self._connection.execute(query, params, **options)
        held = (query, params)
        self._held.append(held)
        return _Result(self, held)

    def __getattr__(self, name: str) -> Any:
        """Anything else is for the connection itself, once it has done what was held back."""
        self.flush()
        return getattr(self._connection, name)

    def flush(self) -> None:
        """Execute what is held back."""
        held, self._held = self._held, []
        if not held:
            return
        if len(held) == 1:
            self._connection.execute(*held[0])
            return
        with self._pipeline(), self._connection.cursor() as cursor:
            for query, rows in _batches(held, self._apart_by):
                cursor.executemany(query, rows)

    def _pipeline(self) -> AbstractContextManager[object]:
        """The caller's if there is one: one within it would wait for all answers at its end."""
        begun = self._connection.info.pipeline_status != PipelineStatus.OFF
        return nullcontext() if begun else self._connection.pipeline()

    def answered(self, held: _Held) -> Any:
        """The cursor of the last statement held back, executed after those before it."""
        if not self._held or self._held[-1] is not held:
            raise TypeError("apply: read a statement's result before executing the next one")
        self._held.pop()
        self.flush()
        return self._connection.execute(*held)


class _Result:
    """What ``execute`` gives back: nothing yet, a cursor as soon as it is used as one."""

    def __init__(self, statements: Statements, held: _Held) -> None:
        self._statements = statements
        self._held = held
        self._cursor: Any = None

    def _answer(self) -> Any:
        if self._cursor is None:
            self._cursor = self._statements.answered(self._held)
        return self._cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._answer(), name)

    def __iter__(self) -> Any:
        return iter(self._answer())


def _batches(held: list[_Held], apart_by: str | None) -> list[tuple[Any, list[Any]]]:
    """Statements with all their parameters, in an order that changes nothing."""
    done: list[tuple[Any, list[Any]]] = []
    rounds: list[dict[Any, list[Any]]] = []
    turns: dict[Any, int] = {}

    def finish() -> None:
        for batch in rounds:
            done.extend(batch.items())
        rounds.clear()
        turns.clear()

    for query, params in held:
        key = params.get(apart_by) if apart_by and isinstance(params, Mapping) else None
        if key is None:
            finish()
            if done and done[-1][0] == query:
                done[-1][1].append(params)
            else:
                done.append((query, [params]))
            continue
        turn = turns.get(key, 0)
        turns[key] = turn + 1
        if turn == len(rounds):
            rounds.append({})
        rounds[turn].setdefault(query, []).append(params)
    finish()
    return done
