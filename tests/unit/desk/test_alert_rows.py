"""An alert, as the desk keeps it from what notifications tells, and what « Mes alertes » lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.desk.adapters.lists import Lists
from services.desk.domain.rows import AlertRow
from services.desk.domain.viewer import Viewer
from services.desk.projections.alerts import apply
from shared.contracts.notifications.events import (
    AlertAcknowledged,
    AlertDeliveryFailed,
    AlertEscalated,
    AlertPlanned,
    AlertRepeated,
    AlertSent,
)
from shared.contracts.vocabulary import Role, Urgency
from shared.eventstore import Pool

FIRST, SECOND = UUID(int=1), UUID(int=2)
DUE = datetime(2026, 4, 24, 8, 0, tzinfo=UTC)
ADA = Viewer(volunteer_id="ada", register="main", role=Role.STAFF, units=("desk",), name="Ada")


@pytest.fixture
def listed_after(pool: Pool) -> Callable[..., list[AlertRow]]:
    """Ada's alerts after events, one after the other; the menu counts as many."""

    def fold(*events: Any) -> list[AlertRow]:
        with pool.connection() as connection:
            connection.execute("DELETE FROM alerts")
            for event in events:
                apply(connection, None, event)  # type: ignore[arg-type]  # it looks at none
        lists = Lists(pool)
        found = lists.alerts_to(ADA)
        assert lists.count_alerts(ADA) == len(found)
        return found

    return fold


def planned(alert_id: UUID = FIRST) -> AlertPlanned:
    return AlertPlanned(
        alert_id=alert_id,
        register="main",
        cause="deadline:1",
        kind="deadline",
        recipient="ada",
        rung="deadline/notice@1/2026-04-27",
        ladder="deadline",
        stage="notice",
        urgency=Urgency.HIGH,
        about="échéance",
        due_at=DUE,
        channel="email",
        term="2026-04-27",
        request_id=None,
        case_id=None,
        deadline_id=None,
    )


def sent(alert_id: UUID = FIRST) -> AlertSent:
    return AlertSent(
        alert_id=alert_id,
        channel="email",
        message_id="m",
        sent_at=DUE,
        late_seconds=0,
        doubtful=False,
    )


def failed(alert_id: UUID = FIRST) -> AlertDeliveryFailed:
    return AlertDeliveryFailed(
        alert_id=alert_id, channel="email", attempt=1, reason="refused", retry_at=DUE
    )


REPEATED = AlertRepeated(alert_id=FIRST, next_alert_id=SECOND, rung="deadline/notice@1/x+1")
ESCALATED = AlertEscalated(alert_id=FIRST, next_alert_id=SECOND)


def test_an_alert_that_could_not_be_sent_is_listed_as_such(listed_after):
    [found] = listed_after(planned(), failed())

    assert (found.state, found.could_not_leave, found.waits) == ("delivery_failed", True, False)


@pytest.mark.parametrize(("on", "state"), [(REPEATED, "repeated"), (ESCALATED, "escalated")])
def test_what_was_handed_on_stays_so_when_it_fails_once_more(listed_after, on, state):
    [found] = listed_after(planned(), failed(), on, failed())

    assert (found.state, found.could_not_leave, found.waits) == (state, True, False)


@pytest.mark.parametrize(("on", "state"), [(REPEATED, "repeated"), (ESCALATED, "escalated")])
def test_what_leaves_after_it_was_handed_on_can_be_reacted_to(listed_after, on, state):
    [found] = listed_after(planned(), failed(), on, sent())

    assert (found.state, found.could_not_leave, found.waits) == (state, False, True)


def test_of_one_cause_the_alert_that_left_is_shown(listed_after):
    events = planned(), sent(), REPEATED, planned(SECOND), failed(SECOND)

    [found] = listed_after(*events)
    assert (found.alert_id, found.waits) == (FIRST, True)


def test_what_somebody_saw_is_not_listed_whatever_fails_then(listed_after):
    seen = AlertAcknowledged(alert_id=FIRST, cause="deadline:1", by="ada")

    assert listed_after(planned(), sent(), seen, failed(), sent()) == []


def test_what_only_waits_for_its_hour_is_not_listed(listed_after):
    assert listed_after(planned()) == []
