"""Which alerts a request and a deadline call for. November 2026: the 11th is a public holiday."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from services.notifications.domain.cause import ladder_of
from services.notifications.domain.directory import Directory
from services.notifications.domain.lanes import Lane
from services.notifications.domain.moments import next_stage
from services.notifications.domain.plan import follows, insist_at, instead, next_steps, plan
from shared.clock import PARIS
from shared.contracts.vocabulary import Role, Urgency

from .people import ADA, BLE, CLO, DAN, EVERYBODY, HOURS, POLICY, deadline, letter, paris, volunteer


def planned(cause, directory=EVERYBODY):
    """(recipient, stage, when on the desk's wall clock) of what is planned."""
    found = plan(cause, ladder_of(cause, POLICY), directory, HOURS)
    return [
        (one.recipient, one.stage, one.due_at.astimezone(PARIS).strftime("%m-%d %H:%M"))
        for one in found.alerts
    ]


def test_a_letter_is_announced_at_once_and_recalled_three_working_days_before_its_answer_is_due():
    assert planned(letter("2026-11-02 10:30", due="2026-11-12")) == [
        ("ada", "notice", "11-02 10:30"),
        ("ble", "notice", "11-02 10:30"),
        # 12 is a Thursday; the 11th is a holiday: the 10th, the 9th, and Friday the 6th
        ("ada", "reminder", "11-06 09:00"),
        ("ble", "reminder", "11-06 09:00"),
        ("dan", "overdue", "11-13 09:00"),
    ]


def test_an_ordinary_letter_that_comes_in_the_evening_waits_for_the_morning():
    assert planned(letter("2026-11-06 21:00", due="2026-11-30"))[0] == (
        "ada",
        "notice",
        "11-09 09:00",
    )


def test_a_danger_wakes_whoever_is_on_duty_at_any_hour():
    found = planned(letter("2026-11-08 03:12", danger=True, urgency=Urgency.CRITICAL))

    assert found == [
        ("ada", "alarm", "11-08 03:12"),
        ("ble", "alarm", "11-08 03:12"),
        ("clo", "alarm", "11-08 03:12"),
    ]


def test_an_accepted_letter_recalls_only_the_volunteer_who_has_it():
    cause = letter("2026-11-03 10:00", holder="ble", announce=False)

    assert planned(cause) == [("ble", "reminder", "11-06 09:00"), ("dan", "overdue", "11-13 09:00")]


def test_a_volunteer_who_is_away_that_day_is_replaced_by_the_unit():
    away = replace(BLE, absent_from=date(2026, 11, 5), absent_until=date(2026, 11, 9))
    cause = letter("2026-11-03 10:00", holder="ble", announce=False)

    assert planned(cause, Directory((ADA, away, DAN)))[0] == ("ada", "reminder", "11-06 09:00")


def test_a_team_without_anybody_is_answered_for_by_coordination_and_else_by_the_desks_mailbox():
    cause = letter("2026-11-03 10:00", due="2026-12-30")

    assert planned(cause, Directory((CLO, DAN)))[0] == ("dan", "notice", "11-03 10:00")
    assert planned(cause, Directory(()))[0] == ("team:cp-fresnes", "notice", "11-03 10:00")


def test_a_deadline_is_recalled_seven_three_and_one_day_before_its_prudent_date_and_on_it():
    assert planned(deadline("2026-10-20 10:00", "2026-11-12"), Directory((ADA, DAN))) == [
        ("ada", "j-7", "11-05 09:00"),
        ("ada", "j-3", "11-09 09:00"),
        ("ada", "j-1", "11-11 09:00"),  # a holiday: what is critical does not wait
        ("ada", "j", "11-12 09:00"),
        ("dan", "j", "11-12 09:00"),
    ]


def test_a_stage_that_falls_on_a_sunday_leaves_on_the_friday_before():
    found = planned(deadline("2026-10-20 10:00", "2026-11-18"), Directory((ADA,)))

    assert ("ada", "j-3", "11-13 09:00") in found


def test_a_deadline_that_is_found_late_is_told_at_once_by_the_latest_stage_that_passed():
    found = planned(deadline("2026-11-10 11:00", "2026-11-12"), Directory((ADA,)))

    assert found == [
        ("ada", "j-3", "11-10 11:00"),
        ("ada", "j-1", "11-11 09:00"),
        ("ada", "j", "11-12 09:00"),
        ("coordination", "j", "11-12 09:00"),
    ]


def test_a_deadline_that_had_passed_when_it_was_found_is_told_at_once():
    found = planned(deadline("2026-11-20 22:00", "2026-11-12"), Directory((ADA, DAN)))

    assert found == [("ada", "j", "11-20 22:00"), ("dan", "j", "11-20 22:00")]


def test_what_is_over_when_it_is_found_leaves_time_to_hear_that_it_is_missed():
    over = deadline("2026-11-20 11:00", "2026-11-12")
    missed = replace(over, missed=True)

    (leaves_at, _), (at_once, _) = (
        next_stage(cause, ladder_of(cause, POLICY), HOURS) for cause in (over, missed)
    )

    assert leaves_at - over.since == timedelta(seconds=5)
    assert at_once == missed.since


def test_a_day_whose_hour_is_given_is_recalled_seven_days_before_as_well():
    found = planned(deadline("2026-11-05 10:00", "2026-12-15T10:00"), Directory((ADA,)))

    assert found[:2] == [("ada", "j-7", "12-08 09:00"), ("ada", "h-72", "12-12 10:00")]


def test_two_days_that_run_in_hours_have_no_stage_of_seven_days():
    found = planned(deadline("2026-11-09 17:00", "2026-11-11T17:00"), Directory((ADA,)))

    assert "j-7" not in {stage for _, stage, _ in found}


def test_a_deadline_whose_trigger_is_unknown_runs_already_and_is_told_at_once():
    assert planned(deadline("2026-11-08 23:00", None), Directory((ADA, CLO))) == [
        ("ada", "alarm", "11-08 23:00"),
        ("clo", "alarm", "11-08 23:00"),
    ]


def test_a_limit_in_hours_is_recalled_in_hours():
    found = planned(deadline("2026-11-09 17:00", "2026-11-11T17:00"), Directory((ADA,)))

    assert [(stage, when) for who, stage, when in found if who == "ada"] == [
        ("h-72", "11-09 17:00"),
        ("h-24", "11-10 17:00"),
        ("h-6", "11-11 11:00"),
        ("h-2", "11-11 15:00"),
    ]


def test_a_deadline_of_a_court_far_to_the_east_is_recalled_before_its_own_day_ends():
    noumea = replace(
        deadline("2026-10-20 10:00", "2026-11-12"), term_at=paris("2026-11-12 13:59:59")
    )

    [last] = [when for who, stage, when in planned(noumea) if (who, stage) == ("ada", "j")]

    assert last == "11-12 00:59"


def test_reminders_keep_their_local_hour_across_the_change_of_the_hour():
    found = plan(
        deadline("2026-10-01 10:00", "2026-10-28"),
        POLICY.ladder("deadline.days"),
        Directory((ADA,)),
        HOURS,
    )

    by_stage = {one.stage: one.due_at.isoformat() for one in found.alerts if one.recipient == "ada"}
    assert by_stage["j-7"] == "2026-10-21T07:00:00+00:00"  # summer time
    assert by_stage["j"] == "2026-10-28T08:00:00+00:00"  # winter time, since the 25th


def test_correcting_a_deadline_gives_it_alerts_of_its_own_and_confirming_it_does_not():
    found = deadline("2026-10-20 10:00", "2026-11-12", candidate=True)
    ladder = POLICY.ladder("deadline.days")
    ids = {one.alert_id for one in plan(found, ladder, EVERYBODY, HOURS).alerts}
    confirmed = replace(found, candidate=False)
    corrected = replace(deadline("2026-10-20 10:00", "2026-11-13"))

    assert {one.alert_id for one in plan(confirmed, ladder, EVERYBODY, HOURS).alerts} == ids
    assert not ids & {one.alert_id for one in plan(corrected, ladder, EVERYBODY, HOURS).alerts}


def test_what_nobody_acknowledges_is_repeated_and_then_told_to_coordination_once():
    cause = deadline("2026-10-20 10:00", "2026-11-12")
    ladder = POLICY.ladder("deadline.days")
    alerts = [one for one in plan(cause, ladder, EVERYBODY, HOURS).alerts if one.stage == "j-3"]
    repeat, coordinate = ladder.stage("j-3").insist
    now = paris("2026-11-09 13:00")

    def follow(alert, step):
        return next_steps(alert, step, cause, EVERYBODY, now=now, day=date(2026, 11, 9))

    repeated = [follow(alert, repeat) for alert in alerts]
    escalated = [follow(again, coordinate) for (again,) in repeated]

    assert [one.recipient for (one,) in repeated] == ["ada", "ble"]
    assert {(one.recipient, one.escalated) for found in escalated for one in found} == {
        ("dan", True)
    }
    assert len({one.alert_id for found in escalated for one in found}) == 1


def test_insisting_skips_the_night_and_the_weekend_unless_it_is_critical():
    cause = deadline("2026-10-20 10:00", "2026-11-12")
    alerts = {
        one.stage: one for one in plan(cause, ladder_of(cause, POLICY), EVERYBODY, HOURS).alerts
    }

    def after(stage, left):
        alert = alerts[stage]
        return insist_at(alert, follows(alert, POLICY), paris(left), HOURS)

    assert after("j-7", "2026-11-06 15:00") == paris("2026-11-09 15:00")
    assert after("j-3", "2026-11-06 17:00") == paris("2026-11-09 09:00")
    assert after("j-1", "2026-11-06 23:00") == paris("2026-11-07 00:00")


def test_an_address_that_refuses_for_good_is_replaced_by_the_second_channel_then_coordination():
    cause = letter("2026-11-03 10:00", urgency=Urgency.LOW)
    [alert, *_] = plan(cause, ladder_of(cause, POLICY), EVERYBODY, HOURS).alerts

    assert follows(alert, POLICY) is None
    assert instead(alert, None, has_second=True).channel == "second"
    assert instead(alert, None, has_second=False).to == "coordination"
    assert instead(replace(alert, escalated=True), None, has_second=False) is None


def test_no_text_of_an_alert_names_the_matter_or_the_person():
    found = plan(
        deadline("2026-10-20 10:00", "2026-11-12"), POLICY.ladder("deadline.days"), EVERYBODY, HOURS
    )

    assert {one.about for one in found.alerts} == {"demande D-E3E6AE"}


def test_an_administrator_is_never_told_of_the_desks_work():
    admin = volunteer("zoe", "team:cp-fresnes", role=Role.ADMIN)

    assert planned(letter("2026-11-03 10:00"), Directory((admin, DAN)))[0][0] == "dan"


def test_until_an_instant_only_what_leaves_by_then_is_called_for_and_the_rest_stands():
    cause = letter("2026-11-02 22:00")
    ladder = ladder_of(cause, POLICY)

    def stages(until):
        found = plan(cause, ladder, EVERYBODY, HOURS, until=paris(until))
        assert found.audiences == plan(cause, ladder, EVERYBODY, HOURS).audiences
        return [one.stage for one in found.alerts]

    assert stages("2026-11-03 08:59") == []
    assert stages("2026-11-03 09:00") == ["notice", "notice"]
    assert stages("2026-11-06 09:00") == ["notice", "notice", "reminder", "reminder"]


def test_the_next_stage_is_named_with_the_lane_of_its_urgency():
    night = letter("2026-11-02 22:00")
    late = deadline("2026-11-10 10:00", "2026-11-12")

    def following(cause, after=None):
        return next_stage(cause, ladder_of(cause, POLICY), HOURS, after=after and paris(after))

    assert following(night) == (paris("2026-11-03 09:00"), Lane.ORDINARY)
    assert following(night, "2026-11-03 09:00") == (paris("2026-11-06 09:00"), Lane.ORDINARY)
    assert following(night, "2026-11-13 09:00") is None
    assert following(late, "2026-11-10 10:00") == (paris("2026-11-11 09:00"), Lane.URGENT)
