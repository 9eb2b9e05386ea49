"""Whatever the deadline and whenever it is found: no rung twice, in order, never after the date."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.directory import Directory
from services.notifications.domain.hours import WorkingHours
from services.notifications.domain.ladder import read_policy
from services.notifications.domain.plan import insist_at, plan
from shared.contracts.vocabulary import Urgency
from shared.deadlines.calendar import is_working_day
from shared.errors import Invalid

from .people import ADA, BLE, DAN, EVERYBODY, HOURS, PARIS, POLICY, deadline

ZONES = ["Europe/Paris", "America/Martinique", "Indian/Reunion", "Pacific/Noumea"]
days = st.dates(date(2026, 1, 1), date(2031, 12, 31))
instants = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - the zone follows
    datetime(2031, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
minutes = st.times(min_value=time(0, 0), max_value=time(23, 59)).map(
    lambda hour: hour.replace(second=0, microsecond=0)
)


@st.composite
def dated(draw):
    """A deadline by days or by hours, somewhere in the Republic, found at any moment."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    day, since = draw(days), draw(instants)
    hour = draw(st.none() | minutes)
    end = datetime.combine(day, hour or time(23, 59, 59), tzinfo=zone).astimezone(UTC)
    text = f"{day}T{hour:%H:%M}" if hour else day.isoformat()
    local = min(day, end.astimezone(PARIS).date())
    return replace(
        deadline("2026-01-01 00:00", "2026-01-01"),
        since=since,
        term=text,
        term_on=local,
        term_at=end,
    )


ladders = st.sampled_from(["deadline.days", "deadline.hours", "deadline.slow", "callback"])


@given(cause=dated(), name=ladders)
def test_no_rung_twice_in_order_and_none_after_the_prudent_date(cause, name):
    alerts = plan(cause, POLICY.ladder(name), EVERYBODY, HOURS).alerts

    assert len({one.alert_id for one in alerts}) == len(alerts)
    assert len({(one.recipient, one.rung) for one in alerts}) == len(alerts)
    assert [one.due_at for one in alerts] == sorted(one.due_at for one in alerts)
    assert all(one.due_at >= cause.since for one in alerts)
    if cause.since <= cause.term_at:
        assert all(one.due_at <= cause.term_at for one in alerts)


@given(cause=dated(), name=ladders)
def test_a_deadline_still_to_come_or_just_passed_is_always_told(cause, name):
    alerts = plan(cause, POLICY.ladder(name), Directory((ADA,)), HOURS).alerts

    assert "ada" in {one.recipient for one in alerts}


@given(cause=dated(), name=ladders)
def test_the_stages_of_one_person_come_in_the_order_of_the_ladder(cause, name):
    ladder = POLICY.ladder(name)
    place = {stage.name: number for number, stage in enumerate(ladder.stages)}
    alerts = plan(cause, ladder, Directory((BLE, DAN)), HOURS).alerts

    for who in ("ble", "dan"):
        places = [place[one.stage] for one in alerts if one.recipient == who]
        assert places == sorted(set(places))


@given(cause=dated(), name=ladders, later=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_asking_again_later_plans_nothing_that_was_not_planned_but_what_it_catches_up(
    cause, name, later
):
    first = {one.alert_id for one in plan(cause, POLICY.ladder(name), EVERYBODY, HOURS).alerts}
    again = plan(replace(cause, since=cause.since + later), POLICY.ladder(name), EVERYBODY, HOURS)

    new = {one.stage for one in again.alerts if one.alert_id not in first}
    assert len(new) <= 1


@given(left=instants, urgency=st.sampled_from(list(Urgency)))
def test_a_next_step_always_comes_later_than_the_one_before(left, urgency):
    for ladder in POLICY.ladders.values():
        for stage in ladder.stages:
            for step in stage.insist:
                cause = deadline("2026-01-01 00:00", "2026-06-01", urgency=urgency)
                alert = plan(cause, POLICY.ladder("deadline.days"), EVERYBODY, HOURS).alerts[0]
                assert insist_at(replace(alert, urgency=urgency), step, left, HOURS) > left


@given(instant=instants)
def test_an_opening_is_a_working_hour_that_is_never_earlier(instant):
    opening = HOURS.next_open(instant)
    local = opening.astimezone(PARIS)

    assert opening >= instant
    assert is_working_day(local.date())
    assert HOURS.opens <= local.time() < HOURS.closes
    assert HOURS.last_open(opening) == opening
    assert HOURS.last_open(instant) <= instant


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2028, 2, 29)])
def test_f51_an_hour_that_does_not_exist_or_exists_twice_is_one_instant(day):
    hours = WorkingHours(opens=time(2, 30), closes=time(18), is_working_day=lambda _day: True)

    found = hours.at(day, time(2, 30))

    expected = {
        date(2026, 3, 29): "2026-03-29T01:30:00+00:00",  # 03:30 summer time
        date(2026, 10, 25): "2026-10-25T00:30:00+00:00",  # the first of the two
        date(2028, 2, 29): "2028-02-29T01:30:00+00:00",
    }
    assert found.isoformat() == expected[day]


def test_a_ladder_that_makes_no_sense_is_refused_by_name():
    good = {
        "version": "1",
        "hours": {"opens": time(9), "closes": time(18)},
        "delivery": {
            "retry_minutes": [1],
            "late_minutes": 30,
            "late_minutes_critical": 5,
            "merge_from": 3,
        },
        "deadline_kinds": {},
        "ladders": {},
    }

    def refused(stages, kinds=None):
        ladders = {"deadline.days": {"stages": stages}}
        with pytest.raises(Invalid) as error:
            read_policy({**good, "ladders": ladders, "deadline_kinds": kinds or {}})
        return str(error.value)

    once = {"name": "j", "days_before": 0, "to": "holders"}
    assert "two stages bear one name" in refused([once, once])
    assert "not 2" in refused([{**once, "at_once": True}])
    assert "not 0" in refused([{"name": "j", "to": "holders"}])
    assert "after_minutes" in refused([{**once, "insist": [{"to": "same"}]}])
    assert "no ladder elsewhere" in refused([once], {"hearing": "elsewhere"})
