"""One row a request: what the desk lists, and what a new item is recognised by.

Folded by the same ``evolve`` that decides, in the append's transaction; of a person it holds
keyed fingerprints only, which go when the person is erased.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from services.intake.domain.marks import MESSAGE_ID, TEXT, marks_of
from services.intake.domain.request import NEAR_DAY, STATES, Request, evolve
from shared.contracts.intake.events import (
    IntakeEvent,
    NearDayExplained,
    PersonErased,
    ReplyNotDelivered,
    ReplySent,
    RequestCorrected,
    RequestImported,
    RequestReceived,
)
from shared.contracts.intake.facts import RequestFacts
from shared.contracts.vocabulary import Outcome, SpecialSituation, Urgency
from shared.eventstore import Applied, Connection

TABLES = ("requests", "request_marks")

_URGENCIES = {one.value: one for one in Urgency}
_OUTCOMES = {one.value: one for one in Outcome}
_SITUATIONS = {one.value: one for one in SpecialSituation}

# A request and its marks, unless it is there already. Another replica may remember an erased
# person's key for a minute: their stream tells.
_BEGIN = """
WITH erased AS (
    SELECT FROM streams WHERE stream = 'person-' || %(person_id)s::text
), begun AS (
    INSERT INTO requests (
        request_id, person_id, register, alias, channel, sender_system, state, urgency, unit, rule,
        accepted_by, received_on, received_at, answer_due_on, answered_on, establishment,
        requester_kind, language, topics, special_situations, missing, waiting_for, duplicate_of,
        outcome, dangers, dangers_handled, other_content, undelivered, unread
    ) VALUES (
        %(request_id)s, %(person_id)s, %(register)s, %(alias)s, %(channel)s, %(sender_system)s,
        %(state)s, %(urgency)s, %(unit)s, %(rule)s, %(accepted_by)s, %(received_on)s,
        %(received_at)s, %(answer_due_on)s, %(answered_on)s, %(establishment)s,
        %(requester_kind)s, %(language)s, %(topics)s, %(special_situations)s, %(missing)s,
        %(waiting_for)s, %(duplicate_of)s, %(outcome)s, %(dangers)s, %(dangers_handled)s,
        %(other_content)s, %(undelivered)s, %(unread)s OR EXISTS (SELECT FROM erased)
    ) ON CONFLICT (request_id) DO NOTHING
    RETURNING request_id
), marked AS (
    INSERT INTO request_marks (register, kind, mark, received_at, request_id, person_id)
    SELECT %(register)s, m.kind, m.mark, m.received_at, begun.request_id, %(person_id)s
    FROM unnest(%(kinds)s::text[], %(marks)s::bytea[], %(times)s::timestamptz[])
        AS m (kind, mark, received_at), begun
    WHERE m.kind = 'message_id' OR NOT EXISTS (SELECT FROM erased)
    ON CONFLICT DO NOTHING
)
SELECT FROM begun
"""

_STATES = """
SELECT request_id, person_id, register, received_at, state, urgency, unit, rule, accepted_by,
       answer_due_on, answered_on, waiting_for, duplicate_of, outcome, dangers, dangers_handled,
       other_content, undelivered, missing
FROM requests WHERE request_id = ANY(%(request_ids)s) ORDER BY request_id FOR UPDATE
"""

_MOVED = """
    state = %(state)s, urgency = %(urgency)s, unit = %(unit)s, rule = %(rule)s,
    accepted_by = %(accepted_by)s, answer_due_on = %(answer_due_on)s,
    answered_on = %(answered_on)s, waiting_for = %(waiting_for)s,
    duplicate_of = %(duplicate_of)s, outcome = %(outcome)s, dangers = %(dangers)s,
    dangers_handled = %(dangers_handled)s, other_content = %(other_content)s,
    undelivered = %(undelivered)s, missing = %(missing)s"""

_MOVE = f"""
UPDATE requests SET {_MOVED}
WHERE request_id = %(request_id)s
"""  # noqa: S608 - our columns

# As above, with what was read of the item.
_MOVE_AND_READ = f"""
UPDATE requests SET {_MOVED},
    received_on = %(received_on)s, received_at = %(received_at)s,
    establishment = %(establishment)s, requester_kind = %(requester_kind)s,
    language = %(language)s, topics = %(topics)s, special_situations = %(special_situations)s,
    unread = %(unread)s OR EXISTS (
        SELECT FROM streams WHERE stream = 'person-' || %(person_id)s::text
    )
