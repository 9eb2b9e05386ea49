"""From what routing and follow-up tell to what volunteers receive."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from services.notifications.adapters.lateness import late_alerts
from services.notifications.application import falling_due
from services.notifications.application.book import AlertBook
from services.notifications.application.reconcile import reconcile
from services.notifications.domain.errors import NotYetSent, UnknownAlert
from shared.contracts.followup.events import (
    DeadlineCorrected,
    DeadlineMet,
    DeadlineMissed,
    DeadlineProposed,
)
from shared.contracts.routing.events import (
    AssignmentClosed,
    AssignmentReopened,
    AssignmentUrgencyChanged,
    DecisionRevised,
    RequestReassigned,
    VolunteerAbsenceRecorded,
    VolunteerLeft,
)
from shared.contracts.vocabulary import AlertState, DeadlineKind, RoutingReason, Urgency
from shared.postgres import transaction

from .desk import Told, accepted, assigned, deadline_set, registered, to
from .people import DEADLINE, FRESNES, HOURS, REQUEST, paris


def states(desk, **asked):
    return {
        (one.planned.recipient, one.planned.stage): one.state.value for one in desk.found(**asked)
    }


def test_a_request_is_announced_to_the_team_with_a_reference_and_a_link_only(desk):
    desk.tell(assigned())

    left = desk.tick()

    assert to(left) == [
        ("ada", "Une demande vous est confiée : demande D-E3E6AE"),
        ("ble", "Une demande vous est confiée : demande D-E3E6AE"),
    ]
    message = left[0].message
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@cimade.example>")
    text = message.get_body(("plain",)).get_content()
    assert "https://desk.example/a/" in text
    assert "jeudi 12 novembre" in text
    html = message.get_body(("html",)).get_content()
    for told in (text, html):
        assert not [word for word in ("Ada", "fresnes", "Fresnes", str(REQUEST)) if word in told]


def test_the_same_events_again_plan_and_send_nothing_f42(desk):
    batch = [assigned(), deadline_set("2026-11-12")]
    desk.tell(*batch)
    desk.tick()
    written = desk.events()

    assert desk.tell(*batch, version=1) == 0
    assert desk.tick() == []
    with transaction(desk.pool) as connection:
        connection.execute("DELETE FROM causes")  # as if nothing had ever been heard
    assert desk.tell(*batch, version=1) == 0
    assert desk.tick() == []
    assert desk.events() == written


def test_an_old_event_that_is_delivered_again_brings_nothing_and_nobody_back_f43(desk):
    ada = registered("ada", FRESNES)
    desk.tell(assigned(), deadline_set("2026-11-12"))
    desk.tell(deadline_set("2026-11-20", made=DeadlineCorrected))
    desk.tell(AssignmentClosed(request_id=REQUEST, register="main"))
    desk.tell(VolunteerLeft(volunteer_id="ada", register="main"))
    desk.tick()
    written = desk.events()

    desk.tell(ada, assigned(), deadline_set("2026-11-12"), version=1)

    assert desk.events() == written
    assert desk.tick() == []
    assert not [who for who, _ in to(desk.run_until("2026-11-30 10:00")) if who.startswith("ada")]


def test_a_rehearsal_alerts_nobody(desk):
    written = desk.events()

    desk.tell(registered("eve", FRESNES, register="rehearsal-1"), assigned(register="rehearsal-1"))

    assert desk.events() == written
    assert desk.tick() == []


def test_whoever_accepts_is_the_only_one_who_is_reminded(desk):
    desk.tell(assigned())
    desk.tick()
    desk.tell(accepted("ada"))

    left = desk.run_until("2026-11-06 12:00")

    assert to(left) == [
        (
            "ada",
            "Rappel – demande D-E3E6AE : réponse promise pour le jeudi 12 novembre (dans 6 jours)",
        )
    ]


def test_what_is_accepted_before_its_notice_left_is_not_announced_any_more(desk):
    desk.clock.move_to(desk.clock.now().replace(hour=22))
    desk.tell(assigned())
    desk.tell(accepted("ada"))

    assert desk.run_until("2026-11-03 12:00") == []


def test_an_answered_request_is_recalled_to_nobody(desk):
    desk.tell(assigned())
    desk.tick()
    desk.tell(AssignmentClosed(request_id=REQUEST, register="main"))

    assert desk.run_until("2026-12-24 12:00") == []
    assert {one.state for one in desk.found()} == {AlertState.CANCELLED}


def test_a_reopened_request_is_announced_again(desk):
    desk.tell(assigned())
    desk.tick()
    desk.tell(AssignmentClosed(request_id=REQUEST, register="main"))
    reopened = AssignmentReopened(
        request_id=REQUEST,
        register="main",
        unit=FRESNES,
        urgency=Urgency.NORMAL,
        answer_due_on=None,
    )
    desk.tell(reopened)

    assert [who for who, _ in to(desk.tick())] == ["ada", "ble"]


def test_a_request_that_moves_leaves_the_old_team_and_is_announced_to_the_new(desk):
    desk.tell(assigned())
    desk.tick()
    moved = RequestReassigned(
        request_id=REQUEST, register="main", from_unit=FRESNES, unit="desk", rule="R12",
        reason=RoutingReason.HANDOVER, reason_fr="Passation.", by="dan", inform=(FRESNES,),
        urgency=Urgency.NORMAL, answer_due_on=assigned().answer_due_on,
    )  # fmt: skip
    desk.tell(moved)

    left = to(desk.tick())

    assert sorted(left) == [
        ("ada", "Pour information : demande D-E3E6AE"),
        ("ble", "Pour information : demande D-E3E6AE"),
        ("clo", "Une demande vous est confiée : demande D-E3E6AE"),
        ("dan", "Une demande vous est confiée : demande D-E3E6AE"),
    ]
    reminded = to(desk.run_until("2026-11-06 12:00"))
    assert {who for who, subject in reminded if subject.startswith("Rappel")} == {"clo", "dan"}


def test_a_request_that_becomes_critical_wakes_the_person_on_duty_at_night(desk):
    desk.tell(assigned())
    desk.tick()
    desk.clock.move_to(desk.clock.now().replace(hour=23))
    raised = AssignmentUrgencyChanged(
        request_id=REQUEST, register="main", unit=FRESNES, urgency=Urgency.CRITICAL,
        answer_due_on=None,
    )  # fmt: skip
    desk.tell(raised)

    left = to(desk.tick())

    assert [who for who, _ in left] == ["ada", "ble", "clo"]
    assert {subject for _, subject in left} == {
        "URGENT – demande D-E3E6AE : à regarder tout de suite"
    }


def test_a_danger_that_nobody_acknowledges_goes_by_the_second_channel_then_to_coordination(desk):
    desk.tell(assigned(danger=True, urgency=Urgency.CRITICAL, due=None))

    assert [who for who, _ in to(desk.tick())] == ["ada", "ble", "clo"]
    assert desk.tick("2026-11-02 10:14") == []
    assert sorted(who for who, _ in to(desk.tick("2026-11-02 10:15"))) == [
        "ada.sms", "ble", "clo",
    ]  # fmt: skip
    [(who, subject)] = to(desk.tick("2026-11-02 10:30"))

    assert (who, subject) == (
        "dan",
        "Coordination – sans réaction : URGENT – demande D-E3E6AE : à regarder tout de suite",
    )
    assert states(desk, state=AlertState.ESCALATED).keys() == {
        ("ada", "alarm"), ("ble", "alarm"), ("clo", "alarm"),
    }  # fmt: skip


def test_one_reaction_stops_the_ladder_for_everybody(desk):
    desk.tell(assigned(danger=True, urgency=Urgency.CRITICAL, due=None))
    desk.tick()
    [alert] = desk.found(recipient="ble")

    desk.made.reactions.acknowledge(alert.planned.alert_id, "ble")

    assert desk.run_until("2026-11-20 10:00") == []
    assert {one.acknowledged_by for one in desk.found()} == {"ble"}


def test_a_reaction_to_one_stage_of_a_deadline_leaves_the_later_stages_until_it_is_met(desk):
    desk.tell(assigned(), accepted("ada"), deadline_set("2026-11-12"))
    desk.run_until("2026-11-05 12:00")
    [seven] = [one for one in desk.found() if one.planned.stage == "j-7"]

    desk.made.reactions.acknowledge(seven.planned.alert_id, "ada")
    left = to(desk.run_until("2026-11-09 09:30"))

    assert ("ada", "Demande D-E3E6AE : échéance le jeudi 12 novembre (dans 3 jours)") in left
    assert not [subject for _, subject in left if subject.startswith("Relance")
                and "échéance" in subject]  # fmt: skip
    desk.tell(DeadlineMet(deadline_id=seven.planned.deadline_id, register="main", proof="reçu",
                          by="ada"))  # fmt: skip
    assert not [s for _, s in to(desk.run_until("2026-11-30 10:00")) if "échéance" in s]


def test_the_link_acknowledges_its_own_alert_and_a_forged_one_nothing(desk):
    desk.tell(assigned())
    [message, _] = desk.tick()
    text = message.message.get_body(("plain",)).get_content()
    token = text.partition("https://desk.example/a/")[2].split()[0]

    alert_id = desk.made.links.alert_of(token)
    desk.made.reactions.acknowledge(alert_id)
    desk.made.reactions.acknowledge(alert_id)

    assert {one.acknowledged_by for one in desk.found(state=AlertState.ACKNOWLEDGED)} == {"ada"}
    other = "B" if token[-1] != "B" else "C"
    for forged in (token[:-1] + other, token[:-4], "é", "", token.replace(token[5], "_", 1) + "AA"):
        with pytest.raises(UnknownAlert):
            desk.made.links.alert_of(forged)


def test_an_alert_that_has_not_left_cannot_be_acknowledged(desk):
    desk.tell(assigned())
    desk.made.scheduler.falling_due.plan()
    planned = desk.found()[0].planned

    with pytest.raises(NotYetSent):
        desk.made.reactions.acknowledge(planned.alert_id, "ada")
    with pytest.raises(UnknownAlert):
        desk.made.reactions.acknowledge(UUID(int=1), "ada")


def test_a_corrected_deadline_is_recalled_by_its_new_date_and_no_more_by_the_old(desk):
    desk.tell(assigned(due=None), accepted("ada"))
    desk.tell(deadline_set("2026-11-20", made=DeadlineProposed))
    confirmed = desk.tell(deadline_set("2026-11-20"))
    desk.tell(deadline_set("2026-11-25", made=DeadlineCorrected))

    assert confirmed == 0
    assert desk.run_until("2026-11-18 08:00") == []
    [seven, *_] = to(desk.run_until("2026-11-18 09:00"))
    assert seven == ("ada", "Demande D-E3E6AE : échéance le mercredi 25 novembre (dans 7 jours)")


def test_a_correction_calls_off_what_had_not_left_and_a_second_one_brings_it_back(desk):
    desk.tell(assigned(due=None), accepted("ada"))
    desk.clock.move_to(desk.clock.now().replace(hour=22))
    desk.tell(deadline_set("2026-11-06"))
    desk.tick("2026-11-03 08:59")
    planned_ahead(desk)

    desk.tell(deadline_set("2026-11-25", made=DeadlineCorrected))
    gone = {one.cancelled_because for one in desk.found(cause=f"deadline:{DEADLINE}")}
    desk.tell(deadline_set("2026-11-06", made=DeadlineCorrected))

    assert gone == {"replanned"}
    assert [who for who, _ in to(desk.run_until("2026-11-03 09:00"))] == ["ada"]


def test_a_date_that_is_corrected_there_and_back_alerts_and_insists_again(desk):
    desk.tell(assigned(due=None), accepted("ada"), deadline_set("2026-11-05"))
    desk.tick()  # three days before: it left, and nobody saw it
    desk.tell(deadline_set("2026-11-25", made=DeadlineCorrected))

    desk.tell(deadline_set("2026-11-05", made=DeadlineCorrected))

    again = "Demande D-E3E6AE : échéance le jeudi 5 novembre (dans 3 jours)"
    assert to(desk.tick()) == [("ada", again)]
    left = to(desk.run_until("2026-11-03 12:00"))
    assert [("ada", f"Relance : {again}"), ("dan", f"Coordination – sans réaction : {again}")] == [
        (who, subject.replace("(dans 2 jours)", "(dans 3 jours)")) for who, subject in left
    ]


def test_a_deadline_that_runs_again_with_the_same_prudent_date_alerts_when_missed_again(desk):
    missed = DeadlineMissed(
        deadline_id=DEADLINE, register="main", request_id=REQUEST, case_id=None,
        kind=DeadlineKind.CNDA_APPEAL,
    )  # fmt: skip
    desk.tell(assigned(due=None), accepted("ada"), deadline_set("2026-11-01"), missed)
    first = to(desk.tick())
    desk.tell(deadline_set("2026-11-01"))  # its last day was corrected, its prudent date was not
    running = to(desk.tick("2026-11-02 10:01"))
    desk.tell(missed)

    second = to(desk.tick("2026-11-02 10:02"))

    told_missed = "Demande D-E3E6AE : une échéance est dépassée"
    assert [who for who, _ in running] == ["ada", "dan"]
    assert first == second == [("ada", told_missed), ("dan", told_missed)]


def planned_ahead(desk):
    """Plan all stages of all causes, as earlier releases did; how many events that made."""
    with desk.streams.unit(metadata={}) as unit:
        book = AlertBook(unit, desk.alerts)
        directory = desk.made.people.directory(unit.connection)
        for cause in desk.made.causes.fallen_due(unit.connection, paris("2100-01-01 00:00"), 100):
            end = paris("2100-01-01 00:00")
            reconcile(book, cause, desk.made.policy, directory, HOURS, until=end)
        return book.close()


def test_what_an_earlier_release_planned_ahead_leaves_once_and_in_its_time(desk):
    desk.tell(assigned(), accepted("ada"), deadline_set("2026-11-20"))

    # Reminder and overdue; 7, 3 and 1 day before, and twice the day.
    assert planned_ahead(desk) == 7
    left = to(desk.run_until("2026-11-13 09:00"))

    day = "le jeudi 12 novembre"
    assert [one for one in left if not one[1].startswith(("Relance", "Coordination"))] == [
        ("ada", f"Rappel – demande D-E3E6AE : réponse promise pour {day} (dans 6 jours)"),
        ("ada", "Demande D-E3E6AE : échéance le vendredi 20 novembre (dans 7 jours)"),
        ("dan", f"Demande D-E3E6AE : la réponse était promise pour {day}"),
    ]


def test_a_dated_stage_costs_no_event_before_it_falls_due(desk):
    desk.tell(assigned(due=None), accepted("ada"))

    assert desk.tell(deadline_set("2026-11-20")) == 0
    assert desk.made.scheduler.next_due_at() == paris("2026-11-13 09:00")
    assert desk.tick("2026-11-13 08:59") == []
    assert desk.found(cause=f"deadline:{DEADLINE}") == []
    assert len(desk.tick("2026-11-13 09:00")) == 1
    assert desk.made.scheduler.next_due_at() == paris("2026-11-16 09:00")  # nobody reacted


def test_what_is_planned_when_it_falls_due_belongs_to_what_made_the_deadline(desk):
    event = deadline_set("2026-11-20")
    cause = {"correlation_id": "followup/7", "causation_id": "followup/8"}
    with desk.streams.unit(metadata={}) as unit:
        desk.made.planner.handle([Told(event, 1, desk.clock.now())], unit, lambda _: cause)
    desk.tick("2026-11-13 09:00")

    [alert, _] = desk.found(cause=f"deadline:{DEADLINE}")
    [planned, *_] = desk.streams.store.load(f"alert-{alert.planned.alert_id}")
    assert planned.type == "AlertPlanned"
    assert planned.metadata == cause | {"actor": "notifications"}


def test_what_fell_due_before_a_request_was_revised_is_still_recalled(desk):
    desk.tell(assigned(), accepted("ada"))
    desk.clock.move_to(paris("2026-11-09 10:00"))  # nothing ran since the 2nd; due was the 6th

    desk.tell(revised(), at=paris("2026-11-08 10:00"))

    assert [who for who, _ in to(desk.tick())] == ["ada"]


def test_a_notice_that_waits_for_the_morning_leaves_though_the_request_is_revised_at_night(desk):
    desk.clock.move_to(paris("2026-11-02 22:00"))
    desk.tell(assigned())
    desk.tick()
    desk.clock.move_to(paris("2026-11-02 23:00"))
    desk.tell(revised())

    assert [who for who, _ in to(desk.run_until("2026-11-03 09:00"))] == ["ada", "ble"]


def lowered():
    return AssignmentUrgencyChanged(
        request_id=REQUEST, register="main", unit=FRESNES, urgency=Urgency.NORMAL,
        answer_due_on=assigned().answer_due_on,
    )  # fmt: skip


@pytest.mark.parametrize("changes", [1, 2])
def test_a_notice_that_waits_for_monday_leaves_though_the_urgency_is_lowered_meanwhile(
    desk, changes
):
    desk.clock.move_to(paris("2026-11-06 19:00"))  # a Friday
    desk.tell(assigned(urgency=Urgency.HIGH, due="2026-11-20"))
    desk.tick()
    for hour in range(changes):
        desk.clock.move_to(paris(f"2026-11-07 1{hour}:00"))
        desk.tell(lowered())

    notice = "Une demande vous est confiée : demande D-E3E6AE"
    assert to(desk.run_until("2026-11-09 09:00")) == [("ada", notice), ("ble", notice)]


def test_a_notice_that_left_is_not_sent_again_when_the_urgency_is_lowered(desk):
    desk.tell(assigned(urgency=Urgency.HIGH))
    desk.tick()

    desk.tell(lowered())

    assert desk.tick() == []


def test_a_deadline_heard_of_before_its_request_is_told_to_those_who_answer_for_it_only(desk):
    desk.tell(deadline_set("2026-11-05"))
    desk.tell(assigned(due=None), accepted("ada"))
    desk.tick()

    assert [one.planned.recipient for one in desk.found()] == ["ada"]
    assert desk.events() == 3  # planned, sending, sent: nothing was called off


def test_whom_a_revised_decision_informs_is_told_once(desk):
    desk.tell(assigned("desk"))
    desk.tick()
    desk.tell(revised(unit="desk", inform=(FRESNES,)), revised(unit="desk", inform=(FRESNES,)))

    left = to(desk.tick())

    assert left == [
        ("ada", "Pour information : demande D-E3E6AE"),
        ("ble", "Pour information : demande D-E3E6AE"),
    ]


def test_a_minor_is_told_the_same_day_to_the_person_on_duty_and_goes_up_that_day(desk):
    desk.clock.move_to(paris("2026-11-07 10:00"))  # a Saturday
    desk.tell(assigned("desk", urgency=Urgency.HIGH, also=("R23",)))

    told = to(desk.tick())
    later = to(desk.run_until("2026-11-07 20:00"))

    assert {who for who, _ in told} == {"clo", "dan"}
    assert "dan" in {who for who, _ in later}


def test_a_minor_of_whom_a_correction_tells_is_told_the_same_day(desk):
    desk.tell(assigned("desk"))
    desk.tick()
    desk.clock.move_to(paris("2026-11-07 10:00"))
    desk.tell(revised(unit="desk", also=("R23",)))

    assert "clo" in {who for who, _ in to(desk.tick())}


@pytest.mark.parametrize(("day", "told"), [("2026-11-07", {"clo", "dan"}), ("2026-11-10", {"dan"})])
def test_who_is_to_be_called_back_on_no_listening_day_is_told_to_the_person_on_duty(
    desk, day, told
):
    desk.tell(assigned("desk"), accepted("dan"))
    desk.tick()
    desk.clock.move_to(paris(f"{day} 10:00"))
    desk.tell(deadline_set(day, kind=DeadlineKind.CALLBACK))

    assert {who for who, _ in to(desk.tick())} == told


def revised(unit=FRESNES, inform=(), also=()):
    return DecisionRevised(
        request_id=REQUEST, register="main", unit=unit, urgency=Urgency.NORMAL,
        answer_due_on=assigned().answer_due_on, danger=False, rule="R3",
        reason=RoutingReason.TEAM_PRESENT, reason_fr="Relue.", also=also, inform=inform,
        needs_review=False, policy_version="1", looked_at=(), establishment=None,
    )  # fmt: skip


def late(desk, at=None):
    """What the metrics say: how many alerts are late, and by how many seconds, by lane."""
    now = paris(at) if at else desk.clock.now()
    with transaction(desk.pool) as connection:
        counted, by = late_alerts((desk.alerts, desk.made.causes), connection, now)
    return tuple(
        {s.labels["lane"]: s.value for s in family.samples if s.value} for family in (counted, by)
    )


def test_a_stage_that_nobody_plans_shows_as_late(desk):
    desk.tell(assigned(due=None), accepted("ada"), deadline_set("2026-11-20"))

    assert late(desk, "2026-11-13 08:59") == ({}, {})
    assert late(desk, "2026-11-13 10:00") == ({"ordinary": 1}, {"ordinary": 3600})


def test_what_a_dead_mail_server_holds_up_is_late_since_it_was_due_until_it_leaves(desk):
    desk.mail.behave("unavailable")
    desk.tell(assigned(urgency=Urgency.LOW, due=None))  # for Ada and for Ble, at 10:00

    desk.run_until("2026-11-02 11:00")
    held_up = late(desk)
    desk.mail.behave("accept")
    desk.run_until("2026-11-02 12:00")

    assert held_up == ({"ordinary": 2}, {"ordinary": 3600})
    assert late(desk) == ({}, {})


def test_what_was_handed_on_before_it_could_leave_is_late_until_it_leaves(desk):
    desk.mail.behave("unavailable")
    desk.tell(assigned(danger=True, urgency=Urgency.CRITICAL, due=None))

    desk.run_until("2026-11-02 12:00")
    held_up = late(desk)
    desk.mail.behave("accept")
    desk.run_until("2026-11-02 13:00")

    assert {one.state for one in desk.found()} >= {AlertState.ESCALATED}
    assert held_up[1]["urgent"] == 2 * 3600
    assert late(desk) == ({}, {})


def test_what_was_given_up_for_something_else_is_not_late(desk):
    desk.tell(assigned(urgency=Urgency.LOW, due=None))
    desk.mail.behave("reject", times=1)

    desk.run_until("2026-11-02 11:00")

    assert late(desk) == ({}, {})


def test_a_cause_that_cannot_be_planned_holds_up_no_other_and_is_tried_again(desk, monkeypatch):
    broken = f"deadline:{DEADLINE}"

    def unless_broken(book, cause, *rest, **options):
        if cause.key == broken:
            raise ArithmeticError("a date beyond the calendar")
        reconcile(book, cause, *rest, **options)

    with monkeypatch.context() as faulty:
        faulty.setattr(falling_due, "reconcile", unless_broken)
        desk.tell(deadline_set("2026-11-06"), assigned(due=None))
        told = desk.tick()
    assert {one.planned.cause for one in desk.found()} == {f"assignment:{REQUEST}"}
    assert told

    desk.run_until("2026-11-06 18:00")

    assert broken in {one.planned.cause for one in desk.found()}


@pytest.mark.parametrize("deadline_first", [False, True])
def test_a_deadline_is_as_urgent_as_its_request_whichever_is_heard_of_first(desk, deadline_first):
    told = [assigned(urgency=Urgency.CRITICAL), deadline_set("2026-11-12")]
    for one in reversed(told) if deadline_first else told:
        desk.tell(one)

    with transaction(desk.pool) as connection:
        query = "SELECT urgency FROM causes WHERE kind = 'deadline'"
        assert connection.execute(query).fetchall() == [("critical",)]


def test_what_falls_due_for_a_volunteer_who_left_goes_to_the_rest_of_the_team(desk):
    desk.tell(assigned(), accepted("ada"))
    desk.tell(VolunteerLeft(volunteer_id="ada", register="main"))

    left = desk.run_until("2026-11-06 12:00")

    assert [who for who, _ in to(left)] == ["ble"]


def test_what_was_planned_for_a_volunteer_who_leaves_before_it_does_goes_to_the_team(desk):
    desk.tell(assigned(due=None), accepted("ada"), deadline_set("2026-11-05"))
    desk.made.scheduler.climb()
    planned = [one.planned.recipient for one in desk.found()]
    desk.tell(VolunteerLeft(volunteer_id="ada", register="main"))
    desk.tick()

    assert planned == ["ada"]
    assert [who for who, _ in to(desk.mail.messages())] == ["ble"]


def test_who_left_while_absent_and_came_back_gets_alerts_again(desk):
    away = {"absent_from": date(2026, 11, 2), "absent_until": None}
    desk.tell(VolunteerAbsenceRecorded(volunteer_id="ada", register="main", **away))
    desk.tell(VolunteerLeft(volunteer_id="ada", register="main"))
    desk.tell(registered("ada", FRESNES))

    desk.tell(assigned(danger=True, urgency=Urgency.CRITICAL))

    assert "ada" in [who for who, _ in to(desk.tick())]


def test_three_alerts_due_together_for_one_person_make_one_mail(desk):
    for number in range(3):
        desk.tell(assigned(request_id=UUID(int=number + 1)))

    left = desk.tick()

    assert to(left) == [("ada", "3 alertes vous attendent"), ("ble", "3 alertes vous attendent")]
    html = left[0].message.get_body(("html",)).get_content()
    assert html.count("https://desk.example/a/") == 3


def test_a_unit_without_anybody_is_written_to_at_the_desks_mailbox(desk):
    for name in ("ada", "ble", "clo", "dan"):
        desk.tell(VolunteerLeft(volunteer_id=name, register="main"))
    desk.tell(assigned())

    assert [who for who, _ in to(desk.tick())] == ["commission.prison"]


def test_the_table_of_alerts_is_the_one_that_a_rebuild_from_the_events_makes(desk):
    desk.tell(assigned(danger=True, urgency=Urgency.CRITICAL), deadline_set("2026-11-12"))
    desk.run_until("2026-11-12 10:00")
    live = desk.found()

    with desk.pool.connection() as connection, connection.transaction():
        connection.execute("DELETE FROM alerts")
        for partition in range(8):
            for recorded in desk.streams.store.read(partition, after=0, limit=10_000):
                desk.alerts.project(connection, recorded, desk.alerts._codec.decode(recorded))

    assert desk.found() == live
