"""What a form asks for beside the first day of a rule."""

from __future__ import annotations

from datetime import date

import pytest

from shared.deadlines import (
    BadInput,
    DecisionDayNeeded,
    NotInForce,
    compute,
    days_asked,
    days_needed,
    rule,
    rules,
)

AID = ("aid_asked", "aid_decided", "lawyer_named")


@pytest.mark.parametrize(
    ("name", "asked", "needed"),
    [
        ("oqtf-detained", (), ()),
        ("oqtf-general", AID, ()),
        ("oqtf-old-48h", ("decided_on",), ("decided_on",)),
        ("cnda-appeal", AID, ()),
        ("cnda-rest", AID, ("aid_asked", "aid_decided")),
        ("legal-aid-restart", ("lawyer_named",), ()),
        ("crim-appeal", (), ()),
    ],
)
def test_a_rule_asks_for_what_may_change_its_dates_and_needs_what_it_cannot_do_without(
    name: str, asked: tuple[str, ...], needed: tuple[str, ...]
):
    assert days_asked(rule(name)) == asked
    assert days_needed(rule(name)) == needed


@pytest.mark.parametrize("name", sorted(rules()))
def test_no_rule_misses_a_day_that_it_does_not_say_that_it_needs(name: str):
    lacking = _lacking(name)

    assert lacking is None or lacking in days_needed(rule(name))


def _lacking(name: str) -> str | None:
    """What the calculator says that it lacks beside a trigger; None if nothing."""
    try:
        compute(name, date(2026, 11, 10), zone="metro")
    except NotInForce:
        return None  # of another time: no day mends that
    except (BadInput, DecisionDayNeeded) as refusal:
        return str(refusal).partition(":")[0]
    return None
