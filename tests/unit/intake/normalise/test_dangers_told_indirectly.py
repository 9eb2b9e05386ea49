"""Dangers and special situations that are told, not named; and the same words where all is calm."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.contracts.vocabulary import SpecialSituation, Urgency
from tests.support.normalising import letter

DATA = Path(__file__).parents[3] / "data" / "dangers"
S = SpecialSituation
LEVELS = {
    S.SUICIDE_RISK: {Urgency.CRITICAL},
    S.VIOLENCE_OR_THREAT: {Urgency.CRITICAL},
    S.TRAFFICKING_VICTIM: {Urgency.CRITICAL},
    S.RETENTION: {Urgency.CRITICAL},
    S.MINOR: {Urgency.HIGH, Urgency.CRITICAL},
}


def lines(name: str) -> list[str]:
    return (DATA / name).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(("situation", "words"), [line.split("\t") for line in lines("told.tsv")])
def test_what_is_told_indirectly_is_seen(situation, words):
    facts = letter(words).facts
    wanted = SpecialSituation(situation)
    assert wanted in facts.special_situations
    assert facts.urgency in LEVELS.get(wanted, set(Urgency))


@pytest.mark.parametrize("words", lines("calm.txt"))
def test_the_same_words_about_something_else_raise_no_alarm(words):
    facts = letter(words).facts
    assert not facts.special_situations
    assert facts.urgency in {Urgency.NORMAL, Urgency.LOW}
