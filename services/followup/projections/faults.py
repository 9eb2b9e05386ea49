"""The list of faults: what in follow-up needs a person now. A query over the other read models."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from services.followup.domain.faults import REFERRAL_WORKING_DAYS, FaultKind
from shared.clock import PARIS
from shared.deadlines import add_working_days
from shared.eventstore import Connection

# Each branch finds one kind of fault; `since` orders them, the oldest first.
_FAULTS = """
SELECT 'no_next_action' AS kind, c.case_id, NULL::uuid AS deadline_id, NULL::uuid AS item_id,
       c.moved_at AS since
FROM cases c
WHERE c.register = %(register)s AND c.state IN ('accepted', 'open', 'reopened')
  AND NOT EXISTS (SELECT FROM steps s WHERE s.case_id = c.case_id AND s.state = 'planned')
  AND NOT EXISTS (SELECT FROM appointments a WHERE a.case_id = c.case_id
                  AND a.state IN ('offered', 'confirmed') AND a.starts_at >= %(now)s)
  AND NOT EXISTS (SELECT FROM deadlines d WHERE d.state IN ('candidate', 'running')
                  AND (d.case_id = c.case_id OR d.request_id = c.request_id))
UNION ALL
SELECT 'referral_waiting', c.case_id, NULL, NULL, c.moved_at
FROM cases c
WHERE c.register = %(register)s AND c.state = 'referral_received'
  AND c.moved_at < %(referred_before)s
UNION ALL
SELECT 'step_overdue', c.case_id, NULL, s.step_id, s.due_on::timestamptz
FROM steps s JOIN cases c USING (case_id)
WHERE c.register = %(register)s AND c.state <> 'closed'
  AND s.state = 'planned' AND s.due_on < %(today)s
UNION ALL
SELECT 'appointment_unrecorded', c.case_id, NULL, a.appointment_id, a.starts_at
FROM appointments a JOIN cases c USING (case_id)
WHERE c.register = %(register)s AND c.state <> 'closed'
  AND a.state IN ('offered', 'confirmed') AND a.starts_at < %(day_start)s
UNION ALL
SELECT 'deadline_missed', c.case_id, d.deadline_id, NULL, d.over_at
FROM deadlines d JOIN cases c ON (d.case_id = c.case_id OR d.request_id = c.request_id)
WHERE d.register = %(register)s AND d.state = 'missed'
  AND c.state NOT IN ('closed', 'refused')
UNION ALL
SELECT 'deadline_reached', d.case_id, d.deadline_id, NULL, d.over_at
FROM deadlines d
WHERE d.register = %(register)s AND d.state IN ('candidate', 'running')
  AND NOT d.passes AND d.over_at <= %(now)s
UNION ALL
SELECT 'clock_unknown', d.case_id, d.deadline_id, NULL, NULL
FROM deadlines d
WHERE d.register = %(register)s AND d.state IN ('candidate', 'running') AND d.prudent IS NULL
UNION ALL
SELECT 'closed_with_deadline', c.case_id, d.deadline_id, NULL, c.moved_at
FROM deadlines d JOIN cases c ON (d.case_id = c.case_id OR d.request_id = c.request_id)
WHERE c.register = %(register)s AND c.state = 'closed'
  AND d.state IN ('candidate', 'running')
ORDER BY since NULLS FIRST, kind, case_id, deadline_id, item_id
LIMIT %(limit)s
"""


def list_faults(
    connection: Connection, *, register: str, now: datetime, limit: int = 500
) -> list[dict[str, Any]]:
    """Rows {kind, label, case_id, deadline_id, item_id, since}; ``item_id`` a step or appointment.

    ``now`` is aware UTC; days are those of Paris.
    """
    local = now.astimezone(PARIS)
    day_start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    oldest = add_working_days(local.date(), -REFERRAL_WORKING_DAYS)
    values = {
        "register": register,
        "now": now,
        "today": local.date(),
        "day_start": day_start,
        "referred_before": datetime.combine(oldest, local.time(), tzinfo=PARIS),
        "limit": limit,
    }
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_FAULTS, values).fetchall()
    return [{**row, "label": FaultKind(row["kind"]).label} for row in rows]
