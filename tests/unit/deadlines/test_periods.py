"""Periods stated in words and figures, of several languages, as numbers."""

from __future__ import annotations

import pytest

from shared.deadlines import Period, Unit, periods_in

HOURS, DAYS, MONTHS = Unit.HOURS, Unit.DAYS, Unit.MONTHS


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("48h", Period(48, HOURS)),
        ("quarante-huit heures", Period(48, HOURS)),
        ("quarante-huit (48) heures", Period(48, HOURS)),
        ("vingt-quatre heures", Period(24, HOURS)),
        ("soixante-douze heures", Period(72, HOURS)),
        ("forty-eight hours", Period(48, HOURS)),
        ("cuarenta y ocho horas", Period(48, HOURS)),
        ("quarenta e oito horas", Period(48, HOURS)),
        ("48 часов", Period(48, HOURS)),
        ("48 ساعة", Period(48, HOURS)),
        ("cinq jours", Period(5, DAYS)),
        ("dix-sept jours", Period(17, DAYS)),
        ("trente et un jours", Period(31, DAYS)),
        ("quatre-vingt-dix jours", Period(90, DAYS)),
        ("siete días", Period(7, DAYS)),
        ("7 dias", Period(7, DAYS)),
        ("7 дней", Period(7, DAYS)),
        ("7 أيام", Period(7, DAYS)),
        ("deux semaines", Period(14, DAYS)),
        ("un mois", Period(1, MONTHS)),
        ("2 meses", Period(2, MONTHS)),
    ],
)
def test_a_period_is_read_whole(text, period):
    assert periods_in(text) == (period,)


def test_several_are_read_in_their_order():
    assert periods_in("48 heures; sept jours") == (Period(48, HOURS), Period(7, DAYS))


@pytest.mark.parametrize("text", [None, "", "bientôt", "99999 jours", "500 jours", "1,5 jours"])
def test_what_is_no_period_gives_none(text):
    assert periods_in(text) == ()
