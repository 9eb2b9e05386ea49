"""What is taken for a person's number or address in words that are kept in clear."""

from __future__ import annotations

import pytest

from shared.identifying import identifies, name_in


@pytest.mark.parametrize("signs", [5, 6])
@pytest.mark.parametrize("day", ["12/06/2026", "1.3.2026", "01-12-1998", "2026-03-02"])
def test_a_full_date_identifies_nobody(day: str, signs: int) -> None:
    assert not identifies(f"audience le {day}", signs=signs)


def test_a_number_beside_a_date_is_still_seen() -> None:
    assert identifies("vu le 12/06/2026, écrou 981442")
    assert identifies("dossier 981442-12-06-2026")


@pytest.mark.parametrize("number", ["981442", "98 14 42", "06.39.98.12.55", "981-442"])
def test_a_number_of_six_signs_identifies(number: str) -> None:
    assert identifies(f"écrou {number}")


def test_a_postcode_identifies_nobody() -> None:
    assert not identifies("transféré au 94260 Fresnes")


def test_where_fewer_signs_are_asked_for_a_number_of_five_identifies() -> None:
    assert identifies("écrou 98144", signs=5)
    assert not identifies("écrou 9814", signs=5)


def test_an_address_identifies() -> None:
    assert identifies("écrire à a.b@c.example")


KNOWN = ["Karim", "BENALI", "Élodie", "Da Silva-Prudent", "Магомадов", None, "Petit", "Melun", "Ly"]


def named(words: str, *known: str) -> str | None:
    return name_in(words, known or KNOWN, is_place=lambda word: word == "Melun")


@pytest.mark.parametrize(
    "words",
    [
        "M. Benali a rappelé",
        "la mère de karim",
        "vu avec elodie.",
        "l’avocat de BENALI,Karim",
        "dossier Prudent",
        "Magomadov attend",
        "Petit a écrit",
    ],
)
def test_a_name_is_seen_in_whatever_case_and_accents(words: str) -> None:
    assert named(words)


@pytest.mark.parametrize(
    "words",
    [
        "la famille a rappelé",
        "un petit retard",
        "transféré à Melun",
        "des benalistes",
        "da capo",
        "Ly",  # two letters may be anything
        "",
    ],
)
def test_other_words_name_nobody(words: str) -> None:
    assert named(words) is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("DIALLO née BAH", "une enfant née en 2019"),
        ("Mohamed dit Momo", "il dit que son avocat rappelle"),
        ("Awa DIOP veuve NDIAYE", "sa veuve a appelé"),
        ("Inconnu", "un numéro d’appel inconnu"),
        ("Son", "son avocat rappelle"),
        ("Moi", "chez moi"),
        ("Long", "le délai est long"),
        ("Blanc", "un papier blanc"),
        ("Bon", "bon pour accord"),
        ("Bienvenu", "il sera bienvenu"),
        ("Fidèle", "une copie fidèle"),
        ("Espoir", "sans espoir de retour"),
    ],
)
def test_an_ordinary_word_names_nobody_whoever_is_called_so(name: str, words: str) -> None:
    assert named(words, name) is None


@pytest.mark.parametrize("words", ["dossier de Son", "M. ESPOIR", "vu avec momo", "Mme Bah"])
def test_a_name_that_is_a_word_too_is_seen_by_its_capital(words: str) -> None:
    assert named(words, "Espoir SON", "DIALLO née BAH", "Mohamed dit Momo") == words.split()[-1]
