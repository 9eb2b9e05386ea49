"""What follow-up tells of deadlines. Table: ``deadlines``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from psycopg.types.json import Jsonb

from shared.contracts.followup.events import (
    DeadlineCorrected,
    DeadlineDropped,
    DeadlineMet,
    DeadlineMissed,
    DeadlineProposed,
    DeadlineSet,
    DeadlineTerms,
)
from shared.eventstore import Applied, Connection
from shared.projections import ReadModel

# One that is proposed or set anew has not ended, whatever ended it before.
_WRITE = """
INSERT INTO deadlines (
    deadline_id, register, request_id, case_id, state, kind, prudent, last, alert_at, terms, set_by
) VALUES (
    %(deadline_id)s, %(register)s, %(request_id)s, %(case_id)s, %(state)s, %(kind)s, %(prudent)s,
    %(last)s, %(alert_at)s, %(terms)s, %(by)s
) ON CONFLICT (deadline_id) DO UPDATE SET
    state = CASE WHEN %(corrected)s THEN deadlines.state ELSE EXCLUDED.state END,
    ending = CASE WHEN %(corrected)s THEN deadlines.ending END,
    kind = EXCLUDED.kind, prudent = EXCLUDED.prudent, last = EXCLUDED.last,
    alert_at = EXCLUDED.alert_at, terms = EXCLUDED.terms, set_by = EXCLUDED.set_by,
    request_id = EXCLUDED.request_id, case_id = EXCLUDED.case_id
"""
_END = """
UPDATE deadlines SET state = %(state)s, ending = %(ending)s WHERE deadline_id = %(deadline_id)s
"""


def apply(connection: Connection, recorded: Applied, event: Any) -> None:
    """Apply one event of follow-up that is about a deadline; others change nothing."""
    match event:
        case DeadlineProposed() | DeadlineSet() | DeadlineCorrected():
            connection.execute(_WRITE, _row(event))
        case DeadlineMet(deadline_id=deadline_id, proof=proof):
            _end(connection, deadline_id, "met", proof)
        case DeadlineDropped(deadline_id=deadline_id, reason=reason):
            _end(connection, deadline_id, "dropped", reason)
        case DeadlineMissed(deadline_id=deadline_id):
            _end(connection, deadline_id, "missed", None)
        case _:
            pass


def _row(event: DeadlineProposed | DeadlineSet | DeadlineCorrected) -> dict[str, Any]:
    terms = event.terms
    return {
        "deadline_id": event.deadline_id,
        "register": event.register,
        "request_id": event.request_id,
        "case_id": event.case_id,
        "state": "running" if isinstance(event, DeadlineSet) else "candidate",
        "corrected": isinstance(event, DeadlineCorrected),
        "kind": terms.kind.value,
        "prudent": terms.prudent,
        "last": terms.last,
        "alert_at": terms.alert_at,
        "terms": Jsonb(_terms(terms)),
        "by": None if isinstance(event, DeadlineProposed) else event.by,
    }


def _terms(terms: DeadlineTerms) -> dict[str, Any]:
    """The terms as JSON values."""
    values = asdict(terms)
    values["alert_at"] = terms.alert_at.isoformat() if terms.alert_at else None
    return values


def _end(connection: Connection, deadline_id: object, state: str, ending: str | None) -> None:
    connection.execute(_END, {"deadline_id": deadline_id, "state": state, "ending": ending})


DEADLINES = ReadModel(
    name="deadlines",
    source="followup",
    tables=("deadlines",),
    apply=apply,
    reads_private=False,
    lookups=(),
    apart_by="deadline_id",
)
