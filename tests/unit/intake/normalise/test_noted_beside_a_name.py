"""What sheets, referrals and letters note beside a name: a trade, a tie, a birthday, a cabin."""

from __future__ import annotations

from datetime import date

import pytest

from services.intake.domain.normalise import Incoming
from shared.contracts.vocabulary import Channel, DeadlineKind, Relation, RequesterKind
from tests.support.normalising import letter, read


def sheet(words: str):
    return read(Incoming(channel=Channel.PHONE, raw=words))


def mail(sender: str, words: str = "Bonjour, une question sur la COMEX."):
    raw = (
        f"From: {sender}\nTo: commission.prison@lacimade.org\nSubject: question\n"
        "Date: Tue, 16 Jun 2026 10:00:00 +0200\nMessage-ID: <a@b>\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{words}\n"
    )
    return read(Incoming(channel=Channel.EMAIL, raw=raw))


def test_who_calls_from_a_cabin_of_a_prison_is_held_there():
    found = sheet(
        "ven 12/06/26 15h05 – 4 mn – cabine de Varces, bruit – bénévole n° 21\n"
        "M. KONATÉ Siaka (épelé), n° 51 226\nQ : formation peinture ?"
    )

    assert found.facts.requester_kind is RequesterKind.DETAINED_PERSON
    assert found.facts.establishment == "cp-grenoble-varces"
    assert (found.people.requester.given, found.people.requester.family) == ("Siaka", "Konaté")


def test_a_cabin_that_is_in_no_prison_tells_nothing():
    found = sheet("ven 12/06/26 15h05 – cabine de la gare\nQ : formation peinture ?")

    assert found.facts.requester_kind is not RequesterKind.DETAINED_PERSON


def test_what_the_person_is_to_the_caller_may_be_a_line_of_its_own():
    found = sheet(
        "APPEL REÇU — mardi 9 juin 2026, 11h25\nMme Élodie MARCHAND, 06 39 98 20 77\n"
        "Compagnon = Blerim KRASNIQI, détenu à Corbas.\nAvocat : non."
    )

    assert found.facts.requester_kind is RequesterKind.RELATIVE
    assert found.facts.relation is Relation.SPOUSE_PARTNER


def test_a_lawyer_who_calls_is_one_whatever_the_sheet_asks():
    found = sheet("APPEL — mardi 9 juin 2026\nappelant : Me Durand, avocat à Lyon\nobjet : COMEX")

    assert found.facts.requester_kind is RequesterKind.LAWYER


@pytest.mark.parametrize(
    "words",
    [
        "Mercredi 10/06, onze heures et quart (11h15), on m'a descendu au greffe. Deux messieurs "
        "de la préfecture m'ont remis une OQTF.",
        "Mercredi 10 juin (11h15), on m'a descendu au greffe. On m'a remis une OQTF.",
    ],
)
def test_an_hour_in_brackets_behind_a_day_leaves_it_at_the_head_of_what_follows(words):
    (clock,) = [d for d in letter(words).facts.deadlines if d.kind is DeadlineKind.OQTF_APPEAL]

    assert str(clock.trigger_on).startswith("2026-06-10")


@pytest.mark.parametrize(
    ("line", "born"),
    [
        ("Mme BARRY Aïssatou, 17/02/2001, Guinée, n° écrou 40 655", date(2001, 2, 17)),
        ("Mme BARRY Aïssatou (17/02/2001), n° écrou 40 655", date(2001, 2, 17)),
        ("Mme BARRY Aïssatou, 17/02/2026, n° écrou 40 655", None),
        ("Mme BARRY Aïssatou, jugée le 17/02/2001, n° écrou 40 655", None),
    ],
)
def test_a_day_long_ago_right_behind_a_whole_name_is_its_birth(line, born):
    found = read(
        Incoming(
            channel=Channel.REFERRAL,
            raw=f"ORIENTATION VERS LA PERMANENCE JUSTICE\nÉquipe : MAF de Versailles\n{line}\n",
        )
    )

    assert found.people.born_on == born


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("Équipe : MAF de Versailles", RequesterKind.CIMADE_PRISON_TEAM),
        ("Équipe du CP de Metz", RequesterKind.CIMADE_PRISON_TEAM),
        ("Permanence de Lyon, groupe local", RequesterKind.CIMADE_PERMANENCE),
    ],
)
def test_a_referral_is_that_of_the_team_it_names(head, kind):
    raw = f"ORIENTATION VERS LA PERMANENCE JUSTICE\n{head}\nM. BARRY Alpha, 40 655\n"

    assert read(Incoming(channel=Channel.REFERRAL, raw=raw)).facts.requester_kind is kind


