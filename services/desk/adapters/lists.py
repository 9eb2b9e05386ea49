"""Reading the desk's own tables: the lists, one request, one case, with what may be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from psycopg.rows import dict_row

from services.desk.domain import french
from services.desk.domain.looking import LookedFor
from services.desk.domain.rows import MOST_FOUND, PAGE_ROWS, AlertRow, RequestRow, View
from services.desk.domain.viewer import Viewer
from shared.postgres import Connection, Pool, connected

_Row = TypeVar("_Row")


def called(key: str) -> str:
    """SQL that holds of the column ``key`` (a uuid) whose reference has the digits asked for, as
    ``shared.reference`` makes them."""
    return f"upper(left(encode(sha256(uuid_send({key})), 'hex'), 6)) = %(reference)s"


_COLUMNS = """
    r.request_id, r.register, r.alias, r.channel, r.state, r.received_on, r.establishment,
    r.requester_kind, r.language, r.topics, r.special_situations, r.missing,
    r.danger OR coalesce(a.danger, false) AS danger, r.danger_handled, r.other_content,
    r.undelivered, r.waiting_for, r.duplicate_of, r.answered_on, r.outcome, r.closed_by,
    r.person_id, p.given, p.family, p.requester, a.unit, a.state AS assignment_state,
    a.volunteer_id, a.rule, a.reason, a.reason_fr, coalesce(a.also, '{}') AS also,
    coalesce(a.informed, '{}') AS informed, a.answer_due_on,
    coalesce(a.needs_review, false) AS needs_review, coalesce(a.set_aside, false) AS set_aside,
    coalesce(a.escalated, false) AS escalated, a.policy_version,
    coalesce(a.looked_at, '[]') AS looked_at, a.refusal, u.urgency
"""
# The graver of the two urgencies, and its rank: 1 is critical.
_FROM = """
FROM requests AS r
LEFT JOIN assignments AS a USING (request_id)
LEFT JOIN request_people AS p USING (request_id)
CROSS JOIN LATERAL (
    SELECT s.urgency, s.rank FROM (VALUES ('critical', 1), ('high', 2), ('normal', 3), ('low', 4))
    AS s (urgency, rank)
    WHERE s.urgency IN (r.urgency, a.urgency) ORDER BY s.rank LIMIT 1
) AS u
"""
_SEEN = """
WHERE r.register = %(register)s AND (
    %(all)s OR a.unit = ANY(%(units)s) OR a.informed && %(heard)s
    OR (a.unit IS NULL AND 'desk' = ANY(%(units)s))
)
"""
# A reply that came back is work again, until somebody reopens or closes the request.
_CAME_BACK = "(r.state = 'answered' AND r.undelivered)"
_ENDED = f"(r.state IN ('closed', 'answered', 'duplicate') AND NOT {_CAME_BACK})"
_OPEN = f"NOT {_ENDED} AND NOT coalesce(a.set_aside, false)"
_TO_READ = "(r.state IN ('received', 'needs_review') OR coalesce(a.needs_review, false))"
_IN_DANGER = "((r.danger OR coalesce(a.danger, false)) AND NOT r.danger_handled)"
# A deadline comes three days ahead: whoever looks on a Friday is not back before Monday. It runs on
# after the reply and after the request is closed. One that was missed waits until it is closed, if
# it still ran when the request came; so does one whose date nobody knows.
_DEADLINE = """(r.request_id IN (
    SELECT d.request_id FROM deadlines AS d WHERE d.state IN ('candidate', 'running')
        AND left(d.prudent, 10)::date <= %(today)s + 3
) OR r.state <> 'closed' AND EXISTS (
    SELECT FROM deadlines AS d WHERE d.request_id = r.request_id AND (
        d.state IN ('candidate', 'running') AND d.prudent IS NULL
        OR d.state = 'missed' AND coalesce(
            left(d.prudent, 10)::date >= (r.received_at AT TIME ZONE 'Europe/Paris')::date - 1, true
        )
    )
))"""
_DUE = f"""r.state <> 'duplicate' AND NOT coalesce(a.set_aside, false) AND (
    {_DEADLINE} OR {_CAME_BACK} OR {_OPEN} AND ({_IN_DANGER} OR a.answer_due_on <= %(today)s)
)"""
_WHICH: Mapping[View, str] = {
    View.OPEN: _OPEN,
    View.DUE: _DUE,
    View.MINE: f"{_OPEN} AND a.state = 'accepted' AND a.volunteer_id = %(viewer)s",
    View.TO_READ: f"{_OPEN} AND {_TO_READ}",
    View.TO_ACCEPT: f"{_OPEN} AND a.state IN ('proposed', 'refused')",
    View.ONGOING: f"{_OPEN} AND a.state = 'accepted'",
    View.URGENT: f"{_OPEN} AND u.rank < 3",
    View.CLOSED: f"{_ENDED} AND NOT coalesce(a.set_aside, false)",
    View.AUTOMATIC: "coalesce(a.set_aside, false)",
}
_ORDER = f"""
ORDER BY NOT {_IN_DANGER}, u.rank, a.answer_due_on NULLS LAST, r.received_at,
    r.request_id
