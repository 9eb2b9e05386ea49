"""A child to come, a house arrest, a retention told without their names; and calm look-alikes."""

from __future__ import annotations

import pytest

from shared.contracts.vocabulary import DeadlineKind, SpecialSituation, Topic, Urgency
from tests.support.normalising import letter

D, S, U = DeadlineKind, SpecialSituation, Urgency


@pytest.mark.parametrize(
    "words",
    [
        "I am five months gone, the baby is for March and the midwife here is good with me.",
        "I'm about seven months along and the nurse says all is fine.",
        "She is eight months gone now, can they keep her in prison?",
        "Je suis à six mois, la sage-femme vient le mardi, tout va bien.",
        "Le bébé est prévu pour mars, le père veut le reconnaître avant.",
        "J'accouche fin novembre, est-ce que je peux demander un aménagement ?",
        "Estoy de cinco meses y la matrona me trata bien.",
        "Estou de sete meses, o pai quer reconhecer a menina.",
        "Sono al quinto mese, l'ostetrica mi segue bene.",
        "Sunt în luna a șaptea, moașa vine în fiecare săptămână.",
        "Я на шестом месяце, врач говорит, что всё хорошо.",
        "أنا في الشهر السابع والقابلة تأتي كل أسبوع",
    ],
)
def test_a_child_to_come_is_told_by_the_months(words):
    assert S.PREGNANT_OR_WITH_CHILD in letter(words).facts.special_situations


@pytest.mark.parametrize(
    "words",
    [
        "Three months gone and still no answer from the prefecture.",
        "I am five months in this cell and I work in the kitchen.",
        "Je suis à six mois de ma sortie, tout va bien.",
        "Je suis à mon septième mois ici, le bébé de ma sœur est né en mai.",
        "My wife is five months gone, she lives in Lille with her mother.",
        "Sono al quinto mese di detenzione e lavoro in lavanderia.",
        "Я на пятом месяце срока, работаю в столовой.",
        "Estoy de vacaciones del taller dos semanas.",
        "Ma belle-soeur accouche en mars, c'est pour ça que ma mère ne vient plus au parloir.",
    ],
)
def test_months_of_something_else_are_no_pregnancy(words):
    assert not letter(words).facts.special_situations


@pytest.mark.parametrize(
    "words",
    [
        "Vendredi deux gendarmes m'ont remis un papier : je dois dormir chez ma tante et "
        "signer lundi, mercredi et vendredi à la brigade, recours 7 jours.",
        "Le 11 juin la police m'a donné une feuille, je dois rester chez mon frère à Melun et "
        "pointer au commissariat tous les jours, 45 jours.",
        "Depuis jeudi j'ai un arrêté : interdit de quitter la commune, je signe chaque matin "
        "à la gendarmerie, on peut contester ?",
        "They gave me a paper on 12 June: I must sleep at my sister's and sign at the police "
        "station three times a week, 7 days to appeal.",
        "El viernes me entregaron un papel: tengo que dormir en casa de mi tía y firmar en la "
        "comisaría los lunes.",
        "Na sexta deram-me um papel: tenho de ficar em casa da minha tia e assinar na "
        "esquadra todos os dias.",
        "Venerdì mi hanno dato un foglio: obbligato a restare da mia zia e firmare in "
        "questura ogni giorno.",
        "Vineri mi-au dat o hârtie: trebuie să dorm la mătușa mea și să semnez la poliție în "
        "fiecare zi.",
        "В пятницу вручили бумагу: я обязан ночевать у тёти и отмечаться в полиции каждый день.",
    ],
)
def test_a_paper_that_binds_to_a_home_and_to_signing_is_a_house_arrest(words):
    facts = letter(words).facts
    [found] = [d for d in facts.deadlines if d.kind is D.HOUSE_ARREST_APPEAL]
    assert found.trigger_on in {"2026-06-11", "2026-06-12"}
    assert Topic.HOUSE_ARREST in facts.topics
    assert facts.urgency is U.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "Je suis sous contrôle judiciaire, je dois dormir chez ma tante et signer à la "
        "brigade le lundi.",
        "Le juge m'a donné un papier : je dois rester chez ma mère et signer au commissariat "
        "jusqu'au procès.",
        "J'ai le bracelet, je dois dormir chez mon frère et le papier dit de signer à la "
        "gendarmerie.",
        "En sursis probatoire je signe au commissariat chaque mois et je dois rester à "
        "l'adresse donnée, j'ai reçu la convocation.",
        "Ma tante doit signer le formulaire à la gendarmerie pour ma permission, je vais "
        "dormir chez elle.",
    ],
)
def test_who_signs_for_a_judge_or_for_somebody_is_under_no_house_arrest(words):
    assert not letter(words).facts.deadlines


@pytest.mark.parametrize(
    ("words", "started"),
    [
        (
            "On sunday 7 june I finish my time, 6 month. At the gate was the police car. I sign "
            "paper 7h50 then they bring me here in center of Lesquin.",
            "2026-06-07T07:50",
        ),
        (
            "On 11 June I finished my sentence. Police took me at the door, I sign one paper "
            "9h30, now I am in the center of Oissel.",
            "2026-06-11T09:30",
        ),
        (
            "Le 12 juin j'ai fini ma peine. La police m'attendait, j'ai signé à 8h et je suis au "
            "centre de Lesquin.",
            "2026-06-12T08:00",
        ),
        (
            "They drove me here on 13 June, the center of Coquelles, I sign paper 6h15.",
            "2026-06-13T06:15",
        ),
        (
            "On Friday I came out of prison. The police brought me here, centre of Geispolsheim, "
            "they say plane.",
            "2026-06-12",
        ),
        (
            "El 12 de junio me trajeron aquí, al centro de Vincennes, firmé un papel a las 8h30.",
            "2026-06-12T08:30",
        ),
        (
            "Ieri mi hanno portato qui, nel centro di Oissel, ho firmato alle 9h.",
            "2026-06-14T09:00",
        ),
    ],
)
def test_a_centre_told_by_its_town_is_a_retention_since_the_gate(words, started):
    facts = letter(words).facts
    assert [(d.kind, d.trigger_on) for d in facts.deadlines] == [(D.RETENTION_APPEAL, started)]
    assert S.RETENTION in facts.special_situations


@pytest.mark.parametrize(
    "words",
    [
        "Je travaillais au centre de Lesquin, dans un magasin, avant la prison.",
        "My cousin lives in the center of Lille and works at Lesquin airport.",
        "I finish my time on 8 February 2027, then I go home to Roubaix.",
        "On Sunday I finish my book, can you send me another about French law?",
    ],
)
def test_a_town_with_a_centre_retains_nobody(words):
    facts = letter(words).facts
    assert not facts.special_situations
    assert not [d for d in facts.deadlines if d.kind is D.RETENTION_APPEAL]
