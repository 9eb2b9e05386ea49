"""Somebody held for removal, or being taken there, told by what they see; and calm look-alikes."""

from __future__ import annotations

import pytest

from services.intake.domain.normalise import Incoming
from shared.contracts.vocabulary import (
    Channel,
    DeadlineKind,
    RequesterKind,
    SpecialSituation,
    Urgency,
)
from tests.support.normalising import letter, read

R = SpecialSituation.RETENTION


@pytest.mark.parametrize(
    "words",
    [
        "On m'a sorti de la cellule à 5 h, deux flics. Là je suis dans un truc avec des barbelés, "
        "on est que des Africains et chacun attend son vol.",
        "Mi hermano ya no está en la cárcel, lo tienen en un sitio al lado del aeropuerto.",
        "He finished his time on Monday. Now they keep him somewhere behind the police station.",
        "Il a fini sa peine hier, la police l'attendait, maintenant il est à Palaiseau.",
        "Сын отсидел срок, но у ворот его забрала полиция и увезла, там одни иностранцы.",
        "Meine Tochter ist seit gestern nicht mehr im Gefängnis, sie sitzt in einem Haus neben "
        "dem Flughafen mit lauter Ausländern.",
        "On nous a rendu les téléphones mais ils ont gratté la caméra. Le juge a prolongé de 28 "
        "jours.",
        "chui plu en prizon mé pa dehor, ici ya des barbelé é on voi lé zavion",
        "O meu marido já não está na cadeia, meteram ele num edifício perto do aeroporto.",
        "Il mio compagno è stato preso davanti al carcere, è chiuso con altri stranieri.",
        "Hier Fresnes, ce soir Vincennes, avec des policiers à la place des surveillants.",
    ],
)
def test_retention_told_by_signs_is_seen(words):
    facts = letter(words).facts

    assert R in facts.special_situations
    assert facts.urgency is Urgency.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "Le CRA de l'association (compte rendu d'activité) sera voté en juin.",
        "Ma cousine travaille au centre de rétention comme lingère, elle peut m'embaucher.",
        "Mon cousin a connu le centre de rétention il y a trois ans, depuis il a sa carte.",
        "Simple curiosité : si un jour on me plaçait au CRA, aurais-je un avocat ?",
        "Il a été conduit au CRA de Metz, libéré par le juge, et depuis il vit à Nancy.",
        "Ma peine finit en 2028. Ma sœur habite à Palaiseau et vient au parloir.",
        "J'ai peur qu'à ma sortie la police m'attende à la porte, ma famille est à Vincennes.",
        "My uncle works in the removal centre as a cleaner and finds the job hard.",
    ],
)
def test_calm_look_alikes_are_no_retention(words):
    assert R not in letter(words).facts.special_situations


@pytest.mark.parametrize(
    "words",
    [
        "Il travaillait chez Renault, on l'a emmené du travail au centre de rétention.",
        "Je suis au CRA, arrivé en France il y a trois ans.",
        "Mon frère est au CRA, il demande à être libéré par le juge.",
    ],
)
def test_work_years_and_wishes_beside_a_retention_hide_nothing(words):
    assert R in letter(words).facts.special_situations


@pytest.mark.parametrize(
    ("words", "trigger"),
    [
        (
            "Ma peine finissait vendredi 12 juin. À 7h40 au lieu de la rue, des policiers, un a "
            "lu une feuille et j'ai signé. Ici on est que des étrangers, on voit les pistes.",
            "2026-06-12T07:40",
        ),
        (
            "Sorti hier mais pas dehors : fourgon direct, ici c'est que des sans-papiers.",
            "2026-06-14",
        ),
    ],
)
def test_its_time_to_appeal_runs_from_the_day_told(words, trigger):
    clocks = {d.kind: d.trigger_on for d in letter(words).facts.deadlines}

    assert clocks[DeadlineKind.RETENTION_APPEAL] == trigger


def test_who_writes_from_beside_the_runways_is_retained_whoever_helps_there():
    raw = (
        "[ENVELOPPE] reçu le 2026-06-16 | au dos : TOURE Issa, chambre 4 | 1 feuille\n"
        "[TRANSCRIPTION]\nJe vous écris du bâtiment au bord des pistes, on est que des étrangers. "
        "Pouvez-vous envoyer mon dossier ici à l'association ?\nIssa Touré\n"
    )

    facts = read(Incoming(channel=Channel.LETTER, raw=raw)).facts

    assert facts.requester_kind is RequesterKind.RETAINED_PERSON
