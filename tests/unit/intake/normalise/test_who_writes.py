"""Who writes, what they are to whom, and under which name and number."""

from __future__ import annotations

from datetime import date

import pytest

from services.intake.domain.normalise import Incoming
from shared.contracts.vocabulary import (
    Channel,
    DeadlineKind,
    JudicialStatus,
    Language,
    Relation,
    RequesterKind,
    SpecialSituation,
    Topic,
)
from tests.support.normalising import read

K, R = RequesterKind, Relation


def _letter(words, back="illisible"):
    raw = (
        f"[ENVELOPPE] reçu le 2026-06-16 | cachet de la poste : 15-06-2026 | au dos : {back}\n"
        f"[TRANSCRIPTION]\n{words}\n"
    )
    return read(Incoming(channel=Channel.LETTER, raw=raw))


def _mail(words, sender="x1@mail.example"):
    raw = (
        f"From: {sender}\nTo: commission.prison@lacimade.org\nSubject: question\n"
        "Date: Tue, 16 Jun 2026 10:00:00 +0200\nMessage-ID: <a@b>\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{words}\n"
    )
    return read(Incoming(channel=Channel.EMAIL, raw=raw))


def _call(words, caller="Mme Lise Durand, sœur de M. Ali Durand, détenu à Fresnes"):
    raw = (
        "FICHE D'APPEL — ligne 01 44 18 72 65\n"
        "date : vendredi 12 juin 2026, 11h15 — prise par : bénévole n° 6\n"
        f"appelant : {caller}\nobjet : {words}\n"
    )
    return read(Incoming(channel=Channel.PHONE, raw=raw))


@pytest.mark.parametrize(
    ("words", "relation"),
    [
        ("I am the godmother of Kelvin Osei, he is in prison in Lille.", R.OTHER_FAMILY),
        ("I'm his half brother.", R.OTHER_FAMILY),
        ("Soy la suegra de Juan Pérez, está preso en Nantes.", R.OTHER_FAMILY),
        ("Sou afilhada do Paulo Reis, preso em Fresnes.", R.OTHER_FAMILY),
        ("Sono la cognata di Marco Rossi.", R.OTHER_FAMILY),
        ("Sunt verișoara lui Ion Popa.", R.OTHER_FAMILY),
        ("Ich bin der Onkel von Ali Demir.", R.OTHER_FAMILY),
        ("Jestem ciotką Pawła.", R.OTHER_FAMILY),
        ("я двоюродная сестра Ивана Петрова", R.OTHER_FAMILY),
        ("انا عمة محمد", R.OTHER_FAMILY),
        ("Ik ben zijn zus.", R.SIBLING),
        ("Ja sam brat Marka Petrovića.", R.SIBLING),
        ("Ich bin die Mutter von Ali Demir.", R.PARENT),
        ("Jestem narzeczoną Piotra.", R.SPOUSE_PARTNER),
        ("Je suis la marraine de Kevin Mba, détenu à Poissy.", R.OTHER_FAMILY),
        ("I am her neighbour.", R.FRIEND),
        ("我丈夫在Réau的监狱服刑。", R.SPOUSE_PARTNER),
        ("Mein Neffe Ali Demir sitzt im Gefängnis in Nantes.", R.OTHER_FAMILY),
        ("Mój kuzyn Jan Nowak jest w więzieniu w Nantes.", R.OTHER_FAMILY),
        ("Benim yeğenim Ali, Nantes cezaevinde.", R.OTHER_FAMILY),
        ("Meu afilhado está preso em Nantes.", R.OTHER_FAMILY),
        ("Nipi im është në burg në Nice.", R.OTHER_FAMILY),
        ("Mon beau-frère est détenu à Nantes.", R.OTHER_FAMILY),
        ("My sister in law is in prison in Rennes.", R.OTHER_FAMILY),
        ("Mein Sohn Ali sitzt im Gefängnis in Nantes.", R.PARENT),
        ("Mon compagnon Anis termine sa peine au Havre.", R.SPOUSE_PARTNER),
    ],
)
def test_who_is_of_the_family_in_many_languages(words, relation):
    facts = _mail(f"Bonjour,\n{words}\nComment faire ?").facts
    assert (facts.requester_kind, facts.relation) == (K.RELATIVE, relation)


