"""Days of a removal, hearing or release told by what surrounds them, and their look-alikes."""

from __future__ import annotations

from datetime import date

import pytest

from services.intake.domain.normalise.model import Normalised
from shared.contracts.vocabulary import DeadlineKind, Topic, Urgency
from tests.support.normalising import letter

D = DeadlineKind


def kinds(found: Normalised) -> set[DeadlineKind]:
    return {d.kind for d in found.facts.deadlines}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            D.REMOVAL_DATE,
            (
                "Le gradé m'a dit de plier mes draps, samedi on m'emmène à l'aéroport avec "
                "trois agents et le soir je dors à Bamako."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Mon mari appelle, il dit que vendredi à 4h ils le réveillent, ses affaires "
                "sont déjà sous scellés, et sa mère l'attend à Dakar."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "They said no more canteen for you, on Thursday the border people are "
                "picking you up at 5am, tell your family in Accra."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Mi hijo dice que el jueves lo suben con dos policías, uno a cada lado, y "
                "que a las seis de la tarde está en Bogotá."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "O meu irmão já entregou a manta, na quinta vão buscar ele de madrugada para "
                "Orly, destino Mindelo."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Mio figlio ha ridato le lenzuola, venerdì all'alba lo portano a Fiumicino "
                "con la scorta, poi Tirana."
            ),
        ),
        (
            D.REMOVAL_DATE,
            "Joi dimineața la 4 mă iau doi jandarmi, bagajul e făcut, la prânz sunt la Chișinău.",
        ),
        (
            D.REMOVAL_DATE,
            "Të premten më marrin dy policë, në mbrëmje jam në Tiranë, gruaja nuk di gjë.",
        ),
        (
            D.REMOVAL_DATE,
            (
                "В пятницу за мной придут, сказали собрать вещи, самолёт на Тбилиси, с двумя "
                "полицейскими."
            ),
        ),
        (D.REMOVAL_DATE, "У суботу мене забирають на світанку, двоє поліцейських, літак до Києва."),
        (
            D.REMOVAL_DATE,
            "نهار السبت يجيو البوليس معايا حتى للمطار، قالولي جمع حوايجك، في الليل نكون في تونس",
        ),
        (
            D.REMOVAL_DATE,
            (
                "Cuma günü sabah beşte iki polis beni havaalanına götürecek, eşyalarımı "
                "topladım, akşam Ankara'dayım."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Am Freitag holen mich zwei Polizisten, meine Sachen packen musste ich "
                "schon, abends bin ich in Belgrad am Flughafen."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "ma ceinture et mé lacé é mon telefone on mé tou rendu, jeudi 5h du mat ils "
                "vienne me prendre, direction Alger"
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Le surveillant rigole : la bas tu verras il fait chaud. Mercredi vol de "
                "7h40, rangée 32, et deux messieurs pour me tenir."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "On lui a mis un papier sous la porte : départ samedi Lyon-Saint-Exupéry, "
                "arrivée Erevan 23h, escorte prévue."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "My cellmate gave away his radio and his trainers. He says Saturday morning "
                "immigration officers take him and by night he is in Lagos."
            ),
        ),
        (
            D.HEARING,
            (
                "Un huissier... non le greffier m'a lu un papier, vendredi 26 juin je dois "
                "me présenter devant le juge pour savoir si le préfet a raison de me "
                "renvoyer."
            ),
        ),
        (
            D.HEARING,
            "jeudi matin je passe en visio avec le juge qui dit si je reste enfermé 4 mois de plus",
        ),
        (
            D.HEARING,
            (
                "On Monday they carry me to the court in Melun, three judges will say if "
                "prefecture can deport me."
            ),
        ),
        (
            D.HEARING,
            (
                "El lunes 29 me llevan ante una comisión, una jueza y dos más, por lo de la "
                "expulsión. ¿Qué llevo?"
            ),
        ),
        (
            D.HEARING,
            (
                "Na segunda-feira, dia 29, tenho de ir ao tribunal administrativo, o juiz "
                "vai decidir se a prefeitura pode mandar-me embora."
            ),
        ),
        (
            D.HEARING,
            (
                "Lunedì 22 mi portano davanti al giudice per vedere se resto in custodia "
                "altri quattro mesi."
            ),
        ),
        (
            D.HEARING,
            (
                "Luni 29 iunie mă duc la tribunalul administrativ, judecătorul hotărăște "
                "dacă prefectura are dreptate."
            ),
        ),
        (D.HEARING, "Të hënën më çojnë para tre gjyqtarëve në prefekturë, duan të më dëbojnë."),
        (D.HEARING, "В понедельник меня повезут в суд, судья решит, прав ли префект."),
        (D.HEARING, "نهار الاثنين يدوني قدام القاضي تاع الادارة على جال الترحيل"),
        (
            D.HEARING,
            "Pazartesi beni üç hâkimin karşısına çıkaracaklar, sınır dışı edilmem konuşulacak.",
        ),
        (
            D.HEARING,
            (
                "je doit passé le 30 juin devan 3 personne a la prefecture, il dise que je "
                "sui dangereu pour la france et veule me renvoyé"
            ),
        ),
        (
            D.HEARING,
            (
                "Le bulletin dit : mardi 30 juin à 9 h, salle B, commission départementale, "
                "une magistrate et deux conseillers, « menace grave pour l'ordre public »."
            ),
        ),
        (
            D.HEARING,
            (
                "L'extraction de Monsieur est fixée au 25 juin, 8 h 30 : la chambre de "
                "l'instruction examine la prolongation de sa détention."
            ),
        ),
        (
            D.RELEASE_DATE,
            (
                "Vendredi je passe la grande porte avec mon sac, ma peine est finie, je n'ai "
                "ni papier ni toit."
            ),
        ),
        (
            D.RELEASE_DATE,
            (
                "Plus que 6 gamelles ! Lundi 22 c'est dehors, mon frère m'attend sur le "
                "parking, mais j'ai pas de papiers."
            ),
        ),
        (D.RELEASE_DATE, "El 26 salgo por la puerta, mi hermana me espera, no tengo papeles."),
        (
            D.RELEASE_DATE,
            (
                "Greffe : avec les RPS la date avance, la fiche indique maintenant mardi 23, "
                "Monsieur n'a pas d'hébergement."
            ),
        ),
    ],
)
def test_a_day_is_known_by_the_hints_around_it(kind, words):
    assert kind in kinds(letter(words))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            D.REMOVAL_DATE,
            (
                "Ma soeur s'envole samedi pour Dakar, vol de 9h, elle reviendra en août. "
                "Peut-elle garder mon permis de visite ?"
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "J'ai rêvé que deux policiers m'emmenaient à Roissy, j'étais en sueur. "
                "C'était en 2019, c'est vieux tout ça, maintenant j'ai ma carte."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Jeudi je change d'étage, il faut faire mes affaires et rendre les draps à "
                "7h. Comment faire suivre mon courrier ?"
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "My brother flies to Lagos on Saturday for a wedding and comes back after "
                "two weeks. Can he bring my birth certificate?"
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "L'avion du 12 mai a été annulé et depuis le juge a annulé la mesure. Tout "
                "va bien, je voulais vous remercier."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Mercredi on m'emmène à l'hôpital pour une radio, deux policiers avec moi. "
                "Le rendez-vous de votre bénévole tombe ce jour-là."
            ),
        ),
        (
            D.REMOVAL_DATE,
            "Mi madre viaja el sábado a Bogotá, vuelve en agosto. ¿Puede alguien más visitarme?",
        ),
        (
            D.REMOVAL_DATE,
            (
                "Samedi tournoi de foot contre le bâtiment C, l'arbitre est un surveillant. "
                "On s'envole vers la finale !"
            ),
        ),
        (D.HEARING, "Mon frère passe samedi son permis devant trois examinateurs, il est stressé."),
        (
            D.HEARING,
            (
                "Je suis passé devant le juge le 12 mai, il a dit oui, tout est réglé. Je "
                "veux juste une attestation."
            ),
        ),
        (
            D.HEARING,
            "My friend has court on Thursday for his car, not me. I write for a French book.",
        ),
        (
            D.HEARING,
            (
                "Samedi on joue au théâtre de la prison : je fais le juge, mon codétenu le "
                "procureur. Venez !"
            ),
        ),
        (D.HEARING, "Jeudi commission cuisine, je demande plus de riz."),
        (
            D.HEARING,
            (
                "Mon avocat était au tribunal administratif hier pour une autre personne. Il "
                "vient me voir jeudi pour parler du cours."
            ),
        ),
        (D.RELEASE_DATE, "Le nouveau jeu sort vendredi, mon fils ne parle que de ça."),
        (
            D.RELEASE_DATE,
            "Ma mère sort de la clinique jeudi, opération de la hanche, elle va bien.",
        ),
        (D.RELEASE_DATE, "Le nouveau livre de mon codétenu sort le 25 juin."),
        (D.RELEASE_DATE, "J'ai été libéré le 3 mai 2021, tout va bien."),
    ],
)
def test_what_only_looks_like_it_alarms_nobody(kind, words):
    found = letter(words)

    assert kind not in kinds(found)
    assert found.facts.urgency is not Urgency.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        (
            "Demain deux agents me conduisent au consulat de Guinée, il paraît qu'ils "
            "vont écouter comment je parle et dire si je suis de chez eux."
        ),
        (
            "La PAF l'a sorti jeudi pour une présentation aux autorités marocaines, ils "
            "ont regardé ses photos et dit qu'ils le reconnaissaient."
        ),
        (
            "A lady from my embassy is coming to the prison Friday, they want her to say "
            "I am one of theirs and give the travel paper."
        ),
        "Mañana me llevan al consulado, quieren que me reconozcan y hagan el salvoconducto.",
        (
            "Завтра приедет консул, спросит из какой я деревни, узнает ли, и даст бумагу "
            "для депортации."
        ),
    ],
)
def test_a_presentation_to_a_consulate_is_told_by_hints(words):
    assert Topic.REMOVAL_IN_PROGRESS in letter(words).facts.topics