WHERE request_id = %(request_id)s
"""  # noqa: S608 - our columns

_FORGET_MARKS = """
DELETE FROM request_marks WHERE request_id = %(request_id)s AND kind = ANY(%(kinds)s)
"""

_MARK = """
INSERT INTO request_marks (register, kind, mark, received_at, request_id, person_id)
SELECT %(register)s, m.kind, m.mark, m.received_at, %(request_id)s, %(person_id)s
FROM unnest(%(kinds)s::text[], %(marks)s::bytea[], %(times)s::timestamptz[])
    AS m (kind, mark, received_at)
WHERE m.kind = 'message_id'
   OR NOT EXISTS (SELECT FROM streams WHERE stream = 'person-' || %(person_id)s::text)
ON CONFLICT DO NOTHING
"""

# A thread's ids stay: they name nobody, and a copy of the e-mail must still meet the first.
_FORGET_PERSON = """
DELETE FROM request_marks WHERE person_id = %(person_id)s AND kind <> 'message_id'
"""
_NOTHING_KNOWN = "UPDATE requests SET unread = true WHERE person_id = %(person_id)s"

_NEW: dict[str, Any] = {
    **dict.fromkeys(
        (
            "alias", "channel", "sender_system", "urgency", "unit", "rule", "accepted_by",
            "answer_due_on", "answered_on", "establishment", "requester_kind", "language",
            "waiting_for", "duplicate_of", "outcome",
        )
    ),
    **{
        name: list[str]()
        for name in ("topics", "special_situations", "missing", "dangers", "dangers_handled")
    },
    "other_content": False,
    "undelivered": False,
}  # fmt: skip

_Row = dict[str, Any]
_Told = tuple[Applied, Any]


@dataclass(slots=True)
class _Change:
    """What events make of a row. ``read``: they tell anew what was read of the item."""

    row: _Row
    read: bool = False
    forgotten: frozenset[str] = frozenset()
    marks: list[tuple[str, str, datetime]] = field(default_factory=list)


class RequestsProjection:
    """Folds intake's events into ``requests`` and ``request_marks``."""

    def __init__(self, fingerprint: Callable[[str], bytes]) -> None:
        self._fingerprint = fingerprint

    def __call__(self, connection: Connection, recorded: Applied, event: Any) -> None:
        """Apply one event of intake; the same event again changes nothing that matters."""
        self.apply_all(connection, [(recorded, event)])

    def apply_all(self, connection: Connection, events: Sequence[_Told]) -> None:
        """Apply events in turn; each request is read and written once, whatever befell it."""
        turn: dict[UUID, list[_Told]] = {}
        for recorded, event in events:
            if isinstance(event, PersonErased):
                self._apply(connection, turn)
                turn = {}
                connection.execute(_FORGET_PERSON, {"person_id": event.person_id})
                connection.execute(_NOTHING_KNOWN, {"person_id": event.person_id})
            else:
                turn.setdefault(event.request_id, []).append((recorded, event))
        self._apply(connection, turn)

    def _apply(self, connection: Connection, turn: dict[UUID, list[_Told]]) -> None:
        """Each request with its events, of which none is of a person."""
        begun = {
            request_id
            for request_id, told in turn.items()
            if _begins(told[0][1]) and self._begin(connection, told)
        }
        rows = _rows(connection, turn.keys() - begun)
        moved = [
            _folded(rows[request_id], told)
            for request_id, told in turn.items()
            if request_id not in begun
        ]
        for change in moved:
            if change.forgotten:
                kinds = {"kinds": sorted(change.forgotten)}
                connection.execute(_FORGET_MARKS, change.row | kinds)
            connection.execute(_MOVE_AND_READ if change.read else _MOVE, change.row)
            if change.marks:
                connection.execute(_MARK, change.row | self._marks(change))

    def _begin(self, connection: Connection, told: Sequence[_Told]) -> bool:
        """Whether the request was not there yet."""
        recorded, first = told[0]
        change = _folded(_start(first, recorded.occurred_at), told)
        cursor = connection.execute(_BEGIN, change.row | self._marks(change))
        return cursor.rowcount == 1

    def _marks(self, change: _Change) -> dict[str, Any]:
        return {
            "kinds": [kind for kind, _, _ in change.marks],
            "marks": [self._of(kind, text) for kind, text, _ in change.marks],
            "times": [at for _, _, at in change.marks],
        }

    def _of(self, kind: str, text: str) -> bytes:
        # a message id comes as the fingerprint that the event already holds
        return bytes.fromhex(text) if kind == MESSAGE_ID else self._fingerprint(text)


def _begins(event: IntakeEvent) -> bool:
    return isinstance(event, RequestReceived | RequestImported)