@pytest.mark.parametrize(
    "words",
    [
        "Le papa de mon mari est détenu à Nantes.",
        "Je vous contacte pour le père de ma femme, M. Koffi ADJOVI, détenu à Nantes.",
        "Le demi-frère de mon conjoint est incarcéré à Nantes.",
        "My husband's father is in prison in Nantes.",
        "The brother of my partner is in prison in Nantes.",
        "El papá de mi marido está preso en Nantes.",
        "O pai do meu marido está preso em Nantes.",
        "Il papà di mio marito è in carcere a Nizza.",
        "Tatăl soțului meu este închis la Nantes.",
        "Отец моего мужа сидит в тюрьме в Нанте.",
        "Babai i burrit tim është në burg në Nice.",
        "Kocamın babası Nantes cezaevinde.",
        "Der Vater von meinem Mann sitzt im Gefängnis in Nantes.",
        "De vader van mijn man zit in de gevangenis in Nantes.",
        "Ojciec mojego męża jest w więzieniu w Nantes.",
        "والد زوجي مسجون في نانت",
        "我丈夫的父亲在Réau的监狱服刑。",
    ],
)
def test_kin_of_ones_spouse_are_other_family_and_no_spouse(words):
    facts = _mail(f"Bonjour,\n{words}\nComment faire ?").facts
    assert (facts.requester_kind, facts.relation) == (K.RELATIVE, R.OTHER_FAMILY)
    assert Topic.FAMILY_LIFE not in facts.topics


def test_a_husband_is_one_although_his_mother_is_told_of_too():
    facts = _mail("Mon mari est en prison à Nantes. La mère de mon mari est malade.").facts
    assert facts.relation is R.SPOUSE_PARTNER


@pytest.mark.parametrize(
    "words",
    [
        "Je suis la mère de ses enfants, il est en prison à Nantes.",
        "Ici la maman de sa fille, il est détenu à Nantes.",
        "I am the mother of his two children, he is in prison in Nantes.",
        "Soy la madre de sus hijos, está preso en Nantes.",
        "Sou a mãe dos filhos dele, está preso em Nantes.",
    ],
)
def test_the_other_parent_of_their_children_is_their_partner(words):
    assert _mail(words).facts.relation is R.SPOUSE_PARTNER


@pytest.mark.parametrize(
    ("caller", "relation"),
    [
        ("Sabrina KHELIFI, vit avec lui depuis 4 ans, 06 39 98 27 44", R.SPOUSE_PARTNER),
        ("Mme Sabrina KHELIFI, en couple avec lui depuis 2019", R.SPOUSE_PARTNER),
        ("Sabrina KHELIFI, ils vivent ensemble", R.SPOUSE_PARTNER),
        ("Sabrina KHELIFI, mère de ses enfants, 06 39 98 27 44", R.SPOUSE_PARTNER),
        ("Mme Diop, mère, il vit avec elle", R.PARENT),
        ("M. Paul Diop, ami, vit avec lui", R.FRIEND),
        ("M. Paul Diop, son logeur", R.FRIEND),
        ("M. Paul Diop, son patron", R.FRIEND),
        ("M. Rachid Diop, son cousin, 06 39 98 33 71", R.OTHER_FAMILY),
        ("M. Ali Diop, son frère", R.SIBLING),
        ("M. Ali Diop, son fils", R.CHILD),
    ],
)
def test_the_line_of_a_call_sheet_tells_what_the_caller_is(caller, relation):
    facts = _call("placé au CRA ce matin", caller).facts
    assert (facts.requester_kind, facts.relation) == (K.RELATIVE, relation)


@pytest.mark.parametrize(
    "words",
    [
        "Je suis le père de deux enfants français et je suis détenu à Nantes.",
        "Soy padre de tres hijos, estoy preso en Nantes.",
        "Sono padre di due figli, sono detenuto a Nizza.",
        "Я отец двоих детей, сижу в тюрьме.",
        "C'est la femme du greffe qui m'a dit d'écrire, je suis détenu à Nantes.",
    ],
)
def test_who_counts_their_children_or_tells_of_a_clerk_writes_of_themselves(words):
    assert _mail(words).facts.requester_kind is K.DETAINED_PERSON


def test_who_signs_at_the_police_until_a_trial_is_supervised_and_no_prison_is_at_their_home():
    facts = _letter(
        "Je ne suis pas en prison. En attendant mon procès, je pointe tous les jeudis à la "
        "gendarmerie.\nNazim Kaya",
        "N. Kaya, 8 rue des Lilas, 38000 Grenoble",
    ).facts
    assert facts.requester_kind is K.SUPERVISED_PERSON
    assert facts.judicial_status is JudicialStatus.JUDICIAL_SUPERVISION
    assert (facts.establishment, facts.former_establishment) == (None, None)


@pytest.mark.parametrize(
    "words",
    [
        "Je ne suis pas en prison, j’ai une question sur ma carte.",
        "I am not in prison, I only ask.",
        "No estoy preso, solo pregunto.",
    ],
)
def test_who_says_to_be_in_no_prison_is_not_taken_for_detained(words):
    assert _letter(f"Bonjour, {words}\nNazim Kaya").facts.requester_kind is not K.DETAINED_PERSON
    assert _mail(words).facts.requester_kind is not K.DETAINED_PERSON


