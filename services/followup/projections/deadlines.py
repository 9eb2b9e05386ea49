"""The deadline list: one row a deadline, with all its terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from psycopg.rows import dict_row

from services.followup.domain.deadline import Deadline, DeadlineEvent, evolve
from services.followup.domain.nearing import NEAR, NEAREST, PRESSING_NATURES, reach
from services.followup.domain.terms import over_at, passes
from shared.contracts._derive import schema_class
from shared.contracts.followup.events import DeadlineProposed, DeadlineSet, DeadlineTerms
from shared.contracts.vocabulary import DeadlineState
from shared.deadlines import NOT_PRESSING
from shared.eventstore import Applied, Connection
from shared.projections import ReadModel, as_rows

# However many rows, one statement: each costs more on its way than in the table.
_PUT = """
INSERT INTO deadlines SELECT * FROM jsonb_populate_recordset(NULL::deadlines, %(rows)s)
ON CONFLICT (deadline_id) DO UPDATE SET request_id = EXCLUDED.request_id,
    case_id = EXCLUDED.case_id, state = EXCLUDED.state, kind = EXCLUDED.kind,
    prudent = EXCLUDED.prudent, last = EXCLUDED.last, alert_at = EXCLUDED.alert_at,
    over_at = EXCLUDED.over_at, passes = EXCLUDED.passes, terms = EXCLUDED.terms,
    confirmed_by = EXCLUDED.confirmed_by, ending = EXCLUDED.ending, neared = EXCLUDED.neared
"""
_FIND = "SELECT * FROM deadlines WHERE deadline_id = ANY(%(ids)s)"

# Deadlines of a register, the nearest prudent date first; those without a date run already.
_LIST = """
SELECT * FROM deadlines
WHERE register = %(register)s AND (%(states)s::text[] IS NULL OR state = ANY(%(states)s))
  AND (%(request_id)s::uuid IS NULL OR request_id = %(request_id)s)
  AND (%(case_id)s::uuid IS NULL OR case_id = %(case_id)s)
  AND (%(alert_before)s::timestamptz IS NULL OR alert_at IS NULL OR alert_at <= %(alert_before)s)
ORDER BY alert_at NULLS FIRST, deadline_id LIMIT %(limit)s
"""

# What passed, is still alive, and means a loss.
_TO_MISS = """
SELECT deadline_id FROM deadlines
WHERE state IN ('candidate', 'running') AND passes AND over_at <= %(now)s
ORDER BY over_at, deadline_id LIMIT %(limit)s
"""

# What presses, still runs until its last day, and came within a reach that was not told.
_DRAWING_NEAR = """
SELECT deadline_id FROM deadlines
WHERE state IN ('candidate', 'running') AND request_id IS NOT NULL AND kind <> ALL(%(never)s)
  AND (terms->>'nature' IS NULL OR terms->>'nature' = ANY(%(natures)s))
  AND greatest(alert_at, over_at) > %(now)s AND alert_at <= %(near)s
  AND (neared IS NULL OR neared > %(days)s AND alert_at <= %(nearest)s)
