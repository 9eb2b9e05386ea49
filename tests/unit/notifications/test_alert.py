"""What may happen to one alert."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from services.notifications.domain.alert import Alert, decide, evolve
from services.notifications.domain.commands import (
    Acknowledge,
    CancelAlert,
    Escalate,
    Gone,
    NoteFailure,
    NoteSent,
    PlanAlert,
    Repeat,
    StartSending,
)
from services.notifications.domain.errors import NothingInHand, NotYetSent
from services.notifications.domain.plan import plan
from shared.contracts.vocabulary import AlertState

from .people import EVERYBODY, HOURS, POLICY, deadline, paris

CAUSE = deadline("2026-10-20 10:00", "2026-11-12")
PLANNED = plan(CAUSE, POLICY.ladder("deadline.days"), EVERYBODY, HOURS).alerts[0]
NOW = paris("2026-11-05 09:00")
LATER = paris("2026-11-06 09:00")
NEXT = UUID(int=7)

START = StartSending(channel="email", message_id="<a@x>", at=NOW, insist_at=LATER)
SENT = NoteSent(at=NOW, insist_at=LATER)
LOST = NoteFailure(at=NOW, reason="disconnected", retry_at=NOW, doubtful=True)
DEFERRED = NoteFailure(at=NOW, reason="smtp_451", retry_at=LATER, doubtful=False)
REFUSED = NoteFailure(at=NOW, reason="smtp_550", retry_at=None, doubtful=False)


def after(*commands):
    alert = Alert()
    for command in (PlanAlert(planned=PLANNED), *commands):
        for event in decide(alert, command):
            alert = evolve(alert, event)
    return alert


def happens(alert, command):
    return [type(event).__name__ for event in decide(alert, command)]


def test_an_alert_is_planned_sent_and_acknowledged():
    alert = after(START, SENT, Acknowledge(by="ada"))

    assert (alert.state, alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, "ada")
    assert (alert.send_at, alert.insist_at) == (None, None)


def test_planning_it_twice_is_planning_it_once():
    assert decide(after(), PlanAlert(planned=PLANNED)) == []
    assert decide(after(START, SENT), PlanAlert(planned=PLANNED)) == []


def test_what_was_cancelled_for_another_date_comes_back_with_the_first_unless_it_left():
    again = PlanAlert(planned=PLANNED)
    replanned = CancelAlert(reason=Gone.REPLANNED)

    assert happens(after(replanned), again) == ["AlertPlanned"]
    assert happens(after(START, SENT, replanned), again) == []
    assert happens(after(START, LOST, replanned), again) == []
    assert happens(after(CancelAlert(reason=Gone.CAUSE_GONE)), again) == []


def test_it_is_not_begun_twice():
    assert happens(after(START), START) == []
    assert happens(after(START, SENT), START) == []
    assert happens(after(CancelAlert(reason=Gone.CAUSE_GONE)), START) == []


def test_a_refusal_for_now_is_tried_again_and_one_for_good_goes_up_at_once():
    assert after(START, DEFERRED).send_at == LATER
    given_up = after(START, REFUSED)
    assert (given_up.send_at, given_up.insist_at) == (None, NOW)
    assert given_up.state is AlertState.DELIVERY_FAILED


def test_two_doubts_count_as_sent_and_end_the_attempts():
    assert happens(after(START, LOST, START), LOST) == ["AlertDeliveryFailed", "AlertSent"]
    alert = after(START, LOST, START, LOST)
    assert (alert.state, alert.send_at) == (AlertState.SENT, None)
    assert alert.insist_at == LATER


def test_a_certain_failure_between_two_doubts_does_not_hide_the_first():
    alert = after(START, LOST, START, DEFERRED, START, SENT)

    assert (alert.state, alert.in_doubt, alert.attempts) == (AlertState.SENT, 1, 3)


def test_a_reaction_while_it_is_leaving_counts_and_the_outcome_is_noted_all_the_same():
    alert = after(START, Acknowledge(by="ada"), SENT)

    assert (alert.state, alert.sent_at) == (AlertState.ACKNOWLEDGED, NOW)


def test_a_reaction_to_what_has_not_left_is_refused():
    with pytest.raises(NotYetSent):
        decide(after(), Acknowledge(by="ada"))
    with pytest.raises(NotYetSent):
        decide(after(START, DEFERRED), Acknowledge(by="ada"))


def test_an_outcome_without_a_sending_is_refused():
    with pytest.raises(NothingInHand):
        decide(after(), SENT)
    with pytest.raises(NothingInHand):
        decide(after(START, SENT), LOST)


def test_a_ladder_goes_on_once_from_each_alert():
    repeat, escalate = Repeat(next_alert_id=NEXT, rung="x+1"), Escalate(next_alert_id=NEXT)

    assert happens(after(), repeat) == []
    assert happens(after(START, SENT), repeat) == ["AlertRepeated"]
    assert happens(after(START, SENT, repeat), repeat) == []
    assert happens(after(START, DEFERRED), escalate) == ["AlertEscalated"]
    assert happens(after(START), escalate) == ["AlertEscalated"]  # the sender hangs


def test_what_could_not_leave_is_still_tried_after_its_ladder_went_on():
    alert = after(START, DEFERRED, Escalate(next_alert_id=NEXT))

    assert (alert.state, alert.send_at) == (AlertState.ESCALATED, LATER)
    assert happens(alert, START) == ["AlertSending"]


def test_an_alert_without_object_stays_so():
    gone = CancelAlert(reason=Gone.CAUSE_GONE)

    assert happens(after(START, SENT), gone) == ["AlertCancelled"]
    assert happens(after(gone), gone) == []
    assert happens(after(START, SENT, Acknowledge(by="ada")), gone) == []
    assert happens(after(START, SENT, gone), Acknowledge(by="ada")) == []


def test_how_late_it_left_is_told_in_seconds():
    [event] = decide(after(START), replace(SENT, at=LATER))

    assert event.late_seconds == 24 * 3600
    early = replace(PLANNED, due_at=LATER)
    begun = evolve(evolve(Alert(), early), decide(after(), START)[0])
    [event] = decide(begun, SENT)
    assert event.late_seconds == 0
