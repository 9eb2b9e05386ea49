"""Which natures of a deadline a rule may count is data, whole and in tune with the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.followup.domain.findings import SUPPOSED
from services.intake.domain.normalise import default_reference
from shared.contracts.vocabulary import DeadlineKind
from shared.deadlines import RuleTableError, UnknownRule, kinds_of, load_ties, rules, rules_for
from shared.deadlines._rules import DATA

TABLE = DATA / "rule_kinds.csv"


@pytest.mark.parametrize(
    ("rule", "kinds"),
    [
        ("oqtf-detained", (DeadlineKind.OQTF_APPEAL, DeadlineKind.REFUSAL_APPEAL)),
        ("cnda-appeal", (DeadlineKind.CNDA_APPEAL,)),
        ("cnda-legal-aid", (DeadlineKind.LEGAL_AID_REQUEST,)),
        ("desk-reply", (DeadlineKind.ANSWER_DUE,)),
    ],
)
def test_a_rule_counts_the_natures_of_its_line(rule: str, kinds: tuple[DeadlineKind, ...]):
    assert kinds_of(rule) == kinds


def test_every_rule_counts_some_nature():
    assert all(kinds_of(rule) for rule in rules())


def test_a_rule_that_is_none_has_no_nature():
    with pytest.raises(UnknownRule, match="did you mean cnda-appeal"):
        kinds_of("cnda-apeal")


def test_the_rules_of_a_nature_are_those_meant_for_it_first():
    assert rules_for(DeadlineKind.HOUSE_ARREST_APPEAL)[0] == "house-arrest-decision"
    assert "oqtf-detained" not in rules_for(DeadlineKind.CNDA_APPEAL)
    assert rules_for(DeadlineKind.CALLBACK) == ()


def test_the_rule_supposed_for_a_nature_counts_it():
    assert {kind for kind, rule in SUPPOSED.items() if kind not in kinds_of(rule)} == set()


def test_the_rules_that_a_reading_proposes_count_what_it_reads():
    read = [
        (one.deadline, rule) for one in default_reference().decisions for rule in one.rules.values()
    ]

    assert read
    assert [(kind, rule) for kind, rule in read if kind not in kinds_of(rule)] == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("cnda-appeal,cnda_appeal", "cnda-apeal,cnda_appeal", "'cnda-apeal' is no rule"),
        ("cnda-appeal,cnda_appeal", "cnda-appeal,cnda_apeal", "kinds: cnda_apeal; use answer_due"),
        ("cnda-appeal,cnda_appeal", "cnda-appeal,", "kinds: empty"),
        ("cnda-appeal,cnda_appeal\n", "", "no line for cnda-appeal"),
        ("desk-reply,", "cnda-rest,", "'cnda-rest' is no rule, or stands twice"),
    ],
)
def test_a_line_that_is_wrong_is_named(tmp_path: Path, before: str, after: str, told: str):
    text = TABLE.read_text("utf-8")
    assert before in text
    path = tmp_path / "rule_kinds.csv"
    path.write_text(text.replace(before, after, 1), "utf-8")

    with pytest.raises(RuleTableError, match=told):
        load_ties(path)
