"""Removals with their day, judges who refuse, and clocks whose day stands in another sentence."""

from __future__ import annotations

from datetime import date

import pytest

from services.intake.domain.normalise import Incoming, Normalised
from shared.contracts.intake.facts import FoundDeadline
from shared.contracts.vocabulary import Channel, DeadlineKind, RequesterKind, Topic, Urgency
from tests.support.normalising import letter, read

D, U = DeadlineKind, Urgency


def one(found: Normalised, kind: DeadlineKind) -> FoundDeadline | None:
    return next((d for d in found.facts.deadlines if d.kind is kind), None)


@pytest.mark.parametrize(
    "words",
    [
        "Mon cousin va être expulsé jeudi.",
        "Je vais être renvoyé jeudi 18 juin.",
        "Ils vont nous expulser jeudi matin.",
        "L'expulsion de mon mari est fixée au 18 juin.",
        "Son éloignement est programmé pour jeudi.",
        "Rapatriement prévu jeudi.",
        "He will be deported on Thursday.",
        "Va a ser expulsado el jueves.",
        "Va fi expulzat joi.",
    ],
)
def test_a_removal_told_with_its_day_is_near(words):
    found = letter(words)
    removal = one(found, D.REMOVAL_DATE)
    assert removal is not None
    assert removal.date_on == date(2026, 6, 18)
    assert found.facts.urgency is U.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "Mon frère va être expulsé de son appartement jeudi.",
        "L'huissier dit que l'expulsion est prévue jeudi, on doit trois loyers.",
        "Mon fils va être expulsé du collège jeudi.",
        "Mon cousin a été expulsé jeudi.",
        "Mon dossier va être renvoyé jeudi à la préfecture.",
        "Le moniteur sera renvoyé jeudi de son poste.",
    ],
)
def test_out_of_a_home_or_a_school_or_long_done_is_no_removal_to_come(words):
    assert one(letter(words), D.REMOVAL_DATE) is None


def test_the_day_of_an_expulsion_board_is_a_hearing():
    found = letter("La commission d'expulsion est prévue le 25 juin.")
    assert one(found, D.REMOVAL_DATE) is None
    assert one(found, D.HEARING) is not None


@pytest.mark.parametrize(
    ("words", "kind", "day"),
    [
        ("Je suis au centre de rétention depuis hier.", D.RETENTION_APPEAL, "2026-06-14"),
        ("Assigné à résidence depuis hier par le préfet.", D.HOUSE_ARREST_APPEAL, "2026-06-14"),
        ("Arrêté de transfert Dublin le 9/06/26.", D.DUBLIN_APPEAL, "2026-06-09"),
        ("Le JAP a rejeté ma libération conditionnelle le 9 juin.", D.JAP_APPEAL, "2026-06-09"),
        ("Jgt du TAP écartant la LC, notifié le 9/06.", D.JAP_APPEAL, "2026-06-09"),
        ("Le juge a dit non pour mon bracelet vendredi.", D.JAP_APPEAL, "2026-06-12"),
        ("The judge refused my parole on 9 June.", D.JAP_APPEAL, "2026-06-09"),
        ("El juez negó la condicional el 9 de junio.", D.JAP_APPEAL, "2026-06-09"),
    ],
)
def test_what_begins_the_clock_gives_its_day(words, kind, day):
    clock = one(letter(words), kind)
    assert clock is not None
    assert str(clock.trigger_on)[:10] == day


def test_a_release_that_a_judge_grants_keeps_its_day():
    found = letter("Le JAP a refusé la semi-liberté mais je sors le 9 juillet.")
    release = one(found, D.RELEASE_DATE)
    assert release is not None
    assert release.date_on == date(2026, 7, 9)


def test_the_day_of_a_named_decision_is_found_in_the_sentence_before():
    found = letter(
        "Hier à 14h05 on m'a fait descendre, une dame m'a lu une feuille de la préfecture. "
        "En gros je dois quitter la France. Derrière c'est marqué tribunal et sept jours."
    )
    clock = one(found, D.OQTF_APPEAL)
    assert clock is not None
    assert str(clock.trigger_on).startswith("2026-06-14T14:05")


