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


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Je voudrais un titre.\nNZUZI Blaise congolais (RDC)", "CD"),
        ("Je voudrais un titre.\nMehdi SAIDI, tunisien", "TN"),
        ("Mon codétenu est algérien.\nMehdi SAIDI", None),
        ("أنا منذر السعيدي من تونس، موجود في السجن من شهر جانفي.", "TN"),
        ("وصلتني رسالة من تونس يوم الاثنين.", None),
        ("Je suis né le 09/08/2003 en Guinée, je voudrais une carte.", "GN"),
        ("je suis né le 3 mars 2003 à Labé en Guinée, je voudrais une carte.", "GN"),
        ("Je suis né le 09/08/2003 en Guinée, de nationalité sénégalaise.", "SN"),
        ("Mon fils, né le 09/08/2023 en Algérie, vit avec sa mère.", None),
        ("Je suis né le 14/09/2003 mais pas en France, en Italie.", None),
        ("Ma mère est née en Tunisie.", None),
    ],
)
def test_where_somebody_says_to_be_from(words: str, code: str | None) -> None:
    assert letter(words).people.nationality == code


def test_an_origin_behind_a_name_is_no_part_of_it() -> None:
    people = letter("Je voudrais un titre.\nNZUZI Blaise congolais (RDC)").people
    assert (people.person_given, people.person_family) == ("Blaise", "Nzuzi")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("M. ISLAM Rafiq, né le 01/01/1996 à Sylhet (Bangladesh)", "BD"),
        ("M. ISLAM Rafiq, né le 01/01/1996 à Dhaka (Bangladesh), de nationalité birmane", None),
    ],
)
def test_a_decision_tells_where_its_person_is_from(words: str, code: str | None) -> None:
    raw = (
        "From: Anne Roy <a.roy@visites.example>\nTo: commission.prison@lacimade.org\n"
        "Subject: décision\nDate: Tue, 16 Jun 2026 10:00:00 +0200\nMessage-ID: <a@b>\n"
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x1"\n\n'
        "--x1\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
        "Bonsoir, je visite M. ISLAM à Saran. Voici la décision.\nAnne Roy\n"
        '--x1\nContent-Type: text/plain; charset=utf-8; name="copie.txt"\n'
        'Content-Disposition: attachment; filename="copie.txt"\n'
        "Content-Transfer-Encoding: 8bit\n\nPREFECTURE DU LOIRET - arrêté du 12 juin 2026\n"
        f"Obligation de quitter le territoire français\n{words}\n--x1--\n"
    )
    found = read(Incoming(channel=Channel.EMAIL, raw=raw)).people.nationality
    assert found == code or (code is None and found != "BD")


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("Mon mari Anzor (DUDAEV Anzor, 03.07.1987) est en prison à Metz.", "1987-07-03"),
        ("Mon mari (DUDAEV Anzor, 03/07/1987, écrou 4512) est en prison à Metz.", "1987-07-03"),
        ("Mon mari (DUDAEV Anzor, jugé le 03/07/2001) est en prison à Metz.", None),
        ("Mon mari DUDAEV Anzor est en prison à Metz (lettre de la cour, 03/07/2001).", None),
        ("Mon mari (DUDAEV Anzor, 03/07/2026) passe au tribunal de Metz, il est en prison.", None),
    ],
)
def test_a_day_long_ago_beside_a_name_in_brackets_is_its_birth(words: str, day: str | None) -> None:
    raw = (
        "From: Zara Dudaeva <z.dudaeva@poste.example>\nTo: commission.prison@lacimade.org\n"
        "Subject: question\nDate: Tue, 16 Jun 2026 10:00:00 +0200\nMessage-ID: <a@b>\n"
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        f"Content-Transfer-Encoding: 8bit\n\n{words}\nZara\n"
    )
    born = read(Incoming(channel=Channel.EMAIL, raw=raw)).people.born_on
    assert (born.isoformat() if born else None) == day
