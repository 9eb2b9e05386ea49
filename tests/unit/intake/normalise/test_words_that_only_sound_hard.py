"""Words of dangers in what is none, and hearings in lawyers' shorthand."""

from __future__ import annotations

from datetime import date

import pytest

from services.intake.domain.normalise import Incoming
from shared.contracts.vocabulary import Channel, DeadlineKind, SpecialSituation, Urgency
from tests.support.normalising import letter, read


@pytest.mark.parametrize(
    "words",
    [
        "Ils m'ont coupé les droits à la sécu, soi-disant pas de justificatif.",
        "La CAF et eux m'ont coupé mes allocations depuis janvier.",
        "Ma belle-mère rigole et dit qu'elle va me tuer si ce n'est pas fait avant l'été.",
        "Mon passeport gardé par le commissariat, la permission de sortir pour des noces.",
        "Pouvez-vous me dire où en est sa carte, si possible avant dimanche, merci.",
    ],
)
def test_nobody_is_in_danger_and_nothing_presses(words):
    facts = letter(words).facts
    assert not facts.special_situations
    assert facts.urgency is Urgency.NORMAL


@pytest.mark.parametrize(
    "words",
    [
        "Ils m'ont coupé au visage dans la cour.",
        "Mon codétenu rigole et dit qu'il va me tuer si je parle.",
    ],
)
def test_the_same_words_of_a_danger_are_seen(words):
    assert letter(words).facts.urgency is Urgency.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "Client moldave, MAE émis par Bucarest. Ch. instr. Douai jeudi 18/06, 9h.",
        "Passage devant la ch. de l'instruction le 18 juin à 9h.",
    ],
)
def test_a_chamber_in_shorthand_is_a_hearing(words):
    (found,) = letter(words).facts.deadlines
    assert (found.kind, found.date_on) == (DeadlineKind.HEARING, date(2026, 6, 18))


@pytest.mark.parametrize(
    "words",
    [
        "La responsable m'a menacé de me retirer du planning si mon récépissé n'est plus bon.",
        "Le chef menace de me déclasser de l'atelier si je n'ai pas de papiers.",
        "La CAF nous menace de suspendre les allocations, quel document envoyer ?",
        "Ils m'ont menacé de fermer mon compte à la banque, sans carte d'identité.",
        "Le foyer m'a menacé de résilier ma place, que faire ?",
        "They threatened to take me off the work list without a permit.",
        "Me amenazan con quitarme del taller si no tengo papeles.",
        "Ameaçam de me tirar da lista do trabalho por falta de papéis.",
        "Il est un peu perdu mais il va bien, on rigole, on se tape des barres.",
        "On s'est tapé un fou rire au parloir avec ma sœur.",
        "Je me tape toute la paperasse pour mon voisin, il ne sait pas écrire le français.",
        "On se tape six heures de route pour le parloir, y a-t-il une aide ?",
        "Le comportement en détention peut-il vraiment contrebalancer la menace ?",
        "Comment contester la menace que la préfecture lui oppose pour son titre ?",
        "Comment la préfecture apprécie-t-elle une telle menace après dix ans sans incident ?",
        "j'ai mi le couteau sous la gorge a personne pour ce contrat lol",
        "Personne ne m'a mis le couteau sous la gorge, j'ai signé le contrat de travail "
        "volontiers.",
        "La banque nous met le couteau sous la gorge avec le loyer, à qui écrire ?",
        "Nobody put a knife to my throat, I signed the work contract freely.",
        "Nadie me puso el cuchillo en el cuello, firmé el contrato porque quise.",
        "le patron me garde la place, c'est marqué dix jours pour l'appel mais mon codétenu "
        "dit que ça sert à rien sans papiers.",
        "Rappelez après dix-sept heures, ma carte de séjour est en renouvellement.",
    ],
)
def test_offices_jokes_and_the_threat_to_public_order_are_no_danger(words):
    facts = letter(words).facts
    assert not facts.special_situations
    assert facts.urgency is Urgency.NORMAL


