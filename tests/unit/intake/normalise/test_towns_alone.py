"""A town alone on a line of a letter is the place, and a place is nobody's name."""

from __future__ import annotations

import pytest

from services.intake.domain.normalise import Incoming
from shared.contracts.vocabulary import Channel, RequestState
from tests.support.normalising import read


def _letter(words, back="illisible"):
    raw = (
        f"[ENVELOPPE] reçu le 2026-06-16 | cachet de la poste : 15-06-2026 | au dos : {back}\n"
        f"[TRANSCRIPTION]\n{words}\n"
    )
    return read(Incoming(channel=Channel.LETTER, raw=raw))


ASKS = "Bonjour, ma carte expire bientôt, comment la renouveler ?"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (f"Poissy\n\n{ASKS}\nAdama Koné", "mc-poissy"),
        (f"Adama Koné\n61 204\nMuret\n{ASKS}\nAdama Koné", "cd-muret"),
        (f"Fait à Nanterre\n{ASKS}\nAdama Koné", "cp-nanterre"),
        (f"Les Baumettes\n{ASKS}\nAdama Koné", "cp-marseille-baumettes"),
        (f"{ASKS}\nAdama Koné, 61204, Villepinte", "ma-villepinte"),
        (f"{ASKS}\nAdama Koné 61204 Perpignan", "cp-perpignan"),
        (f"{ASKS}\nAdama Koné (Osny)", "ma-osny"),
        (f"{ASKS}\nAdama Koné\nécrou 61204\nFresnes", "cp-fresnes"),
        (f"{ASKS}\nMerci d’avance de votre réponse\nPoissy\nAdama Koné", "mc-poissy"),
        (f"{ASKS}\nCordialement,\nAdama Koné\nNice", "ma-nice"),
    ],
)
def test_a_town_alone_at_the_head_or_the_end_is_the_place(words, code):
    found = _letter(words)
    assert found.facts.establishment == code
    assert (found.people.person_given, found.people.person_family) == ("Adama", "Koné")


def test_a_town_with_two_prisons_stays_open():
    found = _letter(f"Lyon\n{ASKS}\nAdama Koné")
    assert found.facts.establishment is None
    assert {c.code for c in found.facts.establishment_candidates} == {"csl-lyon", "ma-lyon-corbas"}
    assert found.state is RequestState.NEEDS_REVIEW


@pytest.mark.parametrize(
    ("words", "back"),
    [
        (f"La Cimade\n91 rue Oberkampf\nMelun\n{ASKS}\nAdama Koné", "illisible"),
        (f"{ASKS}\nMa sœur vit à\nNice\net mon frère aussi.\nAdama Koné", "illisible"),
        (f"{ASKS}\nMa sœur et mes deux enfants habitent depuis\nNice\nAdama Koné", "illisible"),
        (f"{ASKS}\nJe voudrais aller à\nNice\nAdama Koné", "illisible"),
        (f"{ASKS}\nAdama Koné\n12 rue des Fleurs\nNice", "illisible"),
        (f"Nice\n{ASKS}\nAdama Koné", "A. Koné, 12 rue des Fleurs, Montluel"),
        (f"Préfecture de Nice\n{ASKS}\nAdama Koné", "illisible"),
    ],
)
def test_a_town_of_an_address_or_a_sentence_is_not(words, back):
    assert _letter(words, back).facts.establishment != "ma-nice"


@pytest.mark.parametrize(
    ("words", "back", "code"),
    [
        (f"{ASKS}\nAdama Koné, écrou 61204, Fresnes", "illisible", "cp-fresnes"),
        (f"{ASKS}\nAdama Koné", "Koné Adama 61204 Poissy", "mc-poissy"),
        (f"{ASKS}\nSaliou Condé", "CONDE Saliou 61204 Muret", "cd-muret"),
        (f"{ASKS}\nJe suis au CD de Koné.\nAdama", "illisible", "cd-kone"),
        ("Je voudrais écrire à ma fille Jeanne Laval.\nAdama", "illisible", None),
        ("Je veux ma carte.\nJe suis à la ma de Laval.\nAdama", "illisible", "ma-laval"),
    ],
)
def test_a_name_that_towns_bear_too_is_no_place_beside_another_name(words, back, code):
    assert _letter(words, back).facts.establishment == code


def _mail(words):
    raw = (
        "From: x1@mail.example\nTo: commission.prison@lacimade.org\nSubject: urgent\n"
        "Date: Tue, 16 Jun 2026 10:00:00 +0200\nMessage-ID: <a@b>\n\n" + words
    )
    return read(Incoming(channel=Channel.EMAIL, raw=raw))


@pytest.mark.parametrize("words", ["Fresnes OQTF", "Villepinte", "Muret ITF"])
def test_a_place_is_nobody(words):
    people = _mail(words).people
    assert (people.person_family, people.person_given) == (None, None)
    assert (people.requester.family, people.requester.given) == (None, None)


def test_who_bears_the_name_of_a_town_keeps_it():
    people = _mail("Bonjour, je suis la mère de M. Poissy, détenu à Fresnes.").people
    assert people.person_family == "Poissy"
