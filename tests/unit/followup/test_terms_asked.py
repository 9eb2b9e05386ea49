"""What a form asks of a clock, against the day on which it is sent."""

from __future__ import annotations

from datetime import date

import pytest

from services.followup.application.forms import TermsForm, read_terms
from services.followup.domain.errors import NotStarted


@pytest.mark.parametrize("rule", ["oqtf-detained", "crim-appeal", "retention-placement"])
def test_no_clock_starts_on_a_day_to_come(rule: str):
    ahead = {"kind": "oqtf_appeal", "rule": rule, "trigger_on": "2062-11-24"}

    with pytest.raises(NotStarted, match="trigger_on: 2062-11-24 is yet to come"):
        read_terms(TermsForm, ahead, today=date(2026, 11, 24))


@pytest.mark.parametrize(
    ("rule", "trigger_on"),
    [
        ("oqtf-detained", "2026-11-24T14:30"),
        ("oqtf-detained", "2026-11-25"),  # overseas it may be tomorrow already
        ("renewal-window-open", "2027-06-30"),  # counted back from an expiry
        ("implicit-appeal", "2027-01-10"),  # a silence that will mean no
    ],
)
def test_what_may_lie_ahead_may_be_planned(rule: str, trigger_on: str):
    asked = {"kind": "refusal_appeal", "rule": rule, "trigger_on": trigger_on}

    terms, _ = read_terms(TermsForm, asked, today=date(2026, 11, 24))

    assert terms.rule == rule
