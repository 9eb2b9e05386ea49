"""A deadline's form asks for what is so; a correction keeps what the form does not show."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.desk.domain import words
from services.desk.domain.rows import DeadlineRow
from services.desk.web import deadlines

ID = UUID("0b9f6f0e-0000-4000-8000-000000000001")


def row(prudent: str | None = "2026-04-27", **terms: Any) -> DeadlineRow:
    return DeadlineRow(
        deadline_id=ID,
        register="main",
        request_id=None,
        case_id=ID,
        state="candidate",
        kind="oqtf_appeal",
        prudent=prudent,
        last=prudent,
        alert_at=None,
        terms=terms,
        set_by=None,
        ending=None,
    )


def counted(**changed: str) -> DeadlineRow:
    told = {"rule": "oqtf-detained", "trigger_on": "2026-04-20T15:30", "zone": "martinique"}
    return row(**told | changed)


def form(**fields: str) -> dict[str, str]:
    sent = {"kind": "oqtf_appeal", "rule": "oqtf-detained", "trigger_on": "2026-04-21"}
    return sent | fields


def test_another_first_day_keeps_whose_holidays_count_and_the_period_of_the_text():
    sent = deadlines.corrected(form(), counted(period_stated="sept jours"))

    assert sent["zone"] == "martinique"
    assert sent["period_stated"] == "sept jours"
    assert sent["trigger_on"] == "2026-04-21"


def test_another_court_decides_anew_whose_holidays_count():
    assert "zone" not in deadlines.corrected(form(before="TA Melun"), counted())


def test_a_given_day_goes_with_its_hour():
    sent = deadlines.terms_sent({"kind": "hearing", "on": "2026-05-20", "on_hour": "14:30"})

    assert sent == {"kind": "hearing", "on": "2026-05-20T14:30"}


def test_a_form_asks_for_what_is_so_when_it_is_sent_twice():
    now = counted()
    same = form(trigger_on="2026-04-20", trigger_hour="15:30", before="TA Melun")

    assert deadlines.asks(same, now)
    assert not deadlines.asks(form(), now)
    given = row(prudent="2026-05-20T14:30")
    assert deadlines.asks({"kind": "oqtf_appeal", "on": "2026-05-20", "on_hour": "14:30"}, given)


def test_what_the_page_showed_changes_with_each_term():
    seen = {deadlines.shown_as(one) for one in (counted(), counted(zone="metro"), row(), row(None))}

    assert len(seen) == 4


def test_rules_stand_under_the_nature_that_each_counts_first():
    rules = [
        {"rule": "cnda-appeal", "kinds": ["cnda_appeal"]},
        {"rule": "oqtf-detained", "kinds": ["oqtf_appeal", "refusal_appeal"]},
        {"rule": "cnda-rest", "kinds": ["cnda_appeal"]},
    ]

    groups = [(kind, [one["rule"] for one in found]) for kind, found in words.rule_groups(rules)]

    assert groups == [
        ("Recours contre une OQTF", ["oqtf-detained"]),
        ("Recours CNDA", ["cnda-appeal", "cnda-rest"]),
    ]
