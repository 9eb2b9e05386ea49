"""Each word that a service may tell of a deadline or an agreement has French words on the page."""

from __future__ import annotations

from services.desk.domain import words
from services.intake.domain.normalise import default_reference
from shared.deadlines import Nature
from tests.support.normalising import SAMPLES, load, normalised

SAME_IN_FRENCH = {"notification", "extension", "interruption"}


def test_what_starts_a_clock_is_told_in_french():
    found = {one.trigger for one in default_reference().decisions}
    facts = [normalised(record).facts for record in load(SAMPLES)]
    found |= {deadline.trigger for one in facts for deadline in one.deadlines}

    assert {"registry", "summons", "pronouncement"} <= found
    assert {one for one in found if words.trigger(one) == one} <= SAME_IN_FRENCH


def test_what_an_agreement_covers_is_told_in_french():
    facts = [normalised(record).facts for record in load(SAMPLES)]
    found = {one.consent_scope for one in facts if one.consent_scope}

    assert "referral" in found
    assert "this matter" not in {words.scope(one) for one in (*found, "this matter")}
    assert "referral" not in {words.scope(one) for one in found}


def test_what_not_to_use_to_answer_is_told_in_french():
    facts = [normalised(record).facts for record in load(SAMPLES)]
    found = {way for one in facts for way in one.reply_blocked}

    assert {"letter to the establishment", "no address given"} <= found
    assert {way for way in found if words.blocked(way) == way} == set()


def test_the_nature_of_a_rule_is_told_in_french():
    assert {one for one in Nature if words.nature(one) == one} <= SAME_IN_FRENCH
