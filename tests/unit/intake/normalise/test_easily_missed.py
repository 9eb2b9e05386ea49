"""Subjects, authors, ends of permits and second letters, told in ways that are easily missed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from services.intake.domain.normalise import (
    Incoming,
    KnownList,
    KnownRequest,
    default_reference,
    normalise,
)
from shared.contracts.vocabulary import (
    Channel,
    DeadlineKind,
    LinkKind,
    RequesterKind,
    RequestState,
    Topic,
    Urgency,
)
from tests.support.normalising import letter, read

K, T = RequesterKind, Topic
HEAD = "From: x1@mail.example\nSubject: question\nDate: Tue, 9 Jun 2026 14:26:03 +0200\n\n"


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        (T.EXTRADITION, "Srbija traži moje izručenje zbog starog predmeta."),
        (T.EXTRADITION, "Polska chce mojej ekstradycji, sąd jeszcze nie zdecydował."),
        (T.EXTRADITION, "Serbien verlangt meine Auslieferung wegen einer alten Sache."),
        (T.EXTRADITION, "Россия требует моей экстрадиции, суда ещё не было."),
        (T.EXTRADITION, "L'Albania chiede la mia estradizione."),
        (T.EXTRADITION, "中国要求引渡我，法院还没有决定。"),
        (
            T.FAMILY_REUNIFICATION,
            "Podemos pedir o reagrupamento para a menina mesmo eu estando preso ?",
        ),
        (T.FAMILY_REUNIFICATION, "¿Puedo hacer la reagrupación de mi hija desde aquí?"),
        (T.FAMILY_REUNIFICATION, "Vreau reîntregirea familiei cu soția mea."),
        (T.FAMILY_REUNIFICATION, "Хочу воссоединение семьи с дочерью."),
        (T.FAMILY_REUNIFICATION, "أريد لم الشمل مع زوجتي"),
        (T.FAMILY_REUNIFICATION, "Can I ask family reunification for my daughter of 9?"),
        (T.MARRIAGE_PACS, "The father wants to put his name before the birth, how do we do it?"),
        (T.MARRIAGE_PACS, "La reconnaissance anticipée peut-elle se faire d'ici ?"),
        (T.MARRIAGE_PACS, "Il veut donner son nom au bébé avant la naissance."),
        (T.MARRIAGE_PACS, "El padre quiere dar su apellido a la niña."),
        (T.MARRIAGE_PACS, "Il padre vuole riconoscere la bambina dal carcere."),
        (T.MARRIAGE_PACS, "He wants to acknowledge the baby at the town hall."),
        (T.FIRST_PERMIT, "Can I ask a paper as mother of French child from inside?"),
        (T.FIRST_PERMIT, "Je voudrais un titre de séjour comme parent d'un enfant français."),
        (T.FIRST_PERMIT, "avan mé 18 an il fo demandé le papié si non aprè"),
        (T.FIRST_PERMIT, "Puis-je demander une carte en tant que conjoint de français ?"),
        (T.FIRST_PERMIT, "Il faut demander le titre avant mes 18 ans ?"),
        (T.FIRST_PERMIT, "她有没有办法在法国留下来？"),
        (T.REMOVAL_IN_PROGRESS, "Les collègues en bleu le prennent directement à la grille lundi."),
        (T.REMOVAL_IN_PROGRESS, "La police m'attend au portail le jour de ma sortie."),
        (T.REMOVAL_IN_PROGRESS, "Les gendarmes me récupèrent au greffe vendredi."),
    ],
)
def test_a_subject_is_told_without_its_common_word(topic, words):
    assert topic in letter(words).facts.topics


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        (T.FAMILY_LIFE, "Trois garçons de l'étage jouent aux cartes, on s'entend bien."),
        (T.WORK_TRAINING, "Faut-il une attestation de travail pour la préfecture ?"),
        (T.VISIT_PERMIT, "Je suis au centre de rétention de Lesquin. Peut-on venir me voir ?"),
    ],
)
def test_what_only_sounds_like_a_subject_is_none(topic, words):
    assert topic not in letter(words).facts.topics


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("Mon récépissé n'est plus bon. Il finit le 30 septembre.", date(2026, 9, 30)),
        ("mon titre vpf il fini le 20 septembre et le patron veut un papier", date(2026, 9, 20)),
        ("Ma carte est au vestiaire, elle expire le 3 septembre.", date(2026, 9, 3)),
        ("Mi permiso está en el registro, se acaba el 30 de septiembre.", date(2026, 9, 30)),
        ("Le visa de mon passeport tombe le 12 octobre.", date(2026, 10, 12)),
    ],
)
def test_a_permit_named_before_is_what_ends(words, day):
    [found] = letter(words).facts.deadlines
    assert (found.kind, found.date_on) == (DeadlineKind.PERMIT_EXPIRY, day)


def test_a_person_beside_a_card_is_who_finishes():
    [found] = letter("Je finis le 30 juin, ma carte est bonne.").facts.deadlines
    assert found.kind is DeadlineKind.RELEASE_DATE


@pytest.mark.parametrize(
    "words",
    [
        "Avant il y avait votre équipe le mardi, je les vois plus. On m'a refusé ma carte.",
        "Vous passiez le jeudi, la préfecture a dit non pour ma carte.",
        "Your team used to come on Tuesday. The prefecture said no for my card.",
        "Ustedes venían los martes. La prefectura dijo que no para mi tarjeta.",
    ],
)
def test_the_weekday_of_former_visits_is_the_day_of_nothing(words):
    assert not [d for d in letter(words).facts.deadlines if d.trigger_on]


@pytest.mark.parametrize(
    "words",
    [
        "Marie-Odile Tessandier, visiteuse au Craquelin avec La Porte Entrouverte. "
        "Je vois depuis mars M. Zabihullah AHMADZAI, afghan.",
        "Bonjour, au sujet d'un monsieur que je visite à Châteauroux depuis mars, il est afghan.",
        "Jean Morel, visiteur à la maison d'arrêt de Nancy, je rencontre un jeune Malien.",
        "Bonjour, visiteur bénévole avec l'association Passerelles, j'écris pour un détenu.",
        "I am a prison visitor in Fresnes and write about a young man from Mali.",
        "As a volunteer visitor, I see a man in Melun every week; he has no permit.",
        "Soy visitadora de la prisión de Fresnes, escribo por un señor colombiano.",
    ],
)
def test_who_visits_prisoners_is_a_volunteer(words):
    found = read(Incoming(channel=Channel.EMAIL, raw=HEAD + words))
    assert found.facts.requester_kind is K.PRISON_JUSTICE_VOLUNTEER


def test_the_museums_visitor_is_no_volunteer():
    words = "Ma tante, visiteuse du musée, m'a parlé de vous ; mon mari est détenu à Melun."
    found = read(Incoming(channel=Channel.EMAIL, raw=HEAD + words))
    assert found.facts.requester_kind is not K.PRISON_JUSTICE_VOLUNTEER


@pytest.mark.parametrize(
    "head",
    ["Appel cabine, mauvaise ligne.", "Appel de cabine, coupé deux fois.", "Appel en cabine."],
)
def test_a_call_from_the_booth_is_the_prisoners_own(head):
    sheet = (
        f"FICHE D'APPEL — ven. 10/07/2026, 11h15, prise par : bénévole n° 8. {head}\n"
        "KOUASSI Yao Désiré, écrou 40 733, Maxéville bât. A.\n"
        "Il demande s'il doit prévenir sa sœur.\n"
    )
    found = read(Incoming(channel=Channel.PHONE, raw=sheet))
    assert found.facts.requester_kind is K.DETAINED_PERSON
    assert found.people.person_family == "Kouassi"


@pytest.mark.parametrize(
    ("whom", "family", "number"),
    [
        ("le mec de la cellule d'à coté, Costel CIUREA, 52880", "Ciurea", "52880"),
        ("un type de l'étage, Ion POPA, 52881", "Popa", "52881"),
        ("mon pote de cellule, Adel HADDAD, 52882", "Haddad", "52882"),
        ("l'homme d'en face, Sekou BAH, 52883", "Bah", "52883"),
    ],
)
def test_who_holds_the_pen_for_a_man_next_door_is_not_the_person(whom, family, number):
    raw = (
        "[ENVELOPPE] reçu le 2026-05-28 | au dos : LOPES Kevin 52 317 Seysses MAH2 | 1 feuille\n"
        "[TRANSCRIPTION]\nseysses le 24/05/26\nSalut, moi c'est Kévin Lopes, 52317. "
        f"J'écris pour {whom}, il ne sait pas écrire.\nKévin\n"
    )
    found = read(Incoming(channel=Channel.LETTER, raw=raw))
    assert found.facts.requester_kind is K.FELLOW_DETAINEE
    assert found.people.requester.family == "Lopes"
    assert (found.people.person_family, found.people.detention_number) == (family, number)


@pytest.mark.parametrize(
    "words",
    [
        "Il y a du nouveau : mardi la préfecture est venue avec une autre feuille.",
        "Depuis ma lettre du 13 j'ai reçu une autre décision.",
        "Entre-temps on m'a notifié une interdiction de retour.",
        "Ma question change, j'ai une OQTF maintenant.",
        "Since my last letter they gave me another paper.",
        "Tengo novedades: me entregaron otro papel.",
    ],
)
def test_news_in_a_second_letter_make_no_duplicate(words):
    links = _with_an_earlier_one(words).facts.links
    assert [link.kind for link in links] == [LinkKind.SAME_MATTER]


def test_a_second_letter_without_news_may_be_the_same():
    found = _with_an_earlier_one("Je voudrais renouveler ma carte de séjour.")
    assert [link.kind for link in found.facts.links] == [LinkKind.DUPLICATE_OF]
    assert found.state is RequestState.NEEDS_REVIEW


def _with_an_earlier_one(words):
    """A letter from Angers, where one came ten days ago of which nothing else is known."""
    earlier = KnownRequest(
        request_id=UUID(int=7),
        alias="earlier",
        state="assigned",
        unit="team:ma-angers",
        received_on=date(2026, 4, 16),
        answer_due_on=date(2026, 4, 23),
        urgency=Urgency.NORMAL,
        establishment=None,
        given=None,
        family=None,
        detention_number=None,
        message_ids=frozenset(),
    )
    raw = (
        "[ENVELOPPE] reçu le 2026-04-27 | au dos : Rakotoarisoa H. 21604 MA Angers | 1 feuille\n"
        f"[TRANSCRIPTION]\nAngers, le 23 avril 2026\nBonjour, je suis RAKOTOARISOA Hery. {words}\n"
    )
    item = Incoming(channel=Channel.LETTER, raw=raw)
    return normalise(item, known=KnownList([earlier]), reference=default_reference())


def test_the_centre_on_the_envelope_is_named():
    raw = (
        "[ENVELOPPE] reçu le 2026-02-12 | au dos : Imran Shahzad, CRA Lesquin, zone B\n"
        "[TRANSCRIPTION]\nHello, can you help me ?\nImran Shahzad\n"
    )
    place = read(Incoming(channel=Channel.LETTER, raw=raw)).facts.retention_place
    assert place is not None
    assert (place.kind, place.name) == ("cra", "Lille-Lesquin")


@pytest.mark.parametrize(
    "words",
    [
        "J'ai écris le 6 juin pour ma carte de séjour périmé, encore pas de réponse.",
        "C'est juste pour savoir si la lettre est arrivé, il y avait la grève des facteurs.",
        "J'ai écrit en mai pour mon titre, toujours rien.",
        "I wrote on 6 June about my card, still nothing.",
        "I only want to know if the letter has arrived.",
        "Es solo para saber si la carta llegó, hubo huelga.",
        "Volevo sapere se la lettera è arrivata.",
    ],
)
def test_who_asks_whether_the_letter_came_reminds_us(words):
    assert letter(words).facts.is_reminder


@pytest.mark.parametrize(
    "words",
    [
        "J'ai écrit le 6 juin à la préfecture pour ma carte, toujours pas de réponse.",
        "Comment savoir si le courrier du tribunal est arrivé au greffe ?",
        "I wrote on 6 June to the prefecture, still nothing.",
        "J'ai écrit en mai à mon avocat, toujours rien.",
    ],
)
def test_a_letter_to_others_is_no_reminder(words):
    assert not letter(words).facts.is_reminder
