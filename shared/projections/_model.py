"""What a read model is: its tables, the log it reads, and what each event does to the tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.eventstore import Applied, Connection
from shared.projections._statements import Statements

Apply = Callable[[Connection, Applied, Any], None]
ApplyBatch = Callable[[Connection, Sequence[tuple[Applied, Any]]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadModel:
    """A read model of one service.

    ``source`` is the service whose events it reads: the owner itself (applied in the append's
    transaction) or another (applied by subscription). ``tables`` are written by nothing else.
    ``apply`` gets a connection whose search path finds them, so it must name tables without a
    schema; it must not look at the clock, at other models, or at the order of streams.

    What follows makes a rebuild faster or its report safer, and never changes the tables:
    ``events``, the types that change something (None: any may); ``reads_private``, whether
    ``apply`` looks at the private part; ``lookups``, the names of those indexes, beside keys and
    unique ones, by which ``apply`` finds rows (None: any may be needed, so all are there from the
    start); ``apart_by``, a parameter of its statements such that two that differ in it never touch
    the same row, so that they may overtake each other; ``apply_batch``, which does the same as
    ``apply`` to each event in turn; ``personal``, columns ("table.column") whose values a report
    withholds.
    """

    name: str
    source: str
    tables: tuple[str, ...]
    apply: Apply
    events: tuple[type, ...] | None = None
    reads_private: bool = True
    lookups: tuple[str, ...] | None = None
    apart_by: str | None = None
    apply_batch: ApplyBatch | None = None
    personal: tuple[str, ...] = ()

    def apply_all(self, connection: Connection, events: Sequence[tuple[Applied, Any]]) -> None:
        """Apply events in turn, with as few round trips as the model allows."""
        if self.apply_batch is not None:
            self.apply_batch(connection, events)
            return
        statements = Statements(connection, self.apart_by)
        for recorded, event in events:
            self.apply(statements.as_connection(), recorded, event)
        statements.flush()