@pytest.mark.parametrize(
    "words",
    [
        "On m'a menacé de me couper la main si je parle.",
        "Il menace de me planter si je reste à l'atelier.",
        "Ils menacent de me retirer les dents une par une.",
        "Les gars du dessus se tapent sur mon voisin tous les soirs.",
        "On m'a tapé dans la cour, j'ai l'œil fermé.",
        "Il m'a mis un couteau sous la gorge dans la douche.",
        "They threatened to cut me if I do not pay.",
        "Me amenazan con cortarme la cara si no pago.",
        "La menace est réelle, il a dit qu'il me tuerait.",
    ],
)
def test_blows_and_threats_in_the_same_words_are_seen(words):
    facts = letter(words).facts
    assert SpecialSituation.VIOLENCE_OR_THREAT in facts.special_situations
    assert facts.urgency is Urgency.CRITICAL


BEARER = (
    "From: Lala Rakoto <lala.rakoto@courriel.example>\nTo: commission.prison@lacimade.org\n"
    "Subject: lettre de mon frère (Angers)\nDate: Thu, 16 Apr 2026 21:05:33 +0200\n\n"
    "Bonjour, mon frère détenu à Angers m'a donné cette lettre au parloir, je la recopie. {}\n"
)


@pytest.mark.parametrize(
    "words",
    [
        "Pas la peine de me répondre à moi, c'est lui qui attend.",
        "Inutile de m'écrire, répondez-lui directement.",
        "Ne me répondez pas à moi, c'est mon frère qui attend la réponse.",
        "Pas besoin de répondre à moi, écrivez plutôt à lui.",
        "C'est lui qui attend, pas la peine de m'envoyer de courrier.",
        "Pas la peine de m'écrire, c'est mon frère qui veut la réponse.",
    ],
)
def test_who_bears_a_letter_and_wants_no_answer_says_nothing_of_mail_to_the_prison(words):
    item = Incoming(channel=Channel.EMAIL, raw=BEARER.format(words))
    assert SpecialSituation.NO_MAIL_TO_PRISON not in read(item).facts.special_situations


@pytest.mark.parametrize(
    "words",
    [
        "Pas la peine de lui écrire, tout est lu, je passerai lui dire au parloir.",
        "Ne lui répondez pas en prison, dites-le moi à moi, je lui dirai au parloir.",
    ],
)
def test_who_asks_for_the_answer_themselves_wants_none_at_the_prison(words):
    item = Incoming(channel=Channel.EMAIL, raw=BEARER.format(words))
    assert SpecialSituation.NO_MAIL_TO_PRISON in read(item).facts.special_situations


@pytest.mark.parametrize(
    "words",
    [
        "Les mêmes lui ont promis que la prochaine fois il sort les pieds devant.",
        "Ils m'ont dit que je sortirai d'ici les pieds devant.",
        "Mon codétenu m'a promis que je finirais dans une boîte.",
        "They promised him he will leave in a box.",
    ],
)
def test_a_death_that_others_promise_is_a_threat_and_no_wish_to_die(words):
    facts = letter(words).facts
    assert set(facts.special_situations) == {SpecialSituation.VIOLENCE_OR_THREAT}
    assert facts.urgency is Urgency.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "Je sortirai d'ici les pieds devant.",
        "Il m'a dit qu'il sortirait les pieds devant.",
        "Ils m'ont dit non, je partirai les pieds devant.",
    ],
)
def test_a_death_that_somebody_announces_of_themselves_is_a_wish_to_die(words):
    assert SpecialSituation.SUICIDE_RISK in letter(words).facts.special_situations


def test_who_asks_that_an_uncle_be_left_alone_may_be_written_to_in_prison():
    raw = (
        "FICHE D'ORIENTATION — équipe prison : Riom — rédigée le 06/10/2026 — transmise le "
        "07/10/2026\nPersonne : SAFI Naqib (M.), Afghanistan — écrou 11 206\n"
        "Sortie prévue : 16 octobre 2026. Sera hébergé quelques nuits chez un compatriote.\n"
        "Accord de la personne : OUI, signé. Ne veut PAS qu'on contacte son oncle.\n"
    )
    found = read(Incoming(channel=Channel.REFERRAL, raw=raw))
    assert SpecialSituation.NO_MAIL_TO_PRISON not in found.facts.special_situations


def test_who_wants_no_letter_from_us_for_what_compatriots_would_say_is_not_written_to():
    found = letter(
        "Surtout pas de lettre de chez vous ici, les compatriotes lisent tout et demandent. "
        "Passez par l'aumônier."
    )
    assert SpecialSituation.NO_MAIL_TO_PRISON in found.facts.special_situations