LIMIT %(limit)s OFFSET %(offset)s
"""
_NEWEST = """
ORDER BY r.received_at DESC NULLS LAST, r.request_id LIMIT %(limit)s OFFSET %(offset)s
"""
# The deadline that presses most; one whose date nobody knows presses more than any. Beside it the
# latest that was missed: another way is to be found for it.
_PRESSING = """
LEFT JOIN LATERAL (
    SELECT d.kind AS deadline_kind, d.state AS deadline_state, d.prudent AS deadline_prudent
    FROM deadlines AS d
    WHERE d.request_id = r.request_id AND d.state IN ('candidate', 'running')
    ORDER BY d.prudent NULLS FIRST, d.deadline_id LIMIT 1
) AS pressing ON true
LEFT JOIN LATERAL (
    SELECT d.kind AS missed_kind, d.prudent AS missed_prudent
    FROM deadlines AS d
    WHERE d.request_id = r.request_id AND d.state = 'missed' AND r.state <> 'closed'
    ORDER BY d.prudent DESC NULLS LAST, d.deadline_id LIMIT 1
) AS missed ON true
"""
_LISTS: Mapping[View, str] = {
    view: f"SELECT {_COLUMNS}, pressing.*, missed.* {_FROM} {_PRESSING} {_SEEN} AND {which} "
    + (_NEWEST if view in (View.CLOSED, View.AUTOMATIC) else _ORDER)
    for view, which in _WHICH.items()
}
# A name without case and accents, as ``LookedFor`` has its words; the reference as it is said.
_LOOKED_FOR = f""" AND (
    {called("r.request_id")}
    OR NOT EXISTS (
        SELECT FROM unnest(%(words)s::text[]) AS w (word) WHERE position(w.word IN regexp_replace(
            normalize(lower(concat_ws(' ', p.given, p.family, p.requester, r.alias)), NFD),
            '[\\u0300-\\u036f]', '', 'g'
        )) = 0
    )
)
"""
_OPEN_FIRST = _ORDER.replace("ORDER BY ", f"ORDER BY NOT ({_OPEN}), ")
_FIND = f"SELECT r.request_id {_FROM} {_SEEN} {_LOOKED_FOR} {_OPEN_FIRST}"
_FOUND = f"""
SELECT {_COLUMNS}, pressing.*, missed.* {_FROM} {_PRESSING} {_SEEN} AND r.request_id = ANY(%(ids)s)
{_OPEN_FIRST}
"""
_COUNTS = (
    "SELECT "
    + ", ".join(
        f'count(*) FILTER (WHERE {which}) AS "{view.value}"' for view, which in _WHICH.items()
    )
    + f" {_FROM} {_SEEN}"
)
_ONE = f"""
SELECT {_COLUMNS} {_FROM} WHERE r.request_id = %(request_id)s AND r.register = %(register)s
"""
_OF_PERSON = f"""
SELECT {_COLUMNS} {_FROM} {_SEEN} AND r.request_id = ANY(%(ids)s)
"""
_ALERTS = """
SELECT alert_id, cause, kind, urgency, recipient, escalated, state, about, due_at, sent_at,
    acknowledged_by, request_id, case_id, deadline_id
