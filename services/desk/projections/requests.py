"""What intake tells, as rows: one a request, the names beside it, the links to earlier ones.

Tables: ``requests``, ``request_people`` (gone with the person), ``request_links``.
"""

from __future__ import annotations

from typing import Any

from services.desk.domain.dangers import DANGERS, has_danger
from shared.contracts.intake.events import (
    ArrivalNoted,
    AutomaticMessageRecognised,
    DangerHandled,
    NearDayExplained,
    PersonErased,
    ReplyNotDelivered,
    ReplySent,
    RequestAssignmentNoted,
    RequestClosed,
    RequestCorrected,
    RequestFlaggedForReview,
    RequestImported,
    RequestLinked,
    RequestMarkedDuplicate,
    RequestNormalised,
    RequestPutOnHold,
    RequestReceived,
    RequestReopened,
    RequestResumed,
    RequestStarted,
    RequestUnmarkedDuplicate,
    RequestUrgencyChanged,
)
from shared.contracts.intake.facts import RequestFacts, RequestPeople
from shared.contracts.vocabulary import RequestState
from shared.eventstore import Applied, Connection
from shared.projections import ReadModel

_START = """
INSERT INTO requests (
    request_id, person_id, register, alias, channel, state, urgency, received_on, received_at,
    establishment, answered_on
) VALUES (
    %(request_id)s, %(person_id)s, %(register)s, %(alias)s, %(channel)s, %(state)s, %(urgency)s,
    %(received_on)s, %(received_at)s, %(establishment)s, %(answered_on)s
) ON CONFLICT (request_id) DO NOTHING
"""
# A danger found anew must be handled anew; a correction keeps what was noted, unless it adds one.
_UNDERSTAND = """
UPDATE requests SET
    state = CASE
        WHEN NOT %(corrected)s THEN %(state)s
        WHEN state = 'needs_review' THEN 'normalised'
        ELSE state
    END,
    urgency = %(urgency)s, channel = %(channel)s, received_on = %(received_on)s,
    received_at = %(received_at)s, establishment = %(establishment)s,
    requester_kind = %(requester_kind)s, language = %(language)s, topics = %(topics)s,
    special_situations = %(special_situations)s, missing = %(missing)s,
    is_reminder = %(is_reminder)s, danger = %(danger)s,
    danger_handled = danger_handled AND %(corrected)s AND %(danger)s
        AND special_situations @> %(dangers)s
WHERE request_id = %(request_id)s
"""
_FORGET_NAMES = "DELETE FROM request_people WHERE request_id = %(request_id)s"
_NAME = """
INSERT INTO request_people (request_id, person_id, given, family, requester)
SELECT %(request_id)s, %(person_id)s, %(given)s, %(family)s, %(requester)s
WHERE NOT EXISTS (SELECT FROM erased_people WHERE person_id = %(person_id)s)
ON CONFLICT (request_id) DO UPDATE SET
    given = EXCLUDED.given, family = EXCLUDED.family, requester = EXCLUDED.requester
"""
# The erasure may come before events that were opened while the key was still in mind.
_ERASE = """
WITH noted AS (
    INSERT INTO erased_people (person_id) VALUES (%(person_id)s) ON CONFLICT DO NOTHING
)
DELETE FROM request_people WHERE person_id = %(person_id)s
"""
_FORGET_SUGGESTIONS = """
DELETE FROM request_links WHERE request_id = %(request_id)s AND confirmed_by IS NULL
"""
_SUGGEST = """
INSERT INTO request_links (request_id, kind, linked_to)
VALUES (%(request_id)s, %(kind)s, %(linked_to)s) ON CONFLICT DO NOTHING
"""
_LINK = """
INSERT INTO request_links (request_id, kind, linked_to, confirmed_by)
VALUES (%(request_id)s, %(kind)s, %(linked_to)s, %(by)s)
ON CONFLICT (request_id, kind, linked_to) DO UPDATE SET confirmed_by = EXCLUDED.confirmed_by
"""
_MOVE = "UPDATE requests SET state = %(state)s WHERE request_id = %(request_id)s"
_ASSIGN = """
UPDATE requests SET state = 'assigned' WHERE request_id = %(request_id)s AND state = 'normalised'
"""
_START_WORK = """
UPDATE requests
SET state = CASE WHEN state = 'assigned' THEN 'in_progress' ELSE state END, accepted_by = %(by)s
WHERE request_id = %(request_id)s
"""
_HOLD = """
UPDATE requests SET state = 'waiting', waiting_for = %(waiting_for)s
WHERE request_id = %(request_id)s
"""
_GO_ON = """
UPDATE requests SET state = 'in_progress', waiting_for = NULL, outcome = NULL, closed_by = NULL
WHERE request_id = %(request_id)s
"""
_ANSWER = """
UPDATE requests
SET state = 'answered', answered_on = %(sent_on)s, undelivered = false, waiting_for = NULL
WHERE request_id = %(request_id)s
"""
_CAME_BACK = """
UPDATE requests SET undelivered = true, answered_on = NULL WHERE request_id = %(request_id)s
"""
_CLOSE = """
UPDATE requests
SET state = 'closed', outcome = %(outcome)s, closed_by = %(by)s, waiting_for = NULL
WHERE request_id = %(request_id)s
"""
_DUPLICATE = """
UPDATE requests SET state = %(state)s, duplicate_of = %(duplicate_of)s
WHERE request_id = %(request_id)s
"""
_URGENCY = "UPDATE requests SET urgency = %(urgency)s WHERE request_id = %(request_id)s"
_HANDLED = "UPDATE requests SET danger_handled = true WHERE request_id = %(request_id)s"
_EXPLAINED = """
UPDATE requests SET missing = array_remove(missing, 'deadlines') WHERE request_id = %(request_id)s
"""
_OTHER = "UPDATE requests SET other_content = true WHERE request_id = %(request_id)s"

