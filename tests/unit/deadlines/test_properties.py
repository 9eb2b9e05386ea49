# ruff: noqa: DTZ001  (triggers are local hours, as written on a notification)
"""What holds for every rule, day and place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.deadlines import ZONES, Counting, Nature, compute, is_working_day, rules

_OPEN = [each for each in rules().values() if each.effective_to is None]
_DAYS = [each for each in _OPEN if each.counting is not Counting.HOURS]
_HOURS = [each for each in _OPEN if each.counting is Counting.HOURS]
_COUNTED = [each for each in _DAYS if each.nature is not Nature.REMAINDER]

days = st.dates(date(2024, 8, 1), date(2045, 12, 31))
zones = st.sampled_from(sorted(ZONES))
unhurried = settings(deadline=None, max_examples=150)


@given(st.sampled_from(_COUNTED), days, zones)
@unhurried
def test_the_prudent_day_is_never_after_the_last(rule, day, zone):
    found = compute(rule, day, zone=zone)

    assert found.prudent <= found.last


@given(
    st.sampled_from(_HOURS),
    st.datetimes(datetime(2024, 8, 1), datetime(2045, 12, 31)),
    zones,
)
@unhurried
def test_the_prudent_hour_is_never_after_the_last(rule, moment, zone):
    found = compute(rule, moment.replace(second=0, microsecond=0), zone=zone)

    assert found.prudent <= found.last
    assert found.alert_at <= found.over_at


@given(st.sampled_from([each for each in _COUNTED if each.carry_over]), days, zones)
@unhurried
def test_a_carried_date_is_always_a_working_day_and_the_first_one(rule, day, zone):
    found = compute(rule, day, zone=zone)

    assert is_working_day(found.last, zone)
    uncarried = found.prudent + timedelta(days=rule.counting.startswith("franc"))
    between = (found.last - uncarried).days
    assert not any(is_working_day(uncarried + timedelta(days=n), zone) for n in range(between))


@given(st.sampled_from(_COUNTED), days, st.integers(1, 40), zones)
@unhurried
def test_a_later_trigger_never_ends_earlier(rule, day, later, zone):
    first = compute(rule, day, zone=zone)
    second = compute(rule, day + timedelta(days=later), zone=zone)

    assert first.last <= second.last
    assert first.prudent <= second.prudent


@given(
    st.sampled_from(_HOURS),
    st.datetimes(datetime(2024, 8, 1), datetime(2045, 12, 31)),
    zones,
    zones,
)
@unhurried
def test_the_same_local_hour_ends_at_the_same_local_hour_where_no_clock_changes(
    rule, moment, one, other
):
    steady = {"reunion", "mayotte", "martinique", "guadeloupe", "guyane"}
    one, other = (zone if zone in steady else "reunion" for zone in (one, other))
    moment = moment.replace(second=0, microsecond=0)

    ends = {compute(rule, moment, zone=zone).texts()[2] for zone in (one, other)}

    assert len(ends) == 1


@given(st.sampled_from(_HOURS), st.datetimes(datetime(2024, 8, 2), datetime(2045, 12, 30)), zones)
@unhurried
def test_an_instant_and_its_local_hour_give_the_same_dates(rule, moment, zone):
    aware = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    local = aware.astimezone(ZONES[zone].tz)
    if local.fold:
        return  # the second of two equal hours: the naive hour is the first

    here = compute(rule, local.replace(tzinfo=None), zone=zone)

    assert compute(rule, aware, zone=zone).texts() == here.texts()


@given(st.sampled_from(_COUNTED), st.dates(date(2024, 8, 1), date(2040, 12, 31)))
@unhurried
def test_only_the_day_of_a_trigger_counts_for_limits_in_days(rule, day):
    at_night = compute(rule, datetime(day.year, day.month, day.day, 23, 59), zone="metro")

    assert at_night.texts()[1:] == compute(rule, day, zone="metro").texts()[1:]


def test_months_from_the_end_of_a_month_stop_at_its_last_day():
    ends = {
        (31, 2027): "2027-02-28",
        (29, 2028): "2028-02-29",
        (31, 2028): "2028-02-29",
    }
    for (day, year), end in ends.items():
        assert compute("oqtf-general", date(year, 1, day), zone="metro").texts()[2] == end
