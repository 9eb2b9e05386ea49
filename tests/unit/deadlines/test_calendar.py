"""Working days, the public holidays of each zone, the line's listening days."""

from __future__ import annotations

from datetime import date

import pytest

from shared.deadlines.calendar import (
    add_working_days,
    is_public_holiday,
    is_working_day,
    next_listening_day,
    next_working_day,
    working_days_between,
)


@pytest.mark.parametrize(
    ("day", "zone", "off"),
    [
        (date(2026, 4, 3), "alsace-moselle", True),  # Good Friday
        (date(2026, 4, 3), "metro", False),
        (date(2027, 3, 26), "guadeloupe", False),  # Good Friday is only customary there
        (date(2027, 3, 4), "guadeloupe", False),  # Mi-Carême likewise
        (date(2027, 7, 21), "guadeloupe", False),
        (date(2027, 7, 21), "martinique", False),
        (date(2027, 7, 21), "saint-martin", False),
        (date(2025, 12, 26), "alsace-moselle", True),
        (date(2025, 12, 26), "metro", False),
        (date(2026, 5, 25), "metro", True),  # Whit Monday, though worked
        (date(2027, 4, 27), "mayotte", True),
        (date(2026, 5, 22), "martinique", True),
        (date(2026, 5, 27), "guadeloupe", True),
        (date(2026, 5, 28), "saint-martin", True),
        (date(2026, 6, 10), "guyane", True),
        (date(2026, 10, 9), "saint-barthelemy", True),
        (date(2027, 12, 20), "reunion", True),
        (date(2027, 12, 20), "metro", False),
        (date(2026, 6, 10), "saint-pierre-et-miquelon", False),
    ],
)
def test_public_holidays_are_those_of_the_law_for_each_zone(day, zone, off):
    assert is_public_holiday(day, zone) is off


def test_every_zone_has_the_eleven_national_days_of_2026():
    eleven = [
        *(date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8)),
        *(date(2026, 5, 14), date(2026, 5, 25), date(2026, 7, 14), date(2026, 8, 15)),
        *(date(2026, 11, 1), date(2026, 11, 11), date(2026, 12, 25)),
    ]
    assert all(is_public_holiday(day, zone) for day in eleven for zone in ("metro", "reunion"))


def test_saturdays_and_sundays_are_not_working_days():
    assert [is_working_day(date(2026, 11, day)) for day in (13, 14, 15, 16)] == [
        *(True, False, False),
        True,
    ]


def test_five_working_days_skip_weekends_and_holidays():
    assert add_working_days(date(2026, 3, 31), 5) == date(2026, 4, 8)  # Easter Monday lies inside
    assert add_working_days(date(2026, 4, 20), 5) == date(2026, 4, 27)
    assert add_working_days(date(2026, 5, 22), 5) == date(2026, 6, 1)


def test_working_days_count_backwards_too():
    assert add_working_days(date(2026, 5, 26), -3) == date(2026, 5, 20)
    assert working_days_between(date(2026, 5, 20), date(2026, 5, 26)) == 3


def test_a_working_day_is_its_own_next_one():
    assert next_working_day(date(2026, 11, 16)) == date(2026, 11, 16)
    assert next_working_day(date(2026, 11, 14)) == date(2026, 11, 16)


@pytest.mark.parametrize(
    ("left_on", "called_back_on"),
    [
        (date(2026, 3, 21), date(2026, 3, 24)),  # Saturday: Tuesday
        (date(2026, 3, 24), date(2026, 3, 27)),  # Tuesday evening: Friday
        (date(2026, 4, 28), date(2026, 5, 5)),  # Friday is 1 May: Tuesday
    ],
)
def test_a_message_is_called_back_on_the_next_tuesday_or_friday(left_on, called_back_on):
    assert next_listening_day(left_on) == called_back_on


def test_a_listening_day_may_be_the_day_itself_if_asked():
    assert next_listening_day(date(2026, 3, 24), same_day=True) == date(2026, 3, 24)
