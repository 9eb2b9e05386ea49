"""Whose nationality it is that an item tells."""

from __future__ import annotations

import pytest

from services.intake.domain.normalise import Incoming
from shared.contracts.vocabulary import Channel
from tests.support.normalising import letter, read


def _from_a_counsellor(words: str) -> str | None:
    raw = (
        "From: Anne Roy <a.roy@spip29.example>\nTo: commission.prison@lacimade.org\n"
        "Subject: question\nDate: Tue, 16 Jun 2026 10:00:00 +0200\nMessage-ID: <a@b>\n"
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit\n\n"
        f"Bonjour,\nje suis CPIP à Brest. {words}\nAnne Roy, CPIP\n"
    )
    return read(Incoming(channel=Channel.EMAIL, raw=raw)).people.nationality


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("J'accompagne M. Fadi KHALIL (syrien), détenu à Brest.", "SY"),
        ("Un client turc est détenu à Brest.", "TR"),
        ("PPSMJ mauricien, condamné à 18 mois.", "MU"),
        ("M. Luis Paz, hondurien, sort en août.", "HN"),
        ("M. Singh, né le 17/06/1999 à Jalandhar (Inde), a reçu une lettre.", None),
        ("Il parle russe, anglais et géorgien.", None),
        ("Sa femme est française et ses enfants français.", None),
    ],
)
def test_of_a_professionals_words_those_count_that_tell_of_the_person(
    words: str, code: str | None
) -> None:
    assert _from_a_counsellor(words) == code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Je suis macédonien et je voudrais un titre.", "MK"),
        ("Bonjour. Je suis français, mon codétenu (un Malien) m'a donné votre adresse.", "FR"),
        ("Est-ce que je suis français par ma mère ?", None),
        ("Tout le monde croit que je suis français.", None),
        ("Je demande un certificat de nationalité française.", None),
        ("Mon pays, l'Arménie, ne répond pas.", "AM"),
    ],
)
def test_of_ones_own_words_french_is_only_who_says_so(words: str, code: str | None) -> None:
    assert letter(words).people.nationality == code