def test_a_caller_at_liberty_who_signs_at_the_police_is_no_police():
    found = _call(
        "refus de carte reçu hier",
        "M. Blaise NSIMBA, 06 39 98 20 93, libre, pointe le lundi au commissariat de Meaux "
        "(contrôle judiciaire, jugement à l'hiver)",
    )
    assert (found.facts.requester_kind, found.facts.relation) == (K.SUPERVISED_PERSON, R.SELF)
    assert (found.people.person_given, found.people.person_family) == ("Blaise", "Nsimba")


def test_a_nurse_of_the_night_is_a_nurse_of_the_prison():
    found = _mail("Bonjour,\nInfirmier de nuit à l’USMP de Ducos, je vous écris pour un patient.")
    assert found.facts.requester_kind is K.PRISON_HEALTH_STAFF


COPIED = (
    "Bonjour, mon frère m’a donné cette lettre au parloir. Je la recopie mot pour mot. Tamar\n\n"
    "{above}Villepinte, le 1er juin 2026\n\nMadame,\nje suis Levan Beridze, écrou 25 516. Ma carte "
    "expire, comment faire depuis ma cellule ?\nL. Beridze\n{below}"
)


@pytest.mark.parametrize(("above", "below"), [("-----\n", "-----\n"), ("=====\n", "")])
def test_a_letter_copied_word_for_word_is_its_authors(above, below):
    found = _mail(COPIED.format(above=above, below=below), "Tamar B <t@mail.example>")
    assert (found.facts.requester_kind, found.facts.relation) == (K.DETAINED_PERSON, R.SELF)
    assert (found.people.person_given, found.people.person_family) == ("Levan", "Beridze")
    assert (found.facts.establishment, found.facts.written_on) == (
        "ma-villepinte",
        date(2026, 6, 1),
    )


def test_rules_around_what_nobody_copied_part_nothing():
    found = _mail("Je suis la sœur de Levan Beridze, détenu.\n-----\nTamar\n-----\n")
    assert found.facts.requester_kind is K.RELATIVE


def test_a_neighbour_in_the_next_cell_has_the_name_and_the_number_of_the_request():
    found = _letter(
        "C'est moi qui tiens le stylo, PETIT Kévin, écrou 9 023, mais c'est pas pour moi. C'est "
        "pour mon voisin de la 214, Tesfay HABTE, Érythréen, écrou 8 851. Il sait pas "
        "écrire.\nK. Petit",
        "PETIT K. / pour M. Tesfay",
    )
    people = found.people
    assert (people.person_given, people.person_family) == ("Tesfay", "Habte")
    assert people.detention_number == "8851"


@pytest.mark.parametrize(
    ("words", "back", "number"),
    [
        ("Bonjour.\nAlhassane Sylla, 30 944", "Sylla A. Seysses, bâtiment B, cellule 217", "30944"),
        ("Dzień dobry,\nnazywam się Jan Nowak, numer więzienny 9 031.\nJan Nowak", "rien", "9031"),
        ("Levée d’écrou le 2 juin 2026, écrou 52 871.\nOusmane Mendy", "rien", "52871"),
    ],
)
def test_a_number_of_a_cell_or_a_year_is_not_that_of_the_person(words, back, number):
    assert _letter(words, back).people.detention_number == number


def test_a_polish_name_is_said_given_name_first():
    people = _letter("Dzień dobry,\nnazywam się Zbigniew Kowalczuk.\n").people
    assert (people.person_given, people.person_family) == ("Zbigniew", "Kowalczuk")


def test_a_small_letter_within_a_word_begins_no_name():
    found = _call("« C'est Karima, la sœur de Yanis, Yanis Boukhalfa »", "une dame")
    assert (found.people.person_given, found.people.person_family) == ("Yanis", "Boukhalfa")
    assert found.people.requester.given == "Karima"


@pytest.mark.parametrize(
    ("sender", "signed", "given", "family"),
    [
        ("coralie v <c@mail.example>", "Coralie Vasset", "Coralie", "Vasset"),
        ("Cabinet KERN <s@avocat.example>", "VBD,\nMe Solène Kern\nAvocate", "Solène", "Kern"),
    ],
)
def test_a_sender_is_named_in_full_by_the_signature(sender, signed, given, family):
    found = _mail(f"Bonjour, mon compagnon est détenu à Nantes.\n{signed}", sender)
    assert (found.people.requester.given, found.people.requester.family) == (given, family)


