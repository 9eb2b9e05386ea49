"""What somebody of the desk would read in an item, and what they would not."""

from __future__ import annotations

import json
from datetime import date

import pytest

from services.intake.domain.normalise import (
    Incoming,
    KnownList,
    Normalised,
    default_reference,
    normalise,
)
from shared.contracts.vocabulary import (
    Channel,
    DeadlineKind,
    Relation,
    RequesterKind,
    RequestState,
    SpecialSituation,
    Topic,
    Urgency,
)

ENVELOPE = "[ENVELOPPE] reçu le 2026-03-26 | cachet de la poste : 24-03-2026 | au dos : {back}\n"


def reading_of(channel: Channel, raw: str) -> Normalised:
    item = Incoming(channel=channel, raw=raw)
    return normalise(item, known=KnownList(), reference=default_reference())


def letter(text: str, *, back: str = "DIALLO Omar, écrou 12 345, MA Limoges") -> Normalised:
    return reading_of(Channel.LETTER, ENVELOPE.format(back=back) + "[TRANSCRIPTION]\n" + text)


def mail(
    text: str, *, subject: str = "question", sender: str = "a.b@courriel.example"
) -> Normalised:
    head = f"From: {sender}\nTo: desk@cimade.example\nSubject: {subject}\n"
    date_line = "Date: Thu, 26 Mar 2026 10:00:00 +0100\n"
    return reading_of(
        Channel.EMAIL, f"{head}{date_line}Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    )


def call(text: str) -> Normalised:
    return reading_of(Channel.PHONE, f"Appel mardi 24/03/2026 10h15\n{text}")


def record(**fields: object) -> Normalised:
    return reading_of(Channel.API, json.dumps({"sent_at": "2026-03-26T10:00:00+01:00"} | fields))


# Places


@pytest.mark.parametrize(
    "said", ["la prison de Marseille, ou Melun, ou Fresnes", "la prison de Fresnes ou de Melun"]
)
def test_of_places_named_as_alternatives_none_is_taken(said):
    read = letter(f"Bonjour, j'écris pour mon frère, il est à {said}.", back="").facts

    assert read.establishment is None
    assert {c.code for c in read.establishment_candidates} >= {"cp-fresnes", "cd-melun"}
    assert all(c.confidence <= 0.5 for c in read.establishment_candidates)


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("Toulon ou Marseille", None),
        ("Fleury / Fresnes", None),
        ("je ne sais pas, Melun ou Réau", None),
        ("Toulouse / Seysses", "cp-toulouse-seysses"),
        ("Marseille (Baumettes)", "cp-marseille-baumettes"),
    ],
)
def test_a_form_that_hesitates_between_two_places_names_none(said, place):
    fields = {"who": "famille", "establishment": said, "message": "Je suis la tante de Walid."}
    read = reading_of(
        Channel.WEB, json.dumps({"sent_at": "2026-03-26T10:00:00+01:00"} | fields)
    ).facts

    assert read.establishment == place


def test_a_detained_author_between_two_places_goes_to_a_person():
    read = mail("Je suis détenu à la prison de Fresnes ou de Melun, je ne sais plus le nom. Omar")

    assert (read.state, read.facts.place_unclear) == (RequestState.NEEDS_REVIEW, True)


def test_the_prison_may_stand_after_the_town():
    read = call("Appelante : Mme Kouassi. Son mari est à Valenciennes à la maison d'arrêt.").facts

    assert read.establishment == "ma-valenciennes"


def test_a_former_prison_in_the_text_does_not_contradict_the_envelope():
    read = letter(
        "Argentan 20.03.2026\nC'est Zaur de la maison d'arrêt Angers, on m'a transféré à Argentan.",
        back="HUSEYNLI Zaur 14 077 CD Argentan",
    ).facts

    assert (read.establishment, read.place_unclear) == ("cd-argentan", False)


