"""What routing tells is noted on the requests, a batch in one append."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.intake.application.correct import correct_request
from services.intake.application.hear_routing import hear_routing
from shared.contracts.routing.events import (
    AssignmentAccepted,
    AssignmentEscalated,
    AssignmentRefused,
    AssignmentReopened,
    RequestAssigned,
    RequestReassigned,
)
from shared.contracts.vocabulary import RequestState, RoutingReason, Urgency
from shared.eventstore import Position, Version
from shared.messaging import Delivered
from tests.unit.intake import items
from tests.unit.intake.conftest import NOW, Intake

DUE = date(2026, 3, 15)


def told(event: Any) -> Delivered:
    """The event as the subscription delivers it."""
    return Delivered(
        source="routing",
        partition=0,
        position=Position(7),
        stream=f"assignment-{event.request_id}",
        version=Version(1),
        type=type(event).__name__,
        metadata={"correlation_id": "c-1"},
        recorded_at=NOW,
        occurred_at=NOW,
        event=event,
    )


def assigned(request_id: UUID, unit: str = "team:cp-fresnes") -> Delivered:
    return told(
        RequestAssigned(
            request_id=request_id,
            register="main",
            unit=unit,
            rule="R3",
            reason=RoutingReason.TEAM_PRESENT,
            reason_fr="une équipe est présente",
            also=(),
            inform=(),
            urgency=Urgency.NORMAL,
            answer_due_on=DUE,
            danger=False,
            needs_review=False,
            policy_version="1",
            looked_at=(),
            received_on=date(2026, 3, 5),
            establishment="cp-fresnes",
        )
    )


def accepted(request_id: UUID) -> Delivered:
    return told(
        AssignmentAccepted(
            request_id=request_id, register="main", volunteer_id="v-1", unit="team:cp-fresnes"
        )
    )


def hear(intake: Intake, *batch: Delivered) -> int:
    """Hear a batch as the subscription does; returns how many events it appended."""
    with intake.streams.unit(metadata={}) as unit:
        hear_routing(batch, unit)
    return len(unit.appended)


def test_an_assignment_and_its_acceptance_start_the_request(intake: Intake):
    request_id = intake.submit("letter", items.LETTER).request_id

    appended = hear(intake, assigned(request_id), accepted(request_id))

    request = intake.request(request_id)
    assert appended == 2
    assert (request.state, request.unit, request.answer_due_on, request.accepted_by) == (
        RequestState.IN_PROGRESS,
        "team:cp-fresnes",
        DUE,
        "v-1",
    )


def test_what_is_noted_names_its_cause(intake: Intake):
    request_id = intake.submit("letter", items.LETTER).request_id

    hear(intake, assigned(request_id))

    noted = intake.streams.store.load(f"request-{request_id}")[-1]
    assert noted.metadata == {"correlation_id": "c-1", "causation_id": "routing/7"}


def test_a_batch_about_many_requests_is_one_append(intake: Intake):
    ids = [
        intake.submit("email", items.QUESTION.replace("question-1", f"q{n}")).request_id
        for n in range(5)
    ]

    hear(intake, *(assigned(one) for one in ids))

    with intake.pool.connection() as connection:
        rows = connection.execute(
            "SELECT count(DISTINCT xmin::text), count(*) FROM events "
            "WHERE type = 'RequestAssignmentNoted'"
        ).fetchone()
    assert rows == (1, 5)


def test_the_same_news_again_changes_nothing(intake: Intake):
    request_id = intake.submit("letter", items.LETTER).request_id
    hear(intake, assigned(request_id), accepted(request_id))

    assert hear(intake, assigned(request_id), accepted(request_id)) == 0


def proposed_again(request_id: UUID, rule: str) -> Delivered:
    return told(
        RequestReassigned(
            request_id=request_id,
            register="main",
            from_unit="team:cp-fresnes",
            unit="team:cp-fresnes",
            rule=rule,
            reason=RoutingReason.HANDOVER,
            reason_fr="proposée de nouveau",
            by="rule R18",
            inform=(),
            urgency=Urgency.NORMAL,
            answer_due_on=DUE,
        )
    )


def reopened(request_id: UUID) -> Delivered:
    return told(
        AssignmentReopened(
            request_id=request_id,
            register="main",
            unit="team:cp-fresnes",
            urgency=Urgency.NORMAL,
            answer_due_on=DUE,
        )
    )


@pytest.mark.parametrize(
    "again",
    [
        lambda request_id: proposed_again(request_id, "R18"),
        lambda request_id: proposed_again(request_id, "R3"),
        reopened,
    ],
    ids=["the holder left", "replaced by hand", "reopened"],
)
def test_whoever_had_it_no_longer_has_it_once_it_is_proposed_again_to_the_same_unit(
    intake: Intake, again: Callable[[UUID], Delivered]
):
    request_id = intake.submit("letter", items.LETTER).request_id
    hear(intake, assigned(request_id), accepted(request_id))

    hear(intake, again(request_id))

    request = intake.request(request_id)
    assert (request.unit, request.accepted_by) == ("team:cp-fresnes", None)
    assert hear(intake, again(request_id)) == 0
    hear(intake, accepted(request_id))
    assert intake.request(request_id).accepted_by == "v-1"


def test_a_move_by_hand_and_an_escalation_change_the_unit(intake: Intake):
    request_id = intake.submit("letter", items.LETTER).request_id
    moved = RequestReassigned(
        request_id=request_id,
        register="main",
        from_unit="team:cp-fresnes",
        unit="desk",
        rule="R18",
        reason=RoutingReason.REASSIGNED_BY_HAND,
        reason_fr="réattribuée",
        by="Anna",
        inform=(),
        urgency=Urgency.NORMAL,
        answer_due_on=DUE,
    )
    escalated = AssignmentEscalated(
        request_id=request_id,
        register="main",
        from_unit="desk",
        unit="coordination",
        urgency=Urgency.NORMAL,
        answer_due_on=DUE,
    )

    units = []
    for news in (assigned(request_id), told(moved), told(escalated)):
        hear(intake, news)
        units.append(intake.request(request_id).unit)

    assert units == ["team:cp-fresnes", "desk", "coordination"]


def test_news_of_a_request_that_intake_does_not_know_is_passed_over(intake: Intake):
    assert hear(intake, assigned(uuid4())) == 0


def test_news_that_do_not_concern_intake_are_passed_over(intake: Intake):
    request_id = intake.submit("letter", items.LETTER).request_id
    refused = AssignmentRefused(
        request_id=request_id, register="main", refused_by="v-1", unit="desk", reason="absente"
    )

    assert hear(intake, told(refused)) == 0


def test_a_request_in_review_goes_on_where_routing_put_it_once_corrected(intake: Intake):
    unclear = items.LETTER.replace("Fresnes", "Port-Imaginaire")
    request_id = intake.submit("letter", unclear).request_id
    hear(intake, assigned(request_id, "desk"))

    corrected = correct_request(
        request_id,
        {"establishment": "cp-fresnes"},
        by="Anna",
        streams=intake.streams,
        metadata={},
    )

    assert (corrected.state, corrected.unit) == (RequestState.ASSIGNED, "desk")


def test_the_requests_of_a_batch_are_read_in_one_query(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
):
    first = intake.submit("letter", items.LETTER).request_id
    second = intake.submit("letter", items.LETTER).request_id
    monkeypatch.setattr(intake.streams.store, "load", None)

    assert hear(intake, assigned(first), assigned(uuid4()), assigned(second)) == 2