def test_a_name_written_again_in_another_script_is_one_name():
    raw = (
        '{"form":"contact-v2","sent_at":"2026-06-16T10:00:00Z","lang":"zh",'
        '"name":"LIN Xiaomei 林晓梅","email":"x@mail.example","who":"famille",'
        '"establishment":"Réau","message":"我丈夫在监狱服刑。"}'
    )
    found = read(Incoming(channel=Channel.WEB, raw=raw))
    assert (found.people.requester.given, found.people.requester.family) == ("Xiaomei", "Lin")
    assert found.facts.relation is R.SPOUSE_PARTNER
    assert found.facts.language == Language.ZH


def test_a_clerk_who_calls_is_named_by_the_line_of_the_office():
    raw = (
        "Appel vend. 12/06/26, 10 h 05 — bénévole n° 9\n"
        "Greffe du CP de Metz, Mme Schaff (adjointe). Au sujet de Mme NGUEMA Ornella, n° 27 461."
    )
    people = read(Incoming(channel=Channel.PHONE, raw=raw)).people
    assert people.requester.family == "Schaff"
    assert people.person_family == "Nguema"


def test_a_town_in_spanish_before_the_prison_for_women_is_the_place():
    found = _mail(
        "Soy la hermana de Yesenia Quispe, que está en Versalles, en la cárcel de mujeres."
    )
    assert found.facts.establishment == "ma-versailles"


@pytest.mark.parametrize(
    ("note", "day"),
    [
        ("Rappeler jeudi matin.", 18),
        ("Promis de rappeler mardi.", 16),
        ("On la rappelle demain.", 13),
        ("Rappel prévu le 19/06.", 19),
    ],
)
def test_a_call_promised_on_a_call_sheet_is_a_deadline(note, day):
    (found,) = _call(f"renouvellement de carte. {note}").facts.deadlines
    assert (found.kind, found.date_on) == (DeadlineKind.CALLBACK, date(2026, 6, day))


@pytest.mark.parametrize("note", ["Elle rappellera mardi.", "Doit rappeler la préfecture mardi."])
def test_a_call_that_others_will_make_is_no_promise(note):
    assert _call(f"renouvellement de carte. {note}").facts.deadlines == ()


@pytest.mark.parametrize(
    ("words", "back", "kind"),
    [
        (
            "C'est le voisin de lit qui écrit, lui l'école il connaît pas. Lui c'est Ali DIOP.",
            "Luc 40 215",
            K.FELLOW_DETAINEE,
        ),
        ("Je prête juste ma main. Il voudrait ses papiers.", "Roux Luc 8 820", K.FELLOW_DETAINEE),
        (
            "C'est moi qui lui fais son courrier depuis le début.",
            "Roux Luc 8 820",
            K.FELLOW_DETAINEE,
        ),
        ("Il demande sa carte.", "Roux Luc 8 820 pour Sissoko Moussa 8 764", K.FELLOW_DETAINEE),
        (
            "Mon voisin de cellule a une OQTF, il en parle tout le temps, moi non.",
            "Fofana M. 6 600",
            K.DETAINED_PERSON,
        ),
        (
            "C'est le codétenu qui écrit pour moi, je sais pas écrire.",
            "Fofana M. 6 600",
            K.DETAINED_PERSON,
        ),
        (
            "Mon éducatrice de la PJJ m'a dit de vous écrire pour ma carte.",
            "Sylla Ali",
            K.DETAINED_PERSON,
        ),
        (
            "Monsieur le Président de la Cimade, je purge une peine de dix ans.",
            "vide",
            K.DETAINED_PERSON,
        ),
        ("I am Filmon Tesfay, number 28 774. My wife is in Kampala.", "blank", K.DETAINED_PERSON),
    ],
)
def test_the_pen_the_trade_and_the_number_tell_who_writes_a_letter(words, back, kind):
    assert _letter(words, back).facts.requester_kind is kind


def test_a_woman_of_somewhere_makes_no_wife_of_a_psychologist():
    words = (
        "Bonjour, je suis psychologue à l'USMP de Versailles. Je suis une jeune femme d'Edo State."
    )
    found = _mail(words)
    assert (found.facts.requester_kind, found.facts.relation) == (
        K.PRISON_HEALTH_STAFF,
        R.PROFESSIONAL,
    )


def test_a_sentence_served_at_a_sisters_is_the_authors_own():
    found = _mail("Je finis ma peine chez ma grande sœur à Sarcelles avec le bracelet.")
    assert (found.facts.requester_kind, found.facts.relation) == (K.SUPERVISED_PERSON, R.SELF)