@pytest.mark.parametrize(
    "sender",
    [
        '"Hortense Lagadec - Avocate" <h@cabinet.example>',
        '"Hortense Lagadec, avocate au barreau" <h@cabinet.example>',
        '"Hortense Lagadec (juriste)" <h@asso.example>',
        '"Hortense Lagadec" <h@cabinet.example>',
    ],
)
def test_a_trade_beside_a_senders_name_is_no_part_of_it(sender):
    requester = mail(sender).people.requester

    assert (requester.given, requester.family) == ("Hortense", "Lagadec")


def test_a_name_may_come_before_the_words_that_say_so():
    raw = (
        "[ENVELOPPE] reçu le 2026-09-10 | au dos : rien\n"
        "[TRANSCRIPTION]\nKwame Boateng is my name.\nK.B.\n"
    )
    found = read(Incoming(channel=Channel.LETTER, raw=raw))

    assert (found.people.person_given, found.people.person_family) == ("Kwame", "Boateng")


def test_who_is_in_the_cell_is_the_person_and_an_unnamed_friend_is_no_name():
    raw = (
        "[ENVELOPPE] reçu le 2026-03-12 | au dos : Hoareau J-B, Domenjod, pour un ami | 1 feuille\n"
        "[TRANSCRIPTION]\nBonjour, c'est pas pour moi. Dans ma cellule y a SELVARAJAH Kanthan, "
        "il ne lit pas. Répondez à mon nom, HOAREAU Jean-Bernard.\n"
    )
    people = read(Incoming(channel=Channel.LETTER, raw=raw)).people

    assert (people.person_given, people.person_family) == ("Kanthan", "Selvarajah")
    assert (people.requester.given, people.requester.family) == ("Jean-Bernard", "Hoareau")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Moi je sui guinéen, il me faut une carte.", "GN"),
        ("اسمي هشام والي، مغربي الجنسية، موجود في السجن", "MA"),
        ("Mon voisin est guinéen, il me demande de vous écrire pour ma carte.", None),
    ],
)
def test_a_nationality_is_told_by_ear_or_by_the_word_behind_it(words, code):
    assert letter(words).people.nationality == code


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Je suis correspondante bénévole du Banc d'en face, que faire ?", "Banc d'en face"),
        ("Visiteur depuis douze ans (association Visiteurs 21), j'écris.", "Visiteurs 21"),
    ],
)
def test_an_organisation_is_named_whole(words, name):
    found = mail('"Monique Thévenot" <m@asso.example>', words)

    assert found.people.requester.organisation == name


def test_turkish_for_prison_is_no_word_of_a_court():
    found = letter("Metz'teki cezaevinden 9 Haziran'da çıktım, kartımın yenilenmesi kaldı.")

    assert not any(f.rule == "unexplained-day" for f in found.people.findings)


@pytest.mark.parametrize(
    ("words", "relation"),
    [
        ("(bénév. n° 3). Mme Odette MBALA, compagne, 06 39 98 27 33.", Relation.SPOUSE_PARTNER),
        ("Mme Odette MBALA, mère, tél 06 39 98 27 33", Relation.PARENT),
        ("Mme Odette MBALA, voisine, 06 39 98 27 33", Relation.FRIEND),
    ],
)
def test_a_tie_near_the_head_of_a_sheet_is_the_callers(words, relation):
    found = sheet(f"Appel ven. 18/09/2026 10h15\n{words} Veut voir M. Patrice LUKUSA, à Saran.")

    assert found.facts.requester_kind is RequesterKind.RELATIVE
    assert found.facts.relation is relation
    assert (found.people.requester.given, found.people.requester.family) == ("Odette", "Mbala")


def test_a_voice_says_its_name_before_why_it_calls():
    found = sheet(
        "MESSAGE VOCAL — reçu lundi 23 février 2026 à 18:05\n"
        "Oui bonjour, Hawa Kouyaté, j'appelle pour mon époux, Lassana Kouyaté, il est à Seysses."
    )

    assert (found.people.requester.given, found.people.requester.family) == ("Hawa", "Kouyaté")
    assert (found.people.person_given, found.people.person_family) == ("Lassana", "Kouyaté")


