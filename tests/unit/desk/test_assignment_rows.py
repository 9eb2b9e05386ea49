"""Who answers for a request, as the desk keeps it from what routing tells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.desk.projections.assignments import apply
from shared.contracts.routing.events import (
    AssignmentAccepted,
    AssignmentEscalated,
    AssignmentReopened,
    AssignmentWithdrawn,
    DecisionRevised,
    RequestAssigned,
    RequestReassigned,
    RequestSetAside,
)
from shared.contracts.vocabulary import RoutingReason, Urgency
from shared.eventstore import Pool

REQUEST = UUID("11111111-1111-4111-8111-111111111111")
IDS: dict[str, Any] = {"request_id": REQUEST, "register": "main"}
DECIDED: dict[str, Any] = {
    **IDS,
    "unit": "desk",
    "rule": "R13",
    "reason": RoutingReason.TEAM_SUSPENDED,
    "reason_fr": "-",
    "also": (),
    "inform": ("team_lead:cp-fresnes",),
    "urgency": Urgency.NORMAL,
    "answer_due_on": date(2026, 3, 15),
    "danger": False,
    "needs_review": False,
    "policy_version": "1",
    "looked_at": (),
    "establishment": "cp-fresnes",
}
ASSIGNED = RequestAssigned(**DECIDED, received_on=date(2026, 3, 5))
REVISED = DecisionRevised(**DECIDED | {"inform": ("coordination",)})
ACCEPTED = AssignmentAccepted(**IDS, unit="desk", volunteer_id="ada")
ASIDE = RequestSetAside(
    **IDS,
    unit="desk",
    rule="R32",
    reason=RoutingReason.AUTOMATIC_MESSAGE,
    reason_fr="-",
    also=(),
    policy_version="1",
    looked_at=(),
    received_on=date(2026, 3, 5),
)
REOPENED = AssignmentReopened(**IDS, unit="desk", urgency=Urgency.LOW, answer_due_on=None)

ESCALATED = AssignmentEscalated(
    **IDS,
    from_unit="desk",
    unit="coordination",
    urgency=Urgency.NORMAL,
    answer_due_on=date(2026, 3, 15),
)
REASSIGNED = RequestReassigned(
    **IDS,
    from_unit="coordination",
    unit="desk",
    rule="R18",
    reason=RoutingReason.REASSIGNED_BY_HAND,
    reason_fr="-",
    by="ada",
    inform=(),
    urgency=Urgency.NORMAL,
    answer_due_on=date(2026, 3, 15),
)


@pytest.fixture
def row_after(pool: Pool) -> Callable[..., Any]:
    """The columns of the request's row after events, one after the other."""

    def fold(columns: str, *events: Any) -> Any:
        with pool.connection() as connection:
            connection.execute("DELETE FROM assignments")
            for event in events:
                apply(connection, None, event)  # type: ignore[arg-type]  # it looks at none
            return connection.execute(f"SELECT {columns} FROM assignments").fetchone()  # noqa: S608

    return fold


def withdrawn(reason: str) -> AssignmentWithdrawn:
    return AssignmentWithdrawn(**IDS, reason=reason)


def test_an_automatic_message_that_is_reopened_is_set_aside_no_more(row_after):
    assert row_after("state, set_aside", ASIDE, REOPENED) == ("proposed", False)


def test_what_left_as_an_automatic_message_is_among_them(row_after):
    row = row_after("state, set_aside", ASSIGNED, withdrawn("automatic_message"))

    assert row == ("withdrawn", True)


def test_who_was_informed_stays_told_when_the_decision_is_revised(row_after):
    assert row_after("informed", ASSIGNED, REVISED) == (["coordination", "team_lead:cp-fresnes"],)


def test_a_duplicate_is_not_among_the_automatic_messages(row_after):
    assert row_after("state, set_aside", ASSIGNED, withdrawn("duplicate")) == ("withdrawn", False)


@pytest.mark.parametrize("before", [(ASIDE,), (ASSIGNED, ACCEPTED, withdrawn("automatic_message"))])
def test_what_was_no_automatic_message_after_all_is_to_be_accepted(row_after, before):
    row = row_after("state, set_aside, volunteer_id, rule, answer_due_on", *before, ASSIGNED)

    assert row == ("proposed", False, None, "R13", date(2026, 3, 15))


@pytest.mark.parametrize("taken_up", [ACCEPTED, REASSIGNED, REOPENED])
def test_what_went_up_to_coordination_did_so_until_somebody_takes_it_up(row_after, taken_up):
    assert row_after("escalated", ASSIGNED, ESCALATED) == (True,)
    assert row_after("escalated", ASSIGNED, ESCALATED, taken_up) == (False,)
