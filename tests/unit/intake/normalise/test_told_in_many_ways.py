"""Subjects, clocks, places and authors told in the ways of several languages."""

from __future__ import annotations

import pytest

from services.intake.domain.normalise import Incoming
from shared.contracts.vocabulary import Channel
from tests.support.normalising import letter, read

MEANT = [
    ("irtf", "Dizem que por dois anos fico proibido de voltar a França."),
    (
        "irtf",
        "Mi hanno detto che per tre anni mi è vietato ritornare in Francia, così dice il "
        "foglio della prefettura.",
    ),
    ("permit_renewal", "بطاقة إقامتي تنتهي صلاحيتها في شهر غشت، كيف أجددها من السجن؟"),
    (
        "permit_renewal",
        "Mon certificat de résidence arrive au bout le 4 septembre, à quelle préfecture écrire ?",
    ),
    (
        "permit_renewal",
        "Ma carte de dix ans elle est bonne que jusqu'au 2 octobre et mon passeport aussi "
        "est mort.",
    ),
    (
        "parole_expulsion",
        "Një shok thotë se gjyqtari më liron me kusht që të largohem nga Franca. Kujt t'i shkruaj?",
    ),
    ("parole_expulsion", "Hakim, Fransa'yı terk etmem şartıyla beni tahliye edermiş, doğru mu?"),
    (
        "parole_expulsion",
        "Судья сказал, что отпустит меня раньше, если я уеду домой. Как подать прошение?",
    ),
    (
        "nationality",
        "La Serbie dit que je ne suis pas serbe, la Bosnie non plus. Je suis de quel pays moi ?",
    ),
    ("nationality", "No country recognises me, my parents had no papers. What country am I from?"),
    (
        "identity_documents",
        "On ne m'a jamais déclarée nulle part, je n'existe pas pour l'état civil.",
    ),
    ("detention_conditions", "Dos presos de mi módulo me quieren apuñalar en el patio."),
    ("detention_conditions", "Doi din celulă m-au bătut și mi-au luat cantina."),
    ("legal_aid", "My criminal lawyer says this is not her job and I must find another."),
    ("legal_aid", "Mon avocat du pénal dit que c'est pas son domaine."),
    ("marriage_pacs", "Comment être le papa sur les papiers depuis la prison ?"),
    ("release_preparation", "Cuma günü çıkıyorum, kalacak yerim yok."),
    ("social_rights", "A mund të hap një llogari në bankë nga burgu?"),
    ("social_rights", "La caisse m'a supprimé le minimum vieillesse, en a-t-elle le droit ?"),
    ("work_training", "Ma patronne me garde ma place pour la sortie, elle veut voir un papier."),
    ("dublin", "Notification règlement 604/2013, Eurodac Croatie, que faire ?"),
    ("family_life", "ma meuf est a echirolles avec le petit, ils vont me renvoyer"),
    ("family_life", "أولادي الثلاثة يدرسون هنا في فرنسا."),
    ("international_transfer", "Je suis belge et je voudrais finir ma peine en Belgique."),
    ("international_transfer", "Quisiera terminar la condena en España, cerca de mis padres."),
    ("international_transfer", "Aș vrea să execut restul pedepsei în România."),
    ("international_transfer", "Dua ta vuaj dënimin në Shqipëri, afër nënës."),
    ("international_transfer", "Chciałbym odbyć resztę kary w Polsce. Czy to możliwe?"),
    ("international_transfer", "Можно ли мне отбыть срок на родине?"),
    (
        "house_arrest",
        "Interdiction de sortir du département et je signe chaque matin à la gendarmerie.",
    ),
    ("nationality", "Jam pa shtetësi, as Serbia nuk më njeh."),
    ("visit_permit", "Vreau să-l văd pe soțul meu la închisoarea din Valence."),
]

