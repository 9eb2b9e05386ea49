"""Words of dangers in what is none, and hearings in lawyers' shorthand."""

from __future__ import annotations

from datetime import date

import pytest

from shared.contracts.vocabulary import DeadlineKind, Urgency
from tests.support.normalising import letter


@pytest.mark.parametrize(
    "words",
    [
        "Ils m'ont coupé les droits à la sécu, soi-disant pas de justificatif.",
        "La CAF et eux m'ont coupé mes allocations depuis janvier.",
        "Ma belle-mère rigole et dit qu'elle va me tuer si ce n'est pas fait avant l'été.",
        "Mon passeport gardé par le commissariat, la permission de sortir pour des noces.",
        "Pouvez-vous me dire où en est sa carte, si possible avant dimanche, merci.",
    ],
)
def test_nobody_is_in_danger_and_nothing_presses(words):
    facts = letter(words).facts
    assert not facts.special_situations
    assert facts.urgency is Urgency.NORMAL


@pytest.mark.parametrize(
    "words",
    [
        "Ils m'ont coupé au visage dans la cour.",
        "Mon codétenu rigole et dit qu'il va me tuer si je parle.",
    ],
)
def test_the_same_words_of_a_danger_are_seen(words):
    assert letter(words).facts.urgency is Urgency.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "Client moldave, MAE émis par Bucarest. Ch. instr. Douai jeudi 18/06, 9h.",
        "Passage devant la ch. de l'instruction le 18 juin à 9h.",
    ],
)
def test_a_chamber_in_shorthand_is_a_hearing(words):
    (found,) = letter(words).facts.deadlines
    assert (found.kind, found.date_on) == (DeadlineKind.HEARING, date(2026, 6, 18))
