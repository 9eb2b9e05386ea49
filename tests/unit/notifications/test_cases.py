"""Referrals, steps and appointments of follow-up, and who holds a deadline."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from shared.contracts.followup.events import (
    AppointmentCancelled,
    AppointmentOffered,
    CaseClosed,
    CaseReopened,
    DeadlineCorrected,
    DeadlineMissed,
    DeadlineProposed,
    ReferralAccepted,
    ReferralReceived,
    ReferralReconsidered,
    ReferralRefused,
    StepCompleted,
    StepPlanned,
)
from shared.contracts.routing.events import AssignmentImported
from shared.contracts.vocabulary import (
    AlertState,
    AssignmentState,
    DeadlineKind,
    Outcome,
    StepKind,
    Urgency,
)

from .desk import accepted, assigned, deadline_set, to
from .people import DEADLINE, FRESNES, REQUEST, paris

CASE, STEP, MEETING = UUID(int=71), UUID(int=72), UUID(int=73)


def referral(register="main", source="partner"):
    return ReferralReceived(
        case_id=CASE, person_id=uuid4(), register=register, source=source,
        request_id=None, establishment=None, release_on=None, private=None,
    )  # fmt: skip


def step(due="2026-11-13"):
    return StepPlanned(
        case_id=CASE, person_id=uuid4(), step_id=STEP, kind=StepKind.FILE_APPEAL,
        due_on=date.fromisoformat(due), by="clo",
    )  # fmt: skip


def meeting(at="2026-11-06 14:00"):
    return AppointmentOffered(
        case_id=CASE, appointment_id=MEETING, starts_at=paris(at), place="Permanence", by="clo"
    )


def subjects(messages, word):
    return [(who, subject) for who, subject in to(messages) if word in subject]


def test_a_referral_waits_for_the_desk_until_it_decides(desk):
    desk.tell(referral())
    left = desk.tick()

    assert to(left) == [
        ("clo", "Une orientation attend votre décision : suivi S-761EB6"),
        ("dan", "Une orientation attend votre décision : suivi S-761EB6"),
    ]
    desk.tell(ReferralAccepted(case_id=CASE, by="clo"))
    assert desk.run_until("2026-11-20 10:00") == []


ACCEPTED = ReferralAccepted(case_id=CASE, by="clo")
REFUSED = ReferralRefused(
    case_id=CASE, reason="hors champ", orientation="le SPIP de Melun", by="clo"
)


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (ACCEPTED, "Votre orientation est acceptée : suivi S-761EB6"),
        (REFUSED, "Votre orientation n’est pas retenue : suivi S-761EB6"),
    ],
)
def test_the_team_that_referred_is_told_the_decision_either_way(desk, decision, said):
    desk.tell(referral(source="team:cp-fresnes"))
    desk.tick()
    desk.tell(decision)

    left = desk.tick()

    assert to(left) == [("ada", said), ("ble", said)]
    text = left[0].message.get_body(("plain",)).get_content()
    assert "hors champ" not in text
    assert "SPIP" not in text


def test_a_refusal_that_is_reconsidered_and_then_accepted_is_told_as_it_stands(desk):
    desk.tell(referral(source="team:cp-fresnes"))
    desk.tick()
    desk.clock.move_to(paris("2026-11-02 20:00"))
    desk.tell(REFUSED)
    desk.tell(ReferralReconsidered(case_id=CASE, by="clo"), ACCEPTED)

    left = [who_what for who_what in to(desk.run_until("2026-11-03 09:00")) if "orientation" in
            who_what[1] and who_what[0] in ("ada", "ble")]  # fmt: skip

    said = "Votre orientation est acceptée : suivi S-761EB6"
    assert left == [("ada", said), ("ble", said)]


@pytest.mark.parametrize("source", ["permanence", "partner", "person", "request"])
def test_of_others_who_referred_nobody_is_written_to(desk, source):
    desk.tell(referral(source=source))
    desk.tick()
    desk.tell(ACCEPTED)

    assert desk.run_until("2026-11-20 10:00") == []


def test_a_step_is_recalled_to_whoever_planned_it_until_it_is_done(desk):
    desk.tell(referral(), ReferralAccepted(case_id=CASE, by="clo"), step())

    left = subjects(desk.run_until("2026-11-10 12:00"), "démarche")
    desk.tell(StepCompleted(case_id=CASE, step_id=STEP, by="clo"))

    assert left == [
        ("clo", "Suivi S-761EB6 : une démarche à faire, prévue le vendredi 13 novembre"
                " (dans 3 jours)")
    ]  # fmt: skip
    assert desk.run_until("2026-12-01 12:00") == []


def test_an_appointment_is_recalled_two_days_before_and_on_the_day_unless_it_is_cancelled(desk):
    desk.tell(referral(), ReferralAccepted(case_id=CASE, by="clo"), meeting())

    left = to(desk.run_until("2026-11-06 12:00"))

    assert left == [
        ("clo", "Suivi S-761EB6 : rendez-vous le vendredi 6 novembre à 14 h"),
        ("clo", "Suivi S-761EB6 : rendez-vous le vendredi 6 novembre à 14 h"),
    ]


def test_a_cancelled_appointment_is_not_recalled(desk):
    desk.tell(referral(), ReferralAccepted(case_id=CASE, by="clo"), meeting())
    cancelled = AppointmentCancelled(
        case_id=CASE, appointment_id=MEETING, reason="empêchement", by="clo"
    )
    desk.tell(cancelled)

    assert desk.run_until("2026-11-20 12:00") == []


def test_closing_a_case_ends_its_steps_and_appointments(desk):
    desk.tell(referral(), ReferralAccepted(case_id=CASE, by="clo"), step(), meeting())
    desk.tell(CaseClosed(case_id=CASE, outcome=Outcome.RIGHT_OBTAINED, by="clo"))

    assert desk.run_until("2026-12-20 12:00") == []


def closed_and_reopened(desk, *meanwhile):
    desk.tell(referral(), ReferralAccepted(case_id=CASE, by="clo"), step(), meeting())
    desk.tell(CaseClosed(case_id=CASE, outcome=Outcome.RIGHT_OBTAINED, by="clo"), *meanwhile)
    desk.tell(CaseReopened(case_id=CASE, reason="encore un papier", by="clo"))


def test_a_reopened_case_recalls_its_steps_and_appointments_again(desk):
    closed_and_reopened(desk)

    left = to(desk.run_until("2026-11-10 12:00"))

    meets = "Suivi S-761EB6 : rendez-vous le vendredi 6 novembre à 14 h"
    does = "Suivi S-761EB6 : une démarche à faire, prévue le vendredi 13 novembre (dans 3 jours)"
    assert left == [("clo", meets), ("clo", meets), ("clo", does)]


def test_what_was_recalled_before_a_case_was_closed_is_recalled_anew(desk):
    desk.tell(referral(), ReferralAccepted(case_id=CASE, by="clo"), step())
    before = subjects(desk.run_until("2026-11-10 12:00"), "démarche")
    desk.tell(CaseClosed(case_id=CASE, outcome=Outcome.RIGHT_OBTAINED, by="clo"))
    desk.tell(CaseReopened(case_id=CASE, reason="encore un papier", by="clo"))

    assert subjects(desk.tick(), "démarche") == before


def test_what_was_called_off_while_the_case_was_closed_stays_so(desk):
    closed_and_reopened(
        desk,
        AppointmentCancelled(case_id=CASE, appointment_id=MEETING, reason="empêchement", by="clo"),
    )

    assert subjects(desk.run_until("2026-11-20 12:00"), "rendez-vous") == []


def test_an_appointment_that_passed_while_the_case_was_closed_is_not_recalled(desk):
    desk.tell(referral(), ReferralAccepted(case_id=CASE, by="clo"), meeting())
    desk.tell(CaseClosed(case_id=CASE, outcome=Outcome.RIGHT_OBTAINED, by="clo"))
    desk.tick("2026-11-09 10:00")
    desk.tell(CaseReopened(case_id=CASE, reason="encore un papier", by="clo"))

    assert desk.run_until("2026-11-20 12:00") == []


def test_a_rehearsed_case_alerts_nobody_of_its_steps_either(desk):
    desk.tell(referral(register="rehearsal-1"), step(), meeting())

    assert desk.found() == []


def test_a_deadline_found_before_anybody_holds_its_request_goes_to_the_desk_then_to_the_holder(
    desk,
):
    desk.tell(deadline_set("2026-11-20", made=DeadlineProposed))
    at_first = {who for who, _ in to(desk.run_until("2026-11-13 09:00"))}
    desk.tell(assigned(due=None), accepted("ada"))
    desk.tick()
    then = [(who, subject) for who, subject in to(desk.run_until("2026-11-20 09:00"))
            if not subject.startswith(("Relance", "Coordination"))]  # fmt: skip

    assert at_first == {"clo", "dan"}
    # Dan as coordination, on the day itself
    assert [who for who, _ in then if not who.endswith(".sms")] == ["ada", "ada", "ada", "dan"]


def test_a_promised_answer_is_told_by_the_requests_own_reminders_only(desk):
    desk.tell(assigned(), deadline_set("2026-11-12", kind=DeadlineKind.ANSWER_DUE))
    desk.run_until("2026-11-13 10:00")

    assert {one.planned.kind for one in desk.found()} == {"assignment"}


def test_a_deadline_that_passed_sends_somebody_to_look_for_another_way(desk):
    desk.tell(assigned(due=None), accepted("ada"), deadline_set("2026-11-04"))
    desk.run_until("2026-11-05 09:00")
    missed = DeadlineMissed(
        deadline_id=DEADLINE, register="main", request_id=REQUEST, case_id=None,
        kind=DeadlineKind.CNDA_APPEAL,
    )  # fmt: skip
    desk.tell(missed)

    left = subjects(desk.tick(), "dépassée")

    assert left == [
        ("ada", "Demande D-E3E6AE : une échéance est dépassée"),
        ("dan", "Demande D-E3E6AE : une échéance est dépassée"),
    ]


def test_a_deadline_that_was_corrected_after_it_was_missed_alerts_again_if_it_is_missed_again(desk):
    missed = DeadlineMissed(
        deadline_id=DEADLINE, register="main", request_id=REQUEST, case_id=None,
        kind=DeadlineKind.CNDA_APPEAL,
    )  # fmt: skip
    desk.tell(assigned(due=None), accepted("ada"), deadline_set("2026-11-04"))
    desk.run_until("2026-11-05 09:00")
    desk.tell(missed)
    desk.tick()
    desk.tell(deadline_set("2026-11-20", made=DeadlineCorrected))
    desk.run_until("2026-11-23 09:00")
    desk.tell(missed)

    left = subjects(desk.tick(), "dépassée")

    assert left == [
        ("ada", "Demande D-E3E6AE : une échéance est dépassée"),
        ("dan", "Demande D-E3E6AE : une échéance est dépassée"),
    ]


def test_a_deadline_that_was_over_when_it_was_found_is_told_once_as_missed(desk):
    desk.tell(assigned(due=None), accepted("ada"), deadline_set("2026-10-20"))
    before = desk.tick("2026-11-02 10:00:01")
    desk.tell(
        DeadlineMissed(
            deadline_id=DEADLINE, register="main", request_id=REQUEST, case_id=None,
            kind=DeadlineKind.CNDA_APPEAL,
        )
    )  # fmt: skip

    left = to(desk.run_until("2026-11-02 10:05"))

    assert before == []
    assert {subject for _, subject in left} == {"Demande D-E3E6AE : une échéance est dépassée"}
    assert sorted(who for who, _ in left) == ["ada", "dan"]
    assert desk.found(state=AlertState.CANCELLED) == []


def test_a_deadline_that_was_over_and_is_not_missed_is_told_all_the_same(desk):
    desk.tell(assigned(due=None), accepted("ada"), deadline_set("2026-10-20"))

    left = to(desk.run_until("2026-11-02 10:05"))

    assert sorted(who for who, _ in left) == ["ada", "dan"]


def test_a_known_request_that_is_brought_in_is_announced_to_nobody_but_recalled(desk):
    known = AssignmentImported(
        request_id=REQUEST, register="main", unit=FRESNES, state=AssignmentState.ACCEPTED,
        urgency=Urgency.NORMAL, received_on=None, answer_due_on=date(2026, 11, 12),
        establishment=None,
    )  # fmt: skip
    desk.tell(known, replace(known, request_id=UUID(int=9), state=AssignmentState.CLOSED))

    assert desk.tick() == []
    left = to(desk.run_until("2026-11-06 09:00"))
    assert [who for who, _ in left] == ["ada", "ble"]
