"""An OQTF that came to somebody free who was put in prison later: its time is not over."""

from __future__ import annotations

from typing import Any

import pytest

from services.intake.domain.normalise import Incoming
from shared.contracts.vocabulary import Channel, DeadlineKind, Urgency
from tests.support.normalising import read

ANEW = "oqtf-switch-detained"


def _normalised(words: str, place: str = "Fresnes") -> Any:
    raw = (
        "[ENVELOPPE] reçu le 2026-03-30 | cachet de la poste : 30-03-2026 | "
        f"au dos : DIALLO Mamadou 12 345 {place} | 1 feuille\n[TRANSCRIPTION]\n{words}\n"
    )
    return read(Incoming(channel=Channel.LETTER, raw=raw))


def _oqtf(words: str, place: str = "Fresnes") -> Any:
    found = _normalised(words, place).facts.deadlines
    [deadline] = [d for d in found if d.kind is DeadlineKind.OQTF_APPEAL]
    return deadline


@pytest.mark.parametrize(
    "words",
    [
        "Je suis détenu à Fresnes depuis le 20 mars 2026. J'ai reçu une OQTF le 10 mars 2026 quand "
        "j'étais dehors.",
        "le préfet m'a notifié le 2 mars une OQTF avec délai de 30 jours. Incarcéré le 15 mars à "
        "Fresnes",
        "Mon mari a reçu une OQTF le 10 mars 2026, il était en liberté. Il a été incarcéré le 21 "
        "mars à Fresnes.",
        "OQTF du 10 mars notifiée en garde à vue puis mandat de dépôt le 12 mars. Je suis à "
        "Fresnes.",
        "J'ai reçu l'OQTF le 10 mars par la poste chez moi. Depuis je suis en prison.",
        "La préfecture m'a donné l'OQTF le 10/03/2026 à l'extérieur, je suis rentré en prison le "
        "19/03/2026",
        "Avant mon incarcération, le 10 mars, j'ai eu une OQTF.",
        "J'ai eu l'OQTF le 12 mars avant d'aller en prison.",
        "On m'a donné une OQTF quand j'étais dehors et maintenant je suis en prison.",
        "Le 20 mars on m'a mis en prison. La préfecture m'avait remis une OQTF le 10 mars à mon "
        "domicile.",
        "J'ai été arrêté et mis en détention le 20 mars. J'avais une OQTF du 10 mars 2026 avec 30 "
        "jours pour partir.",
        "oqtf le 10 mars dehor, prison depui le 20 mars",
        "Je suis écroué à Fresnes depuis le 16 mars 2026. OQTF notifiée le 9 mars 2026.",
        "Je suis à Fresnes depuis le 20 mars 2026. On m'a remis l'OQTF le 10 mars 2026.",
        "Je suis incarcéré depuis dix jours. L'OQTF m'a été remise il y a trois semaines.",
        "OQTF reçue en février 2026 quand j'étais dehors, maintenant je suis à Fresnes",
        "Le préfet m'a notifié le 2 mars un refus de séjour avec OQTF 30 jours. Incarcéré le 15 "
        "mars à Fresnes.",
        "J'ai reçu une OQTF le 10 mars 2026 quand j'étais libre. En prison depuis le 20 mars. Le "
        "greffe m'a remis ma fiche pénale le 26 mars.",
        "I got an OQTF on 10 March 2026 when I was free. I am in jail since 20 March 2026.",
        "Me dieron una OQTF el 10 de marzo cuando estaba libre. Estoy en la carcel desde el 20 de "
        "marzo.",
        "Recebi uma OQTF no dia 10 de março quando estava livre. Estou preso desde 20 de março.",
        "Ho ricevuto una OQTF il 10 marzo quando ero libero. Sono in carcere dal 20 marzo.",
        "Am primit OQTF pe 10 martie când eram liber. Sunt in inchisoare din 20 martie.",
        "Мне вручили OQTF 10 марта, когда я был на свободе. Я в тюрьме с 20 марта.",
        "وصلتني OQTF يوم 10 مارس وانا كنت حر. انا في السجن منذ 20 مارس.",
        "Kam marrë OQTF më 10 mars kur isha i lirë. Jam në burg që nga 20 mars.",
        "10 Mart 2026'da OQTF aldım, dışarıdayken. 20 Mart'tan beri cezaevindeyim.",
        "Ich habe am 10. März die OQTF bekommen, als ich noch frei war. Seit dem 20. März bin ich "
        "im Gefängnis.",
    ],
)
def test_the_clock_runs_since_a_day_that_the_registry_knows(words):
    found = _normalised(words)
    deadline = _oqtf(words)
    assert (deadline.rule_candidate, deadline.trigger_on, deadline.last) == (ANEW, None, None)
    assert deadline.trigger == "information by the registry"
    assert "R. 921-2" in deadline.note
    assert "dépassé" not in deadline.note
    assert found.facts.urgency is Urgency.CRITICAL


def test_the_month_that_runs_on_without_the_information_is_told():
    deadline = _oqtf("OQTF reçue le 10 mars 2026 quand j'étais libre. En prison depuis le 20 mars.")
    assert "(10/04/2026, au plus tard 13/04/2026)" in deadline.note


