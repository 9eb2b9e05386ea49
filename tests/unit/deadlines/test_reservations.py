# ruff: noqa: DTZ001  (triggers are local hours, as written on a notification)
"""What must be shown with the dates."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from shared.deadlines import compute, rules


def _said(*args, **kwargs) -> str:
    return "\n".join(compute(*args, **kwargs).reservations)


def test_every_computation_asks_for_a_jurist():
    assert "À faire vérifier par un·e juriste" in _said("desk-reply", date(2026, 11, 23))


@pytest.mark.parametrize("rule", ["transfer", "cnda-appeal", "ofpra-filing", "asylum-retention"])
def test_asylum_rules_are_unverified_since_the_pact(rule):
    assert "Pacte européen" in _said(rule, date(2026, 6, 12), zone="metro")
    assert "Pacte européen" not in _said(rule, date(2026, 2, 9), zone="metro")


@pytest.mark.parametrize("rule", ["oqtf-detained", "oqtf-switch-detained"])
def test_seven_days_tell_that_two_courts_part(rule):
    said = _said(rule, date(2026, 11, 2), zone="metro")

    assert "24TL02643" in said
    assert "24LY03013" in said


_SEVEN_DAYS = [
    each.id
    for each in rules().values()
    if each.carry_over and (each.duration.amount, each.duration.unit) == (7, "days")
]


@pytest.mark.parametrize("rule", _SEVEN_DAYS)
def test_seven_days_tell_that_the_carry_over_is_doubtful(rule):
    said = _said(rule, date(2026, 11, 2), zone="metro")

    assert "R. 921-3" in said
    assert "report au jour ouvrable" in said


def test_a_local_holiday_that_carried_the_date_over_is_told():
    said = _said("oqtf-detained", date(2026, 3, 26), before="TA Strasbourg")

    assert "Report dû à un jour férié local (Vendredi saint)" in said
    assert "temple protestant" in said


def test_an_unknown_court_is_told():
    assert "non reconnue" in _said("oqtf-detained", date(2026, 11, 2), before="quelque part")
    assert "non précisée" in _said("oqtf-detained", date(2026, 11, 2))


def test_short_limits_where_book_ix_does_not_apply_name_the_overseas_rule():
    assert "oqtf-overseas" in _said("oqtf-detained", date(2026, 11, 2), before="TA Guyane")
    assert "oqtf-overseas" not in _said("oqtf-detained", date(2026, 11, 2), before="TA Martinique")


def test_the_overseas_two_months_before_another_court_are_warned_of():
    assert "Attention" in _said("oqtf-overseas", date(2026, 11, 2), before="TA Melun")
    assert "Attention" not in _said("oqtf-overseas", date(2026, 11, 2), before="TA Mayotte")


def test_the_special_way_of_detained_persons_is_told():
    assert "récépissé daté" in _said("oqtf-detained", date(2026, 11, 2), zone="metro")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("oqtf-retention", "Personne retenue : dépôt auprès du responsable du lieu de rétention"),
        ("oqtf-switch-retention", "Personne retenue : levée d'écrou suivie de rétention"),
        ("oqtf-general", "Si incarcération avant la fin du mois: voir oqtf-switch-detained."),
        ("refusal-with-oqtf", "Personne détenue : sept jours (oqtf-detained)."),
        ("renewal-window-open", "Personne détenue : anticiper; solution de substitution"),
        ("renewal-window-close", "Personne détenue : anticiper; solution de substitution"),
    ],
)
def test_the_special_way_is_told_in_every_situation(rule, said):
    assert said in _said(rule, datetime(2026, 11, 2, 10), before="TA Lille")


def test_the_old_appeal_of_discipline_goes_the_way_of_the_line_above_it():
    said = _said("discipline-rapo-old", date(2022, 4, 4), before="DISP Lille")

    assert "par courrier ou remis au greffe/vaguemestre" in said


def test_the_special_way_of_an_old_limit_in_retention_is_told():
    said = _said("oqtf-old-48h-restricted", datetime(2024, 7, 2, 9), before="TA Lille")

    assert "Personne retenue : dépôt auprès de l'autorité de rétention" in said


def test_who_was_free_at_the_notification_is_sent_to_the_other_rules():
    assert "oqtf-switch-detained" in _said("oqtf-detained", date(2026, 11, 2), zone="metro")


def test_a_decision_near_the_switch_without_its_day_is_told():
    assert "Date de la décision non donnée" in _said("oqtf-detained", datetime(2024, 8, 1, 9))


def test_every_rule_can_be_computed_and_says_its_steps_in_words():
    for each in rules().values():
        day = each.effective_to or date(2026, 11, 2)
        aid = {"aid_asked": day, "aid_decided": day} if each.id == "cnda-rest" else {}
        found = compute(each, datetime(day.year, day.month, day.day, 10), zone="metro", **aid)
        assert found.steps[0].startswith("Déclenchement")
        assert len(found.steps) >= 3