@pytest.mark.parametrize(
    "words",
    [
        "Le consul est venu en mai pour mon passeport, je l'avais demandé, il est prêt.",
        (
            "Mon frère travaille à l'ambassade du Sénégal comme chauffeur, il peut "
            "m'apporter l'extrait de naissance ?"
        ),
        (
            "J'ai pris rendez-vous au consulat pour refaire mon passeport, comment "
            "demander une permission de sortir ?"
        ),
    ],
)
def test_a_consulate_that_one_goes_to_of_oneself_is_no_removal(words):
    assert Topic.REMOVAL_IN_PROGRESS not in letter(words).facts.topics


@pytest.mark.parametrize(
    ("words", "kind", "on"),
    [
        (
            "Le greffe a dit mercredi en huit devant trois juges, pour la préfecture.",
            D.HEARING,
            date(2026, 6, 24),
        ),
        (
            "Mercredi en quinze je passe devant le juge, le préfet veut me renvoyer.",
            D.HEARING,
            date(2026, 7, 1),
        ),
        ("L'audience du 3 octobre est fixée.", D.HEARING, date(2026, 10, 3)),
        (
            "El 22 me llevan al aeropuerto con dos policías a cada lado.",
            D.REMOVAL_DATE,
            date(2026, 6, 22),
        ),
    ],
)
def test_the_day_that_is_meant(words, kind, on):
    assert [d.date_on for d in letter(words).facts.deadlines if d.kind is kind] == [on]


def test_a_hearing_without_its_year_that_would_be_most_of_a_year_ahead_is_gone_by():
    assert D.HEARING not in kinds(letter("L'audience du 3 avril s'est bien passée."))


def test_a_day_past_stays_one_whatever_stands_around_it():
    words = "Jeudi on m'a remis les draps et deux policiers m'ont parlé de Roissy et d'Alger."
    assert D.REMOVAL_DATE not in kinds(letter(words))
