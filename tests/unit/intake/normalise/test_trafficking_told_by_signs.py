"""Exploitation told by what was owed, locked, unpaid, sworn or made to do; and calm look-alikes."""

from __future__ import annotations

import pytest

from shared.contracts.vocabulary import SpecialSituation, Urgency
from tests.support.normalising import letter

T = SpecialSituation.TRAFFICKING_VICTIM


@pytest.mark.parametrize(
    "words",
    [
        "The lady that pay my road say I go stand for road every night until the money finish.",
        "Chaque soir les hommes défilaient, et plus je restais plus je lui devais.",
        "Ils dormaient à douze dans la cave, jamais un euro, et le chef disait : ton frère est "
        "encore au village.",
        "Avant de partir le marabout a gardé mes cheveux et mes ongles dans un pot.",
        "Si je ramenais moins de cinq téléphones par jour, il écrasait sa cigarette sur mon bras.",
        "Me hicieron tragar las bolsitas con la pistola en la cabeza.",
        "Обещали работу на стройке, а привезли в подвал, паспорт забрали, били и угрожали: "
        "мой брат остался у них.",
        "L'appartement était à mon nom, lui prenait l'argent, et les clients payaient la nuit.",
        "They sold me to another boss and he kept my passport.",
        "Le passeur a gardé ma petite sœur pour que je tienne la barre du zodiac.",
        "Șeful ne-a luat buletinele, culegeam struguri pe mâncare și dormeam în grajd.",
    ],
)
def test_exploitation_told_by_signs_is_seen(words):
    facts = letter(words).facts

    assert T in facts.special_situations
    assert facts.urgency is Urgency.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "Mon patron m'a toujours payé, contrat déclaré, il garde ma place à l'atelier.",
        "Mon passeport est au greffe dans mon dossier, l'agent l'a gardé pour la photo.",
        "Dear Madam, the court gave me a decision and I have never been paid for the workshop.",
        "Il me reste deux mille euros de crédit à rendre à la banque pour la voiture.",
        "J'ai avalé de travers, le médecin m'a vu.",
        "Ma mère a fait brûler un cierge pour moi, le chef de cuisine est gentil.",
    ],
)
def test_calm_look_alikes_are_no_exploitation(words):
    assert T not in letter(words).facts.special_situations
