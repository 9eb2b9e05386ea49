"""Words of the calendar."""

from __future__ import annotations

from datetime import date

from shared.french import DAYS, MONTHS, capital, numbered


def test_the_first_of_a_month_is_premier() -> None:
    assert [numbered(date(2026, 3, day)) for day in (1, 2, 21)] == ["1er", "2", "21"]


def test_days_and_months_are_in_the_order_of_the_calendar() -> None:
    day = date(2026, 11, 9)
    assert (DAYS[day.weekday()], MONTHS[day.month - 1]) == ("lundi", "novembre")


def test_only_the_first_letter_is_raised() -> None:
    assert [capital("échéance du TIG"), capital("")] == ["Échéance du TIG", ""]
