# ruff: noqa: DTZ001  (triggers are local hours, as written on a notification)
"""Limits in hours: local clock, clock changes, and a notification without an hour."""

from __future__ import annotations

from datetime import UTC, date, datetime

from shared.deadlines import compute, last_ends_at


def test_without_an_hour_the_count_starts_at_midnight_and_is_flagged():
    found = compute("oqtf-retention", date(2026, 11, 13), before="TA Montreuil")

    assert found.texts() == ("2026-11-13", "2026-11-15 00:00", "2026-11-15 00:00")
    assert "Heure de notification inconnue" in found.reservations[0]


def test_an_hour_with_its_zone_is_read_as_the_local_hour_of_the_court():
    found = compute("oqtf-retention", datetime(2026, 6, 10, 4, tzinfo=UTC), before="TA La Réunion")

    assert found.texts() == ("2026-06-10 08:00", "2026-06-12 08:00", "2026-06-12 08:00")
    assert found.over_at == datetime(2026, 6, 12, 4, tzinfo=UTC)


def test_the_seat_of_the_authority_tells_nothing_of_the_hour_of_a_notification():
    found = compute("asylum-retention-523", datetime(2026, 3, 2, 10))

    assert found.zone_assumed
    assert any("non précisée" in said for said in found.reservations)
    assert not compute("asylum-retention-523", datetime(2026, 3, 2, 10), zone="guyane").zone_assumed


def test_clocks_going_back_make_the_prudent_hour_an_hour_earlier():
    found = compute("oqtf-retention", datetime(2026, 10, 24, 10), zone="metro")

    assert found.texts()[1:] == ("2026-10-26 10:00", "2026-10-26 09:00")
    assert any("Changement d’heure" in step for step in found.steps)


def test_an_hour_that_the_clocks_skip_is_prudently_the_hour_before():
    found = compute("oqtf-retention", datetime(2026, 3, 27, 2, 30), zone="metro")

    assert found.texts()[1:] == ("2026-03-29 03:30", "2026-03-29 01:30")


def test_an_hour_that_comes_twice_is_prudently_the_first():
    found = compute("oqtf-retention", datetime(2026, 10, 23, 2, 30), zone="metro")

    assert found.alert_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_24_hours_of_a_retention_order_on_a_working_day_stay_hours():
    found = compute("retention-order-appeal", datetime(2026, 11, 10, 11, 20), zone="metro")

    assert found.texts()[1:] == ("2026-11-12 23:59", "2026-11-11 11:20")  # 11 Nov. is a holiday
    ordinary = compute("retention-order-appeal", datetime(2026, 11, 16, 11, 20), zone="metro")
    assert ordinary.texts()[1:] == ("2026-11-17 11:20", "2026-11-17 11:20")


def test_a_day_ends_at_midnight_local_to_the_court():
    found = compute("oqtf-detained", date(2026, 11, 2), before="TA Martinique")

    assert found.alert_at == datetime(2026, 11, 10, 4, tzinfo=UTC)  # 9 Nov. 24:00 there


def test_a_trigger_in_other_words_in_a_log_leaves_the_end_as_it_is():
    asked = {"rule": "oqtf-retention", "zone": "metro"}

    told = last_ends_at("2026-11-15T00:00", **asked, trigger_on="le 13 novembre au soir")

    assert told == last_ends_at("2026-11-15T00:00", **asked)
    assert told < last_ends_at("2026-11-15T00:00", **asked, trigger_on="2026-11-13")