NOT_MEANT = [
    ("trafficking_violence", "O meu advogado disse que não trata disso, quero outro advogado."),
    ("prison_healthcare", "A minha filha nasceu no hospital de Melun. Quero saber do visto."),
    (
        "permit_renewal",
        "Ma carte vitale expire le 4 septembre, je voudrais savoir à qui écrire pour la CPAM.",
    ),
    (
        "permit_renewal",
        "Mon titre est valable jusqu'en 2032. Je voudrais savoir si je peux demander la "
        "nationalité.",
    ),
    (
        "legal_aid",
        "Il n'en a jamais parlé à son avocat. Il voudrait un permis de visite pour sa sœur.",
    ),
    ("work_training", "¿Sirve que le mande a mi hija dinero del taller todos los meses?"),
    ("permit_withdrawal_refusal", "L'irrégularité du séjour suffit-elle à refuser une PS ?"),
    ("release_preparation", "أنا لن أخرج قبل السنة القادمة. أريد رخصة زيارة لأختي."),
    (
        "identity_documents",
        "Carte Vitale perdue, compte bancaire fermé : comment ouvrir mes droits ?",
    ),
    ("international_transfer", "Je voudrais finir ma peine à Lille, près de mes parents."),
    ("house_arrest", "Le juge m'a mis sous contrôle judiciaire, je signe au commissariat."),
]

RUNNING = [
    (
        "oqtf_appeal",
        "Dois polícias deram-me um papel da prefeitura e assinei. Aqui diz que tenho de sair "
        "de França.",
    ),
    (
        "oqtf_appeal",
        "M-au chemat la grefă doi jandarmi, mi-au dat o hârtie cu ștampilă, scrie că nu mai "
        "am dreptul să stau. Unde fac contestația?",
    ),
    (
        "oqtf_appeal",
        "Deux policiers m'ont lu une feuille de la préfecture au greffe, j'ai signé. Le chef "
        "a dit ça veut dire tu dégages de France.",
    ),
    (
        "oqtf_appeal",
        "Two police called me at the office with a paper, I sign three times. She said the "
        "prefect wants me out. Can I appeal?",
    ),
    (
        "jap_appeal",
        "Jugement du JAP notifié le 12 juin : rejet de ma semi-liberté, car j'ai une ITF de 5 ans.",
    ),
    (
        "expulsion_appeal",
        "Le 10 juin le greffe m'a remis un arrêté du préfet prononçant mon expulsion, alors "
        "même que la commission était défavorable.",
    ),
    ("document_due", "La préfecture veut mon acte de naissance avant le 30 juin."),
]

NOT_RUNNING = [
    (
        "oqtf_appeal",
        "Një shok thotë se gjyqtari më liron me kusht që të largohem nga Franca. Kujt t'i shkruaj?",
    ),
    (
        "oqtf_appeal",
        "Ouvi dizer que há uma saída antecipada com obrigação de deixar a França. Qual é o papel?",
    ),
    (
        "oqtf_appeal",
        "Sekiz sene önce bana ülkeyi terk kararı vermişlerdi, mahkeme iptal etti. Şimdi "
        "oturumum geçerli.",
    ),
    ("criminal_appeal", "Jugement du JAP notifié le 12 juin : rejet, car j'ai une ITF de 5 ans."),
    (
        "refusal_appeal",
        "Le 10 juin le greffe m'a remis un arrêté du préfet prononçant mon expulsion, alors "
        "même que la commission était défavorable.",
    ),
    ("document_due", "Le bureau de l'association est fermé jusqu'à lundi."),
]


def topics_of(words: str) -> set[str]:
    return {topic.value for topic in letter(words).facts.topics}


def clocks_of(words: str) -> set[str]:
    return {deadline.kind.value for deadline in letter(words).facts.deadlines}


@pytest.mark.parametrize(("topic", "words"), MEANT)
def test_a_subject_is_told_by_its_class_of_words(topic, words):
    assert topic in topics_of(words)


@pytest.mark.parametrize(("topic", "words"), NOT_MEANT)
def test_what_only_sounds_like_a_subject_is_none(topic, words):
    assert topic not in topics_of(words)


@pytest.mark.parametrize(("kind", "words"), RUNNING)
def test_a_clock_is_told_by_its_class_of_words(kind, words):
    assert kind in clocks_of(words)


@pytest.mark.parametrize(("kind", "words"), NOT_RUNNING)
def test_a_condition_a_story_of_old_and_a_closed_office_run_no_clock(kind, words):
    assert kind not in clocks_of(words)