def test_a_town_beside_the_name_of_its_prison_is_the_prison():
    found = _mail("Mon mari Omar Sow est à Rouen Bonne Nouvelle depuis juin, je suis sa femme.")
    assert found.facts.establishment == "ma-rouen"


def test_where_a_son_is_held_is_read_in_another_tongue():
    found = _mail(
        "Mă numesc Ana Popa. Băiatul meu Ion Popa e închis la Meyzieu, lângă Lyon.",
        "ana.p@mail.example",
    )
    assert found.facts.establishment == "epm-meyzieu"
    assert (found.people.person_given, found.people.person_family) == ("Ion", "Popa")


@pytest.mark.parametrize(
    ("sheet", "caller", "person"),
    [
        ("Mme Clara MBEMBA, 06 39 98 80 19. Son mari Jean MBEMBA, CP Beauvais.", "Clara", "Jean"),
        (
            "Appel d'un monsieur depuis la cabine du CRA de Lyon : Davit BERIDZE, géorgien.",
            "Davit",
            "Davit",
        ),
    ],
)
def test_the_first_words_of_a_sheet_name_the_caller(sheet, caller, person):
    raw = f"Fiche appel ven. 04/09/2026 11h35 — bénévole n° 9\n{sheet}\n"
    people = read(Incoming(channel=Channel.PHONE, raw=raw)).people
    assert (people.requester.given, people.person_given) == (caller, person)


def test_a_lone_name_is_told_in_full_by_what_follows():
    people = _letter(
        "Bonjour moi c'est gloire, MBEMBA Gloire, je suis de la RDC.", "Mbemba Gloire 14 220"
    ).people
    assert (people.person_given, people.person_family) == ("Gloire", "Mbemba")


def test_the_doctors_own_signature_names_no_patient():
    raw = (
        "From: Dr Maud Steinlen <m.s@usmp-x.example>\nTo: commission.prison@lacimade.org\n"
        "Subject: Avis OFII\nDate: Tue, 16 Jun 2026 10:00:00 +0200\nMessage-ID: <a@b>\n"
        "Content-Type: text/plain; charset=utf-8\n\n"
        "Médecin à l'USMP de Caen, je suis un patient dialysé.\nM. Steinlen\n"
    )
    people = read(Incoming(channel=Channel.EMAIL, raw=raw)).people
    assert people.person_family is None


def test_the_cousin_whom_a_form_names_tells_the_relation():
    raw = (
        '{"form":"contact-v2","sent_at":"2026-05-30T23:12:00+02:00","lang":"fr","name":"Nawel B.",'
        '"email":"n@x.example","phone":"","who":"famille","establishment":"Luynes",'
        '"message":"mon cousin Ali a appelé ce soir","website":""}'
    )
    assert read(Incoming(channel=Channel.WEB, raw=raw)).facts.relation is R.OTHER_FAMILY


def test_a_newsletter_with_a_number_in_its_title_is_closed_by_rule():
    raw = (
        "From: Veille <no-reply@veille.example>\nTo: commission.prison@lacimade.org\n"
        "Subject: [Veille n° 212] URGENT : OQTF, 48 heures ou 7 jours ?\n"
        "Date: Wed, 07 Oct 2026 06:00:01 +0200\nMessage-ID: <nl@v>\nList-Id: <v.example>\n"
        "Precedence: bulk\nContent-Type: text/plain; charset=utf-8\n\n"
        "Au sommaire : le délai de 7 jours des personnes détenues. Ne pas répondre.\n"
    )
    assert read(Incoming(channel=Channel.EMAIL, raw=raw)).facts.automatic


def test_who_says_to_call_from_a_centre_is_retained_there():
    found = _letter("J'appelle du centre de Cornebarrieu, on m'a pris hier.", "vide")
    assert found.facts.requester_kind is K.RETAINED_PERSON
    assert SpecialSituation.RETENTION in found.facts.special_situations


def test_a_measure_that_a_sheet_names_is_the_persons():
    raw = (
        "ORIENTATION INTER-PERMANENCES — de : groupe local Cimade Valence — rédigée le 05/11/2026\n"
        "Objet : Mme ZHANG Meiling, née le 19/02/1983, chinoise.\n"
        "Mesure : sursis probatoire jusqu'en 2028. Logée chez sa sœur. Demande : relèvement.\n"
    )
    facts = read(Incoming(channel=Channel.REFERRAL, raw=raw)).facts
    assert facts.judicial_status is JudicialStatus.PROBATION


def test_nobody_is_the_author_of_a_letter_of_which_nothing_can_be_read():
    found = _letter("[illisible]\n[illisible — environ 11 lignes]", back="rien")

    assert found.facts.requester_kind is K.UNKNOWN
    assert found.facts.relation is R.NOT_STATED
    assert {"requester.kind", "establishment"} <= set(found.facts.missing)