FROM alerts
WHERE register = %(register)s AND (request_id = %(about)s OR case_id = %(about)s)
ORDER BY due_at, alert_id
"""
_UNANSWERED = "state IN ('sent', 'repeated', 'escalated', 'delivery_failed')"
# One a cause, the latest sent: a reaction to it settles the earlier ones. Where none could leave,
# the latest that was due.
_ALERTS_TO = f"""
SELECT latest.*, d.kind AS deadline_kind, d.prudent AS deadline_prudent FROM (
    SELECT DISTINCT ON (cause) alert_id, cause, kind, urgency, recipient, escalated, state, about,
        due_at, sent_at, acknowledged_by, request_id, case_id, deadline_id
    FROM alerts
    WHERE register = %(register)s AND recipient = %(viewer)s
        AND {_UNANSWERED}
    ORDER BY cause, sent_at DESC NULLS LAST, due_at DESC, alert_id
) AS latest LEFT JOIN deadlines AS d USING (deadline_id)
WHERE %(alert_id)s::uuid IS NULL OR latest.alert_id = %(alert_id)s
ORDER BY array_position(ARRAY['critical', 'high', 'normal', 'low'], urgency), sent_at, alert_id
LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608 - words of ours
_ALERTS_COUNT = f"""
SELECT count(DISTINCT cause) AS n FROM alerts
WHERE register = %(register)s AND recipient = %(viewer)s
    AND {_UNANSWERED}
"""  # noqa: S608 - words of ours
_PLACES = "SELECT code, kind, name, town, departement, status FROM establishments ORDER BY name"
_VOLUNTEERS = """
SELECT volunteer_id, name FROM volunteers WHERE register = %(register)s
"""
_NAMELESS = "quelqu’un qui a quitté la permanence"
_TEAMS = """
SELECT establishment FROM teams WHERE register = %(register)s AND state = 'active'
ORDER BY establishment
"""


