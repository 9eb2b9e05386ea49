"""A child told by what children do and by whom they are put with; and calm look-alikes."""

from __future__ import annotations

import pytest

from shared.contracts.vocabulary import SpecialSituation, Urgency
from tests.support.normalising import letter

M = SpecialSituation.MINOR


@pytest.mark.parametrize(
    "words",
    [
        "Ils ont radiographié mon poignet et depuis je suis dans une cellule d'adultes.",
        "Il allait au lycée, en seconde, et ils l'ont mis au milieu des hommes.",
        "The police wrote 2003 but my true birthday is in 2010, my mother has the paper.",
        "They put him with grown men, he is just a kid, he still has homework in his bag.",
        "Con ese pasaporte tengo cinco años mayor, y el colegio me espera. Estoy con los adultos.",
        "Fiul meu e încă elev, în clasa a noua, iar ei au scris că e major și stă cu bărbații.",
        "Сын ещё школьник, девятый класс, а его записали взрослым и держат со взрослыми.",
        "Je n'ai même pas l'âge de conduire et on me met avec des pères de famille.",
        "Il sera majeur l'an prochain, en mars.",
        "jé souflé mé 15 bougie isi",
        "No tengo edad ni para votar y me tienen con los viejos.",
        "Dem collect my school uniform for police station, now I dey with fathers.",
        "Maintenant ils disent que j'ai 24 ans, ils ont radiographié mes dents et j'ai 16 ans.",
        "Niemand glaubt ihm sein Alter, er ging noch zur Schule.",
    ],
)
def test_a_child_told_by_signs_is_seen(words):
    facts = letter(words).facts

    assert M in facts.special_situations
    assert facts.urgency in {Urgency.HIGH, Urgency.CRITICAL}


@pytest.mark.parametrize(
    "words",
    [
        "J'ai fait ma troisième et mon brevet à Lyon, puis un CAP. Le diplôme compte-t-il ?",
        "On m'a fait le test osseux quand j'avais quinze ans. Aujourd'hui j'ai 29 ans.",
        "Je suis mineur de fond, dix ans de charbon en Pologne, j'ai droit à une retraite.",
        "Éducatrice à l'EPM jusqu'en 2019, je voudrais devenir bénévole.",
        "Mon fils est au collège, il a l'acte de naissance français, il pleure sa grand-mère.",
        "Le dentiste m'a arraché deux dents, et ici le médecin ne vient pas.",
    ],
)
def test_calm_look_alikes_are_no_minors(words):
    assert M not in letter(words).facts.special_situations