def test_a_name_on_the_envelope_is_an_author():
    found = _letter("[illisible — environ 11 lignes]", back="DIALLO Mamadou")

    assert found.facts.requester_kind is K.DETAINED_PERSON


def test_a_call_from_the_booth_of_a_prison_is_of_one_who_is_in_it():
    raw = (
        "Fiche appel ven. 14/08/2026 15h40. Appel cabine CP St-Quentin-Fallavier, M. MIAH Shahin, "
        "écrou 21 665. Formulaire OFPRA à renvoyer."
    )

    assert read(Incoming(channel=Channel.PHONE, raw=raw)).facts.requester_kind is K.DETAINED_PERSON


@pytest.mark.parametrize(
    "words",
    [
        "Je vous fait ce mot pour le gars d'en face, NAZARI Omid, afghan, écrou 31 702.",
        "J'envoie cette lettre pour mon voisin de cellule, NAZARI Omid, écrou 31 702.",
        "Je vous écris ces lignes pour un jeune de mon étage, NAZARI Omid, écrou 31 702.",
        "Je vous glisse un petit mot pour le vieux qui est en face, NAZARI Omid, écrou 31 702.",
    ],
)
def test_who_writes_a_word_for_the_one_next_door_is_a_fellow(words):
    found = _letter(
        f"{words} Il ne parle que le dari.\nLoïc MARTEL", "Martel Loïc 21 664 CD Uzerche"
    )

    assert found.facts.requester_kind is K.FELLOW_DETAINEE
    assert found.facts.relation is R.CO_DETAINEE
    assert (found.people.person_given, found.people.person_family) == ("Omid", "Nazari")
    assert found.people.detention_number == "31702"


@pytest.mark.parametrize(
    "words",
    [
        "Je vous fais ce mot pour ma carte de séjour, le gars d'en face m'a donné votre adresse.",
        "J'écris cette lettre pour la préfecture, un jeune de mon étage m'a aidé.",
        "Je vous fais ce mot pour le gars du SPIP qui me demande une réponse sur ma carte.",
    ],
)
def test_who_only_speaks_of_the_one_next_door_writes_of_themselves(words):
    found = _letter(f"{words}\nLoïc MARTEL", "Martel Loïc 21 664 CD Uzerche")

    assert found.facts.requester_kind is K.DETAINED_PERSON
    assert found.people.person_family == "Martel"


@pytest.mark.parametrize(
    ("words", "back"),
    [
        (
            "je suis Ibrahima SOW, je suis a lepm de Quiévrechain. mon patron il me reprend a ma "
            "majorité si j'ai une carte.\nIbrahima",
            "SOW Ibrahima EPM",
        ),
        (
            "Mon père est à la maison d'arrêt aussi, il a une carte, moi rien.\nSow Ibrahima",
            "Sow Ibrahima, CP Maubeuge",
        ),
        (
            "je suis au quartier mineurs, ma mère a fait la demande.\nIbrahima Sow",
            "Ibrahima Sow",
        ),
    ],
)
def test_a_letter_that_comes_from_a_prison_is_of_who_signs_it(words, back):
    found = _letter(words, back)

    assert found.facts.requester_kind is K.DETAINED_PERSON
    assert found.facts.relation is R.SELF
    assert (found.people.person_given, found.people.person_family) == ("Ibrahima", "Sow")


@pytest.mark.parametrize(
    ("words", "back"),
    [
        (
            "Mon fils est à l'EPM de Lavaur, je suis sa mère.\nAwa Sow",
            "Mme Sow, 3 rue Noire, Lyon",
        ),
        (
            "Mon mari est au CP de Maubeuge depuis mai.\nAwa Sow",
            "Sow pour son mari, CP Maubeuge",
        ),
        ("Je suis la mère de Ibrahima Sow, détenu à l'EPM.\nAwa Sow", "Famille Sow, CP Maubeuge"),
    ],
)
def test_a_letter_of_the_family_of_somebody_in_prison_is_theirs(words, back):
    assert _letter(words, back).facts.requester_kind is K.RELATIVE


@pytest.mark.parametrize(
    "words",
    [
        "Je coordonne l'accueil de jour Les Tilleuls à Niort. Mme Ana Popa, que nous suivons "
        "depuis 2024, est à la prison de Vivonne.",
        "Je dirige un foyer à Niort. M. Ion Popa, qui y logeait, est à la prison de Vivonne.",
        "Je travaille dans un lieu d'accueil à Niort. M. Ion Popa est à la prison de Vivonne.",
    ],
)
def test_who_runs_a_place_of_welcome_writes_for_an_association(words):
    facts = _mail(words, "Lise Roy <l.roy@tilleuls79.example>").facts

    assert facts.requester_kind is K.OTHER_ASSOCIATION


