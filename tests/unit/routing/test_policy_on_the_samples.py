"""The thirty samples, decided from what is expected to be understood of each."""

from __future__ import annotations

import pytest

from services.routing.adapters.settings import read_policy
from services.routing.domain.policy import route
from tests.unit.routing import samples

SETTINGS = read_policy()
THIRTY = samples.load()


def test_there_are_thirty_samples():
    assert len(THIRTY) == 30


@pytest.mark.parametrize("sample", THIRTY, ids=lambda sample: sample.id)
def test_a_sample_goes_where_its_reader_expects(sample):
    decision = route(
        sample.facts, sample.directory, sample.earlier, SETTINGS, flagged=sample.flagged
    )

    routing = sample.expected["routing"]
    due_on = decision.answer_due_on
    assert {
        "unit": decision.unit,
        "rule": decision.rule,
        "reason": decision.reason,
        "inform": sorted(decision.inform),
        "urgency": decision.urgency,
        "answer_due_on": due_on and due_on.isoformat(),
        "needs_review": decision.needs_review,
    } == {
        "unit": routing["unit"],
        "rule": routing["rule"],
        "reason": routing["reason"],
        "inform": sorted(routing["inform"]),
        "urgency": sample.expected["urgency"],
        "answer_due_on": sample.expected.get("answer_due_on"),
        "needs_review": sample.expected["state"] == "needs_review",
    }


# Advice on answering that our decision does not derive: it depends on words of the item.
NOT_DERIVED = {
    ("S06", "R33"),  # the offence stays private
    ("S13", "R41"),  # the limit that is past is computed by intake, not given here
    ("S26", "R12"),  # he gives no other place
    ("S27", "R21"),  # his earlier request is no copy of this one
}


@pytest.mark.parametrize("sample", THIRTY, ids=lambda sample: sample.id)
def test_the_other_rules_that_apply_stand_beside(sample):
    decision = route(
        sample.facts, sample.directory, sample.earlier, SETTINGS, flagged=sample.flagged
    )

    expected = {
        rule for rule in sample.expected["routing"]["also"] if (sample.id, rule) not in NOT_DERIVED
    }
    assert expected <= set(decision.also)