class Lists:
    """The desk's tables as one person may see them."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def requests(
        self, viewer: Viewer, view: View, *, today: date, page: int = 1
    ) -> list[RequestRow]:
        """One page (from 1) of a view: most urgent and soonest due first, closed ones newest first.

        One row more than ``PAGE_ROWS`` means that there is another page.
        """
        asked = _seen_by(viewer) | one_page(page) | {"today": today, "viewer": viewer.volunteer_id}
        return self._rows(RequestRow, _LISTS[view], asked)

    def find(self, viewer: Viewer, wanted: LookedFor) -> list[UUID]:
        """The ids of what the viewer may see and looks for: at most ``MOST_FOUND``, open first."""
        asked = _seen_by(viewer) | {"words": list(wanted.words), "reference": wanted.reference}
        with connected(self._pool) as connection:
            rows = _all(connection, _FIND, asked | {"limit": MOST_FOUND, "offset": 0})
        return [row["request_id"] for row in rows]

    def found(self, viewer: Viewer, ids: Sequence[UUID], *, page: int = 1) -> list[RequestRow]:
        """One page of those of ``ids`` that the viewer may see, open ones first."""
        asked = _seen_by(viewer) | one_page(page) | {"ids": list(ids)}
        return self._rows(RequestRow, _FOUND, asked)

    def counts(self, viewer: Viewer, *, today: date) -> dict[View, int]:
        """How many requests each view holds."""
        with connected(self._pool) as connection:
            asked = _seen_by(viewer) | {"today": today, "viewer": viewer.volunteer_id}
            row = _first(connection, _COUNTS, asked) or {}
        return {view: row.get(view.value, 0) for view in View}

    def request(self, viewer: Viewer, request_id: UUID) -> RequestRow | None:
        """One request of the viewer's register, seen or not by them: ask ``access_to``."""
        asked = {"request_id": request_id, "register": viewer.register}
        return next(iter(self._rows(RequestRow, _ONE, asked)), None)

    def requests_among(self, viewer: Viewer, ids: list[UUID]) -> dict[UUID, RequestRow]:
        """Those of ``ids`` that the viewer may see."""
        rows = self._rows(RequestRow, _OF_PERSON, _seen_by(viewer) | {"ids": ids}) if ids else []
        return {row.request_id: row for row in rows}

    def alerts(self, viewer: Viewer, about: UUID) -> list[AlertRow]:
        """The alerts of a request or a case, the first due first."""
        return self._rows(AlertRow, _ALERTS, {"register": viewer.register, "about": about})

    def alerts_to(self, viewer: Viewer, *, page: int = 1) -> list[AlertRow]:
        """One page of what the viewer was alerted to and nobody reacted to, most urgent first."""
        return self._alerts_to(viewer, one_page(page))

    def alert_to(self, viewer: Viewer, alert_id: UUID) -> AlertRow | None:
        """One of those."""
        asked = {"alert_id": alert_id, "limit": 1, "offset": 0}
        return next(iter(self._alerts_to(viewer, asked)), None)

    def count_alerts(self, viewer: Viewer) -> int:
        """How many those are."""
        with connected(self._pool) as connection:
            asked = {"register": viewer.register, "viewer": viewer.volunteer_id}
            row = _first(connection, _ALERTS_COUNT, asked)
        return int(row["n"]) if row else 0

    def _alerts_to(self, viewer: Viewer, asked: dict[str, Any]) -> list[AlertRow]:
        whose: dict[str, Any] = {
            "register": viewer.register,
            "viewer": viewer.volunteer_id,
            "alert_id": None,
        }
        return self._rows(AlertRow, _ALERTS_TO, whose | asked)

    def places(self) -> list[dict[str, Any]]:
        """The establishments, with ``short``: « CP Fresnes »."""
        with connected(self._pool) as connection:
            rows = _all(connection, _PLACES, {})
        return [row | {"short": french.place(row["kind"], row["name"])} for row in rows]

    def volunteers(self, viewer: Viewer) -> dict[str, str]:
        """The names of the register's volunteers, by id; who left has none any more."""
        with connected(self._pool) as connection:
            rows = _all(connection, _VOLUNTEERS, {"register": viewer.register})
        return {row["volunteer_id"]: row["name"] or _NAMELESS for row in rows}

    def active_teams(self, viewer: Viewer) -> list[str]:
        """The establishments where a team of the register is active."""
        with connected(self._pool) as connection:
            rows = _all(connection, _TEAMS, {"register": viewer.register})
        return [row["establishment"] for row in rows]

    def _rows(self, made: type[_Row], query: str, asked: Mapping[str, Any]) -> list[_Row]:
        with connected(self._pool) as connection:
            return [as_row(made, row) for row in _all(connection, query, asked)]


def as_row(made: type[_Row], row: Mapping[str, Any]) -> _Row:
    """The columns that the dataclass ``made`` has fields for."""
    names = {field.name for field in fields(made)}  # type: ignore[arg-type]  # a dataclass
    return made(**{name: value for name, value in row.items() if name in names})


def _seen_by(viewer: Viewer) -> dict[str, Any]:
    return {
        "register": viewer.register,
        "all": viewer.sees_all,
        "units": list(viewer.units),
        "heard": list(viewer.heard_units),
    }


def one_page(number: int) -> dict[str, Any]:
    """A page (from 1), and one row more, which tells that there is another."""
    return {"limit": PAGE_ROWS + 1, "offset": (number - 1) * PAGE_ROWS}


def _all(connection: Connection, query: str, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, asked).fetchall()


def _first(connection: Connection, query: str, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    return next(iter(_all(connection, query, asked)), None)