@pytest.mark.parametrize(
    "words",
    [
        "Mon frère Ion Popa, qui dormait chez nous, est à la prison de Vivonne.",
        "Mon mari est à la prison de Vivonne. Je suis suivie par un accueil de jour à Niort.",
    ],
)
def test_who_is_of_the_family_writes_for_no_association(words):
    assert _mail(words, "Lise Popa <lise.p@poste.example>").facts.requester_kind is K.RELATIVE


@pytest.mark.parametrize(
    ("words", "place", "number"),
    [
        (
            "Monsieur SOK Dara, cambodgien, appelle lui même d'Eysses (tél. en cellule), n° 12 183."
            " Voudrait un permis de visite pour sa compagne.",
            "cd-eysses",
            "12183",
        ),
        (
            "M. SOK Dara appelle lui-même de Fresnes, écrou 912 183. Question sur sa carte.",
            "cp-fresnes",
            "912183",
        ),
        (
            "M. SOK Dara appelle lui-même depuis Eysses, n° 12 183, carte à refaire.",
            "cd-eysses",
            "12183",
        ),
    ],
)
def test_who_calls_themselves_from_a_prison_is_in_it(words, place, number):
    raw = f"Fiche appel mardi 03/11/2026 11:10. {words}"
    found = read(Incoming(channel=Channel.PHONE, raw=raw))

    assert found.facts.requester_kind is K.DETAINED_PERSON
    assert found.facts.establishment == place
    assert found.people.detention_number == number
    assert (found.people.person_given, found.people.person_family) == ("Dara", "Sok")


@pytest.mark.parametrize(
    "words",
    [
        "M. SOK Dara appelle lui-même de Marseille, sa carte expire en mai.",
        "M. SOK Dara appelle lui-même de chez lui. Son titre a été refusé.",
        "Mme SOK Dara, sa mère, appelle elle-même de Fresnes. Son fils est en prison à Eysses.",
    ],
)
def test_who_calls_themselves_from_elsewhere_is_in_no_prison(words):
    raw = f"Fiche appel mardi 03/11/2026 11:10. {words}"

    assert (
        read(Incoming(channel=Channel.PHONE, raw=raw)).facts.requester_kind is not K.DETAINED_PERSON
    )


@pytest.mark.parametrize(
    ("words", "relation"),
    [
        ("ჩემი ძმა ლევან ბერიძე ციხეშია, ფრანგული არ იცის.", R.SIBLING),
        ("ჩემი და ციხეშია ორი თვეა.", R.SIBLING),
        ("ჩემი ქმარი ციხეშია ლიონში.", R.SPOUSE_PARTNER),
        ("ჩემს შვილს უნდა თავშესაფარი, ის ციხეშია.", R.PARENT),
    ],
)
def test_the_tie_is_told_in_georgian(words, relation):
    raw = (
        '{"form":"contact-v2","sent_at":"2026-07-22T19:12:40Z","lang":"ka","name":"ნინო ბერიძე",'
        '"email":"nb@fosta.example","phone":"","who":"famille","establishment":"Gradignan",'
        f'"message":"{words}","consent_privacy":true,"website":""}}'
    )

    assert read(Incoming(channel=Channel.WEB, raw=raw)).facts.relation is relation


@pytest.mark.parametrize(
    "words",
    [
        "...... madame ...... je vous <demende> ...... depui 4 moi ...... <reponce> ......\n"
        "...... merci ......\n(signature illisible)",
        "[illisible] bonjour [illisible] ma carte [illisible] aidez [illisible]\nsignature effacée",
    ],
)
def test_nobody_is_the_author_of_a_letter_of_which_next_to_nothing_can_be_read(words):
    facts = _letter(words, back="effacé (enveloppe mouillée)").facts

    assert facts.requester_kind is K.UNKNOWN
    assert {"requester.name", "establishment"} <= set(facts.missing)


@pytest.mark.parametrize(
    ("words", "back"),
    [
        (
            "...... madame ...... je vous demande ...... 4 mois ......\n(signature illisible)",
            "DIALLO Mamadou 45 112",
        ),
        (
            "...... je suis à la prison ...... incarcéré depuis 4 mois ...... merci ......\n"
            "(signature illisible)",
            "effacé",
        ),
        (
            "Bonjour, je voudrais refaire ma carte de séjour qui finit en mai et personne ne me "
            "répond ici, ni le SPIP ni la préfecture, [illisible] pouvez-vous venir me voir ?\n"
            "(signature illisible)",
            "effacé",
        ),
    ],
)
def test_a_letter_of_which_enough_can_be_read_is_of_who_is_inside(words, back):
    assert _letter(words, back).facts.requester_kind is K.DETAINED_PERSON