def _rows(connection: Connection, request_ids: Iterable[UUID]) -> dict[UUID, _Row]:
    """The rows of these requests; raises LookupError for one that has none."""
    wanted = list(request_ids)
    if not wanted:
        return {}
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_STATES, {"request_ids": wanted}).fetchall()
    rows = {row["request_id"]: row for row in found}
    for request_id in wanted:
        if request_id not in rows:
            raise LookupError(f"request_id: {request_id} has no row; rebuild the projection")
    return rows


def _folded(row: _Row, told: Sequence[_Told]) -> _Change:
    """The row after the events; one that begins a request finds it begun."""
    change = _Change(row)
    for _, event in told:
        if not _begins(event):
            _move(change, event)
        marks = marks_of(event)
        if marks is None:
            continue
        kinds, texts = marks
        if isinstance(event, RequestCorrected):
            change.forgotten |= kinds
            change.marks = [mark for mark in change.marks if mark[0] not in kinds]
        change.marks += [(kind, text, change.row["received_at"]) for kind, text in texts]
        if TEXT in kinds:
            change.row["unread"] = all(kind == MESSAGE_ID for kind, _ in texts)
    return change


def _move(change: _Change, event: IntakeEvent) -> None:
    assert not isinstance(event, PersonErased)  # noqa: S101 - of a person, not of a request
    row = change.row
    came_back = isinstance(event, ReplyNotDelivered) or (
        row["undelivered"] and not isinstance(event, ReplySent)
    )
    row |= _row_of(evolve(_state_of(row), event)) | {"undelivered": came_back}
    facts = getattr(event, "facts", None)
    if isinstance(facts, RequestFacts):
        row |= _read(facts)
        change.read = True
    if isinstance(event, NearDayExplained):
        row["missing"] = [name for name in row["missing"] if name != NEAR_DAY]


def _start(event: RequestReceived | RequestImported, occurred_at: datetime) -> _Row:
    row: _Row = {
        **_NEW,
        "request_id": event.request_id,
        "person_id": event.person_id,
        "register": event.register,
        "received_on": event.received_on,
        "unread": True,
    }
    if isinstance(event, RequestImported):
        return row | {
            "alias": event.alias,
            "state": event.state,
            "urgency": event.urgency.value,
            "unit": event.unit,
            "received_at": _start_of(event.received_on) or occurred_at,
            "answer_due_on": event.answer_due_on,
            "answered_on": event.answered_on,
            "establishment": event.establishment,
        }
    return row | {
        "channel": event.channel.value,
        "sender_system": event.sender_system,
        "state": "received",
        "received_at": event.received_at,
    }


def _start_of(day: date | None) -> datetime | None:
    return datetime.fromisoformat(f"{day.isoformat()}T00:00:00+00:00") if day else None


def _read(facts: RequestFacts) -> dict[str, Any]:
    return {
        "received_on": facts.received_on,
        "received_at": facts.received_at,
        "establishment": facts.establishment,
        "requester_kind": facts.requester_kind.value,
        "language": facts.language,
        "topics": _values(facts.topics),
        "special_situations": _values(facts.special_situations),
        "missing": list(facts.missing),
    }


def _state_of(row: dict[str, Any]) -> Request:
    return Request(
        request_id=row["request_id"],
        person_id=row["person_id"],
        register=row["register"],
        state=STATES[row["state"]],
        urgency=_URGENCIES.get(row["urgency"]),
        dangers=frozenset(_SITUATIONS[one] for one in row["dangers"]),
        dangers_handled=frozenset(_SITUATIONS[one] for one in row["dangers_handled"]),
        unit=row["unit"],
        rule=row["rule"],
        accepted_by=row["accepted_by"],
        answer_due_on=row["answer_due_on"],
        answered_on=row["answered_on"],
        waiting_for=row["waiting_for"],
        duplicate_of=row["duplicate_of"],
        outcome=_OUTCOMES.get(row["outcome"]),
        other_content=row["other_content"],
    )


def _row_of(state: Request) -> dict[str, Any]:
    return {
        "state": state.state.value if state.state else None,
        "urgency": state.urgency.value if state.urgency else None,
        "unit": state.unit,
        "rule": state.rule,
        "accepted_by": state.accepted_by,
        "answer_due_on": state.answer_due_on,
        "answered_on": state.answered_on,
        "waiting_for": state.waiting_for,
        "duplicate_of": state.duplicate_of,
        "outcome": state.outcome.value if state.outcome else None,
        "dangers": _values(sorted(state.dangers)),
        "dangers_handled": _values(sorted(state.dangers_handled)),
        "other_content": state.other_content,
    }


def _values(words: Iterable[Any]) -> list[str]:
    return [word.value for word in words]
