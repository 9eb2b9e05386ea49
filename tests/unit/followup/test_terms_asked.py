"""What a form asks of a clock, against the day on which it is sent."""

from __future__ import annotations

from datetime import date

import pytest

from services.followup.application.forms import TermsForm, read_terms
from services.followup.domain.errors import FarDay, KindAgainstRule, NotStarted
from services.followup.domain.terms import BadMoment


@pytest.mark.parametrize("rule", ["oqtf-detained", "crim-appeal", "retention-placement"])
def test_no_clock_starts_on_a_day_to_come(rule: str):
    ahead = {"kind": "oqtf_appeal", "rule": rule, "trigger_on": "2062-11-24"}

    with pytest.raises(NotStarted, match="trigger_on: 2062-11-24 is yet to come"):
        read_terms(TermsForm, ahead, today=date(2026, 11, 24))


@pytest.mark.parametrize(
    ("kind", "rule", "trigger_on"),
    [
        ("oqtf_appeal", "oqtf-detained", "2026-11-24T14:30"),
        ("oqtf_appeal", "oqtf-detained", "2026-11-25"),  # overseas it may be tomorrow already
        ("permit_expiry", "renewal-window-open", "2027-06-30"),  # counted back from an expiry
        ("refusal_appeal", "implicit-appeal", "2027-01-10"),  # a silence that will mean no
    ],
)
def test_what_may_lie_ahead_may_be_planned(kind: str, rule: str, trigger_on: str):
    asked = {"kind": kind, "rule": rule, "trigger_on": trigger_on}

    terms, _ = read_terms(TermsForm, asked, today=date(2026, 11, 24))

    assert terms.rule == rule


def test_a_rule_counts_no_deadline_of_another_nature():
    asked = {"kind": "cnda_appeal", "rule": "oqtf-detained", "trigger_on": "2026-11-20"}

    with pytest.raises(KindAgainstRule) as refusal:
        read_terms(TermsForm, asked, today=date(2026, 11, 24))

    assert str(refusal.value) == (
        "kind: cnda_appeal is not counted by rule oqtf-detained; choose kind oqtf_appeal or "
        "refusal_appeal, or a rule of cnda_appeal (cnda-appeal, cnda-rest, ce-cassation), or "
        "leave the rule out and give the day (on)"
    )


def test_a_nature_that_no_rule_counts_is_given_by_its_day():
    asked = {"kind": "removal_date", "rule": "oqtf-detained", "trigger_on": "2026-11-20"}

    with pytest.raises(KindAgainstRule, match=r"refusal_appeal, or leave the rule out"):
        read_terms(TermsForm, asked, today=date(2026, 11, 24))


FAR = [
    ({"kind": "oqtf_appeal", "on": "2199-05-03"}, "on: 2199-05-03"),
    ({"kind": "oqtf_appeal", "on": "2020-05-03"}, "on: 2020-05-03"),
    ({"kind": "hearing", "on": "2029-12-01T14:30"}, "on: 2029-12-01"),
    (
        {"kind": "oqtf_appeal", "rule": "oqtf-general", "trigger_on": "2025-11-10"},
        "trigger_on: 2025-11-10",
    ),
    ({"kind": "callback", "asked_on": "2062-11-24"}, "asked_on: 2062-11-24"),
    ({"kind": "release_date", "on": "2099-11-24"}, "on: 2099-11-24"),
]


@pytest.mark.parametrize(("asked", "told"), FAR)
def test_a_day_far_from_today_is_taken_if_somebody_says_that_it_is_meant(asked, told: str):
    with pytest.raises(
        FarDay, match=rf"^{told}: far from today; .* send far_days: true"
    ) as refusal:
        read_terms(TermsForm, asked, today=date(2026, 11, 24))

    assert list(refusal.value.fields) == [told.partition(":")[0]]
    terms, _ = read_terms(TermsForm, {**asked, "far_days": True}, today=date(2026, 11, 24))
    assert terms.prudent


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "release_date", "on": "2041-03-01"},
        {"kind": "permit_expiry", "on": "2036-10-12"},
        {"kind": "permit_expiry", "on": "2019-10-12"},
        {"kind": "hearing", "on": "2029-11-20"},
        {"kind": "oqtf_appeal", "on": "2025-12-01"},
    ],
)
def test_what_lives_hold_is_not_far(asked):
    terms, _ = read_terms(TermsForm, asked, today=date(2026, 11, 24))

    assert terms.last == asked["on"]


def test_a_day_of_another_age_is_refused_with_the_years_that_are_known():
    asked = {"kind": "hearing", "on": "1926-11-24", "far_days": True}

    with pytest.raises(BadMoment, match="on: 1926-11-24 lies outside 1950 to 2199; correct"):
        read_terms(TermsForm, asked, today=date(2026, 11, 24))