@pytest.mark.parametrize(
    ("words", "told", "last"),
    [
        (
            "Une OQTF m'a été notifiée le 10 mars quand j'étais libre, incarcéré le 20 mars, le "
            "greffe m'a informé le 27 mars",
            "2026-03-27",
            "2026-04-07",
        ),
        (
            "On m'a notifié une OQTF le 10 mars. J'étais encore libre. J'ai été écroué le 18 mars. "
            "Le greffe m'a notifié le nouveau délai de sept jours le 26 mars.",
            "2026-03-26",
            "2026-04-03",
        ),
        (
            "J'ai signé l'OQTF le 8 mars au commissariat. Le 11 mars, incarcération à Fresnes. Le "
            "25 mars, le greffe m'a informé de mes droits et du délai de 7 jours.",
            "2026-03-25",
            "2026-04-02",
        ),
    ],
)
def test_seven_days_run_from_the_information_by_the_registry(words, told, last):
    deadline = _oqtf(words)
    assert (deadline.rule_candidate, deadline.trigger_on) == (ANEW, told)
    assert deadline.last == last


@pytest.mark.parametrize(
    ("words", "rule", "last"),
    [
        ("Je suis détenu à Fresnes, on m'a notifié une OQTF le 10 mars 2026.", None, "03-18"),
        ("En prison depuis le 5 janvier 2026. OQTF notifiée le 10 mars 2026.", None, "03-18"),
        ("Transféré à Fresnes le 20 mars 2026. OQTF reçue le 10 mars à Fleury.", None, "03-18"),
        ("Détenu depuis le 2 mars. Le greffe m'a notifié une OQTF le 26 mars.", None, "04-03"),
        (
            "Quand j'étais dehors je travaillais. Le 26 mars le greffe m'a notifié une OQTF.",
            None,
            "04-03",
        ),
        (  # the month was over before prison began
            "OQTF notifiée le 10 janvier 2026 à mon domicile. Incarcéré le 20 mars 2026.",
            "oqtf-general",
            "02-11",
        ),
    ],
)
def test_who_was_in_prison_already_or_too_late_has_the_usual_time(words, rule, last):
    deadline = _oqtf(words)
    assert (deadline.rule_candidate, deadline.last) == (rule or "oqtf-detained", f"2026-{last}")


def test_where_the_short_time_does_not_exist_nothing_runs_anew():
    words = "J'ai reçu une OQTF le 10 mars 2026 quand j'étais libre. En prison depuis le 20 mars."
    assert _oqtf(words, "Rémire-Montjoly").rule_candidate == "oqtf-overseas"


def test_a_refusal_that_came_with_the_removal_has_no_clock_of_its_own():
    words = "Refus de titre de séjour et OQTF notifiés le 10 mars quand j'étais libre."
    kinds = {d.kind for d in _normalised(words).facts.deadlines}
    assert kinds == {DeadlineKind.OQTF_APPEAL}


@pytest.mark.parametrize(
    ("words", "rule", "told"),
    [
        (
            "OQTF notifiée le 10 mars 2026 quand j'étais libre. J'ai été placé en rétention le 29 "
            "mars 2026 à 10h00.",
            "oqtf-switch-retention",
            "2026-03-29T10:00",
        ),
        (
            "Je suis au CRA de Lesquin depuis le 29 mars 2026. On m'a notifié une OQTF le 10 mars "
            "2026.",
            "oqtf-switch-retention",
            "2026-03-29",
        ),
        (  # handed over with the placement
            "OQTF notifiée le 29 mars 2026 à 10h et placé en rétention le 29 mars 2026.",
            "oqtf-retention",
            "2026-03-29T10:00",
        ),
        (  # the seven days of a detained person were over
            "Incarcéré le 5 janvier 2026. OQTF notifiée le 10 mars 2026 par le greffe. Placé en "
            "rétention le 29 mars 2026.",
            "oqtf-retention",
            "2026-03-10",
        ),
    ],
)
def test_a_placement_in_retention_before_the_end_gives_48_hours_anew(words, rule, told):
    deadline = _oqtf(words, "CRA Lesquin")
    assert (deadline.rule_candidate, deadline.trigger_on) == (rule, told)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "Je suis au CRA de Lesquin depuis le 29 mars 2026. On m'a notifié une OQTF le 10 mars "
            "2026.",
            "2026-03-29",
        ),
        (
            "OQTF notifiée le 10 mars 2026 quand j'étais libre. J'ai été placé en rétention le 29 "
            "mars 2026 à 10h00.",
            "2026-03-29",
        ),
        (  # the judge prolonged it since
            "Placé au CRA de Lesquin le 27 mars 2026, prolongé par le juge le 29 mars 2026.",
            "2026-03-27",
        ),
    ],
)
def test_a_placement_is_contested_from_its_own_day(words, told):
    found = _normalised(words, "CRA Lesquin").facts.deadlines
    [deadline] = [d for d in found if d.kind is DeadlineKind.RETENTION_APPEAL]
    assert deadline.rule_candidate == "retention-placement"
    assert (deadline.trigger_on or "")[:10] == told