def test_the_address_of_a_retention_centre_is_a_place_of_retention():
    read = letter(
        "Je sais pas si vous aidez les gens ici.", back="DIALLO O. CRA de Vincennes"
    ).facts

    assert read.requester_kind is RequesterKind.RETAINED_PERSON
    assert SpecialSituation.RETENTION in read.special_situations
    assert read.establishment is None
    assert read.urgency is Urgency.CRITICAL


def test_days_once_spent_in_retention_are_no_retention():
    read = letter("En 2004 j'ai passé douze jours au centre de rétention. Ma carte finit en 2027.")

    assert SpecialSituation.RETENTION not in read.facts.special_situations


# Language


def test_a_letter_in_two_languages_is_in_several():
    read = letter(
        "Je suis en France depuis dix ans avec ma femme et mes enfants. "
        "Mi mujer no tiene papeles y no puede venir a la cárcel por eso. "
        "Est-ce que vous pouvez lui expliquer ce que dit la loi ? "
        "No entiendo lo que me dicen aquí y estoy muy mal por mis hijos."
    )

    assert read.facts.language == "mul"


def test_words_of_another_language_leave_a_french_letter_french():
    read = letter("Dear Sir, bonjour. Je suis en France depuis dix ans et ma carte finit en mai.")

    assert read.facts.language == "fr"


def test_a_note_of_the_desk_is_french_however_short():
    read = call(
        "Cabine MA Limoges. M. Prosper, écrou 6 290. 3 enfts scol. Q° 1re dde pdt dét. RAS."
    )

    assert read.facts.language == "fr"


# Dangers


@pytest.mark.parametrize(
    "words",
    [
        "Depuis le 2 mars je ne prends plus les plateaux.",
        "Je bois seulement de l'eau et je continuerai.",
        "J'ai tout donné mes affaires au voisin. Dites-lui que son père l'aimait.",
        "Quand vous lirez ça je serai tranquille.",
        "On l'a trouvé cette nuit avec un lien autour du cou.",
        "Il dit que rentrer ou mourir c'est pareil.",
    ],
)
def test_words_of_danger(words):
    read = letter(words).facts

    assert SpecialSituation.SUICIDE_RISK in read.special_situations
    assert read.urgency is Urgency.CRITICAL


def test_a_thesis_on_suicide_is_no_danger():
    read = mail(
        "Étudiante en M2, je prépare un mémoire sur les suicides et les grèves de la faim.",
        subject="Mémoire de master - suicides",
    ).facts

    assert read.special_situations == ()
    assert read.urgency is Urgency.LOW


def test_the_fear_of_a_control_is_no_violence():
    read = letter("Ma femme voudrait venir, elle a peur du contrôle à l'entrée.").facts

    assert SpecialSituation.VIOLENCE_OR_THREAT not in read.special_situations


@pytest.mark.parametrize(
    ("words", "urgency"),
    [
        ("1 jour avant expulsion, demande un avocat", Urgency.CRITICAL),
        ("48h avant son vol", Urgency.CRITICAL),
        ("expulsion dans deux jours", Urgency.CRITICAL),
        ("8 jours avant son expulsion", Urgency.HIGH),
    ],
)
def test_days_left_before_a_removal(words, urgency):
    read = call(f"Appelant : frère de M. Diallo, Fresnes. {words}.").facts

    assert read.urgency is urgency


# Days


def test_the_day_received_counts_not_the_day_signed():
    [appeal] = letter("L'OQTF est signée le 20 mars 2026, reçue le 23 mars 2026.").facts.deadlines

    assert appeal.trigger_on == "2026-03-23"
    assert appeal.note == "la remise compte ; autre date au texte : 20/03/2026"


def test_the_order_of_signed_and_received_does_not_matter():
    [appeal] = letter(
        "J'ai une OQTF, reçue le 23 mars 2026, signée le 20 mars 2026."
    ).facts.deadlines

    assert appeal.trigger_on == "2026-03-23"