ORDER BY alert_at, deadline_id LIMIT %(limit)s
"""

# The running deadlines of a case, its own or those of the request that began it.
_RUNNING = """
SELECT deadline_id FROM deadlines
WHERE state = 'running' AND (case_id = %(case_id)s OR request_id = %(request_id)s)
ORDER BY deadline_id
"""
_CANDIDATES = """
SELECT deadline_id FROM deadlines
WHERE request_id = %(request_id)s AND state = 'candidate' ORDER BY deadline_id
"""

_KNOWN = """
SELECT deadline_id FROM deadlines WHERE request_id = ANY(%(ids)s)
UNION ALL SELECT case_id FROM cases WHERE request_id = ANY(%(ids)s)
"""

_terms = schema_class(DeadlineTerms)()
_STATES = {one.value: one for one in DeadlineState}
_EVENTS = get_args(DeadlineEvent)
_FIRST = (DeadlineProposed, DeadlineSet)


def apply(connection: Connection, recorded: Applied, event: Any) -> None:
    """Bring ``deadlines`` up to one event; events of cases are passed over."""
    apply_all(connection, [(recorded, event)])


def apply_all(connection: Connection, events: Sequence[tuple[Applied, Any]]) -> None:
    """Apply events in turn; all rows are read at once, and written at once."""
    told = [event for _, event in events if isinstance(event, _EVENTS)]
    after = _before(connection, told)
    for event in told:
        state = evolve(after.get(event.deadline_id), event)
        if state is not None:
            after[event.deadline_id] = state
    if after:
        connection.execute(_PUT, {"rows": as_rows(map(_row, after.values()))})


DEADLINES = ReadModel(
    name="deadlines",
    source="followup",
    tables=("deadlines",),
    apply=apply,
    apply_batch=apply_all,
    reads_private=False,
)


def list_deadlines(
    connection: Connection,
    *,
    register: str,
    states: Sequence[str] | None = None,
    request_id: UUID | None = None,
    case_id: UUID | None = None,
    alert_before: datetime | None = None,
    limit: int = 500,
) -> list[dict[str, Any]]:
    """Rows of ``deadlines``; ``terms`` as the event holds them."""
    values = {
        "register": register,
        "states": None if states is None else list(states),
        "request_id": request_id,
        "case_id": case_id,
        "alert_before": alert_before,
        "limit": limit,
    }
    with connection.cursor(row_factory=dict_row) as cursor:
        return list(cursor.execute(_LIST, values))


def deadlines_to_miss(connection: Connection, now: datetime, limit: int) -> list[UUID]:
    """The ids of deadlines that passed without act, the longest ago first."""
    return _ids(connection, _TO_MISS, {"now": now, "limit": limit})


def deadlines_drawing_near(connection: Connection, now: datetime, limit: int) -> list[UUID]:
    """The ids of deadlines that came near and were not told to be, the nearest first."""
    values = {
        "now": now,
        "near": reach(now, NEAR),
        "nearest": reach(now, NEAREST),
        "days": NEAREST,
        "never": list(NOT_PRESSING),
        "natures": list(PRESSING_NATURES),
        "limit": limit,
    }
    return _ids(connection, _DRAWING_NEAR, values)


def running_deadlines(connection: Connection, case_id: UUID, request_id: UUID | None) -> list[UUID]:
    """The ids of the running deadlines of a case."""
    return _ids(connection, _RUNNING, {"case_id": case_id, "request_id": request_id})


def candidate_deadlines(connection: Connection, request_id: UUID) -> list[UUID]:
    """The ids of the candidates of a request."""
    return _ids(connection, _CANDIDATES, {"request_id": request_id})


def known_of_requests(connection: Connection, request_ids: Sequence[UUID]) -> set[UUID]:
    """The ids of all deadlines and cases that belong to some requests."""
    return set(_ids(connection, _KNOWN, {"ids": list(request_ids)}))


def terms_of_row(row: Mapping[str, Any]) -> DeadlineTerms:
    """The terms of a row, as its events hold them."""
    terms: DeadlineTerms = _terms.load(row["terms"])
    return terms


def _ids(connection: Connection, query: str, values: Mapping[str, Any]) -> list[UUID]:
    return [row[0] for row in connection.execute(query, values)]


def _before(connection: Connection, events: Sequence[DeadlineEvent]) -> dict[UUID, Deadline]:
    """The deadlines that do not begin among ``events``."""
    first = {event.deadline_id: event for event in reversed(events)}
    begun = [one for one, event in first.items() if not isinstance(event, _FIRST)]
    if not begun:
        return {}
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_FIND, {"ids": begun}).fetchall()
    found = {row["deadline_id"]: _state(row) for row in rows}
    for deadline_id in begun:
        if deadline_id not in found:
            raise LookupError(f"deadline_id: {deadline_id} has no row; rebuild the projection")
    return found


def _state(row: Mapping[str, Any]) -> Deadline:
    return Deadline(
        deadline_id=row["deadline_id"],
        register=row["register"],
        request_id=row["request_id"],
        case_id=row["case_id"],
        state=_STATES[row["state"]],
        terms=terms_of_row(row),
        confirmed_by=row["confirmed_by"],
        ending=row["ending"],
        neared=row["neared"],
    )


def _row(state: Deadline) -> dict[str, Any]:
    terms = state.terms
    return {
        "deadline_id": state.deadline_id,
        "register": state.register,
        "request_id": state.request_id,
        "case_id": state.case_id,
        "state": state.state.value,
        "kind": terms.kind.value,
        "prudent": terms.prudent,
        "last": terms.last,
        "alert_at": terms.alert_at,
        "over_at": over_at(terms),
        "passes": passes(terms),
        "terms": _terms.dump(terms),
        "confirmed_by": state.confirmed_by,
        "ending": state.ending,
        "neared": state.neared,
    }
