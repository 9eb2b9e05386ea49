"""The desk's lists of requests, read from the table ``requests``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from shared.errors import Invalid
from shared.postgres import Pool, connected

MOST = 500

# Every filter left out (null) lets all pass; the cursor is the last row's (received_at, id).
_LIST = """
SELECT request_id, person_id, register, alias, channel, sender_system, state, urgency, unit, rule,
       accepted_by, received_on, received_at, answer_due_on, answered_on, establishment,
       requester_kind, language, topics, special_situations, missing, waiting_for, duplicate_of,
       outcome, dangers <> dangers_handled AS danger_open, other_content, undelivered
FROM requests
WHERE register = %(register)s
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(unit)s::text IS NULL OR unit = %(unit)s)
  AND (%(channel)s::text IS NULL OR channel = %(channel)s)
  AND (%(urgency)s::text IS NULL OR urgency = %(urgency)s)
  AND (%(establishment)s::text IS NULL OR establishment = %(establishment)s)
  AND (NOT %(attention)s OR state = 'needs_review' OR other_content OR undelivered
       OR dangers <> dangers_handled)
  AND (%(before_at)s::timestamptz IS NULL
       OR (received_at, request_id) < (%(before_at)s, %(before_id)s::uuid))
ORDER BY received_at DESC, request_id DESC
LIMIT %(limit)s
"""

_ONE = """
SELECT request_id, person_id, register, alias, channel, sender_system, state, urgency, unit, rule,
       accepted_by, received_on, received_at, answer_due_on, answered_on, establishment,
       requester_kind, language, topics, special_situations, missing, waiting_for, duplicate_of,
       outcome, dangers <> dangers_handled AS danger_open, other_content, undelivered
FROM requests WHERE request_id = %(request_id)s
"""

_STATE_FOR_SENDER = """
SELECT state FROM requests
WHERE request_id = %(request_id)s AND sender_system = %(sender_system)s AND channel = 'api'
"""

_COUNTS = """
SELECT state, count(*) FROM requests WHERE register = %(register)s GROUP BY state ORDER BY state
"""

FILTERS = ("state", "unit", "channel", "urgency", "establishment")


def list_requests(
    pool: Pool,
    *,
    register: str,
    filters: Mapping[str, str | None],
    attention: bool = False,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """The newest requests that pass the filters, at most 500 rows.

    ``attention``: only those that a person must look at (review, other content under a known key,
    an answer that came back, an open danger). ``before`` goes on after an earlier page's last row.
    Raises ``Invalid`` for an unknown filter.
    """
    if unknown := sorted(filters.keys() - set(FILTERS)):
        raise Invalid(f"filters: {unknown[0]} is none; one of {', '.join(FILTERS)}")
    parameters = {
        **dict.fromkeys(FILTERS),
        **filters,
        "register": register,
        "attention": attention,
        "before_at": before[0] if before else None,
        "before_id": before[1] if before else None,
        "limit": max(1, min(limit, MOST)),
    }
    with connected(pool) as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_LIST, parameters).fetchall()


def one_request(pool: Pool, request_id: UUID) -> dict[str, Any] | None:
    """The row of one request."""
    with connected(pool) as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_ONE, {"request_id": request_id}).fetchone()


def state_for_sender(pool: Pool, request_id: UUID, sender_system: str) -> str | None:
    """The state of a request, for the partner that sent it; None for anybody else's."""
    parameters = {"request_id": request_id, "sender_system": sender_system}
    with connected(pool) as connection:
        row = connection.execute(_STATE_FOR_SENDER, parameters).fetchone()
    return row[0] if row else None


def count_by_state(pool: Pool, register: str) -> dict[str, int]:
    """How many requests are in each state."""
    with connected(pool) as connection:
        return {row[0]: row[1] for row in connection.execute(_COUNTS, {"register": register})}