def mail(words: str, subject: str = "question", headers: str = "", attached: str = ""):
    head = (
        "From: A. Durand <a.durand@courriel.example>\nTo: commission.prison@lacimade.org\n"
        f"Subject: {subject}\nDate: Mon, 15 Jun 2026 10:00:00 +0200\n"
        f"Message-ID: <x1@courriel.example>\n{headers}MIME-Version: 1.0\n"
    )
    if not attached:
        raw = f"{head}Content-Type: text/plain; charset=utf-8\n\n{words}\n"
    else:
        raw = (
            f'{head}Content-Type: multipart/mixed; boundary="zz"\n\n--zz\n'
            f"Content-Type: text/plain; charset=utf-8\n\n{words}\n--zz\n"
            'Content-Type: text/plain; charset=utf-8; name="piece.txt"\n'
            'Content-Disposition: attachment; filename="piece.txt"\n\n'
            f"{attached}\n--zz--\n"
        )
    return read(Incoming(channel=Channel.EMAIL, raw=raw))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("prison_staff", "Je suis responsable locale de l'enseignement à la MC de Poissy."),
        (
            "prison_justice_volunteer",
            "Je tiens l'accueil des familles à Marseille le samedi, une dame m'a parlé de sa sœur.",
        ),
        (
            "relative",
            "On m'a donné votre adresse au point d'accès au droit. C'est pour mon cousin Ali Diop, "
            "il est à la maison d'arrêt d'Angers.",
        ),
        ("other_association", "Je suis juriste au point d'accès au droit de la MA de Grasse."),
    ],
)
def test_authors_are_told_by_what_they_do_and_not_by_where_they_heard_of_us(kind, words):
    assert mail(words).facts.requester_kind.value == kind


def test_a_typed_sheet_confided_for_us_is_the_prisoners_letter():
    found = mail(
        "Bonjour, un détenu m'a confié sa feuille pour vous, je l'ai tapée telle quelle.\n"
        "Yves Le Goff, aumônier",
        attached="Moi DIALLO Ousmane, écrou 3 388, centre pénitentiaire de Lorient-Ploemeur. "
        "Mon passeport est au greffe.",
    )
    assert found.facts.requester_kind.value == "detained_person"


def test_a_decision_is_dated_by_its_own_line_and_not_by_what_it_cites():
    found = mail(
        "Bonjour, la police a remis ce papier à mon père à la maison. Que faire ?",
        attached="Arrêté portant assignation à résidence\n"
        "Vu l'arrêté portant obligation de quitter le territoire français notifié le 14/10/2025,\n"
        "notifié le 09/06/2026 à 10h15\nVoies de recours : tribunal administratif, sept jours",
    )
    days = {d.kind.value: str(d.trigger_on)[:10] for d in found.facts.deadlines}
    assert days["house_arrest_appeal"] == "2026-06-09"
    assert days["oqtf_appeal"] == "2025-10-14"


def test_whom_to_call_in_an_absence_is_nobodys_retention():
    found = mail(
        "Le cabinet est fermé jusqu'au lundi 22 juin.\n"
        "Gardes à vue, placements en rétention : astreinte au 06 39 98 33 40.",
        subject="Absence : Re: votre question",
        headers="Auto-Submitted: auto-replied\n",
    )
    assert found.state.value == "closed"


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("amie", "Mon amie est à Réau, elle attend une permission pour la fête de sa fille."),
        ("amiga", "Mi vecino está preso en Toulon, ¿cómo pedir un traslado?"),
    ],
)
def test_a_friend_by_the_role_of_a_form_is_one(role, words):
    raw = (
        '{"form":"contact-v2","sent_at":"2026-06-12T20:15:48+02:00","lang":"fr","name":"J. Lebrun",'
        f'"email":"j@webmail.example","phone":"","who":"{role}","establishment":"Réau",'
        f'"message":"{words}","consent_privacy":true,"website":""}}'
    )
    facts = read(Incoming(channel=Channel.WEB, raw=raw)).facts
    assert (facts.requester_kind.value, facts.relation.value) == ("relative", "friend")