def test_the_day_of_a_visit_gives_no_clock_its_day():
    found = letter(
        "Je suis sa mère. Hier au parloir il m'a dit qu'on lui a donné un papier de la préfecture, "
        "une obligation de quitter la France, il ne sait plus où il l'a mis."
    )
    clock = one(found, D.OQTF_APPEAL)
    assert clock is not None
    assert clock.trigger_on is None
    assert found.facts.urgency is U.CRITICAL


def test_a_release_that_came_while_the_letter_travelled_is_told():
    raw = (
        "[ENVELOPPE] reçu le 2026-06-19 | cachet de la poste : illisible | "
        "au dos : DIALLO Mamadou 12 345 Fleury-Mérogis | 1 feuille\n"
        "[TRANSCRIPTION]\nFleury, le 15 juin 2026\nJe sors demain.\n"
    )
    found = read(Incoming(channel=Channel.LETTER, raw=raw))
    release = one(found, D.RELEASE_DATE)
    assert release is not None
    assert release.date_on == date(2026, 6, 16)
    assert "acheminement" in (release.note or "")


@pytest.mark.parametrize(
    "words",
    [
        "Le tribunal administratif a rejeté mon recours le 9 juin.",
        "J'ai été débouté par le tribunal administratif la semaine dernière.",
        "The court dismissed my appeal on 9 June.",
        "Quinze jours de mitard le 9 juin, je conteste cette sanction.",
        "La commission de discipline m'a mis 10 jours. Comment faire un recours ?",
    ],
)
def test_an_appeal_without_a_clock_of_its_own_is_pressing(words):
    assert letter(words).facts.urgency in {U.HIGH, U.CRITICAL}


@pytest.mark.parametrize(
    "words",
    [
        "Le tribunal administratif a rejeté mon recours il y a deux ans. Je cherche un modèle.",
        "Dix jours de mitard, je conteste pas, c'était à moi. Je voudrais une adresse.",
    ],
)
def test_what_is_long_over_or_accepted_does_not_press(words):
    assert letter(words).facts.urgency not in {U.HIGH, U.CRITICAL}


def test_who_calls_from_the_cabin_is_inside_whatever_a_neighbour_received():
    raw = (
        "Fiche appel — vendredi 12/06/2026, 15 h 10, ligne directe. Monsieur DIALLO Mamadou, "
        "appelle de la cabine de Fresnes. Son voisin a reçu un courrier du préfet."
    )
    found = read(Incoming(channel=Channel.PHONE, raw=raw))
    assert found.facts.requester_kind is RequesterKind.DETAINED_PERSON


def test_who_is_inside_writes_of_a_wife_as_of_another():
    raw = (
        "[ENVELOPPE] reçu le 2026-06-16 | cachet de la poste : illisible | au dos : rien\n"
        "[TRANSCRIPTION]\nJ'ai fait la demande pour ma femme restée à Oran, c'était avant d'être "
        "incarcéré. Ça compte si je suis dedans ?\n"
    )
    found = read(Incoming(channel=Channel.LETTER, raw=raw))
    assert found.facts.requester_kind is RequesterKind.DETAINED_PERSON


def test_a_presence_called_a_threat_is_no_violence_but_an_expulsion():
    found = letter(
        "Le 30 juin à 9h je vais devant trois personnes, qui diront si mon séjour ici et ma "
        "présence en France est une menace."
    )
    assert found.facts.special_situations == ()
    assert Topic.EXPULSION in found.facts.topics


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("J'ai signé l'OQTF le dernier lundi de mai.", date(2026, 5, 25)),
        ("J'ai signé l'OQTF le premier mardi de juin.", date(2026, 6, 2)),
        ("I signed the OQTF on the last Monday of May.", date(2026, 5, 25)),
        ("Firmé la OQTF el último lunes de mayo.", date(2026, 5, 25)),
        ("J'ai signé l'OQTF mardi de la semaine dernière.", date(2026, 6, 9)),
        ("I signed the OQTF on Tuesday of last week.", date(2026, 6, 9)),
    ],
)
def test_a_weekday_of_a_month_or_of_another_week_is_that_day(words, day):
    clock = one(letter(words), D.OQTF_APPEAL)

    assert clock is not None
    assert clock.trigger_on == day.isoformat()


