"""One row a request: who answers for it, and why. Folded by the same ``evolve`` that decides."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from psycopg.rows import dict_row

from services.routing.application.ports import Listing, Stored
from services.routing.domain.assignment import PROPOSING, Assignment, AssignmentEvent, evolve
from services.routing.projections.words import REASONS, STATES, URGENCIES
from shared.contracts.routing.events import LookedAt
from shared.eventstore import Applied, Connection, Version
from shared.projections import as_rows

TABLES = ("assignments",)
_FOLDED = get_args(AssignmentEvent)
_FIELDS = tuple(field.name for field in fields(Assignment))

# However many rows, one statement: each costs more on its way than in the table.
_SAVE = """
INSERT INTO assignments SELECT * FROM jsonb_populate_recordset(NULL::assignments, %(rows)s)
ON CONFLICT (request_id) DO UPDATE SET
    version = EXCLUDED.version, unit = EXCLUDED.unit, decided_unit = EXCLUDED.decided_unit,
    state = EXCLUDED.state, rule = EXCLUDED.rule, decided_rule = EXCLUDED.decided_rule,
    reason = EXCLUDED.reason, reason_fr = EXCLUDED.reason_fr,
    also = EXCLUDED.also, informed = EXCLUDED.informed,
    urgency = EXCLUDED.urgency, received_on = EXCLUDED.received_on,
    answer_due_on = EXCLUDED.answer_due_on, establishment = EXCLUDED.establishment,
    danger = EXCLUDED.danger, needs_review = EXCLUDED.needs_review,
    set_aside = EXCLUDED.set_aside, holder = EXCLUDED.holder,
    policy_version = EXCLUDED.policy_version, looked_at = EXCLUDED.looked_at,
    reminder_of = EXCLUDED.reminder_of, duplicate_of = EXCLUDED.duplicate_of,
    proposed_at = EXCLUDED.proposed_at
"""

_FIND = "SELECT * FROM assignments WHERE request_id = ANY(%(request_ids)s)"

_HELD_BY = """
SELECT * FROM assignments WHERE holder = %(volunteer_id)s AND state = 'accepted'
ORDER BY answer_due_on, request_id
"""

_WAITING = """
SELECT * FROM assignments
WHERE state = 'proposed' AND register = 'main' AND unit <> 'coordination'
  AND proposed_at < %(before)s
ORDER BY proposed_at, request_id LIMIT %(limit)s
"""

_LIST = """
SELECT * FROM assignments
WHERE register = %(register)s
  AND (%(unit)s::text IS NULL OR unit = %(unit)s)
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(holder)s::text IS NULL OR holder = %(holder)s)
  AND (%(after)s::uuid IS NULL OR (coalesce(answer_due_on, 'infinity'), request_id) > (
        SELECT coalesce(a.answer_due_on, 'infinity'), a.request_id FROM assignments AS a
        WHERE a.request_id = %(after)s))
ORDER BY coalesce(answer_due_on, 'infinity'), request_id LIMIT %(limit)s
"""

_COUNT = """
SELECT unit, state, count(*) FROM assignments WHERE register = %(register)s
GROUP BY unit, state ORDER BY unit, state
"""


def apply(connection: Connection, recorded: Applied, event: Any) -> None:
    """Fold one event of routing into its row; other streams' events are left alone."""
    apply_all(connection, [(recorded, event)])


def apply_all(connection: Connection, events: Sequence[tuple[Applied, Any]]) -> None:
    """Fold events in turn; all rows are read at once, and written at once."""
    folded = [(recorded, event) for recorded, event in events if isinstance(event, _FOLDED)]
    after = _before(connection, folded)
    for recorded, event in folded:
        before = after.get(event.request_id)
        proposed_at = before.proposed_at if before else None
        if isinstance(event, PROPOSING):
            proposed_at = recorded.occurred_at
        after[event.request_id] = Stored(
            assignment=evolve(before.assignment if before else None, event),
            version=recorded.version,
            proposed_at=proposed_at,
        )
    if after:
        connection.execute(_SAVE, {"rows": as_rows(map(_row, after.values()))})


def _before(connection: Connection, events: Sequence[tuple[Applied, Any]]) -> dict[UUID, Stored]:
    """The rows of the assignments that do not begin among ``events``."""
    first = {event.request_id: recorded.version for recorded, event in reversed(events)}
    begun = [request_id for request_id, version in first.items() if version > 1]
    return AssignmentRows().find(connection, begun)


class AssignmentRows:
    """Reads ``assignments``."""

    def find(self, connection: Connection, request_ids: Collection[UUID]) -> dict[UUID, Stored]:
        """The known ones among ``request_ids``."""
        if not request_ids:
            return {}
        stored = _many(connection, _FIND, {"request_ids": list(request_ids)})
        return {one.assignment.request_id: one for one in stored}

    def held_by(self, connection: Connection, volunteer_id: str) -> list[Stored]:
        """What a volunteer accepted and still has."""
        return _many(connection, _HELD_BY, {"volunteer_id": volunteer_id})

    def waiting(self, connection: Connection, before: datetime, limit: int) -> list[Stored]:
        """Proposed before that instant and not accepted since, the oldest first."""
        return _many(connection, _WAITING, {"before": before, "limit": limit})

    def listing(self, connection: Connection, wanted: Listing) -> list[Stored]:
        """A page, the nearest answer first; ``wanted.after`` is the last one of the page before."""
        return _many(connection, _LIST, asdict(wanted))

    def counts(self, connection: Connection, register: str) -> list[tuple[str, str, int]]:
        """How many, by unit and state."""
        rows = connection.execute(_COUNT, {"register": register}).fetchall()
        return [(row[0], row[1], row[2]) for row in rows]


def _many(connection: Connection, query: str, parameters: Mapping[str, Any]) -> list[Stored]:
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(query, parameters).fetchall()
    return [
        Stored(
            assignment=_assignment(row),
            version=Version(row["version"]),
            proposed_at=row["proposed_at"],
        )
        for row in rows
    ]


def _assignment(row: Mapping[str, Any]) -> Assignment:
    return Assignment(
        request_id=row["request_id"],
        register=row["register"],
        unit=row["unit"],
        decided_unit=row["decided_unit"],
        state=STATES[row["state"]],
        rule=row["rule"],
        decided_rule=row["decided_rule"],
        reason=REASONS[row["reason"]] if row["reason"] else None,
        reason_fr=row["reason_fr"],
        also=tuple(row["also"]),
        informed=tuple(row["informed"]),
        urgency=URGENCIES[row["urgency"]],
        received_on=row["received_on"],
        answer_due_on=row["answer_due_on"],
        establishment=row["establishment"],
        danger=row["danger"],
        needs_review=row["needs_review"],
        set_aside=row["set_aside"],
        holder=row["holder"],
        policy_version=row["policy_version"],
        looked_at=tuple(LookedAt(**one) for one in row["looked_at"]),
        reminder_of=row["reminder_of"],
        duplicate_of=row["duplicate_of"],
    )


def _row(stored: Stored) -> dict[str, Any]:
    row = {name: getattr(stored.assignment, name) for name in _FIELDS}
    return row | {"version": stored.version, "proposed_at": stored.proposed_at}
