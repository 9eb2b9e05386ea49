# ruff: noqa: DTZ001  (triggers are local hours, as written on a notification)
"""Which version of a rule applies, and what is said when it is another."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from shared.deadlines import BadInput, DecisionDayNeeded, NotInForce, compute

NOTIFIED = datetime(2024, 7, 17, 9)


def test_an_oqtf_decided_before_15_july_2024_follows_the_old_rules():
    with pytest.raises(NotInForce) as refusal:
        compute("oqtf-detained", NOTIFIED, decided_on=date(2024, 7, 14))

    assert refusal.value.instead == ("oqtf-old-48h", "oqtf-old-30d", "oqtf-old-15d")
    assert "the decision was taken on 2024-07-14" in str(refusal.value)


def test_an_oqtf_decided_on_15_july_2024_follows_the_new_rules():
    assert compute("oqtf-detained", NOTIFIED, decided_on=date(2024, 7, 15)).texts()[1] == (
        "2024-07-25"
    )
    with pytest.raises(NotInForce) as refusal:
        compute("oqtf-old-48h", NOTIFIED, decided_on=date(2024, 7, 15))
    assert refusal.value.instead[:2] == ("oqtf-general", "oqtf-detained")


def test_the_day_of_decision_and_not_of_notification_switches():
    found = compute("oqtf-old-48h", NOTIFIED, zone="metro", decided_on=date(2024, 7, 12))

    assert found.texts()[1] == "2024-07-19 09:00"


def test_an_old_rule_after_the_switch_asks_for_the_day_of_decision():
    with pytest.raises(DecisionDayNeeded, match=r"decided_on: .*give the day of the decision"):
        compute("oqtf-old-48h", NOTIFIED)


def test_a_new_rule_before_the_switch_is_refused_without_a_day_of_decision():
    with pytest.raises(NotInForce, match="in force then: transfer-old-15d, transfer-old-48h"):
        compute("transfer", date(2024, 6, 1))


@pytest.mark.parametrize(
    ("rule", "decided_on", "instead"),
    [
        ("oqtf-general", date(2024, 7, 1), {"oqtf-old-30d", "oqtf-old-15d", "oqtf-old-48h"}),
        ("oqtf-retention", date(2024, 7, 1), {"oqtf-old-48h-restricted"}),
        ("irtf-alone", date(2024, 7, 1), {"oqtf-old-15d"}),
        ("house-arrest-decision", date(2024, 7, 1), {"oqtf-old-48h-restricted"}),
        ("retention-placement", date(2024, 7, 1), {"retention-placement-old"}),
        ("retention-placement-old", date(2024, 7, 20), {"retention-placement"}),
        ("transfer-retention", date(2024, 7, 1), {"transfer-old-48h"}),
        ("transfer-old-15d", date(2024, 7, 20), {"transfer"}),
    ],
)
def test_a_rule_not_in_force_names_the_rules_that_were(rule, decided_on, instead):
    with pytest.raises(NotInForce) as refusal:
        compute(rule, datetime(2024, 7, 21, 9), decided_on=decided_on)

    assert set(refusal.value.instead) == instead
    assert all(name in str(refusal.value) for name in instead)


def test_other_rules_look_at_the_day_of_the_trigger():
    with pytest.raises(NotInForce, match="discipline-rapo-old"):
        compute("discipline-rapo", date(2022, 4, 30), decided_on=date(2022, 4, 29))
    assert compute("discipline-rapo", date(2022, 5, 2), decided_on=date(2022, 4, 29))


def test_where_the_table_holds_no_older_rule_a_jurist_is_asked():
    with pytest.raises(NotInForce, match="holds no rule for that day; ask a jurist"):
        compute("retention-asylum-kept", datetime(2024, 5, 1, 10))


@pytest.mark.parametrize(
    "rule", ["oqtf-detained", "refusal-alone", "discipline-rapo", "crim-appeal"]
)
def test_a_decision_cannot_be_notified_before_it_is_taken(rule):
    with pytest.raises(BadInput, match="decided_on: 2026-05-15 is after the trigger 2026-05-14"):
        compute(rule, date(2026, 5, 14), decided_on=date(2026, 5, 15))


def test_a_decision_may_follow_the_trigger_that_asks_for_it():
    assert compute("implicit-birth", date(2026, 1, 30), decided_on=date(2026, 4, 1))