def test_between_two_days_the_earlier_counts_and_is_doubtful():
    read = letter("J'ai reçu une OQTF le 20 mars 2026 ou le 23 mars 2026, je ne sais plus.")

    [appeal] = read.facts.deadlines
    [finding] = [f for f in read.people.findings if f.field == "deadlines.0"]
    assert appeal.trigger_on == "2026-03-20"
    assert "23/03/2026" in (appeal.note or "")
    assert finding.confidence == 0.5


def test_the_day_of_a_visit_is_no_day_of_notification():
    read = letter(
        "Je suis la maman de Ilyes DIALLO détenu à Limoges. Dimanche au parloir il m'a dit qu'on "
        "lui a donné une obligation de quitter la France. Je suis femme de ménage.",
        back="Mme DIALLO, Limoges",
    ).facts

    [appeal] = read.deadlines
    assert (appeal.kind, appeal.trigger_on) == (DeadlineKind.OQTF_APPEAL, None)
    assert appeal.note == "date inconnue : le délai est tenu pour commencé"
    assert (read.relation, read.urgency) == (Relation.PARENT, Urgency.CRITICAL)


def test_a_hearing_of_a_day_is_to_come():
    read = mail(
        "La requête contre l'OQTF de M. Diallo a été déposée au greffe dans les temps. "
        "L'affaire est appelée à l'audience du jeudi 2 avril à 9h45.\n\nAvocate à la Cour"
    ).facts

    [hearing] = read.deadlines
    assert (hearing.kind, hearing.date_on) == (DeadlineKind.HEARING, date(2026, 4, 2))


def test_a_sentence_told_without_the_word_for_it():
    read = letter("Hier le tribunal m'a mis 18 mois et interdiction du territoire 3 ans.").facts

    assert DeadlineKind.CRIMINAL_APPEAL in {d.kind for d in read.deadlines}


def test_a_departure_by_its_routing():
    read = mail(
        "M. Diallo, ITF. Levée d'écrou le 28/03/2026 à 6h. CDG, 28/03/2026, décollage 10h55."
    )

    assert {d.kind for d in read.facts.deadlines} == {
        DeadlineKind.RELEASE_DATE,
        DeadlineKind.REMOVAL_DATE,
    }


# Records of partners


def test_the_day_of_release_of_a_record_is_a_deadline():
    read = record(
        person={"last": "ISSA", "first": "Mahamat", "escrou": "17 266"},
        release={"date": "2026-04-02"},
        situation="carte de résident expirée",
        asks=["renouvellement"],
    )

    assert [(d.kind, d.date_on) for d in read.facts.deadlines] == [
        (DeadlineKind.RELEASE_DATE, date(2026, 4, 2))
    ]
    assert read.people.detention_number == "17266"
    assert read.facts.urgency is Urgency.HIGH


def test_the_day_on_which_a_partner_says_that_the_asylum_form_was_issued_starts_its_clock():
    read = record(
        partner="accueil-droit",
        author={"name": "R. Contout", "role": "juriste bénévole"},
        person={"last": "PIERRE", "first": "Emmanuel"},
        asylum={"form_issued": "2026-03-20", "filed": False},
    ).facts

    assert [(d.kind.value, d.trigger_on) for d in read.deadlines] == [
        ("ofpra_filing", "2026-03-20")
    ]
    assert read.relation.value == "volunteer"


def test_a_field_that_is_false_says_nothing():
    read = record(decision={"type": "refus de titre de séjour", "with_oqtf": False})

    assert Topic.OQTF not in read.facts.topics


# Names


@pytest.mark.parametrize("back", ["Keita S. MA Douai 8 315", "KEITA Sekouba CD Uzerche 8 315"])
def test_the_name_on_the_back_ends_before_the_prison(back):
    read = letter("Bonjour, j'ai une question.\nSekouba Keita", back=back).people

    assert (read.person_given, read.person_family) == ("Sekouba", "Keita")