def test_a_call_from_the_booth_of_a_centre_is_of_somebody_retained():
    raw = (
        "PERMANENCE TÉL. vendredi 12/06/2026, décroché 10h20 (bénévole n° 6)\n"
        "Monsieur K. Aziz appelle lui-même d'une cabine. Fin de peine mercredi 10/06, fourgon de "
        "la PAF. Se trouve à Coquelles. Arrêté de placement signé mercredi à 18h20.\n"
        "Le bureau de l'association est fermé jusqu'à lundi."
    )
    facts = read(Incoming(channel=Channel.PHONE, raw=raw)).facts
    assert facts.requester_kind.value == "retained_person"
    assert {d.kind.value for d in facts.deadlines} == {"retention_appeal"}


def test_the_head_of_a_call_sheet_tells_who_calls_and_from_where():
    raw = (
        "Fiche appel mardi 16/06/2026, 11 h 20 (bénévole n° 9) — Mme Gladys ASANTE, détenue MAF de "
        "Versailles, écrou 60 913, appelle de la cabine.\n"
        "Son compagnon n'ose pas demander le permis de visite."
    )
    found = read(Incoming(channel=Channel.PHONE, raw=raw))
    assert found.facts.establishment == "ma-versailles"


def test_who_writes_from_their_country_is_in_no_centre():
    raw = (
        "[ENVELOPPE] reçu le 2026-06-16 | cachet de la poste : 02-06-2026 DAKAR | "
        "au dos : M. Thiam, villa 212, Dakar | 1 feuille\n[TRANSCRIPTION]\n"
        "Je vous écris du Sénégal. Le 6 novembre 2025 on m'a conduit à Roissy avec deux policiers. "
        "J'ai dix ans d'interdiction du territoire. Puis-je demander qu'on la lève ?"
    )
    facts = read(Incoming(channel=Channel.LETTER, raw=raw)).facts
    assert facts.requester_kind.value == "released_person"
    assert "retention" not in {s.value for s in facts.special_situations}
    assert facts.urgency.value == "normal"


@pytest.mark.parametrize(
    "words",
    [
        "Je reviens au sujet de ma lettre partie le 21 mai pour ma femme. Arrivée ou perdue ?",
        "Regarding my letter of 20 May, my brother still waits at the visit room.",
    ],
)
def test_who_comes_back_to_an_earlier_letter_reminds_us(words):
    assert letter(words).facts.is_reminder


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (
            "Psychiatre aux Baumettes, je suis une patiente depuis l'hiver.",
            "cp-marseille-baumettes",
        ),
        ("La personne est aux Baumettes, côté femmes.", "cp-marseille-baumettes"),
        ("Un mec du bat B de Varces a donné votre adresse.", "cp-grenoble-varces"),
    ],
)
def test_a_prison_goes_by_its_name_beside_a_wing_or_a_trade(words, place):
    assert mail(words).facts.establishment == place


def test_a_weekday_and_its_date_are_one_day():
    found = letter("Fratelui meu îi dau drumul vineri, pe 19 iunie. Ce acte îi trebuie?").facts
    days = [d for d in found.deadlines if d.kind.value == "release_date"]
    assert [str(d.date_on) for d in days] == ["2026-06-19"]


def test_the_person_of_a_file_a_place_in_turkish_and_a_caller_named_last():
    lawyer = mail(
        "Chers tous,\nDossier Adama TOUNKARA, malien, MA Rouen, mon client. COMEX le 24/06.",
    )
    assert lawyer.people.person_family == "Tounkara"
    sister = mail("Ben Songül, Hakan Yıldırım'ın ablasıyım. Kardeşim Mulhouse'da cezaevinde.")
    assert sister.people.person_family == "Yıldırım"
    call = (
        "FICHE D'APPEL\ndate : vendredi 12 juin 2026, 11h05\nappelant : parle pour lui-même, "
        "depuis la cabine du CRA de Cornebarrieu. DIAKHABY Mody. Rappel : 06 39 98 60 27\n"
        "objet : placement."
    )
    caller = read(Incoming(channel=Channel.PHONE, raw=call))
    assert caller.people.person_family == "Diakhaby"