Understood = (
    RequestNormalised | RequestFlaggedForReview | AutomaticMessageRecognised | RequestCorrected
)


def apply(connection: Connection, recorded: Applied, event: Any) -> None:
    """Apply one event of intake."""
    match event:
        case PersonErased(person_id=person_id):
            connection.execute(_ERASE, {"person_id": person_id})
        case RequestReceived() | RequestImported():
            connection.execute(_START, _start(event))
            if isinstance(event, RequestImported):
                _names(connection, event)
        case (
            RequestNormalised()
            | RequestFlaggedForReview()
            | AutomaticMessageRecognised()
            | RequestCorrected()
        ):
            _understand(connection, event)
        case RequestLinked():
            connection.execute(
                _LINK,
                {
                    "request_id": event.request_id,
                    "kind": event.kind.value,
                    "linked_to": event.linked_to,
                    "by": event.by,
                },
            )
        case _:
            statement, values = _change(event)
            if statement:
                connection.execute(statement, {"request_id": event.request_id, **values})


def _change(event: Any) -> tuple[str | None, dict[str, Any]]:  # noqa: C901 - one case an event
    """What an event does to the request's row."""
    match event:
        case RequestAssignmentNoted():
            return _ASSIGN, {}
        case RequestStarted(accepted_by=by):
            return _START_WORK, {"by": by}
        case RequestPutOnHold(waiting_for=waiting_for):
            return _HOLD, {"waiting_for": waiting_for}
        case RequestResumed() | RequestReopened():
            return _GO_ON, {}
        case ReplySent(sent_on=sent_on):
            return _ANSWER, {"sent_on": sent_on}
        case ReplyNotDelivered():
            return _CAME_BACK, {}
        case RequestClosed(outcome=outcome, closed_by=by):
            return _CLOSE, {"outcome": outcome.value, "by": by}
        case RequestMarkedDuplicate(duplicate_of=first):
            return _DUPLICATE, {"state": "duplicate", "duplicate_of": first}
        case RequestUnmarkedDuplicate():
            return _DUPLICATE, {"state": "normalised", "duplicate_of": None}
        case RequestUrgencyChanged(urgency=urgency):
            return _URGENCY, {"urgency": urgency.value}
        case DangerHandled():
            return _HANDLED, {}
        case NearDayExplained():
            return _EXPLAINED, {}
        case ArrivalNoted(content_differs=True):
            return _OTHER, {}
        case _:
            return None, {}


def _start(event: RequestReceived | RequestImported) -> dict[str, Any]:
    return {
        "request_id": event.request_id,
        "person_id": event.person_id,
        "register": event.register,
        "received_on": event.received_on,
        "alias": event.alias if isinstance(event, RequestImported) else None,
        "channel": None if isinstance(event, RequestImported) else event.channel.value,
        "state": event.state if isinstance(event, RequestImported) else "received",
        "urgency": event.urgency.value if isinstance(event, RequestImported) else "normal",
        "received_at": None if isinstance(event, RequestImported) else event.received_at,
        "establishment": event.establishment if isinstance(event, RequestImported) else None,
        "answered_on": event.answered_on if isinstance(event, RequestImported) else None,
    }


def _understand(connection: Connection, event: Understood) -> None:
    facts = event.facts
    connection.execute(
        _UNDERSTAND,
        {
            "request_id": event.request_id,
            "corrected": isinstance(event, RequestCorrected),
            "state": _becomes(event).value,
            **_columns(facts),
        },
    )
    _names(connection, event)
    connection.execute(_FORGET_SUGGESTIONS, {"request_id": event.request_id})
    for link in facts.links:
        connection.execute(
            _SUGGEST,
            {
                "request_id": event.request_id,
                "kind": link.kind.value,
                "linked_to": link.request_id,
            },
        )


def _becomes(event: Understood) -> RequestState:
    if isinstance(event, RequestFlaggedForReview):
        return RequestState.NEEDS_REVIEW
    if isinstance(event, AutomaticMessageRecognised):
        return RequestState.RECEIVED
    return RequestState.NORMALISED


def _columns(facts: RequestFacts) -> dict[str, Any]:
    return {
        "urgency": facts.urgency.value,
        "channel": facts.channel.value,
        "received_on": facts.received_on,
        "received_at": facts.received_at,
        "establishment": facts.establishment,
        "requester_kind": facts.requester_kind.value,
        "language": facts.language,
        "topics": [topic.value for topic in facts.topics],
        "special_situations": [one.value for one in facts.special_situations],
        "missing": list(facts.missing),
        "is_reminder": facts.is_reminder,
        "danger": has_danger(facts.special_situations),
        "dangers": [one.value for one in facts.special_situations if one in DANGERS],
    }


def _names(connection: Connection, event: Understood | RequestImported) -> None:
    people: RequestPeople | None = event.private
    if people is None:
        connection.execute(_FORGET_NAMES, {"request_id": event.request_id})
        return
    requester = people.requester
    written = [requester.given, requester.family] if requester.family else [requester.organisation]
    connection.execute(
        _NAME,
        {
            "request_id": event.request_id,
            "person_id": event.person_id,
            "given": people.person_given,
            "family": people.person_family,
            "requester": " ".join(part for part in written if part) or None,
        },
    )


REQUESTS = ReadModel(
    name="requests",
    source="intake",
    tables=("requests", "request_people", "request_links", "erased_people"),
    apply=apply,
    personal=("request_people.given", "request_people.family", "request_people.requester"),
)