def test_a_name_like_a_verb_hides_no_bracelet():
    read = mail("moi c Mohamed Dembele je suis sous bracelet électronique à la maison depuis mai")

    assert read.facts.requester_kind is RequesterKind.SUPERVISED_PERSON


@pytest.mark.parametrize(
    ("agdref", "state"),
    [
        ("2104118765", RequestState.NORMALISED),
        ("21 04 11 87 65", RequestState.NORMALISED),
        ("210411876", RequestState.NEEDS_REVIEW),
        ("21041187650", RequestState.NEEDS_REVIEW),
    ],
)
def test_a_foreigners_number_has_ten_digits_or_is_left_to_a_person(agdref, state):
    found = record(
        partner="relais",
        author={"name": "Solène Aubertin", "role": "travailleuse sociale"},
        person={"last": "DIALLO", "first": "Mamoudou", "agdref": agdref},
        detention={"place": "MA Dijon", "number": "14 760"},
        asks=["recours"],
    )
    wrong = ("person_concerned.foreigner_number",) if state is RequestState.NEEDS_REVIEW else ()
    assert (found.state, found.facts.missing) == (state, wrong)


@pytest.mark.parametrize(
    ("noted", "kind"),
    [
        ("bracelet électronique chez sa mère à Trappes", RequesterKind.SUPERVISED_PERSON),
        ("DDSE depuis avril", RequesterKind.SUPERVISED_PERSON),
        ("semi-liberté jusqu'en mai", RequesterKind.SUPERVISED_PERSON),
        ("bracelet demandé et refusé", RequesterKind.UNKNOWN),
        ("dossier de semi-liberté à préparer", RequesterKind.UNKNOWN),
    ],
)
def test_a_sheet_notes_what_measure_the_caller_is_under(noted, kind):
    sheet = f"appelant : M. Camara Fodé, né 17/02/1996\nsituation : {noted}. Question : sa carte."
    assert call(sheet).facts.requester_kind is kind


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("Appel depuis la cabine, La Talaudière. M. Ngoma, écrou 50 771.", "ma-saint-etienne"),
        ("Appel depuis la cabine. M. Ngoma, écrou 50 771, né à Lyon.", None),
    ],
)
def test_the_place_of_the_prisons_telephone_is_the_callers(said, place):
    assert call(said).facts.establishment == place


def test_what_an_authority_asks_is_not_pressing_for_its_removals():
    found = mail(
        "Dans le cadre d'une demande de laissez-passer consulaire, je vous saurais gré de "
        "m'indiquer si M. HOXHA Ardit, détenu à Valence, est suivi par vos services.",
        sender="Bureau de l'éloignement (Préfecture) <e@pref-drome.example>",
    )
    assert found.facts.requester_kind is RequesterKind.ADMINISTRATION
    assert found.facts.urgency is Urgency.NORMAL


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("Limoges, jeudi 19", date(2026, 3, 19)),
        ("Limoges, mercredi 19", None),
        ("On m'a remis le papier jeudi 19", None),
    ],
)
def test_a_head_may_bear_the_weekday_and_its_number_alone(head, day):
    found = letter(
        f"{head}\nBonjour, ma carte expire en mai 2027, comment la refaire ?\nOmar Diallo"
    )
    assert found.facts.written_on == day


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("Salí en libertad condicional en febrero, firmo cada mes. ¿Mi tarjeta?", None),
        ("Saí em liberdade condicional em fevereiro. E o meu cartão?", None),
    ],
)
def test_who_is_on_parole_is_outside_in_whatever_language(said, place):
    found = record(form="contact-v2", name="Ana Ruiz", establishment="Mont-de-Marsan", message=said)
    assert found.facts.establishment == place
    assert found.facts.former_establishment == "cp-mont-de-marsan"