def _voicemail(words, language):
    raw = (
        "MESSAGE VOCAL — reçu dimanche 14 juin 2026 à 17:36, durée 1:05, "
        "numéro affiché 06 39 98 61 09\n"
        f"[transcription automatique {language}, relue]\n{words}\n"
    )
    return read(Incoming(channel=Channel.PHONE, raw=raw)).people


@pytest.mark.parametrize(
    ("language", "words", "caller", "person"),
    [
        (
            "es",
            "Hola, me llamo Rocío Huanca. Llamo por mi papá, Hernán Huanca Mamani, está preso.",
            ("Rocío", "Huanca"),
            ("Hernán", "Huanca Mamani"),
        ),
        (
            "pt",
            "Bom dia, meu nome é Lurdes Reis. Ligo por causa do meu pai, Hernani Reis Tavares.",
            ("Lurdes", "Reis"),
            ("Hernani", "Reis Tavares"),
        ),
        (
            "it",
            "Buongiorno, mi chiamo Giulia Bruno. Chiamo per mio papà, Marco Bruno.",
            ("Giulia", "Bruno"),
            ("Marco", "Bruno"),
        ),
        (
            "en",
            "Hello, my name is Grace Mensah. I am calling about my father Kofi Mensah.",
            ("Grace", "Mensah"),
            ("Kofi", "Mensah"),
        ),
        (
            "fr",
            "Bonjour, je m'appelle Nadia Cherif, j'appelle pour mon père Ali Cherif.",
            ("Nadia", "Cherif"),
            ("Ali", "Cherif"),
        ),
        (
            "ro",
            "Bună ziua, mă numesc Doina, sunt soția lui Petru Munteanu, e închis.",
            ("Doina", None),
            ("Petru", "Munteanu"),
        ),
    ],
)
def test_a_caller_who_says_their_name_is_not_who_they_call_for(language, words, caller, person):
    people = _voicemail(words, language)
    assert (people.requester.given, people.requester.family) == caller
    assert (people.person_given, people.person_family) == person


def test_who_holds_the_pen_is_not_the_neighbour_named_with_a_title():
    people = _letter(
        "Madame,\nJe prends la plume à la place de mon voisin de cellule, monsieur BALDÉ Ousmane "
        "(écrou 5530, malien), qui ne sait pas écrire.\n"
        "Moi je m'appelle Gautier LECLERCQ, écrou 5512, je ne demande rien.\nRespectueusement.",
        "Leclercq G. 5512 MA Dunkerque",
    ).people
    assert (people.person_given, people.person_family) == ("Ousmane", "Baldé")
    assert people.detention_number == "5530"
    assert (people.requester.given, people.requester.family) == ("Gautier", "Leclercq")


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("Voilà ma situation : TAVARES Joaquim, cap-verdien, en France depuis 1986.", "Joaquim"),
        ("TAVARES Joaquim\nJe vous demande de l'aide.", "Joaquim"),
        ("Mon frère TAVARES Paulo est détenu à Nantes, et moi je suis ici.", None),
        ("TAVARES Paulo est mon frère, il est libre, et moi je suis ici.", None),
    ],
)
def test_capitals_tell_the_given_name_of_who_leaves_it_off_the_envelope(words, given):
    people = _letter(f"Bonjour,\n{words}\nMerci", "Tavares, 3390, la centrale, Ensisheim").people
    assert (people.person_given, people.person_family) == (given, "Tavares")


def test_what_follows_a_whole_name_on_an_envelope_is_where_its_bearer_is():
    people = _letter(
        "Bonjour\nA. Lopes Reis", "M. LOPES REIS Adilson - Prison de Saran - 18 236"
    ).people
    assert (people.person_given, people.person_family) == ("Adilson", "Lopes Reis")
    assert people.detention_number == "18236"


def test_an_initial_tells_which_word_is_the_first_of_the_family():
    people = _letter("moi c Alpha Oumar Bah, j'ai une question", "Alpha B. — unité 3").people
    assert (people.person_given, people.person_family) == ("Alpha Oumar", "Bah")


@pytest.mark.parametrize(
    "words",
    [
        "o meu número era 19 044",
        "mi número es 19 044",
        "my number was 19 044",
        "mon numéro c'est 19 044",
        "mon numéro c’est le 19 044",
    ],
)
def test_a_number_that_is_said_to_be_ones_own_is_the_prisons(words):
    assert _letter(f"Bonjour, {words}, merci").people.detention_number == "19044"
