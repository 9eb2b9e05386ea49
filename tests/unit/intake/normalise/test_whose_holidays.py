"""Whose public holidays and hour count: those of the seat that must receive the act."""

from __future__ import annotations

from datetime import date

import pytest

from services.intake.domain.normalise.clocks import clock_of
from services.intake.domain.normalise.reference import default_reference

NO_PRISON = None


def _place(code: str | None):
    return default_reference().directory.by_code[code] if code else None


@pytest.mark.parametrize(
    ("rule", "trigger", "prison", "zone", "last"),
    [
        # held at Metz: the administrative court of Nancy for a removal, of Strasbourg for others
        ("oqtf-detained", date(2026, 3, 26), "cp-metz", "metro", "2026-04-03"),
        ("oqtf-switch-detained", date(2026, 3, 26), "cp-metz", "metro", "2026-04-03"),
        ("refusal-alone", date(2026, 2, 2), "cp-metz", "alsace-moselle", "2026-04-07"),
        ("expulsion", date(2026, 2, 2), "cp-metz", "alsace-moselle", "2026-04-07"),
        ("oqtf-detained", date(2026, 3, 26), "ma-strasbourg", "alsace-moselle", "2026-04-07"),
        # the CNDA, OFPRA and the courts of appeal sit elsewhere than the prison's court
        ("cnda-appeal", date(2026, 3, 2), "ma-strasbourg", "metro", "2026-04-03"),
        ("cnda-legal-aid", date(2026, 3, 2), "cp-remire-montjoly", "metro", "2026-03-17"),
        ("ofpra-filing", date(2026, 3, 2), "cp-remire-montjoly", "metro", "2026-03-23"),
        ("caa-single-judge", date(2026, 3, 2), "ma-strasbourg", "metro", "2026-04-03"),
        ("ce-cassation", date(2026, 2, 2), "ma-strasbourg", "metro", "2026-04-03"),
        # an authority without a seat of its own is near the prison
        ("crim-appeal", date(2026, 3, 24), "ma-strasbourg", "alsace-moselle", "2026-04-07"),
    ],
)
def test_the_seat_of_the_court_or_authority_counts(rule, trigger, prison, zone, last):
    clock = clock_of(rule, trigger, None, _place(prison))
    assert (clock.zone, clock.last) == (zone, last)


def test_without_a_place_no_zone_is_told_as_a_fact():
    assert clock_of("oqtf-detained", date(2026, 3, 26), None, NO_PRISON).zone is None
    assert clock_of("cnda-appeal", date(2026, 3, 2), None, NO_PRISON).zone == "metro"
