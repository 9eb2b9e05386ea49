"""Special situations in many people's words and tongues; and their calm look-alikes."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.contracts.vocabulary import SpecialSituation, Urgency
from tests.support.normalising import letter

DATA = Path(__file__).parents[3] / "data" / "dangers"
S = SpecialSituation
CRITICAL = {S.SUICIDE_RISK, S.VIOLENCE_OR_THREAT, S.TRAFFICKING_VICTIM, S.RETENTION}


def lines(name: str) -> list[str]:
    return (DATA / name).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("situation", "words"),
    [line.split("\t") for name in ("in_other_words.tsv", "by_ear.tsv") for line in lines(name)],
)
def test_a_special_situation_is_seen_in_other_words(situation, words):
    facts = letter(words).facts
    wanted = S(situation)
    assert wanted in facts.special_situations
    assert facts.urgency is Urgency.CRITICAL or wanted not in CRITICAL


@pytest.mark.parametrize("words", [*lines("calm_look_alikes.txt"), *lines("calm_by_ear.txt")])
def test_a_calm_look_alike_is_no_special_situation(words):
    assert not letter(words).facts.special_situations