@pytest.mark.parametrize(
    ("words", "kind", "relation"),
    [
        (
            "je suis le coloc de Ibrahima Condé, il est à la Talaudière.",
            RequesterKind.RELATIVE,
            Relation.FRIEND,
        ),
        (
            "Je fais les visites à la maison d'arrêt d'Angers pour La Porte Entrouverte.",
            RequesterKind.PRISON_JUSTICE_VOLUNTEER,
            Relation.VOLUNTEER,
        ),
        (
            "j'ai fini ma peine à Toul il y a un mois, je loge chez ma tante.",
            RequesterKind.RELEASED_PERSON,
            Relation.SELF,
        ),
    ],
)
def test_who_writes_is_told_in_passing(words, kind, relation):
    facts = mail('"G. M." <g82@boite.example>', words).facts

    assert (facts.requester_kind, facts.relation) == (kind, relation)


def test_a_name_ends_before_the_country_behind_it():
    raw = (
        "[ENVELOPPE] reçu le 2026-05-21 | au dos : illisible\n"
        "[TRANSCRIPTION]\nBonjour je m'appelle Kerfalla Camara de Guinée.\n"
    )
    people = read(Incoming(channel=Channel.LETTER, raw=raw)).people

    assert (people.person_given, people.person_family) == ("Kerfalla", "Camara")
    assert people.nationality == "GN"


def test_where_somebody_was_met_is_not_where_they_were_moved():
    facts = sheet(
        "FICHE APPEL mardi 20 octobre 2026 - 15h35\nappelle : M. Taillandier, visiteur de prison\n"
        "L'a connu à Riom, transféré à Roanne le mois dernier."
    ).facts

    assert (facts.establishment, facts.former_establishment) == ("cd-roanne", "cp-riom")


def test_the_name_of_a_team_ends_at_the_dash_behind_it():
    raw = (
        "FICHE D'ORIENTATION - équipe prison : Nancy-Maxéville - rédigée le 02/11/2026\n"
        "Personne : M. BERISHA Luan, écrou 27 954\nAccord signé pour transmission : oui, 30/10/2026"
    )
    found = read(Incoming(channel=Channel.REFERRAL, raw=raw))

    assert found.people.requester.organisation == "équipe prison Nancy-Maxéville"
    assert not any(f.rule == "unexplained-day" for f in found.people.findings)


def test_the_tie_of_who_calls_wins_over_a_cabin_that_is_told_of():
    found = sheet(
        "FICHE D'APPEL\nvendredi 2 octobre 2026, 15h05 — bénévole n° 8\n"
        "Appelante : Solène KERBRAT, compagne, 06 39 98 63 17\nCompagnon = Mehmet AYDIN. "
        "Emmené CRA Saint-Jacques-de-la-Lande. Placement notifié 8h15 (1 appel d'une cabine)."
    )

    assert found.facts.relation is Relation.SPOUSE_PARTNER
    assert (found.people.requester.given, found.people.requester.family) == ("Solène", "Kerbrat")
    assert (found.people.person_given, found.people.person_family) == ("Mehmet", "Aydin")


def test_who_calls_says_their_name_and_what_they_are_in_spanish():
    found = sheet(
        "MESSAGE VOCAL — reçu lundi 13 juillet 2026 à 18:40\nBuenas tardes, soy Luz Marina "
        "Cárdenas, la esposa de Cristian Vallejo Ortiz, él está en la cárcel de Perpignan."
    )

    assert (found.people.requester.given, found.people.requester.family) == (
        "Luz Marina",
        "Cárdenas",
    )


def test_a_cellmates_opinion_makes_nobody_a_scribe():
    found = letter(
        "Mon voisin de cellule dit qu'il n'y a pas besoin de carte pour travailler en prison. "
        "Qui a raison ? Je voudrais suivre la formation peinture."
    )

    assert found.facts.requester_kind is RequesterKind.DETAINED_PERSON


def test_somebody_of_a_nation_in_another_wing_is_the_person():
    raw = (
        "[ENVELOPPE] reçu le 2026-06-24 | au dos : LAMOTTE K. 15602 CD Tarascon | 1 feuille\n"
        "[TRANSCRIPTION]\nBonjour, c'est moi qui tient le stylo mais c'est pas pour moi, c'est "
        "pour un Afghan de l'aile d'en face, STANIKZAI Hamid, écrou 15 877. Il sait pas écrire. "
        "Si vous écrivez mettez mon nom sur l'enveloppe. LAMOTTE Kévin, 15 602\n"
    )
    people = read(Incoming(channel=Channel.LETTER, raw=raw)).people

    assert (people.person_given, people.person_family) == ("Hamid", "Stanikzai")
    assert (people.requester.given, people.requester.family) == ("Kévin", "Lamotte")
