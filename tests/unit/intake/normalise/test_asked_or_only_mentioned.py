"""What a request is about, told by circumstances, and what it merely mentions."""

import pytest

from services.intake.domain.normalise import Incoming
from shared.contracts.vocabulary import Channel, RequesterKind, SpecialSituation, Topic
from tests.support.normalising import letter, read

T, S, K = Topic, SpecialSituation, RequesterKind


@pytest.mark.parametrize(
    ("words", "topics"),
    [
        (
            "Mon épouse est de nationalité française. Ma carte finit en septembre.",
            {T.PERMIT_RENEWAL, T.FAMILY_LIFE},
        ),
        (
            "Ma copine a juste son passeport. Elle veut un permis de visite, que faire ?",
            {T.VISIT_PERMIT},
        ),
        (
            "Il faut un passeport pour la conditionnelle-expulsion ? Le mien est valable.",
            {T.PAROLE_EXPULSION},
        ),
        (
            "J'ai ma carte de résident, et la banque refuse d'ouvrir un compte. Un recours ?",
            {T.SOCIAL_RIGHTS},
        ),
        (
            "Mes trois lettres sur le transfèrement au Portugal sont restées sans suite.",
            {T.INTERNATIONAL_TRANSFER},
        ),
        (
            "Nunca pedí papeles, trabajo desde 2018 con nóminas. ¿Puedo pedirlos?",
            {T.FIRST_PERMIT},
        ),
        (
            "Ils m'ont mis dans le fourgon et me voilà à Laon depuis jeudi.",
            {T.PRISON_TRANSFER},
        ),
        (
            "J'ai signé : quitter le pays et retour interdit trois ans.",
            {T.OQTF, T.IRTF},
        ),
        (
            "Je suis arrivé j'avais 6 ans avec ma mère, là on m'a donné un arrêté d'expulsion.",
            {T.EXPULSION, T.FAMILY_LIFE},
        ),
        (
            "Ies pe 3 iulie, buletinul meu a rămas la poliție.",
            {T.RELEASE_PREPARATION, T.IDENTITY_DOCUMENTS},
        ),
        (
            "زوجتي وضعت بنتا. اريد ان اعترف ببنتي وانا هنا.",
            {T.MARRIAGE_PACS, T.FAMILY_LIFE},
        ),
        (
            "Renouvellement accepté, carte à retirer à la préfecture. Qui peut y aller ?",
            {T.PERMIT_RENEWAL},
        ),
    ],
)
def test_subjects_are_what_is_asked(words: str, topics: set[Topic]) -> None:
    assert {t.value for t in letter(words).facts.topics} == topics


@pytest.mark.parametrize(
    ("words", "special"),
    [
        (
            "Si hablo con el director me quedo sin dedos, me dijeron en el patio.",
            S.VIOLENCE_OR_THREAT,
        ),
        ("Ils m'ont promis que j'y laisserai mes doigts si je parle.", S.VIOLENCE_OR_THREAT),
        ("Un patient a trois brûlures de cigarette dans le dos.", S.VIOLENCE_OR_THREAT),
        (
            "If she opens her mouth the little brother will not come home from school.",
            S.VIOLENCE_OR_THREAT,
        ),
        (
            "They kept her in the salon, sleeping on the floor, passport taken, to pay 18 000.",
            S.TRAFFICKING_VICTIM,
        ),
        (
            "Passeport confisqué jusqu'à ce qu'elle ait payé les 25 000 euros du voyage.",
            S.TRAFFICKING_VICTIM,
        ),
        ("Je ne dors plus et je ne vois plus pourquoi continuer.", S.SUICIDE_RISK),
        ("No me respondan al centro, por favor.", S.NO_MAIL_TO_PRISON),
        ("Non rispondete in carcere, neanche una busta.", S.NO_MAIL_TO_PRISON),
        ("Não mandem nada para a cadeia, nem sequer um envelope.", S.NO_MAIL_TO_PRISON),
    ],
)
def test_dangers_are_heard(words: str, special: SpecialSituation) -> None:
    assert special in {s.value for s in letter(words).facts.special_situations}