@pytest.mark.parametrize(
    "words",
    [
        "Je passe devant le juge jeudi de la semaine prochaine.",
        "Je passe devant le juge le jeudi de la semaine qui vient.",
        "My court hearing is on Thursday next week.",
    ],
)
def test_a_day_of_next_week_is_not_the_next_of_its_name(words):
    hearing = one(letter(words), D.HEARING)

    assert hearing is not None
    assert hearing.date_on == date(2026, 6, 25)


@pytest.mark.parametrize(
    "words",
    [
        "On m'a remis un document sans explication : « arrêté d'expulsion ».",
        "On m'a remis sans interprète un arrêté d'expulsion.",
        "They gave me without any explanation an expulsion order.",
    ],
)
def test_what_was_handed_over_without_explanation_was_handed_over(words):
    assert one(letter(words), D.EXPULSION_APPEAL) is not None


def test_an_order_that_is_only_feared_still_starts_nothing():
    assert one(letter("Je sors sans arrêté d'expulsion, tant mieux."), D.EXPULSION_APPEAL) is None


def test_whom_an_association_received_today_is_no_paper():
    raw = (
        "FICHE APPEL mar. 28/04/2026 16h40\nMme Solange Pruvost, bénévole au PAD de Bondy\n"
        "A reçu ce matin M. Rafiq MIAH, détenu à Fresnes. Il lui a montré 1 OQTF, "
        "elle n'a pas noté quand."
    )
    clock = one(read(Incoming(channel=Channel.PHONE, raw=raw)), D.OQTF_APPEAL)

    assert clock is not None
    assert clock.trigger_on is None


def test_who_must_stay_in_a_town_and_sign_is_under_house_arrest():
    words = (
        "Mardi 9 juin 2026 le commissariat m'a remis un papier de la préfecture : je dois rester "
        "dans la commune de Laxou et signer tous les jours à 9 h, même le dimanche."
    )
    found = letter(words)
    clock = one(found, D.HOUSE_ARREST_APPEAL)

    assert clock is not None
    assert clock.trigger_on == "2026-06-09"
    assert Topic.HOUSE_ARREST in found.facts.topics


def test_a_card_that_ends_on_a_day_makes_no_hearing_of_it():
    words = "Ma carte de séjour s'arrête le 20 août 2026. Celui qui m'a frappé en 2017 a été jugé."
    found = letter(words)

    assert one(found, D.HEARING) is None
    assert one(found, D.PERMIT_EXPIRY) is not None


def test_a_question_of_theory_starts_no_clock():
    raw = (
        "From: C. Sabatier <c@spip65.example>\nTo: commission.prison@lacimade.org\n"
        "Subject: fiche\nDate: Tue, 16 Jun 2026 10:00:00 +0200\nMessage-ID: <a@b>\n\n"
        "Bonjour, une question purement theorique : le delai pour contester une OQTF est-il le "
        "meme partout ? Dans l'exemple que j'ai invente, un M. X se la voit notifier un vendredi. "
        "Personne n'est concerne chez nous.\nC. Sabatier, CPIP\n"
    )
    assert one(read(Incoming(channel=Channel.EMAIL, raw=raw)), D.OQTF_APPEAL) is None


@pytest.mark.parametrize(
    "words",
    [
        "El juez lo ve el 22 de julio y le piden un papel de la prefectura que no tenemos.",
        "Le juge demande un papier de la préfecture pour la semi-liberté.",
        "Le recours contre l'OQTF a été déposé en temps utile.",
    ],
)
def test_a_paper_that_is_asked_for_or_an_appeal_made_in_time_starts_no_clock(words):
    assert one(letter(words), D.OQTF_APPEAL) is None
