"""One row a request: what the desk lists, and what a new item is recognised by.

Folded by the same ``evolve`` that decides, in the append's transaction; of a person it holds
keyed fingerprints only, which go when the person is erased.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from services.intake.domain.marks import marks_of
from services.intake.domain.request import STATES, Request, evolve
from shared.contracts.intake.events import (
    IntakeEvent,
    PersonErased,
    ReplyNotDelivered,
    ReplySent,
    RequestCorrected,
    RequestFacts,
    RequestImported,
    RequestReceived,
)
from shared.contracts.vocabulary import Outcome, SpecialSituation, Urgency
from shared.eventstore import Connection, Recorded

TABLES = ("requests", "request_marks")

_URGENCIES = {one.value: one for one in Urgency}
_OUTCOMES = {one.value: one for one in Outcome}
_SITUATIONS = {one.value: one for one in SpecialSituation}

_START = """
INSERT INTO requests (
    request_id, person_id, register, alias, channel, sender_system, state, urgency, unit,
    received_on, received_at, answer_due_on, answered_on, establishment
) VALUES (
    %(request_id)s, %(person_id)s, %(register)s, %(alias)s, %(channel)s, %(sender_system)s,
    %(state)s, %(urgency)s, %(unit)s, %(received_on)s, %(received_at)s, %(answer_due_on)s,
    %(answered_on)s, %(establishment)s
) ON CONFLICT (request_id) DO NOTHING
"""

_STATE = """
SELECT request_id, person_id, register, state, urgency, unit, rule, accepted_by, answer_due_on,
       answered_on, waiting_for, duplicate_of, outcome, dangers, dangers_handled, other_content,
       undelivered
FROM requests WHERE request_id = %(request_id)s FOR UPDATE
"""

_MOVE = """
UPDATE requests SET
    state = %(state)s, urgency = %(urgency)s, unit = %(unit)s, rule = %(rule)s,
    accepted_by = %(accepted_by)s, answer_due_on = %(answer_due_on)s,
    answered_on = %(answered_on)s, waiting_for = %(waiting_for)s,
    duplicate_of = %(duplicate_of)s, outcome = %(outcome)s, dangers = %(dangers)s,
    dangers_handled = %(dangers_handled)s, other_content = %(other_content)s,
    undelivered = %(undelivered)s
WHERE request_id = %(request_id)s
"""

# As above, with what was read of the item.
_MOVE_AND_READ = """
UPDATE requests SET
    state = %(state)s, urgency = %(urgency)s, unit = %(unit)s, rule = %(rule)s,
    accepted_by = %(accepted_by)s, answer_due_on = %(answer_due_on)s,
    answered_on = %(answered_on)s, waiting_for = %(waiting_for)s,
    duplicate_of = %(duplicate_of)s, outcome = %(outcome)s, dangers = %(dangers)s,
    dangers_handled = %(dangers_handled)s, other_content = %(other_content)s,
    undelivered = %(undelivered)s,
    received_on = %(received_on)s, received_at = %(received_at)s,
    establishment = %(establishment)s, requester_kind = %(requester_kind)s,
    language = %(language)s, topics = %(topics)s, special_situations = %(special_situations)s,
    missing = %(missing)s
WHERE request_id = %(request_id)s
"""

_FORGET_MARKS = """
DELETE FROM request_marks WHERE request_id = %(request_id)s AND kind = ANY(%(kinds)s)
"""

# Another replica may remember an erased person's key for a minute: their stream tells.
_MARK = """
INSERT INTO request_marks (register, kind, mark, request_id, person_id)
SELECT %(register)s, m.kind, m.mark, %(request_id)s, %(person_id)s
FROM unnest(%(kinds)s::text[], %(marks)s::bytea[]) AS m (kind, mark)
WHERE m.kind = 'message_id'
   OR NOT EXISTS (SELECT FROM streams WHERE stream = 'person-' || %(person_id)s::text)
ON CONFLICT DO NOTHING
"""

# A thread's ids stay: they name nobody, and a copy of the e-mail must still meet the first.
_FORGET_PERSON = """
DELETE FROM request_marks WHERE person_id = %(person_id)s AND kind <> 'message_id'
"""


_ELSEWHERE = (
    "alias", "channel", "sender_system", "urgency", "unit", "answer_due_on", "answered_on",
    "establishment",
)  # fmt: skip


class RequestsProjection:
    """Folds intake's events into ``requests`` and ``request_marks``."""

    def __init__(self, fingerprint: Callable[[str], bytes]) -> None:
        self._fingerprint = fingerprint

    def __call__(self, connection: Connection, recorded: Recorded, event: Any) -> None:
        """Apply one event of intake; the same event again changes nothing that matters."""
        if isinstance(event, PersonErased):
            connection.execute(_FORGET_PERSON, {"person_id": event.person_id})
            return
        if isinstance(event, RequestReceived | RequestImported):
            connection.execute(_START, _start(event, recorded.occurred_at))
            self._mark(connection, event, event.register, event.person_id)
            return
        row = _move(connection, event)
        self._mark(connection, event, row["register"], row["person_id"])

    def _mark(
        self, connection: Connection, event: IntakeEvent, register: str, person_id: UUID
    ) -> None:
        marks = marks_of(event)
        if marks is None or isinstance(event, PersonErased):
            return
        kinds, texts = marks
        if isinstance(event, RequestCorrected):
            connection.execute(
                _FORGET_MARKS, {"request_id": event.request_id, "kinds": sorted(kinds)}
            )
        if texts:
            connection.execute(
                _MARK,
                {
                    "register": register,
                    "request_id": event.request_id,
                    "person_id": person_id,
                    "kinds": [kind for kind, _ in texts],
                    "marks": [self._of(kind, text) for kind, text in texts],
                },
            )

    def _of(self, kind: str, text: str) -> bytes:
        # a message id comes as the fingerprint that the event already holds
        return bytes.fromhex(text) if kind == "message_id" else self._fingerprint(text)


def _move(connection: Connection, event: IntakeEvent) -> dict[str, Any]:
    """Fold the event into its row; returns the row as it was before."""
    assert not isinstance(event, PersonErased)  # noqa: S101 - of a person, not of a request
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(_STATE, {"request_id": event.request_id})
        row = cursor.fetchone()
    if row is None:
        raise LookupError(f"request_id: {event.request_id} has no row; rebuild the projection")
    came_back = isinstance(event, ReplyNotDelivered) or (
        row["undelivered"] and not isinstance(event, ReplySent)
    )
    moved = {
        "request_id": event.request_id,
        **_row_of(evolve(_state_of(row), event)),
        "undelivered": came_back,
    }
    facts = getattr(event, "facts", None)
    if isinstance(facts, RequestFacts):
        connection.execute(_MOVE_AND_READ, moved | _read(facts))
    else:
        connection.execute(_MOVE, moved)
    return row


def _start(event: RequestReceived | RequestImported, occurred_at: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {
        "request_id": event.request_id,
        "person_id": event.person_id,
        "register": event.register,
        "received_on": event.received_on,
        **dict.fromkeys(_ELSEWHERE),
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