@pytest.mark.parametrize(
    "words",
    [
        "C'est à s'arracher les cheveux avec leur plateforme, le code ne vient jamais.",
        "I will not write here what happened in my village. How long for the OFPRA answer ?",
        "No escribo aquí mi historia porque es larga. ¿Cómo pido asilo?",
        "Je ne vois plus pourquoi continuer la formation, elle ne mène à rien.",
    ],
)
def test_idioms_and_reserve_are_no_danger(words: str) -> None:
    assert not letter(words).facts.special_situations


def _call(words: str) -> Incoming:
    return Incoming(
        channel=Channel.PHONE,
        raw=f"FICHE D'APPEL\nmardi 16 juin 2026, 15h35 — prise par : bénévole n° 6\n{words}",
    )


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (
            "M. DIALLO, appelle du téléphone de sa cellule. Demande le formulaire du consulat.",
            K.DETAINED_PERSON,
        ),
        (
            "M. DIALLO, écrou 45 123, a la réponse du SPIP. Veut l'adresse du consulat.",
            K.DETAINED_PERSON,
        ),
        ("Appelante : Mme SY, greffière au CP de Fresnes.", K.PRISON_STAFF),
    ],
)
def test_an_office_that_is_named_does_not_call(words: str, kind: RequesterKind) -> None:
    assert read(_call(words)).facts.requester_kind.value == kind


def test_who_lends_a_hand_writes_for_another() -> None:
    found = letter("Je mets ces lignes à la place de mon voisin de cellule, SANOGO Lassina.")
    assert found.facts.requester_kind.value == K.FELLOW_DETAINEE


def test_a_prison_is_behind_who_is_retained() -> None:
    topics = {
        t.value for t in letter("Fin de peine hier, je suis au CRA du Mesnil-Amelot.").facts.topics
    }
    assert T.RELEASE_PREPARATION not in topics


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        (T.NATIONALITY, "Nadie me sabe decir qué nacionalidad tiene la niña que nació aquí."),
        (T.NATIONALITY, "Quelle nationalité aura mon bébé ? Personne ne sait me le dire."),
        (T.NATIONALITY, "Je ne sais pas quelle est la nationalité de ma fille, née ici en mai."),
        (T.NATIONALITY, "Which nationality does my baby have, born in Lyon?"),
        (T.NATIONALITY, "Que nacionalidade vai ter o meu filho?"),
        (T.NATIONALITY, "Che nazionalità avrà mia figlia nata qui?"),
        (T.NATIONALITY, "Какое будет гражданство у ребёнка?"),
        (T.NATIONALITY, "ما هي جنسية بنتي؟"),
        (T.ASYLUM, "მას უნდა თავშესაფრის მოთხოვნა საფრანგეთში."),
        (T.ASYLUM, "როგორ მოვითხოვო თავშესაფარი ციხიდან?"),
        (T.LEGAL_AID, "Je n'ai pas d'avocat et je n'en connais pas, comment en avoir un ?"),
        (
            T.WORK_TRAINING,
            "L'atelier ne me donne pas mes bulletins de paie, comment les avoir ?",
        ),
        (T.FAMILY_LIFE, "J'ai deux filles françaises, puis-je demander une carte ?"),
    ],
)
def test_a_subject_is_asked_about(topic: Topic, words: str) -> None:
    assert topic in letter(words).facts.topics


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        (T.NATIONALITY, "Soy de nacionalidad colombiana y quiero un permiso de visita."),
        (T.NATIONALITY, "Il est de nationalité malienne, il demande une carte de séjour."),
        (T.ASYLUM, "ის უსახლკაროთა თავშესაფარში ცხოვრობდა, ახლა ვიზიტის ნებართვა უნდა."),
        (T.LEGAL_AID, "Demande où en est sa carte. Pas d'avocat connu."),
        (T.LEGAL_AID, "Demande où en est sa carte. Avocat : non précisé."),
        (T.WORK_TRAINING, "Comment lui apporter les livrets et bulletins de paie pour sa carte ?"),
        (T.WORK_TRAINING, "Faut-il fournir les bulletins de salaire avec le dossier de carte ?"),
        (T.FAMILY_LIFE, "Deux filles de son étage lui prennent sa cantine, elle veut sa carte."),
    ],
)
def test_a_word_of_a_subject_is_not_asked_about(topic: Topic, words: str) -> None:
    assert topic not in letter(words).facts.topics
