"""Who cannot read, and who complains of us, by what they tell; and calm look-alikes."""

from __future__ import annotations

import pytest

from shared.contracts.vocabulary import SpecialSituation
from tests.support.normalising import letter

READS, COMPLAINS = SpecialSituation.CANNOT_READ, SpecialSituation.COMPLAINT_ABOUT_TEAM


@pytest.mark.parametrize(
    "words",
    [
        "Moi je parle et c'est Karim d'en face qui tient le stylo.",
        "L'école je connais pas, alors on me lit vos lettres.",
        "Comme signature, une croix et mon pouce.",
        "I never went inside school, my friend reads it to me.",
        "Nunca fui a la escuela, un compañero lee para mí.",
    ],
)
def test_who_cannot_read_is_seen(words):
    assert READS in letter(words).facts.special_situations


@pytest.mark.parametrize(
    "words",
    [
        "J'ai appris à écrire au stylo plume à l'école, voici ma demande.",
        "Le juge a lu mon dossier pour la première fois hier.",
    ],
)
def test_school_and_pens_alone_are_no_sign(words):
    assert READS not in letter(words).facts.special_situations


@pytest.mark.parametrize(
    "words",
    [
        "La dame de votre association a égaré mon passeport et jure ne l'avoir jamais eu. Je veux "
        "parler à son responsable.",
        "Votre bénévole a ri de moi devant les autres. Je demande une autre personne.",
        "The man from Cimade shouted at me in front of everyone. I want someone else.",
        "La mujer de la Cimade se burló de mí y perdió mi papel, quiero otra persona.",
    ],
)
def test_a_complaint_told_in_its_parts_is_seen(words):
    assert COMPLAINS in letter(words).facts.special_situations


@pytest.mark.parametrize(
    "words",
    [
        "La dame de votre équipe avait commencé le renouvellement de ma carte, merci à elle.",
        "Le surveillant a crié devant tout le monde, je veux voir le directeur.",
        "Je cherche un bénévole de votre équipe pour raconter mon parcours dans une revue.",
        "Votre bénévole a gardé mon dossier pour la préfecture, quand revient-elle ?",
        "Votre bénévole est parti, je voudrais voir une autre personne de l'équipe.",
    ],
)
def test_calm_words_of_the_team_are_no_complaint(words):
    assert COMPLAINS not in letter(words).facts.special_situations
